# SPDX-License-Identifier: GPL-2.0-or-later
# unregister removes the entries that were registered from any source, but nobody else's entries and no choice.
make_test_format
printf '[Format]\nMagic=TWO!\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/two.conf
status 0 binfmtctl enable
printf ':other:M::OTHER::%s:' "$DIR/interpreter" >bm/register
same "before" "other register status test two" "$(ls bm | xargs)"
status 0 binfmtctl unregister
same "after" "other register status" "$(ls bm | xargs)"
[ -z "$(ls etc)" ] || fail "something was left in etc: $(find etc)"
status 0 binfmtctl --unregister
# An entry of our format's name that somebody else has registered since is not ours.
status 0 binfmtctl enable test
printf -- -1 >bm/test
printf ':test:M::MINE::%s:' "$DIR/interpreter" >bm/register
status 0 binfmtctl unregister
same "somebody else's of the same name" "other register status test" "$(ls bm | xargs)"
# Where binfmt_misc is not mounted, there is nothing to remove.
status 0 binfmtctl --procdir="$DIR/etc" unregister
status 2 binfmtctl unregister test
