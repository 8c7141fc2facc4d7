# SPDX-License-Identifier: GPL-2.0-or-later
# A root file system whose programs are translated by the real translator before any of them has run, for both guests; they then run with
# what was made.
. "$SOURCE_DIR/tests/e2e/bus.sh"
. "$SOURCE_DIR/tests/e2e/cache.sh"
export BINFMTD_TRANSLATOR="$TRANSLATOR"
mkdir -p root/bin
for triplet in aarch64-linux-gnu:arm64 arm-linux-gnueabihf:armhf; do
	printf '#include <stdio.h>\nint main(void) { puts("hello from %s"); return 0; }\n' "${triplet#*:}" >hello.c
	"${triplet%:*}-gcc" -O1 -static -o root/bin/"${triplet#*:}" hello.c 2>cc.log || skip "no compiler for ${triplet#*:}: $(tail -n 1 cc.log)"
done
for name in aarch64 arm; do
	sed "s|^Interpreter=.*|Interpreter=1 $TRANSLATOR|" "$BUILD_DIR/conf/build-tree/qemu-$name.conf" >conf/qemu-$name.conf
done
printf '[Daemon]\nCache=yes\n' >binfmtd.conf
start_bus
until_true 5 test -S /run/bus || fail "no bus"
start_daemon
until_true 5 has_name $service || fail "the bus was not joined"
status 0 binfmtctl cache add root
says "2 files: 2 translated"
status 0 binfmtctl cache list
says "  aarch64  "
says "  arm      "
is_registered() {
	binfmtctl cache status --json >status.json && grep -q '"qemu-arm"' status.json && grep -q '"qemu-aarch64"' status.json
}
until_true 30 is_registered || { cat status.json daemon.log; fail "no image was registered"; }
for name in arm64 armhf; do
	status 0 execute root/bin/$name $name
	says "hello from $name"
done
binfmtctl cache status
status 0 binfmtctl cache clear
status 0 execute root/bin/arm64 arm64
says "hello from arm64"
stop_daemon
