# SPDX-License-Identifier: GPL-2.0-or-later
# Repair= says what is done about drift. An entry that something else keeps changing is left alone for a while.
. "$SOURCE_DIR/tests/e2e/bus.sh"
make_test_format
printf '[Daemon]\nRepair=warn\n' >binfmtd.conf
start_daemon
echo -1 >bm/test
until_true 1 grep -q "test (missing)" daemon.log || fail "no warning"
says "nothing is repaired, because Repair=warn is set" daemon.log
until_true 1 grep -q '^STATUS=0 registered; not as it should be: test (missing)' notify.log || fail "$(cat notify.log)"
printf ':other:M::OTHER::/bin/true:' >bm/register
sleep 0.4
same "warnings about the same" 1 "$(grep -c "test (missing)" daemon.log)"
[ ! -e bm/test ] || fail "repaired in spite of Repair=warn"

printf '[Daemon]\nRepair=no\n' >binfmtd.conf
reload_daemon
sleep 0.3 # what is read because the file has changed counts as a reload too
[ -e bm/test ] || fail "a reload did not register"
: >daemon.log
echo -1 >bm/test
sleep 0.4
[ ! -e bm/test ] || fail "repaired in spite of Repair=no"
same "said with Repair=no" "" "$(cat daemon.log)"

# With Mount=no, the daemon waits until somebody else mounts binfmt_misc again.
printf '[Daemon]\nMount=no\n' >binfmtd.conf
reload_daemon
umount bm
until_true 1 grep -q "binfmt_misc is not mounted here" daemon.log || fail "unmounted, and not noticed"
sleep 0.4
same "mounted by us" "" "$(ls bm)"
mount -t binfmt_misc b bm
until_true 1 test -e bm/test || fail "mounted again, and not noticed"

printf '[Daemon]\nRepair=perhaps\n' >binfmtd.conf
reload_daemon
says "binfmtd.conf:2: Repair=: this is yes, no or warn" daemon.log
for i in two zed; do
	printf '[Format]\nMagic=%s!\nInterpreter=1 %s/interpreter\n' $i "$DIR" >conf/$i.conf
done
reload_daemon
echo rubbish >>conf/zed.conf
reload_daemon
sleep 0.3
for i in 1 2 3 4 5; do
	echo -1 >bm/test
	until_true 1 test -e bm/test || fail "not repaired for the ${i}th time"
	sleep 0.15
done
echo -1 >bm/test
until_true 1 grep -q "test: it was repaired 5 times within a minute" daemon.log || fail "no end of the quarrel"
sleep 0.4
[ ! -e bm/test ] || fail "repaired in a pause"
until_true 1 grep -q 'STATUS=.*test (missing), left alone for now because something else keeps changing it' notify.log ||
	fail "$(cat notify.log)"

status 1 binfmtctl status
says "missing"
start_bus
until_true 5 has_name $service || fail "the bus was not joined"
same "Paused" true "$(format_property test Paused)"
status 1 binfmtctl status
says "left alone for some minutes: something else keeps changing it"

# During the pause another entry is repaired, and that of a file that cannot be used stays. A reload ends the pause.
echo -1 >bm/two
until_true 1 test -e bm/two || fail "not repaired in a pause of another one"
[ -e bm/zed ] || fail "an entry was removed whose file cannot be used just now"
[ ! -e bm/test ] || fail "repaired in a pause"
reload_daemon
[ -e bm/test ] || fail "a reload did not end the pause"

# A pause does not delay an interpreter that comes back or is replaced. Replacing an interpreter often is not taken for a quarrel.
begin_pause() {
	: >daemon.log
	for i in 1 2 3 4 5 6; do
		[ ! -e bm/test ] || echo -1 >bm/test
		until_true 1 test -e bm/test || true
		sleep 0.15
	done
	until_true 1 grep -q "test: it was repaired 5 times within a minute" daemon.log || fail "no pause"
}
sleep 0.2
begin_pause
mv interpreter away
until_true 1 grep -q "test: the interpreter $DIR/interpreter has vanished; no other is installed" daemon.log ||
	{ cat daemon.log; fail "that it vanished was not said"; }
mv away interpreter
until_true 1 test -e bm/test || fail "not registered with the interpreter that is back"
says "test: the interpreter $DIR/interpreter is installed now" daemon.log
begin_pause
cp interpreter away
mv away interpreter
until_true 1 test -e bm/test || fail "not registered with the new interpreter"
sed -i 's/^Flags=.*//; s/^Magic.*/&\nFlags=F/' conf/test.conf
until_true 1 grep -q "flags: F" bm/test || fail "not pinned"
: >daemon.log
for i in 1 2 3 4 5 6 7 8; do
	cp interpreter away
	echo "# $i" >>away
	mv away interpreter
	until_true 1 sh -c "[ \$(grep -c 'test replaced' daemon.log) = $i ]" || fail "not replaced for the ${i}th time"
done
! grep -q "it was repaired 5 times" daemon.log || fail "upgrades were taken for a quarrel"
stop_daemon
