# SPDX-License-Identifier: GPL-2.0-or-later
# What others change about our entries is repaired within a second, and their entries are not touched.
make_test_format
printf '[Format]\nMagic=TWO!\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/two.conf
start_daemon
printf ':other:M::OTHER::/bin/true:' >bm/register

# within_a_second COMMAND...
within_a_second() {
	until_true 1 "$@" || { cat daemon.log; fail "not within a second: $*"; }
}

# All entries are removed, as systemd-binfmt does: ours come back, and the log says what else is there.
echo -1 >bm/status
printf ':third:M::THIRD::/bin/true:' >bm/register
[ ! -e bm/test ] || fail "nothing was wiped"
within_a_second test -e bm/test
within_a_second grep -q "two registered" daemon.log
says "not as it should be: test (missing), two (missing); entries of others: third" daemon.log
says "test registered" daemon.log
[ ! -e bm/other ] || fail "what was not ours came back"
[ -e bm/third ] || fail "what was not ours went"
same "what runs" "interpreted: ./program" "$(./program)"

# Our entry is removed, switched off and replaced, one after the other.
echo -1 >bm/test
within_a_second test -e bm/test
echo 0 >bm/two
within_a_second grep -q '^enabled' bm/two
echo -1 >bm/two
printf ':two:M::TWO!::/bin/false:' >bm/register
within_a_second grep -q "^interpreter $DIR/interpreter" bm/two
says "two (changed)" daemon.log

# Somebody registers an entry later that takes all files of ours: ours is tried first again, and theirs stays. An entry that takes
# only some of them is meant to be tried first.
printf ':wide:M::\\x7fTES::/bin/false:' >bm/register
within_a_second grep -q "test replaced" daemon.log
says "test (shadowed); entries of others: third, wide" daemon.log
[ -e bm/wide ] || fail "what was not ours went"
same "what runs" "interpreted: ./program" "$(execute ./program ./program)"
echo -1 >bm/wide
: >daemon.log
printf ':narrow:M::\\x7fTESTED::/bin/true:' >bm/register
printf ':twin:M::TWO!::/bin/true:' >bm/register
echo 0 >bm/twin
sleep 0.4
! grep -q shadowed daemon.log || { cat daemon.log; fail "an entry for other files was taken for one in the way"; }
echo -1 >bm/narrow
echo -1 >bm/twin

# Changes through another mount of the same binfmt_misc are repaired, too.
mkdir again
mount -t binfmt_misc b again
echo -1 >again/test
within_a_second test -e bm/test

# A change that was made in the configuration first and then in the kernel stays.
status 0 binfmtctl disable two
sleep 0.4
[ ! -e bm/two ] || fail "what the administrator disabled came back"
status 0 binfmtctl enable two
sleep 0.4
[ -e bm/two ] || fail "what the administrator enabled went"

# Entries that were unregistered on purpose stay away until the next reload.
status 0 binfmtctl unregister
sleep 0.4
same "entries" "register status third" "$(ls bm | xargs)"
reload_daemon
[ -e bm/test ] || fail "not registered by a reload"
echo -1 >bm/test
within_a_second test -e bm/test

# binfmt_misc is unmounted, with all its entries.
umount again
umount bm
within_a_second test -e bm/test
echo -1 >bm/test
within_a_second test -e bm/test
stop_daemon
