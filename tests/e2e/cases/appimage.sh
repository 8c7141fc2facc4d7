# SPDX-License-Identifier: GPL-2.0-or-later
# AppImages have bytes 8-10 of their own. A format takes them that follows the one for the machine's other programs.
. "$SOURCE_DIR/tests/e2e/bus.sh"
[ -x "$TRANSLATOR" ] || skip "binfmt-translator was not built"
qemu=/usr/bin/qemu-aarch64-static
[ -x $qemu ] || skip "$qemu is not installed"
command -v aarch64-linux-gnu-gcc >/dev/null || skip "there is no compiler for AArch64 (gcc-aarch64-linux-gnu)"
cat >who.c <<'EOC'
#include <stdio.h>
#include <stdlib.h>
int main(int c, char **v) { return printf("%s ran %s\n", v[0], c > 1 ? v[1] : "alone") < 0; }
EOC
aarch64-linux-gnu-gcc -O2 -static -o who who.c

# with_bytes FILE BYTES: makes a copy of the program with these from byte 8 on.
with_bytes() {
	cp who "$1"
	printf "$2" | dd of="$1" bs=1 seek=8 conv=notrunc status=none
}
with_bytes type1 'AI\001'
with_bytes type2 'AI\002'
with_bytes no-appimage 'AJ\002'
cp "$BUILD_DIR"/conf/build-tree/qemu-a*.conf conf/
state_of() { binfmtctl status | sed -n "s/^$1  *\([a-z]*\) .*/\1/p"; }
interpreter_of() { sed -n 's/^interpreter //p' "bm/$1" 2>/dev/null; }

status 0 binfmtctl enable
same "flags" "flags: POCF" "$(grep flags: bm/qemu-aarch64-appimage)"
same "an AppImage" "zero ran it" "$(execute ./type2 zero it)"
same "an AppImage of the first type" "zero ran it" "$(execute ./type1 zero it)"
status 126 execute ./no-appimage zero

# The magic and mask of the format for other programs are QEMU's, byte for byte.
same "QEMU's bytes" "magic 7f454c460201010000000000000000000200b700 mask ffffffffffffff00fffffffffffffffffeffffff" \
	"$(sed -n '/^ma/p' bm/qemu-aarch64 | xargs)"

# Choices for the format of other programs count for AppImages.
status 0 binfmtctl disable qemu-aarch64
same "entries" "qemu-arm" "$(ls bm | grep -v -e register -e status -e appimage | xargs)"
[ ! -e bm/qemu-aarch64-appimage ] || fail "still there"
status 126 execute ./type2 zero
status 1 binfmtctl explain ./type2
says "the format qemu-aarch64-appimage would take ./type2, but follows the format qemu-aarch64, which is not enabled"
says "Enable that: binfmtctl enable qemu-aarch64"
same "state" disabled "$(state_of qemu-aarch64-appimage)"
status 1 binfmtctl enable qemu-aarch64-appimage
says "qemu-aarch64-appimage: not registered, because it follows qemu-aarch64, which is not enabled (binfmtctl enable qemu-aarch64)"
status 0 binfmtctl enable qemu-aarch64
same "state" registered "$(state_of qemu-aarch64-appimage)"
same "again" "zero ran alone" "$(execute ./type2 zero)"
same "nothing chosen" "" "$(find etc -type f)"

status 0 binfmtctl use qemu-aarch64 $qemu
same "QEMU's" "$qemu $qemu" "$(interpreter_of qemu-aarch64) $(interpreter_of qemu-aarch64-appimage)"
same "with QEMU" "zero ran it" "$(execute ./type2 zero it)"
status 0 binfmtctl use qemu-aarch64 --rollback
same "ours" "$TRANSLATOR" "$(interpreter_of qemu-aarch64-appimage)"
status 1 binfmtctl use qemu-aarch64-appimage $qemu
says "qemu-aarch64-appimage: it follows qemu-aarch64, and has the same interpreter: binfmtctl use qemu-aarch64"

# An interpreter that cannot be used for one format is not used for the other either: this one is itself a program of that
# machine.
sed -i "s,^Interpreter=100.*,Interpreter=100 $DIR/who," conf/qemu-aarch64.conf
status 0 binfmtctl enable qemu-aarch64
same "said once" 1 "$(grep -c "it is itself a program of this format" output)"
same "the next one" "$qemu $qemu" "$(interpreter_of qemu-aarch64) $(interpreter_of qemu-aarch64-appimage)"
cp "$BUILD_DIR"/conf/build-tree/qemu-aarch64.conf conf/

