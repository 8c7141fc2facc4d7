# SPDX-License-Identifier: GPL-2.0-or-later
# Takes two users.
# A user who is not root changes formats through the daemon. Without a daemon, or for other directories, the user can do what the
# permissions allow.
. "$SOURCE_DIR/tests/e2e/bus.sh"
make_test_format
printf '#!/bin/sh\necho other\n' >another
chmod +x another
echo "Interpreter=0 $DIR/another" >>conf/test.conf
# The build may be in a folder that only root can read.
cp "$(command -v binfmtctl)" "$DIR/binfmtctl"
chmod 755 /run

# as_user WORD...: runs binfmtctl as a user who is not root.
as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups "$DIR/binfmtctl" "$@"
}

mount -t binfmt_misc b bm
status 1 as_user disable test
says "binfmtctl:"
start_bus
until_true 5 test -S /run/bus || fail "no bus"
start_daemon
until_true 5 has_name $service || fail "the bus was not joined"

status 1 as_user disable test
says "Only root may do this, because polkit does not answer"
: >answers
start_polkit
status 1 as_user disable test
says "Permission denied"
# Messages of the daemon are printed in the caller's language.
if [ -e "$BUILD_DIR/po/pt_BR/LC_MESSAGES/binfmtd.mo" ]; then
	cp -r "$BUILD_DIR/po" "$DIR/"
	LANGUAGE=pt_BR BINFMTD_LOCALEDIR="$DIR/po" status 1 as_user disable test
	says "binfmtctl: permissão negada"
fi
grep -qE "^org.binfmtd.manage system-bus-name :[0-9.]+ 1$" asked ||
	{ cat asked; fail "polkit was not asked, or not so that it may ask"; }
echo "org.binfmtd.manage challenge" >answers
status 1 as_user disable test
says "an administrator has to authenticate"
[ -e bm/test ] || fail "disabled without permission"

echo "org.binfmtd.manage yes" >answers
status 0 as_user disable test
[ ! -e bm/test ] || fail "not disabled"
status 0 as_user enable test
[ -e bm/test ] || fail "not enabled"
status 0 as_user use test "$DIR/another"
grep -q "^interpreter $DIR/another" bm/test || fail "not used"
status 0 as_user use test --rollback
grep -q "^interpreter $DIR/interpreter" bm/test || fail "not rolled back"
status 0 as_user use test "$DIR/another"
status 0 as_user use test --auto
grep -q "^interpreter $DIR/interpreter" bm/test || fail "not by priority"
status 1 as_user enable none
says "none: no such format"
printf '[Format]\nMagic=TWO!\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/two.conf
status 0 as_user reload
[ -e bm/two ] || fail "not reloaded"
echo rubbish >>conf/two.conf
status 1 as_user reload
says "$DIR/conf/two.conf:4: "
[ -e bm/two ] || fail "an entry went because its file has an error"

# Through the daemon, too, it is reported that binfmt_misc is switched off as a whole, and that the daemon's own file has a wrong
# line.
rm conf/two.conf
status 0 as_user reload
echo 0 >bm/status
for command in "enable test" reload; do
	# shellcheck disable=SC2086 # words
	status 1 as_user $command
	says "binfmt_misc is disabled as a whole"
done
echo 1 >bm/status
status 0 as_user enable test
printf '[Daemon]\nMount=perhaps\n' >binfmtd.conf
status 1 as_user reload
says "$DIR/binfmtd.conf:2: Mount=: this is yes or no: \"perhaps\""
: >binfmtd.conf
status 0 as_user reload
status 1 as_user enable tset
says "tset: no such format; did you mean test?"
printf ':theirs:M::THEIRS::/bin/true:' >bm/register
status 1 as_user disable theirs
says "theirs: not a format of binfmtd's"

# The daemon is not asked about other directories, nor for --dry-run.
: >asked
status 0 as_user disable test --dry-run
says "test: would be disabled"
status 1 as_user --confdirs="$DIR/conf" disable test
same "asked" "" "$(cat asked)"
[ -e bm/test ] || fail "disabled"

# Root does not ask the daemon.
kill "$bus_pid"
status 0 binfmtctl disable test
[ ! -e bm/test ] || fail "not disabled by root"
stop_daemon
