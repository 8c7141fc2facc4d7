# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What every case begins with: runs inside its namespace, as root of that, in an empty directory on a file system of its
# own, $DIR. A case is a shell script under -eu; it fails by exiting with anything but 0, or 77 after a line that says
# why it was skipped.
mount -t tmpfs -o mode=755 case "$DIR"
cd "$DIR"
mkdir bm conf etc

PATH=$BUILD_DIR/cli:$BUILD_DIR/daemon:$PATH
# Cases must not see the machine's own configuration.
export BINFMTD_PROCDIR="$DIR/bm" BINFMTD_CONFDIRS="$DIR/conf:$DIR/etc" BINFMTD_STATEDIR="$DIR/state" \
	BINFMTD_BINFMT_D="$DIR/usr/binfmt.d:$DIR/etc/binfmt.d" BINFMTD_ADMINDIR="$DIR/admin" BINFMTD_CONFIG="$DIR/binfmtd.conf" \
	BINFMTD_CACHEDIR="$DIR/cache"
TRANSLATOR=$BUILD_DIR/translator/binfmt-translator
# Messages are compared with those in the source, which are in English.
unset LANGUAGE LC_MESSAGES LANG
export LC_ALL=C.UTF-8
daemon_pid=

fail() {
	echo "$*"
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# same WHAT EXPECTED GOT: fails unless the two are equal.
same() {
	[ "$2" = "$3" ] || fail "$1: expected <$2>, got <$3>"
}

# status EXPECTED COMMAND...: fails unless the command ends with this exit status. Its output is in ./output.
status() {
	expected=$1
	shift
	got=0
	"$@" >output 2>&1 || got=$?
	[ $got = "$expected" ] || { cat output; fail "$*: expected exit status $expected, got $got"; }
}

# says TEXT [FILE]: fails unless this is in the output of the last command checked by status, or in the file.
says() {
	grep -qF -- "$1" "${2:-output}" || { cat "${2:-output}"; fail "\"$1\" was not said"; }
}

# execute FILE ARGV0 [ARG]...: calls execve(2), without a shell that would try to run the program as a script.
execute() {
	python3 - "$@" <<-'EOF'
		import os, sys
		try:
		    os.execv(sys.argv[1], sys.argv[2:])
		except OSError as e:
		    print(e.strerror, file=sys.stderr)
		    sys.exit(126)
	EOF
}

# until_true SECONDS COMMAND...: waits for the command to succeed.
until_true() {
	n=$(($1 * 20))
	shift
	while ! "$@"; do
		n=$((n - 1))
		[ $n -gt 0 ] || return 1
		sleep 0.05
	done
}

# start_notify: stands in for the service manager at ./notify; the messages to it are in ./notify.log.
start_notify() {
	: >notify.log
	python3 "$SOURCE_DIR/tests/e2e/notify.py" "$DIR/notify" notify.log &
	notify_pid=$!
	until_true 5 test -S notify || fail "no notify socket"
}

# start_daemon [OPTION]...: starts binfmtd with its messages in ./daemon.log and waits until it is ready.
start_daemon() {
	start_notify
	[ -e binfmtd.conf ] || : >binfmtd.conf
	NOTIFY_SOCKET=$DIR/notify binfmtd --config="$DIR/binfmtd.conf" "$@" >daemon.log 2>&1 &
	daemon_pid=$!
	until_true 10 grep -q '^READY=1' notify.log || { cat daemon.log; fail "binfmtd did not become ready"; }
}

# reload_daemon: reloads and waits until it is ready again.
reload_daemon() {
	: >notify.log
	kill -HUP $daemon_pid
	until_true 10 grep -q '^READY=1' notify.log || { cat daemon.log; fail "binfmtd did not reload"; }
}

stop_daemon() {
	kill $daemon_pid 2>/dev/null || true
	wait $daemon_pid || fail "binfmtd exited with $?"
	kill $notify_pid 2>/dev/null || true
	daemon_pid=
	rm -f notify
}

end_case() {
	[ -z "$daemon_pid" ] || kill $daemon_pid "$notify_pid" 2>/dev/null || true
}
trap end_case EXIT

# A format that nothing else has, run by a script that prints its arguments.
make_test_format() {
	printf '#!/bin/sh\necho "interpreted: $*"\n' >interpreter
	printf '\177TEST' >program
	chmod +x interpreter program
	cat >conf/test.conf <<-EOF
		[Format]
		Magic=\x7fTEST
		Flags=${1-F}
		Interpreter=1 $DIR/interpreter
	EOF
}

set -x
# shellcheck disable=SC1090
. "$1"