# An interpreter that is gone is reported once, not for each format.
cp "$TRANSLATOR" gone
sed -i '/^Interpreter=/d' conf/qemu-aarch64.conf
echo "Interpreter=1 $DIR/gone" >>conf/qemu-aarch64.conf
status 0 binfmtctl enable qemu-aarch64
rm gone
status 1 binfmtctl status
same "missed once" "qemu-aarch64: no interpreter is installed" "$(sed -n 's/^ *\(.*is installed\):.*/\1/p' output)"
cp "$BUILD_DIR"/conf/build-tree/qemu-aarch64.conf conf/
status 0 binfmtctl enable qemu-aarch64

# The format of AppImages can be disabled alone, and stays so.
status 0 binfmtctl disable qemu-aarch64-appimage
status 0 binfmtctl enable qemu-aarch64
[ -e bm/qemu-aarch64 ] && [ ! -e bm/qemu-aarch64-appimage ] || fail "not disabled alone: $(ls bm)"
status 0 binfmtctl disable qemu-aarch64
status 0 binfmtctl disable qemu-aarch64-appimage
status 0 binfmtctl enable qemu-aarch64
[ ! -e bm/qemu-aarch64-appimage ] || fail "enabled by what it follows"
status 0 binfmtctl enable qemu-aarch64-appimage
[ -e bm/qemu-aarch64-appimage ] || fail "not enabled"

# The choice to disable it is kept also while the format that it follows is disabled.
status 0 binfmtctl disable qemu-aarch64
status 0 binfmtctl disable qemu-aarch64-appimage
grep -q Enabled=no etc/qemu-aarch64-appimage.conf.d/50-binfmtctl.conf || fail "not written"
status 0 binfmtctl enable

# How it is shown.
status 0 binfmtctl list
grep -q "^qemu-aarch64-appimage .*$TRANSLATOR (follows qemu-aarch64)$" output || fail "list: $(cat output)"
status 0 binfmtctl list --names --arch=arm64
same "of that machine" "qemu-aarch64 qemu-aarch64-appimage" "$(xargs <output)"
status 0 binfmtctl status
grep -q "^qemu-aarch64-appimage .*$TRANSLATOR (follows qemu-aarch64)$" output || fail "status: $(cat output)"
status 0 binfmtctl display qemu-aarch64-appimage
same "display" "follows = qemu-aarch64" "$(tail -n 1 output | xargs)"
status 0 binfmtctl display qemu-aarch64
same "lines of display, which scripts parse" 9 "$(grep -c . output)"
json() { "$@" --json | python3 -c \
	'import json, sys; print({f["name"]: f.get("follows") for f in json.load(sys.stdin)["formats"]})'; }
follows="{'qemu-aarch64': None, 'qemu-aarch64-appimage': 'qemu-aarch64', 'qemu-arm': None, 'qemu-arm-appimage': 'qemu-arm'}"
same "list --json" "$follows" "$(json binfmtctl list)"
same "status --json" "$follows" "$(json binfmtctl status)"
status 0 binfmtctl disable qemu-aarch64 --dry-run
same "what would be done" "qemu-aarch64: would be disabled from now on
qemu-aarch64: would be removed
qemu-aarch64-appimage: would be removed" "$(cat output)"
status 0 binfmtctl use qemu-aarch64 $qemu --dry-run
same "what would be done" "qemu-aarch64: would be left to $qemu from now on
qemu-aarch64: would be replaced, with $qemu
qemu-aarch64-appimage: would be replaced, with $qemu" "$(cat output)"

