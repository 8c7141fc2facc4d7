# SPDX-License-Identifier: GPL-2.0-or-later
# The exit status is 0 where something was done, 1 where it could not be done, and 2 where the command line is wrong.
make_test_format
status 0 binfmtctl --version
grep -Eq '^binfmtctl [0-9.]+$' output || fail "$(cat output)"
status 0 binfmtctl version
status 0 binfmtctl --help
says "Usage: binfmtctl"
status 0 binfmtctl help
status 2 binfmtctl nonsense
says "unknown verb: nonsense"
status 2 binfmtctl --nonsense
status 2 binfmtctl --display one two
status 2 binfmtctl --display --enable test
status 2 binfmtctl list one two
status 2 binfmtctl --procdir=/x
says "nothing to do"
status 2 binfmtctl --procdir

# Without a verb, the output is that of list, and says where to go on.
status 0 binfmtctl list
cp output list
status 0 binfmtctl
same "list without saying so" "$(cat list)" "$(head -n "$(wc -l <list)" output)"
says "binfmtctl --help"

# Help is asked about one verb, before or after it, whatever else is on the line.
for line in "use --help" "--help use" "help use" "use -h" "use test --help" "use --auto --help" "--use --help"; do
	# shellcheck disable=SC2086 # words of a command line
	status 0 binfmtctl $line
	says "Usage: binfmtctl [OPTION]... use NAME [PATH]"
	says "--rollback"
	! grep -q -- "--magic\|--procdir" output || fail "$line: options of other verbs"
done
status 2 binfmtctl help uze
says "did you mean use?"
for verb in $(binfmtctl --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
	status 0 binfmtctl "$verb" --help
	says "Usage: binfmtctl [OPTION]... $verb"
done
# A verb that has actions wants one of them, and help is asked about either.
status 2 binfmtctl cache
says "something is missing: ACTION"
status 2 binfmtctl cache --json
status 2 binfmtctl cache frobnicate
says "cache has no action frobnicate"
status 2 binfmtctl cache lsit
says "did you mean list?"
status 2 binfmtctl cache add
says "something is missing: PATH|PID..."
status 2 binfmtctl cache add --json x
says "this verb does not take --json"
status 2 binfmtctl cache list one
for line in "cache --help" "help cache" "--help cache"; do
	# shellcheck disable=SC2086
	status 0 binfmtctl $line
	says "Usage: binfmtctl [OPTION]... cache ACTION [ARGUMENT]..."
	says "  drop FILE..."
done
for line in "cache list --help" "help cache list" "--help cache list" "cache list --json -h"; do
	# shellcheck disable=SC2086
	status 0 binfmtctl $line
	says "Usage: binfmtctl [OPTION]... cache list"
	says "--json"
	! grep -q -- "--names" output || fail "$line: options of the verb list"
done
status 2 binfmtctl help list cache
says "too many words: cache"
status 2 binfmtctl help cache lsit
says "did you mean list?"
status 1 binfmtctl --enable none
status 1 binfmtctl --disable none
status 1 binfmtctl --display none
status 1 sh -c 'binfmtctl --help >/dev/full'

# Options and environment say where things are.
mount -t binfmt_misc b bm
status 0 env -u BINFMTD_PROCDIR -u BINFMTD_CONFDIRS -u BINFMTD_STATEDIR binfmtctl --procdir="$DIR/bm" \
	--confdirs="$DIR/conf:$DIR/etc" --statedir="$DIR/state2" enable test
[ -e bm/test ] && [ -e state2/test ]
