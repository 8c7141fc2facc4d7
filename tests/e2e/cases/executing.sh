# SPDX-License-Identifier: GPL-2.0-or-later
# What the flags mean to the program that is run, and what the kernel says when there is nothing to run it with.
make_test_format ''
printf '#!/bin/sh\nfor a; do echo "[$a]"; done | xargs\n' >interpreter

set_flags() {
	sed -i "s/^Flags=.*/Flags=$1/" conf/test.conf
	status 0 binfmtctl enable test
}

set_flags ''
same "without P" "[./program] [x]" "$(execute ./program zero x)"
set_flags P
same "with P" "[./program] [zero] [x]" "$(execute ./program zero x)"

# With F a chroot needs no interpreter of its own, without F it does.
printf '#include <stdio.h>\nint main(int c, char **v) { printf("%%s of %%d\\n", v[c - 1], c); }\n' >static.c
gcc -static -o interpreter static.c
mkdir root
cp program root/
set_flags F
same "in a chroot with F" "/program of 2" "$(chroot root /program)"
set_flags ''
status 127 chroot root /program

echo 0 >bm/status
status 126 execute ./program ./program
says "Exec format error"
