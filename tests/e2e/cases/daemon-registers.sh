# SPDX-License-Identifier: GPL-2.0-or-later
# binfmtd mounts binfmt_misc, registers the formats, says that it is ready and what it did, and leaves the entries when it stops.
make_test_format
start_daemon
grep -q '^STATUS=1 registered: test$' notify.log || fail "no STATUS=: $(cat notify.log)"
same "file system" binfmt_misc "$(findmnt -no FSTYPE bm)"
same "what runs" "interpreted: ./program a b" "$(./program a b)"
kill $daemon_pid
until_true 5 grep -q '^STOPPING=1' notify.log || fail "no STOPPING=1"
stop_daemon
says "test registered" daemon.log
same "after the daemon stopped" "interpreted: ./program" "$(./program)"
