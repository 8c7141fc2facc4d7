# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Where files cannot be written: formats are registered all the same, once, nothing is left half done, and what failed
# works as soon as there is room again.
make_test_format
mkdir -p state admin import
ln -s "$BUILD_DIR/cli/binfmtctl" update-binfmts

# fill DIRECTORY, free DIRECTORY: leave room for an empty file only, and take that back.
fill() {
	head -c 1M /dev/zero >"$1/.#fill" 2>/dev/null || true
}
free() {
	rm "$1/.#fill"
}
number_of() {
	grep -c "$1" daemon.log || true
}
not_said() {
	! grep -F "$1" daemon.log || fail "\"$1\" was said"
}

# Where there can be no records at all, and where their directory is full.
for kind in file full; do
	rm -rf state
	if [ $kind = file ]; then
		: >state
	else
		mkdir state
		mount -t tmpfs -o size=8k records state
		: >state/.#lock
		fill state
	fi
	start_daemon
	[ -e bm/test ] || fail "$kind: not registered"
	sleep 1.5
	not_said "test replaced"
	not_said "something else keeps changing it"
	says "be kept: " daemon.log
	# Drift is still repaired.
	printf -- -1 >bm/test
	until_true 5 [ -e bm/test ] || fail "$kind: not repaired"
	sleep 0.5
	not_said "test replaced"
	if [ $kind = full ]; then
		free state
		reload_daemon
		[ -s state/test ] || fail "no record"
	fi
	stop_daemon
	printf -- -1 >bm/test
	[ $kind = file ] || umount state
done
rm -rf state

# The administrator's choices and formats, and the database of update-binfmts.
status 0 binfmtctl enable test
mount -t tmpfs -o size=16k small etc
mount -t tmpfs -o size=16k small admin
fill etc
fill admin
status 1 binfmtctl disable test
says "No space left on device"
[ -e bm/test ] || fail "half disabled"
status 1 binfmtctl use test "$DIR/interpreter"
says "No space left on device"
status 2 ./update-binfmts --admindir "$DIR/admin" --importdir "$DIR/import" --procdir "$DIR/bm" --install other \
	"$DIR/interpreter" --magic OTHER
says "No space left on device"
[ ! -e bm/other ] || fail "half installed"
same "what is left" ".#fill" "$(find etc admin -type f -printf '%f\n' | sort -u)"
free etc
free admin
status 0 binfmtctl disable test
[ ! -e bm/test ] || fail "not disabled"
status 0 binfmtctl use test "$DIR/interpreter"
status 0 ./update-binfmts --admindir "$DIR/admin" --importdir "$DIR/import" --procdir "$DIR/bm" --install other \
	"$DIR/interpreter" --magic OTHER
[ -e bm/other ] || fail "not installed"
fill etc
fill admin
# Removing needs no room.
status 0 ./update-binfmts --admindir "$DIR/admin" --importdir "$DIR/import" --procdir "$DIR/bm" --remove other "$DIR/interpreter"
status 0 binfmtctl enable test
[ -e bm/test ] || fail "not enabled"
