# SPDX-License-Identifier: GPL-2.0-or-later
# A daemon that a service manager has started in a mount namespace of its own says so. It says nothing where process 1 has the
# same mounts, or where no service manager has started it.
make_test_format
text="a setting of this unit gives it a mount namespace of its own"
export INVOCATION_ID=0123456789abcdef0123456789abcdef
start_daemon
says "$text" daemon.log
says "binfmt_misc $DIR/bm" daemon.log
stop_daemon
cat >init.sh <<'EOF'
mount -t proc proc /proc
NOTIFY_SOCKET=$DIR/notify timeout -s TERM 2 binfmtd --config="$DIR/binfmtd.conf" >daemon.log 2>&1 || true
EOF
start_notify
unshare -mpf sh -eu init.sh
grep -q '^READY=1' notify.log || { cat daemon.log; fail "binfmtd did not become ready"; }
same "said where process 1 has the same mounts" "" "$(grep "$text" daemon.log)"
kill $notify_pid
rm notify
unset INVOCATION_ID
start_daemon
same "said where no service manager starts it" "" "$(grep "$text" daemon.log)"
stop_daemon
