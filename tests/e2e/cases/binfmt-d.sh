# SPDX-License-Identifier: GPL-2.0-or-later
# Formats that only binfmt.d names are registered. An entry that somebody else has registered in exactly this way is left alone,
# even with the flag F.
make_test_format
mkdir -p usr/binfmt.d etc/binfmt.d
cp interpreter other
printf '# comment\n|left|M||LEFT||%s/other|F\n:mine:M::MINE::%s/other:\nrubbish\n' "$DIR" "$DIR" >usr/binfmt.d/some.conf
printf 'MINE' >mine
printf 'LEFT' >left
chmod +x mine left

mount -t binfmt_misc b bm
printf '|left|M||LEFT||%s/other|F' "$DIR" >bm/register
inode=$(stat -c %i bm/left)
start_daemon
same "entries" "left mine test" "$(cd bm && echo [lmt]*)"
same "what runs" "interpreted: ./mine" "$(./mine)"
says "usr/binfmt.d/some.conf:4: the line does not start with a delimiter" daemon.log
! grep -q 'left' daemon.log || fail "something was done about an entry that was as wanted"
same "the entry of somebody else" "$inode" "$(stat -c %i bm/left)"

# binfmtd's own files come before binfmt.d, whose interpreter stays as an alternative and is used when the first one is not
# installed.
printf ':test:M::\\x7fTEST::%s/other:P\n' "$DIR" >etc/binfmt.d/test.conf
reload_daemon
grep -q "^interpreter $DIR/interpreter" bm/test || fail "$(cat bm/test)"
mv interpreter away
reload_daemon
same "the other interpreter" "interpreted: ./program zero" "$(execute ./program zero)"
grep -q '^flags: P$' bm/test || fail "$(cat bm/test)"

# A file in a directory of higher priority replaces one of the same name; a link to /dev/null, too.
ln -s /dev/null etc/binfmt.d/some.conf
reload_daemon
same "entries" "left test" "$(cd bm && echo [lmt]*)"
stop_daemon

# Choices of the administrator's work for formats that only binfmt.d names, too.
rm etc/binfmt.d/some.conf
status 0 binfmtctl enable mine
status 0 binfmtctl disable mine
[ ! -e bm/mine ] || fail "mine is still there"
start_daemon
[ ! -e bm/mine ] || fail "mine came back"
stop_daemon
