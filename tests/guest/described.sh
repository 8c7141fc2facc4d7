#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What ps and other programs of this machine find out about the process of a guest program. And what a guest program finds out about itself if
# the kernel has no PR_SET_MM, by which the translator describes the process to the kernel.
set -u
dir=$OUT/described
mkdir -p "$dir"
tests=$SOURCE_DIR/tests/guest
gcc -O1 -o "$dir/no-set-mm" "$tests/files/no-set-mm.c" && $CROSS -O1 -static -o "$dir/hello" "$tests/files/hello.c" &&
	$CROSS -O1 -w -static -march=armv8.1-a -o "$dir/process-info" "$tests/process-info.c" || exit 1
T=$TRANSLATOR

# same NAME EXPECTED GOT: prints the result of test NAME.
same() {
	if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: expected '$2', got '$3'"; fi
}

TEST_MARK=described "$T" -0 'a name' "$dir/hello" pause 'two words' >/dev/null &
process=$!
n=0
until [ "$(tr '\0' '|' <"/proc/$process/cmdline")" = 'a name|pause|two words|' ] || [ $n = 50 ]; do
	n=$((n + 1))
	sleep 0.1
done
same args 'a name pause two words' "$(ps -o args= -p $process)"
same comm hello "$(ps -o comm= -p $process)"
same pgrep $process "$(pgrep -f '^a name pause two words$')"
same environ TEST_MARK=described "$(tr '\0' '\n' <"/proc/$process/environ" | grep ^TEST_)"
same auxv 'aarch64' "$(python3 - $process <<'EOP'
import struct, sys
AT_PLATFORM = 15
auxv = dict(struct.iter_unpack("QQ", open(f"/proc/{sys.argv[1]}/auxv", "rb").read()))
with open(f"/proc/{sys.argv[1]}/mem", "rb", 0) as mem:
    mem.seek(auxv[AT_PLATFORM])
    print(mem.read(7).decode())
EOP
)"
kill $process
wait

if "$dir/no-set-mm" /bin/true; then
	"$dir/no-set-mm" "$T" "$dir/process-info" | sed -n -E 's,^(ok|not ok) ,&undescribed/,p'
else
	echo "skip undescribed: the kernel has no seccomp filters"
fi
echo "done"
