# Repair= says what happens to drift; an entry that something else keeps changing is left alone for a while.
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

# Without Mount=, what is unmounted is waited for.
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
until_true 1 grep -q 'STATUS=.*test (missing), left alone for now because something else keeps changing it' notify.log || fail "$(cat notify.log)"

status 1 binfmtctl status
says "missing"
start_bus
until_true 5 has_name $service || fail "the bus was not joined"
same "Paused" true "$(format_property test Paused)"
status 1 binfmtctl status
says "left alone for some minutes: something else keeps changing it"

# Another entry is repaired meanwhile, the one of a file that cannot be used stays, and a reload begins anew.
echo -1 >bm/two
until_true 1 test -e bm/two || fail "not repaired in a pause of another one"
[ -e bm/zed ] || fail "an entry was removed whose file cannot be used just now"
[ ! -e bm/test ] || fail "repaired in a pause"
reload_daemon
[ -e bm/test ] || fail "a reload did not end the pause"
stop_daemon
