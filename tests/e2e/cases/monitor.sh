# SPDX-License-Identifier: GPL-2.0-or-later
# binfmtctl monitor: the kernel's entries with and without a daemon, and what the daemon says.
. "$SOURCE_DIR/tests/e2e/bus.sh"
make_test_format
binfmtctl monitor --json >events 2>messages &
monitor=$!

# told KEY=VALUE...: true if there was an event with these members.
told() {
	python3 - "$@" <<-'EOF'
		import json, sys
		events = [json.loads(line) for line in open("events", encoding="utf-8")]
		assert all(list(e)[0] == "schema_version" and e["schema_version"] == 1 for e in events), events
		want = dict(pair.split("=", 1) for pair in sys.argv[1:])
		sys.exit(not any(all(e.get(k) == v for k, v in want.items()) for e in events))
	EOF
}

# expect KEY=VALUE...
expect() {
	until_true 3 told "$@" || { cat events messages; fail "not told: $*"; }
}

until_true 3 grep -q "binfmt_misc is not mounted here; waiting for it" messages || fail "$(cat messages)"
until_true 3 grep -q "the daemon is not heard, because there is no bus" messages || fail "$(cat messages)"
mount -t binfmt_misc b bm
expect source=kernel event=mounted
status 0 binfmtctl enable test
expect source=kernel event=registered name=test interpreter="$DIR/interpreter"
echo 0 >bm/test
expect source=kernel event=disabled name=test
echo 1 >bm/test
expect source=kernel event=enabled name=test
echo 0 >bm/status
expect source=kernel event="disabled as a whole"
echo 1 >bm/status
expect source=kernel event="enabled as a whole"
echo -1 >bm/test
expect source=kernel event=removed name=test
umount bm
expect source=kernel event=unmounted
kill $monitor
wait $monitor || fail "ended with $?"

start_bus
until_true 5 test -S /run/bus || fail "no bus"
start_daemon
until_true 5 has_name $service || fail "the bus was not joined"
binfmtctl monitor --json >events 2>messages &
monitor=$!
expect source=monitor event=watching
echo -1 >bm/test
expect source=kernel event=removed name=test
expect source=binfmtd event=drift name=test drift=missing
expect source=binfmtd event=repaired name=test action=registered
status 0 binfmtctl reload
expect source=binfmtd event=reconciled
same "messages" "" "$(cat messages)"
# A bus that is restarted is heard again.
stop_bus
until_true 3 grep -q "the connection to the bus was lost" messages || fail "$(cat messages)"
start_bus
until_true 5 grep -q "there is a bus again" messages || fail "$(cat messages)"
until_true 5 has_name $service || fail "the bus was not joined again"
before=$(grep -c reconciled events)
status 0 binfmtctl reload
until_true 3 sh -c "[ \$(grep -c reconciled events) -gt $before ]" || { cat events messages; fail "not heard"; }
kill $monitor
wait $monitor || fail "ended with $?"

# The output for people.
binfmtctl monitor >events 2>messages &
monitor=$!
until_true 3 grep -q "watching$" events || fail "not watching"
printf ':other:M::OTHER::/bin/true:' >bm/register
until_true 3 grep -q 'kernel   registered  other, /bin/true$' events || { cat events; fail "not told"; }
kill $monitor
stop_daemon
