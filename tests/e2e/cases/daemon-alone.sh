# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Takes two users.
# A second daemon, and a daemon that is not root, say so and end, and nothing changes. When the first one was killed, another one
# can start.
make_test_format
chmod 755 .
start_daemon
status 1 timeout 10 binfmtd
says "another binfmtd is running already, process $daemon_pid, and keeps its records in $DIR/state"
says "giving up: "
[ -e bm/test ] || fail "the entry is gone"
kill -0 "$daemon_pid" || fail "the first one has ended"
# The first daemon may not have written its number yet.
: >state/.#daemon
status 1 timeout 10 binfmtd
says "another binfmtd is running already, process ?, and"
# A daemon with other directories is not in the way of the first.
mkdir bm2
BINFMTD_PROCDIR=$DIR/bm2 BINFMTD_STATEDIR=$DIR/state2 timeout 1 binfmtd >second.log 2>&1 || true
! grep -q "another binfmtd" second.log || fail "one for other places was refused"

as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups timeout 10 binfmtd "$@"
}
status 1 as_user
says "$DIR/state: what is registered cannot be noted: Permission denied; binfmtd has to be root"
mkdir open
chown 1000:1000 open
status 1 as_user --statedir="$DIR/open/state"
says "$DIR/bm: nothing can be registered here: Permission denied; binfmtd has to be root"

kill -KILL "$daemon_pid"
wait "$daemon_pid" || true
kill "$notify_pid"
rm -f notify
start_daemon
[ "$(cat state/.#daemon)" = "$daemon_pid" ] || fail "the lock says $(cat state/.#daemon)"
stop_daemon
