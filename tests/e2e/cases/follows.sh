# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Formats that follow another: their states in list and status, and what is reported about an interpreter that is not installed.
mount -t binfmt_misc b bm
printf '#!/bin/sh\n' >interpreter
chmod +x interpreter
# elf BYTES: the beginning of an arm64 program's ELF header, with these for its bytes 8 to 10.
elf() {
	printf '\\x7fELF\\x02\\x01\\x01\\x00%s\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00' "$1"
}
printf '[Format]\nMagic=%s\nFlags=F\nInterpreter=1 %s/interpreter\n' "$(elf '\x00\x00\x00')" "$DIR" >conf/leader.conf
printf '[Format]\nMagic=%s\nFollows=leader\n' "$(elf 'AI\x02')" >conf/follower.conf
row() { sed -n "s/^$1  *//p" output | tr -s ' '; }
# member NAME KEY: prints a member of a format in a JSON document.
member() { python3 -c 'import json, sys; print({f["name"]: f for f in json.load(open("output"))["formats"]}[sys.argv[1]][sys.argv[2]])' "$@"; }
# told WHAT NAME...: fails unless exactly these formats are reported to have no interpreter installed.
told() {
	what=$1
	shift
	same "$what" "$*" "$(sed -n 's/^ *\(.*\): no interpreter is installed.*/\1/p' output | xargs)"
}

status 0 binfmtctl enable
status 0 binfmtctl list
same "list" "registered F $DIR/interpreter (follows leader)" "$(row follower)"
status 0 binfmtctl status
same "status" "registered binfmtd $DIR/interpreter (follows leader)" "$(row follower)"
status 1 binfmtctl list folower
says "did you mean follower?"
for arch in "" --json --names; do
	# shellcheck disable=SC2086 # an option or none
	status 0 binfmtctl list --arch=arm64 $arch
	says leader
	says follower
done
status 1 binfmtctl list --arch=riscv64

# The format is held, because the one that it follows is not enabled.
status 0 binfmtctl disable leader
status 0 binfmtctl list
same "list of one that is held" "disabled F $DIR/interpreter (follows leader)" "$(row follower)"
status 0 binfmtctl status
same "status of one that is held" "disabled - $DIR/interpreter (follows leader)" "$(row follower)"
for verb in list status; do
	status 0 binfmtctl $verb --json
	same "$verb for programs" "disabled False leader" "$(member follower state) $(member follower wanted) $(member follower follows)"
	same "what follows nothing" None "$(member leader follows)"
done
status 0 binfmtctl enable leader

# An interpreter that is gone is reported once, for the format whose file names it.
mv interpreter away
status 0 binfmtctl reload
status 1 binfmtctl status
told "gone" leader
same "state" "unavailable - $DIR/interpreter (follows leader)" "$(row follower)"
status 1 binfmtctl enable follower
says "follower: not registered, because no interpreter is installed: $DIR/interpreter"
mv away interpreter
status 0 binfmtctl reload
status 0 binfmtctl status

# A missing interpreter that would count as nothing wrong is reported if the administrator has a format that follows.
printf '[Format]\nMagic=NEVER\nInterpreter=1 %s/never\n' "$DIR" >conf/never.conf
printf '[Format]\nMagic=LATER\nFollows=never\n' >conf/later.conf
status 0 binfmtctl status
mv conf/later.conf etc/
status 1 binfmtctl status
told "wanted by the administrator" later
mv conf/never.conf etc/
status 1 binfmtctl status
told "both" never
rm etc/never.conf etc/later.conf

# An interpreter that cannot be used is reported for the format that was asked for.
chmod -x interpreter
status 1 binfmtctl enable follower
says "follower: interpreter $DIR/interpreter: "
status 1 binfmtctl enable
same "told of once" 1 "$(grep -c "interpreter $DIR/interpreter: " output)"
says "leader: interpreter $DIR/interpreter: "
chmod +x interpreter
# The same where only the format that follows cannot use it.
printf '[Format]\nMagic=#!\nFollows=leader\n' >conf/scripts.conf
status 1 binfmtctl enable
says "scripts: interpreter $DIR/interpreter: it is itself a program of this format"
status 1 binfmtctl status
says "scripts: interpreter $DIR/interpreter: it is itself a program of this format"
rm conf/scripts.conf
status 0 binfmtctl enable

# An interpreter that its package has removed in the regular way is not reported.
mkdir -p admin
ln -s "$BUILD_DIR/cli/binfmtctl" update-binfmts
sed -i '/^Interpreter/d' conf/leader.conf
printf 'Interpreter=1 %s/never\n' "$DIR" >>conf/leader.conf
status 0 ./update-binfmts --admindir "$DIR/admin" --procdir "$DIR/bm" --package p --install leader "$DIR/interpreter" \
	--magic "$(elf '\x00\x00\x00')"
[ -e bm/leader ] && [ -e bm/follower ] || fail "not registered: $(ls bm)"
status 0 ./update-binfmts --admindir "$DIR/admin" --procdir "$DIR/bm" --package p --remove leader "$DIR/interpreter"
[ ! -e bm/leader ] && [ ! -e bm/follower ] || fail "not removed: $(ls bm)"
status 0 binfmtctl status
told "removed"
