# SPDX-License-Identifier: GPL-2.0-or-later
# binfmt_misc cannot be written, is switched off as a whole, or is not there: this is reported and never worked around.
make_test_format
status 1 binfmtctl --procdir="$DIR/none" enable test
says "none: it does not exist"

# In a chroot without binfmt_misc there is nothing to remove, but the choice can be made.
status 0 binfmtctl disable test
[ -e etc/test.conf.d/50-binfmtctl.conf ]
status 0 binfmtctl display test
says "test (disabled):"
status 0 binfmtctl enable test
[ -e bm/test ]

echo 0 >bm/status
status 1 binfmtctl enable test
says "binfmt_misc is disabled as a whole"
same "status is not ours to change" disabled "$(cat bm/status)"
echo 1 >bm/status

mount -o remount,bind,ro bm
rm -r state
status 1 binfmtctl enable test
says "read-only"
mount -o remount,bind,rw bm

# An administrator's directory that cannot be written.
mount -t tmpfs -o ro t etc
status 1 binfmtctl disable test
says "the choice cannot be written"
[ -e bm/test ] || fail "disabled for now only, although that was not asked for"
umount etc

# A format whose file is wrong cannot be switched, others can.
echo rubbish >conf/bad.conf
status 1 binfmtctl enable bad
says "bad.conf:1: neither a [Section]"
status 0 binfmtctl disable test
says "bad.conf:1: neither a [Section]"
[ ! -e bm/test ]
