# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What cannot be read is not what is not there: nothing is removed because a file, a directory or the database cannot be
# read, or because there are too few descriptors to read it; and what is no file holds nobody up.
make_test_format
mkdir -p usr/binfmt.d etc/binfmt.d admin
echo ":line:M::LINE::$DIR/interpreter:" >usr/binfmt.d/line.conf
printf '%s\n' some-package magic 0 DATABASE '' "$DIR/interpreter" '' '' '' '' >admin/data
start_daemon
has_all() {
	[ -e bm/test ] && [ -e bm/line ] && [ -e bm/data ]
}
has_all || fail "not registered"

# each PATH...: puts a loop of links in its place, and checks the daemon and binfmtctl.
for path in usr/binfmt.d/line.conf usr/binfmt.d conf/test.conf conf admin/data admin; do
	# The daemon must not see a moment in which nothing is there.
	kill -STOP "$daemon_pid"
	mv "$path" kept
	ln -s "$(basename "$path")" "$path"
	kill -CONT "$daemon_pid"
	reload_daemon
	grep -q "$DIR/$path: Too many levels of symbolic links\|$DIR/$path: the database cannot be read" daemon.log ||
		{ cat daemon.log; fail "$path: not said"; }
	has_all || fail "$path: the daemon removed what it could not read"
	status 1 binfmtctl reload
	has_all || fail "$path: binfmtctl removed what it could not read"
	kill -STOP "$daemon_pid"
	rm "$path"
	mv kept "$path"
	kill -CONT "$daemon_pid"
done
reload_daemon

# A drop-in that cannot be read may say anything.
mkdir conf/line.conf.d
ln -s 1.conf conf/line.conf.d/1.conf
reload_daemon
has_all || fail "a format with an unreadable drop-in was removed"
printf -- -1 >bm/line
sleep 0.5
[ ! -e bm/line ] || fail "registered, though its drop-in may say that it is disabled"
rm -r conf/line.conf.d
until_true 5 has_all || fail "not registered again"

# There are too few descriptors, one more each time until there are enough.
for limit in $(seq 6 40); do
	prlimit --pid "$daemon_pid" --nofile="$limit:1024"
	kill -HUP "$daemon_pid"
	sleep 0.05
	has_all || fail "removed with $limit descriptors"
	(ulimit -n "$limit" && binfmtctl reload) >output 2>&1 || true
	has_all || fail "binfmtctl removed with $limit descriptors"
done
prlimit --pid "$daemon_pid" --nofile=1024:1024
reload_daemon
has_all || fail "lost"

# There is too little memory for a line of 14 MiB; the lines after it count. Not with ASan, which itself takes more than there is.
limit=10000
until (ulimit -v $limit && binfmtctl --version) >output 2>&1 || [ $limit -gt 400000 ]; do
	limit=$((limit + 1000))
done
if [ $limit -le 400000 ]; then
	cp usr/binfmt.d/line.conf kept
	cp conf/test.conf kept-ini
	for file in usr/binfmt.d/line.conf conf/test.conf; do
		{ printf '#'; head -c 14M /dev/zero | tr '\0' x; printf '\n'; } >long
		cat $file >>long
		mv long $file
		status 1 sh -c "ulimit -v $((limit + 4000)) && exec binfmtctl reload"
		says "$DIR/$file: "
		says "annot allocate memory"
		has_all || fail "removed for want of memory"
	done
	mv kept usr/binfmt.d/line.conf
	mv kept-ini conf/test.conf
fi

# Things that are no regular files, or too large: a FIFO without a writer would be waited for, a device never ends, and a sparse
# file would take all memory.
mkdir -p conf/test.conf.d
mkfifo conf/fifo.conf usr/binfmt.d/fifo.conf conf/test.conf.d/fifo.conf admin/fifo
ln -s /dev/zero conf/zero.conf
ln -s /dev/zero usr/binfmt.d/zero.conf
truncate -s 1T conf/sparse.conf usr/binfmt.d/sparse.conf admin/sparse
reload_daemon
has_all || fail "lost beside a FIFO"
for file in conf/fifo.conf usr/binfmt.d/fifo.conf conf/test.conf.d/fifo.conf conf/zero.conf usr/binfmt.d/zero.conf; do
	says "$DIR/$file: it is not a regular file" daemon.log
done
for file in conf/sparse.conf usr/binfmt.d/sparse.conf; do
	says "$DIR/$file: it is larger than 16 MiB" daemon.log
done
says "$DIR/admin/sparse: File too large" daemon.log
status 0 timeout 10 binfmtctl list
status 1 timeout 10 binfmtctl verify conf/fifo.conf
says "conf/fifo.conf: it is not a regular file"
stop_daemon

# The daemon's own file.
mkfifo pipe.conf
status 1 timeout 10 binfmtd --config="$DIR/pipe.conf"
says "$DIR/pipe.conf: it is not a regular file"
