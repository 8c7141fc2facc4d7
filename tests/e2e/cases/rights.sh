# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Takes two users.
# A command that needs root says so, and what to do, before it begins anything. remove names the file that describes a format.
make_test_format
chmod 755 .
mount -t binfmt_misc b bm
mkdir admin
status 0 binfmtctl enable
cat >editor <<-EOF
	#!/bin/sh
	touch "$DIR/edited"
EOF
chmod 755 editor
export EDITOR=$DIR/editor VISUAL=$DIR/editor
as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups binfmtctl "$@"
}
# takes_root DIRECTORY VERB [ARGUMENT]...: fails unless the verb needs root to write to this directory.
takes_root() {
	directory=$1
	shift
	status 1 as_user "$@"
	same "$*" "binfmtctl: $directory: this user may not write there; it takes root: sudo binfmtctl $*" "$(grep -v "^+" output)"
}
takes_root "$DIR/admin" install new "$DIR/interpreter" --magic=NEW
takes_root "$DIR/admin" remove new
takes_root "$DIR/admin" import new
takes_root "$DIR/admin" unimport new
takes_root "$DIR/etc" edit test
takes_root "$DIR/state" unregister
takes_root "$DIR/state" reload
takes_root "$DIR/state" enable test
takes_root "$DIR/state" disable test
takes_root "$DIR/state" use test --auto
# The command line can be pasted into a shell as it is printed.
status 1 as_user install "it's" "$DIR/interpreter" --magic='\x7fA B'
says "sudo binfmtctl install 'it'\\''s' $DIR/interpreter '--magic=\\x7fA B'"
[ ! -e edited ] || fail "an editor was started for nothing"
[ -e bm/test ] || fail "something was changed"
# Commands that change nothing do not need root.
status 0 as_user list
status 0 as_user status
status 0 as_user disable --dry-run test
status 0 as_user install --dry-run new "$DIR/interpreter" --magic=NEW
# A directory that is missing is made in one that is there.
status 1 as_user --admindir="$DIR/none/such" install new "$DIR/interpreter" --magic=NEW
says "$DIR/none/such: this user may not write there"
mkdir mine
chown 1000:1000 mine
status 1 as_user --admindir="$DIR/mine/such" install new "$DIR/interpreter" --magic=NEW
! grep -q "takes root: sudo binfmtctl install" output || fail "refused where it may write"

# remove only removes formats of the database.
status 1 binfmtctl remove test
says "test: not in the database of update-binfmts ($DIR/admin) but described by $DIR/conf/test.conf; to switch it off: binfmtctl disable test"
[ -e bm/test ] || fail "removed"
status 0 binfmtctl install new "$DIR/interpreter" --magic=NEW
status 0 binfmtctl remove new
status 0 binfmtctl remove new
says "does not exist; nothing to do!"
