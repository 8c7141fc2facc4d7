# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Takes two users.
# Files that this user may not reach or read are told apart from files that do not exist, and so are the remedies.
make_test_format
mount -t binfmt_misc b bm
status 0 binfmtctl enable test
chmod 755 .
as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}
mkdir closed
cp program interpreter closed
chmod 700 closed
status 1 as_user binfmtctl explain "$DIR/closed/program"
says "$DIR/closed/program: does not run (Permission denied)"
says "$DIR/closed/program cannot be reached: this user may not search a directory on the way to it"
says "namei -l $DIR/closed/program"
! grep -q "that exists" output || fail "said to be missing"
same execve "Permission denied" "$(as_user perl -e 'exec { $ARGV[0] } "x" or print $!' "$DIR/closed/program")"
status 1 as_user binfmtctl explain "$DIR/none"
says "Give the path of a file that exists."

cp program unreadable
chmod 711 unreadable
status 1 as_user binfmtctl explain "$DIR/unreadable"
says "$DIR/unreadable: not known"
says "Ask again as a user who may read it, as root for example (sudo)."

printf '#!%s/closed/interpreter\n' "$DIR" >script
chmod 755 script
status 1 as_user binfmtctl explain "$DIR/script"
says "$DIR/closed/interpreter cannot be reached"
