# SPDX-License-Identifier: GPL-2.0-or-later
# The shipped format with our own translator and QEMU's as alternatives, and a program for AArch64.
[ -x "$TRANSLATOR" ] || skip "binfmt-translator was not built"
qemu=/usr/bin/qemu-aarch64-static
[ -x $qemu ] || skip "$qemu is not installed"
command -v aarch64-linux-gnu-gcc >/dev/null || skip "there is no compiler for AArch64 (gcc-aarch64-linux-gnu)"
cat >who.c <<'EOC'
#include <stdio.h>
int main(void) { return puts("it ran") < 0; }
EOC
aarch64-linux-gnu-gcc -O2 -static -o who who.c
cp "$BUILD_DIR"/conf/build-tree/qemu-aarch64.conf conf/
status 0 binfmtctl enable qemu-aarch64
same "by priority" "$TRANSLATOR" "$(sed -n 's/^interpreter //p' bm/qemu-aarch64)"
status 0 ./who
status 0 binfmtctl use qemu-aarch64 $qemu
same "chosen" "$qemu" "$(sed -n 's/^interpreter //p' bm/qemu-aarch64)"
status 0 ./who
says "it ran"
status 0 binfmtctl use qemu-aarch64 --rollback
same "taken back" "$TRANSLATOR" "$(sed -n 's/^interpreter //p' bm/qemu-aarch64)"
status 0 ./who
says "it ran"

# QEMU as in Debian 13: a static program without -static in its name, which binfmt.d names with its flags (qemu-user-binfmt).
cp $qemu qemu-aarch64
mkdir -p usr/binfmt.d
printf ':qemu-aarch64:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:%s:POCF\n' \
	"$DIR/qemu-aarch64" >usr/binfmt.d/qemu-aarch64.conf
status 0 binfmtctl use qemu-aarch64
says "$DIR/qemu-aarch64 from binfmt.d"
status 0 binfmtctl use qemu-aarch64 "$DIR/qemu-aarch64"
same "chosen" "$DIR/qemu-aarch64" "$(sed -n 's/^interpreter //p' bm/qemu-aarch64)"
same "its flags" "flags: POCF" "$(grep flags: bm/qemu-aarch64)"
status 0 binfmtctl status
status 0 ./who
says "it ran"
mkdir root
cp who root
status 0 chroot root /who
status 0 binfmtctl use qemu-aarch64 --auto
same "by priority again" "$TRANSLATOR" "$(sed -n 's/^interpreter //p' bm/qemu-aarch64)"
