# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# A file that a process has left when it was killed while writing is removed by the next process that changes something; nothing
# else is removed.
make_test_format
mount -t binfmt_misc b bm
status 0 binfmtctl install kept "$DIR/interpreter" --magic=KEPT
status 0 binfmtctl disable test
places="admin state etc etc/test.conf.d"

# left: prints the number of temporary files.
left() {
	# shellcheck disable=SC2086 # a list of words
	find $places -maxdepth 1 -name '.#[1-9]*' | wc -l
}
if command -v strace >/dev/null; then
	ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=fsync -e inject=fsync:signal=SIGKILL:when=1 \
		binfmtctl install killed "$DIR/interpreter" --magic=KILLED >output 2>&1 || true
	[ "$(left)" = 1 ] || fail "nothing is left of one that was killed: $(cat output)"
	status 0 binfmtctl install killed "$DIR/interpreter" --magic=KILLED
	same "left afterwards" 0 "$(left)"
fi

# It is removed also where its number is that of another process by now. Files that a process is writing stay, and so do names
# that are none of ours.
for place in $places; do
	echo half >"$place/.#4000000"
	echo half >"$place/.#$$"
	for name in '.#0' '.#12x' '.#' '#12' '.#lock.12' '.#012'; do
		echo other >"$place/$name"
	done
	ln -s "$DIR/program" "$place/.#4000001"
	mkdir "$place/.#4000002"
	mkfifo "$place/.#4000003"
	echo two >"$place/.#4000004"
	ln "$place/.#4000004" "$place/again"
	echo half >"$place/.#4000005"
done
exec 9>>admin/.#4000005
flock 9
status 0 binfmtctl enable test
[ -e admin/.#4000005 ] || fail "removed while it is written"
[ ! -e state/.#4000005 ] || fail "still there"
exec 9>&-
status 0 binfmtctl disable test
[ ! -e admin/.#4000005 ] || fail "still there after its writer has ended"
for place in $places; do
	[ ! -e "$place/.#4000000" ] || fail "$place: what was left is still there"
	[ ! -e "$place/.#$$" ] || fail "$place: it stays where its number is that of a process"
	for name in '.#0' '.#12x' '.#' '#12' '.#lock.12' '.#012' '.#4000001' '.#4000002' '.#4000003' '.#4000004'; do
		[ -e "$place/$name" ] || [ -L "$place/$name" ] || fail "$place/$name was removed"
	done
done
[ -e admin/kept ] && [ -e program ] || fail "something else was removed"

# Nothing is removed from a directory in which others may write.
rm admin/again 'admin/#12'
echo half >admin/.#4000006
chmod 777 admin
status 0 binfmtctl enable test
[ -e admin/.#4000006 ] || fail "removed from a directory of others"
chmod 755 admin
status 0 binfmtctl reload
[ ! -e admin/.#4000006 ] || fail "still there"

# Another process may have the name, from another PID namespace or only to hold it: that file is neither waited for nor written
# to. And nobody else may open a file that is being written.
number=$(unshare -pf --kill-child sh -c 'echo $$')
echo theirs >"admin/.#$number"
exec 9>>"admin/.#$number"
flock 9
status 0 timeout 20 unshare -pf --kill-child binfmtctl install held "$DIR/interpreter" --magic=HELD
grep -q '^HELD' admin/held || fail "not written"
same "what the other has" theirs "$(cat "admin/.#$number")"
exec 9>&-
if command -v strace >/dev/null; then
	ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat -o trace binfmtctl install mode "$DIR/interpreter" --magic=MODE
	grep -q '"\.#[0-9]*", .*O_CREAT.*, 0600)' trace || fail "others may open what is being written"
fi
same "the mode of what was written" 644 "$(stat -c %a admin/held)"
