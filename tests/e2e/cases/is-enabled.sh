# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# is-enabled tells scripts by a word and by its exit status whether formats are registered.
make_test_format F
printf '[Format]\nMagic=OTHER\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/other.conf
printf '[Format]\nMagic=never\nInterpreter=1 %s/never\n' "$DIR" >conf/never.conf

# enabled EXPECTED STATES NAME...: fails unless this is the exit status, with --quiet too, and these are the states, with commas
# between them, on standard output.
enabled() {
	expect=$1 states=$2
	shift 2
	status "$expect" binfmtctl is-enabled --quiet "$@"
	got=0
	binfmtctl is-enabled "$@" >states 2>errors || got=$?
	same "exit status for $*" "$expect" $got
	same "states of $*" "$states" "$(paste -sd, states)"
}

enabled 1 unavailable test
says "not mounted" errors
mount -t binfmt_misc b bm
printf ':theirs:M::THEIRS::/bin/true:' >bm/register
enabled 1 missing test
status 0 binfmtctl reload
enabled 0 registered test
enabled 0 registered,registered other test
enabled 1 registered,unavailable,registered other never test
enabled 1 foreign theirs
status 0 binfmtctl is-enabled --quiet test other
same "output with --quiet" "" "$(cat output)"

# Names that nothing has are said, also with --quiet, and the others are shown all the same.
enabled 1 registered tset test
says "did you mean test?" errors
status 1 binfmtctl is-enabled --quiet tset
says "tset: no such format; did you mean test?"

status 0 binfmtctl disable other
enabled 1 disabled,registered other test
echo 0 >bm/test
enabled 1 disabled test
echo 1 >bm/test
echo 0 >bm/status
enabled 1 disabled test
echo 1 >bm/status
enabled 0 registered test
cp interpreter new
mv new interpreter
enabled 1 stale test
status 0 binfmtctl reload
echo -1 >bm/test
printf ':test:M::XY::/bin/true:' >bm/register
enabled 1 changed test
status 0 binfmtctl reload

# Nobody needs to be root for it.
status 0 unshare -U --map-user=1234 --map-group=1234 binfmtctl is-enabled test
same "without privileges" registered "$(cat output)"

# With --container the entries are those of the container.
mkfifo ready
unshare -Urm sh -c 'mount -t tmpfs t /mnt; echo >ready; exec sleep 600' &
read -r _ <ready
pid=$!
status 0 binfmtctl --container $pid disable test
status 1 binfmtctl --container $pid is-enabled test
same "in the container" missing "$(cat output)"
enabled 0 registered test
kill $pid

status 2 binfmtctl is-enabled
says "something is missing: NAME..."
