# SPDX-License-Identifier: GPL-2.0-or-later
# With RemoveOnStop=yes the daemon removes our entries when it stops, and nothing else.
make_test_format
mount -t binfmt_misc b bm
printf ':other:M::OTHER::/bin/true:' >bm/register
printf '[Daemon]\nRemoveOnStop=yes\n' >binfmtd.conf
start_daemon
[ -e bm/test ]
stop_daemon
[ ! -e bm/test ] || fail "test is still registered"
[ -e bm/other ] || fail "somebody else's entry is gone"
says "test removed" daemon.log
