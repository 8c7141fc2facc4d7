# SPDX-License-Identifier: GPL-2.0-or-later
# Formats with detectors, and several for the same files: the helper asks, and executes as the kernel would have.
export BINFMTD_ADMINDIR="$DIR/admin" BINFMTD_RUN_DETECTORS="$BUILD_DIR/cli/run-detectors"
mkdir admin
ln -s "$BUILD_DIR/cli/binfmtctl" update-binfmts
u() {
	./update-binfmts --procdir "$DIR/bm" --admindir "$DIR/admin" "$@"
}
# This interpreter prints its name, its arguments and what the file that it is given contains.
for name in first second third; do
	cat >$name <<-EOF
		#!/bin/sh
		echo "$name: \$*: \$(cat "\$1")"
	EOF
	chmod +x $name
done
printf '#!/bin/sh\necho "asked: $*" >>"%s/asked"\ngrep -q yes "$1"\n' "$DIR" >detector
chmod +x detector
printf 'AB yes' >program
printf 'AB no' >other
chmod 755 program other

# One format has a detector, one has none: the detector decides.
u --install one "$DIR/first" --magic AB --detector "$DIR/detector" --preserve yes
u --install two "$DIR/second" --magic AB
same "the flags" "flags: PO" "$(grep flags bm/two)"
same "accepted, with argv[0]" "first: ./program its-name a b: AB yes" "$(execute ./program its-name a b)"
same "asked with the path" "asked: ./program" "$(cat asked)"
same "refused, without argv[0]" "second: ./other a b: AB no" "$(execute ./other its-name a b)"
same "no arguments" "second: $DIR/other: AB no" "$(execute "$DIR/other" x)"

# A detector that is missing accepts nothing, and an interpreter that is missing is passed over.
u --install one "$DIR/first" --magic AB --detector /nonexistent 2>/dev/null
same "no detector" "second: ./program: AB yes" "$(execute ./program x 2>err)"
grep -q "run-detectors: can't execute /nonexistent: No such file" err || fail "nothing was said of a detector that is missing"
u --install one /nonexistent --magic AB --detector "$DIR/detector" 2>/dev/null
same "no interpreter" "second: ./program: AB yes" "$(execute ./program x 2>err)"
grep -q "unable to exec /nonexistent" err || fail "nothing was said of an interpreter that is missing"

# Formats that are disabled are not used.
u --install one "$DIR/first" --magic AB --detector "$DIR/detector"
u --disable one
same "disabled" "second: ./program: AB yes" "$(execute ./program x)"
u --enable one
same "enabled" "first: ./program: AB yes" "$(execute ./program x)"
u --remove two "$DIR/second"
status 2 execute ./other x
says "unable to find an interpreter for ./other"

# Formats for extensions.
u --install ext "$DIR/third" --extension ext --detector "$DIR/detector"
mv other file.ext
printf 'no yes' >file.ext
same "extension" "third: ./file.ext: no yes" "$(execute ./file.ext x)"

# A file that cannot be read reaches the interpreter, which inherits it open.
u --install one "$DIR/first" --magic AB --detector /bin/true --credentials yes
chmod 111 program
without="setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -dac_override,-dac_read_search"
status 1 $without cat program
got=$($without python3 -c 'import os; os.execv("./program", ["x", "a"])')
case $got in
"first: /proc/self/fd/"*" a: AB yes") ;;
*) fail "unreadable: $got" ;;
esac
chmod 755 program
same "readable" "first: ./program a: AB yes" "$(execute ./program x a)"

# A build for the sanitizers is not static.
! ldd "$BINFMTD_RUN_DETECTORS" >/dev/null 2>&1 || exit 0

# The flag F: the helper is there in a chroot that has a database and interpreters of its own, and nothing else.
u --install one "$DIR/first" --magic AB --detector /bin/true --fix-binary yes
mkdir -p root/var/lib/binfmts
cp program root/
cat >inside.c <<-'END'
	#include <stdio.h>
	int main(int argc, char **argv) { printf("inside: %s\n", argv[argc - 1]); return fflush(stdout); }
END
cc -static -o root/inside inside.c || skip "no C compiler that makes static programs"
cp root/inside root/detector
printf ':\nmagic\n0\nAB\n\n/inside\n/detector\n\n\n\n' >root/var/lib/binfmts/one
unset BINFMTD_ADMINDIR
same "in a chroot" "inside: /program
inside: /program" "$(python3 -c 'import os; os.chroot("root"); os.chdir("/"); os.execv("/program", ["x"])')"
