# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# status says whether the daemon runs, and if not, what the service manager says of it.
. "$SOURCE_DIR/tests/e2e/bus.sh"
make_test_format
mount -t binfmt_misc b bm
status 0 binfmtctl enable
status 0 binfmtctl status
grep -qx "binfmtd: stopped" output || fail "$(cat output)"
start_daemon
status 0 binfmtctl status
grep -qx "binfmtd: running" output || fail "$(cat output)"
status 0 binfmtctl status --json
python3 -c 'import json; assert json.load(open("output"))["daemon"] == "running"'
stop_daemon
status 0 binfmtctl status --json
python3 -c 'import json; assert json.load(open("output"))["daemon"] == "stopped"'

# From here on the records are in the usual place, which is the service's.
unset BINFMTD_STATEDIR
mkdir -p /run/systemd/system
start_bus
until_true 5 [ -S /run/bus ] || fail "no bus"
says_service() {
	echo "$1" >unit
	binfmtctl status >output 2>&1 || true
	grep -qxF "binfmtd: $2" output || { cat output; fail "$1: not \"$2\""; }
}
says_service "loaded active enabled" "stopped (systemctl start binfmtd)"
"$BUILD_DIR/tests/e2e/fake-systemd" unit &
polkit_pid=$! # ends with the case as that does
until_true 5 has_name org.freedesktop.systemd1 || fail "no service manager"
says_service "loaded inactive enabled" "stopped (systemctl start binfmtd)"
says_service "loaded inactive disabled" "disabled (systemctl enable --now binfmtd)"
says_service "masked inactive masked" "masked (systemctl unmask binfmtd && systemctl enable --now binfmtd)"
says_service "masked inactive masked-runtime" "masked (systemctl unmask binfmtd && systemctl enable --now binfmtd)"
says_service "loaded failed enabled" "failed (systemctl status binfmtd)"
says_service "not-found inactive none" "not-installed"
