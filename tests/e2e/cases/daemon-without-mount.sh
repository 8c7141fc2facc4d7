# SPDX-License-Identifier: GPL-2.0-or-later
# Mount=no leaves an unmounted binfmt_misc alone, and says so; so does a place that does not exist.
make_test_format
printf '[Daemon]\nMount=no\n' >binfmtd.conf
status 1 binfmtd --config="$DIR/binfmtd.conf"
says "bm: binfmt_misc is not mounted here"
says "nothing was registered"
status 1 binfmtd --config="$DIR/binfmtd.conf" --procdir="$DIR/none"
says "none: it does not exist"
# A namespace whose mounts belong to somebody else may not mount binfmt_misc, as in a container before Linux 6.7: that is no
# failure there.
: >binfmtd.conf
status 1 unshare -Ur binfmtd --config="$DIR/binfmtd.conf"
says "bm: binfmt_misc is not mounted and cannot be: Operation not permitted"
start_notify
status 0 env NOTIFY_SOCKET="$DIR/notify" unshare -Ur binfmtd --config="$DIR/binfmtd.conf"
says "this container cannot have entries of its own"
until_true 5 grep -q '^READY=1' notify.log || fail "the service manager is not told"
kill $notify_pid
status 2 binfmtd --nonsense
status 2 binfmtd word
status 0 binfmtd --help
status 0 binfmtd --version
