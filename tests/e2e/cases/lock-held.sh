# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Somebody who holds the lock and was stopped, such as a binfmtctl at a debugger's or a shell's mercy: the daemon goes on
# answering, and does what had to wait when the lock is free, in order.
. "$SOURCE_DIR/tests/e2e/bus.sh"
command -v flock >/dev/null || skip "flock is not installed"
make_test_format
sed 's/TEST/OTHER/' conf/test.conf >conf/other.conf
holder=
hold() {
	flock -o "state/.#lock" sleep 1000 &
	holder=$!
	until_true 5 sh -c '! flock -n "state/.#lock" true' || fail "the lock is not held"
}
release() {
	kill "$(pgrep -P $holder)"
	wait $holder || true
	holder=
}
start_bus
start_daemon
until_true 5 has_name $service || fail "not on the bus"

hold
printf -- -1 >bm/test
: >notify.log
kill -HUP $daemon_pid
call Disable as 1 other >reply 2>&1 &
caller=$!
sleep 1
[ ! -e bm/test ] && [ -e bm/other ] || fail "changed while somebody else had the lock"
same "a property meanwhile" true "$(format_property test Registered)"
grep -q ^RELOADING=1 notify.log && ! grep -q ^READY=1 notify.log || fail "reloaded while somebody else had the lock"
until_true 10 grep -q "changes wait for another program, which holds the lock $DIR/state/.#lock" daemon.log || fail "not said"
release
wait $caller || { cat reply; fail "the call failed"; }
[ -e bm/test ] && [ ! -e bm/other ] || fail "what waited was not done"
until_true 5 grep -q ^READY=1 notify.log || fail "not ready again"
same "how often that was said" 1 "$(grep -c "changes wait" daemon.log)"

# A call on the bus does not wait for ever, and is not carried out later.
hold
status 1 call Enable as 1 other
says "Another program is changing formats and does not finish; try again"
release
sleep 0.5
[ ! -e bm/other ] || fail "done after it was refused"

# binfmtctl says that it is waiting.
hold
timeout 60 binfmtctl enable other >output 2>&1 &
caller=$!
until_true 10 grep -q "waiting for another program, which is changing formats and holds the lock $DIR/state/.#lock" output ||
	fail "not said"
release
wait $caller || { cat output; fail "it failed"; }
[ -e bm/other ] || fail "what waited was not done"

# A daemon that ends or starts does not wait for ever, either.
hold
printf -- -1 >bm/test
sleep 0.3
before=$(date +%s)
stop_daemon
[ $(($(date +%s) - before)) -lt 5 ] || fail "stopping took too long"
NOTIFY_SOCKET='' timeout 30 binfmtd --config="$DIR/binfmtd.conf" >daemon.log 2>&1 &
daemon_pid=$!
until_true 20 [ -e bm/test ] || fail "not registered"
says "another program holds the lock $DIR/state/.#lock and does not finish" daemon.log
release
