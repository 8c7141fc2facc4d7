# SPDX-License-Identifier: GPL-2.0-or-later
# binfmtctl run: a command in a user namespace of its own, with the formats registered there and nowhere else.
make_test_format
mount -t binfmt_misc b bm
status 126 execute ./program ./program
says "Exec format error"
status 0 binfmtctl run ./program a -b --json
same "what ran" "interpreted: ./program a -b --json" "$(cat output)"
status 0 binfmtctl run -- ./program c
same "after --" "interpreted: ./program c" "$(cat output)"
same "registered outside" "register status" "$(ls bm | xargs)"
[ ! -e state ] || fail "run has left a record"

# The command sees the namespace's entries and the caller's user, and its exit status is that of run.
status 0 binfmtctl run ls bm
same "registered inside" "register status test" "$(xargs <output)"
status 0 unshare -U --map-user=1234 --map-group=4321 binfmtctl run sh -c 'id -u; id -g; ./program'
same "user" "1234 4321 interpreted: ./program" "$(xargs <output)"
status 42 binfmtctl run sh -c 'exit 42'
status 143 sh -c 'binfmtctl run sh -c "kill -TERM \$\$"'
status 127 binfmtctl run no-such-command
says "no-such-command: No such file or directory"
status 126 binfmtctl run ./conf/test.conf

# Which formats.
printf '#!/bin/sh\necho "other: $*"\n' >other
chmod +x other
printf '[Format]\nMagic=OTHER\nFlags=F\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/other.conf
printf '[Format]\nMagic=OFF\nEnabled=no\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/off.conf
printf '[Format]\nMagic=NONE\nInterpreter=1 %s/none\n' "$DIR" >conf/none.conf
status 0 binfmtctl run ls bm
same "all" "other register status test" "$(xargs -n 1 <output | sort | xargs)"
printf '[Format]\nMagic=BAD\nFlags=F\nInterpreter=1 %s/conf\n' "$DIR" >conf/bad.conf
status 0 binfmtctl run ls bm
says "it is a directory"
same "all but one" "other register status test" "$(grep -v binfmtctl: output | xargs -n 1 | sort | xargs)"
rm conf/bad.conf
status 0 binfmtctl run --arch=off ls bm
same "one" "off register status" "$(xargs -n 1 <output | sort | xargs)"
status 0 binfmtctl run --arch test --interpreter "$DIR/other" ./program
same "another interpreter" "other: ./program" "$(cat output)"
status 1 binfmtctl run --arch none true
says "none: no interpreter is installed; install $DIR/none or name one with --interpreter"
status 1 binfmtctl run --arch unheard-of true
says "unheard-of: no such format"
status 1 binfmtctl run --arch test --interpreter "$DIR/none" true
says "the interpreter does not exist"
status 2 binfmtctl run
status 2 binfmtctl run --interpreter "$DIR/other" ./program
status 2 binfmtctl enable --arch=test

# A machine can be given by any of its names.
cp "$BUILD_DIR"/conf/build-tree/qemu-a*.conf conf/
for name in qemu-aarch64 aarch64 arm64; do
	status 0 binfmtctl run --arch $name --interpreter "$DIR/other" ls bm
	same "$name" "qemu-aarch64 register status" "$(xargs -n 1 <output | sort | xargs)"
done
for name in qemu-arm arm armhf; do
	status 0 binfmtctl run --arch $name --interpreter "$DIR/other" ls bm
	same "$name" "qemu-arm register status" "$(xargs -n 1 <output | sort | xargs)"
done

# In another root, which has nothing but the program.
mkdir root
cp program root/
printf '#include <stdio.h>\nint main(int c, char **v) { printf("%%s of %%d\\n", v[c - 1], c); }\n' >static.c
gcc -static -o interpreter static.c
status 0 binfmtctl run --root root /program
same "in a chroot" "/program of 2" "$(cat output)"
status 1 binfmtctl run --root none /program
says "none: it cannot become the root directory: No such file or directory"
