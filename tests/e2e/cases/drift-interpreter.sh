# SPDX-License-Identifier: GPL-2.0-or-later
# The F flag pins an interpreter's file: when the file is replaced, the entry is registered anew, with no reload.
make_test_format
mkdir elsewhere
printf '#!/bin/sh\necho better\n' >elsewhere/better
ln -s elsewhere/better better
echo "Interpreter=2 $DIR/better" >>conf/test.conf
start_daemon

# runs TEXT: true if the interpreter that runs prints this.
runs() {
	[ "$(./program 2>&1)" = "$1" ]
}

same "what runs at first" "interpreted: ./program" "$(./program)"
printf '#!/bin/sh\necho new\n' >interpreter.new
chmod +x interpreter.new
mv interpreter.new interpreter
until_true 1 grep -q "test replaced" daemon.log || fail "not renewed within a second"
says "not as it should be: test (stale); entries of others: none" daemon.log
runs new || fail "the old one still runs"

# A better interpreter can be used from now on, behind a symbolic link; then it is replaced, and then it is removed.
chmod +x elsewhere/better
until_true 1 runs better || fail "the one of higher priority was not noticed"
printf '#!/bin/sh\necho "still better"\n' >elsewhere/better.new
chmod +x elsewhere/better.new
: >daemon.log
mv elsewhere/better.new elsewhere/better
until_true 1 grep -q "test replaced" daemon.log || fail "replaced behind a link, and not noticed"
rm elsewhere/better
until_true 1 runs new || fail "that it went was not noticed"
says "test: the interpreter $DIR/better has vanished" daemon.log
! grep -q "no other is installed" daemon.log || fail "there is another one"
rm interpreter
until_true 1 test ! -e bm/test || fail "an entry stays for a program that is not installed"

# Nothing happens without a change: all this has come to rest.
sleep 0.4
: >daemon.log
sleep 0.5
same "said with nothing to say" "" "$(cat daemon.log)"
stop_daemon