# Files that name no format that can be followed.
status 0 binfmtctl verify conf/qemu-aarch64-appimage.conf
printf '[Format]\nMagic=A\nFollows=b\n' >conf/a.conf
status 1 binfmtctl verify conf/a.conf
says "conf/a.conf:3: Follows=: there is no format b"
printf '[Format]\nMagic=B\nFollows=a\n' >conf/b.conf
status 1 binfmtctl verify
says "conf/a.conf:3: Follows=: a follows itself, by way of b"
rm conf/a.conf
printf '[Format]\nMagic=A\nFollows=b\n' >a.conf
status 1 binfmtctl verify a.conf
says "a.conf:3: Follows=: there is no format b"
printf '[Format]\n' >conf/b.conf
status 1 binfmtctl verify a.conf
says "a.conf:3: Follows=: there is no format b that can be used"
printf '[Format]\nMagic=B\nInterpreter=1 /bin/true\n' >conf/b.conf
status 0 binfmtctl verify a.conf
mkdir -p new/b.conf.d
printf '[Format]\nFollows=b\n' >new/b.conf.d/1.conf
status 1 binfmtctl verify new/b.conf.d/1.conf
says "1.conf:2: Follows=: b follows itself, by way of b"
rm conf/b.conf

# A package's choice by update-binfmts counts for both formats; its output is that of Debian's version.
mkdir admin run
export BINFMTD_CONFDIRS="$DIR/conf:$DIR/run:$DIR/etc"
ln -s "$BUILD_DIR/cli/binfmtctl" update-binfmts
u() { ./update-binfmts --admindir "$DIR/admin" --procdir "$DIR/bm" "$@"; }
status 0 u --install qemu-aarch64 $qemu --magic \
	'\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00' \
	--mask '\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff' --fix-binary yes
same "ours goes before" "$TRANSLATOR" "$(interpreter_of qemu-aarch64-appimage)"
status 0 u --display
same "display" "qemu-aarch64 (enabled):" "$(grep -v -e " = " -e "^+" output)"
status 0 u --disable qemu-aarch64
[ ! -e bm/qemu-aarch64 ] && [ ! -e bm/qemu-aarch64-appimage ] || fail "not disabled: $(ls bm)"
status 0 u --enable qemu-aarch64
[ -e bm/qemu-aarch64 ] && [ -e bm/qemu-aarch64-appimage ] || fail "not enabled: $(ls bm)"
sed -i '/^Interpreter=100/d' conf/qemu-aarch64.conf
sed -i 's,^Interpreter=10 .*,Interpreter=10 /nowhere,' conf/qemu-aarch64.conf
status 0 u --disable qemu-aarch64
status 0 u --enable qemu-aarch64
same "the package's, with the package's flags" "$qemu flags: F" \
	"$(interpreter_of qemu-aarch64-appimage) $(grep flags: bm/qemu-aarch64-appimage)"
status 0 u --remove qemu-aarch64 $qemu
[ ! -e bm/qemu-aarch64-appimage ] || fail "its interpreter has gone, and it is still there"
cp "$BUILD_DIR"/conf/build-tree/qemu-aarch64.conf conf/
status 0 binfmtctl enable

# The daemon and its bus.
start_bus
start_daemon
until_true 5 has_name $service || fail "the bus was not joined"
same "Follows" qemu-aarch64 "$(format_property qemu_2daarch64_2dappimage Follows)"
same "Follows of one that does not" "" "$(format_property qemu_2daarch64 Follows)"
status 0 call Disable as 1 qemu-aarch64
same "after Disable" "" "$(ls bm | grep aarch64 || true)"
until_true 2 sh -c '[ "$(busctl --address='"$DBUS_SYSTEM_BUS_ADDRESS"' get-property org.binfmtd.Manager1 \
	/org/binfmtd/Manager1/format/qemu_2daarch64_2dappimage org.binfmtd.Format1 Enabled)" = "b false" ]' || fail "its property Enabled"
status 1 call Enable as 1 qemu-aarch64-appimage
says "qemu-aarch64-appimage: not registered, because it follows qemu-aarch64, which is not enabled"
status 0 call Enable as 1 qemu-aarch64
same "after Enable" "qemu-aarch64 qemu-aarch64-appimage" "$(ls bm | grep aarch64 | xargs)"
status 1 call Use ss qemu-aarch64-appimage $qemu
says "qemu-aarch64-appimage follows qemu-aarch64, and has the same interpreter"
status 1 call Rollback s qemu-aarch64-appimage
status 0 call Use ss qemu-aarch64 $qemu
same "after Use" "$qemu" "$(interpreter_of qemu-aarch64-appimage)"

# Where the administrator masks the format that is followed, the other one is masked too, which is no error.
ln -s /dev/null etc/qemu-aarch64.conf
reload_daemon
same "after masking" "" "$(ls bm | grep aarch64 || true)"
status 0 binfmtctl verify
stop_daemon
