# SPDX-License-Identifier: GPL-2.0-or-later
# The shipped format, our own translator, a program for AArch64: ./hello.
[ -x "$TRANSLATOR" ] || skip "binfmt-translator was not built"
command -v aarch64-linux-gnu-gcc >/dev/null || skip "there is no compiler for AArch64 (gcc-aarch64-linux-gnu)"
cat >hello.c <<'EOF'
#include <stdio.h>
int main(int argc, char **argv) { printf("hello from %s, %d arguments\n", argv[0], argc - 1); return 42; }
EOF
aarch64-linux-gnu-gcc -O2 -static -o hello hello.c
cp "$BUILD_DIR"/conf/build-tree/*.conf conf/
start_daemon
status 42 ./hello a b
same "output" "hello from ./hello, 2 arguments" "$(cat output)"
mkdir root
cp hello root/
status 42 chroot root /hello
same "in a chroot without the translator" "hello from /hello, 0 arguments" "$(cat output)"
status 0 binfmtctl --disable qemu-aarch64
status 126 bash -c ./hello
says "Exec format error"
status 0 binfmtctl --enable qemu-aarch64
status 42 ./hello
stop_daemon
