# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For status, an interpreter that is not installed is wrong, unless a package's format never had one. Errors in the daemon's own
# file are wrong, too.
make_test_format F
printf '[Format]\nMagic=never\nInterpreter=1 %s/never\n' "$DIR" >conf/never.conf
mount -t binfmt_misc b bm
state() {
	sed -n "s/^$1  *//p" output | cut -d' ' -f1
}
status 0 binfmtctl reload
status 0 binfmtctl status
same "state of one that never was there" unavailable "$(state never)"

mv interpreter away
status 1 binfmtctl status
says "test: no interpreter is installed: $DIR/interpreter"
status 0 binfmtctl reload
[ ! -e bm/test ] || fail "the entry has stayed"
for again in 1 2; do
	status 1 binfmtctl status
	same "state $again" unavailable "$(state test)"
	says "test: no interpreter is installed: $DIR/interpreter"
	status 0 binfmtctl reload
done
mv conf/test.conf kept
status 0 binfmtctl reload
mv kept conf/test.conf
status 0 binfmtctl status
mv away interpreter
status 0 binfmtctl reload
status 0 binfmtctl status

# A format that the administrator, update-binfmts or binfmt.d names has to have an interpreter. Those that the last two name are
# registered even without.
printf '[Format]\nMagic=own\nInterpreter=1 %s/never\nInterpreter=0 %s/nor\n' "$DIR" "$DIR" >etc/own.conf
status 1 binfmtctl status
says "own: no interpreter is installed: $DIR/never, $DIR/nor"
status 0 binfmtctl disable own
status 0 binfmtctl status
mkdir -p usr/binfmt.d
printf ':line:M::LINE::%s/never:\n' "$DIR" >usr/binfmt.d/line.conf
status 0 binfmtctl reload
[ -e bm/line ] || fail "not registered"
status 1 binfmtctl status
same "state of one that cannot run" unavailable "$(state line)"
says "line: no interpreter is installed: $DIR/never"
rm usr/binfmt.d/line.conf
status 0 binfmtctl reload
status 0 binfmtctl status

# The daemon's own file.
printf '[Daemon]\nMount=maybe\nNonsense=1\n[Demon]\nMount=no\n' >binfmtd.conf
status 1 binfmtctl status
says "$DIR/binfmtd.conf:2: Mount="
says "$DIR/binfmtd.conf:3: unknown key Nonsense="
status 1 binfmtctl verify
says "$DIR/binfmtd.conf:2: Mount="
status 1 binfmtctl reload
says "$DIR/binfmtd.conf:2: Mount="
printf '[Daemon]\nMount=no\n' >other.conf
status 0 binfmtctl --config="$DIR/other.conf" status
rm binfmtd.conf
mkdir binfmtd.conf
status 1 binfmtctl status
says "$DIR/binfmtd.conf: "
