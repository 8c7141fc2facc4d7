# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What suites share: how they count, and how pieces of one run at once. Sourced by tests/NAME/run with SOURCE_DIR and BUILD_DIR set.
export SOURCE_DIR BUILD_DIR
passed=0 failed=0 skipped=0

pass() { passed=$((passed + 1)); }
fail() {
	echo "FAIL $1: $2"
	failed=$((failed + 1))
}
skip() {
	echo "SKIP $1: $2"
	skipped=$((skipped + 1))
}

# finish: the last line of a suite, and its end.
finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed -eq 0 ]
	exit
}

# add_result NAME LOG: adds up the numbers in the log's last line, and prints the others.
add_result() {
	# shellcheck disable=SC2046 # three numbers
	set -- "$1" "$2" $(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p' "$2")
	if [ $# = 5 ]; then
		sed '$d' "$2"
		passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
	else
		cat "$2"
		fail "$1" "it ended early"
	fi
}

# side_by_side DIR: each line of standard input is a function of the suite and its arguments. They run in processes of their own, as
# many at once as there are processors; then what they print is printed, in the order of the lines, and their results are added up.
# A suite that calls this has to call `job "$@"` behind its functions, before it does anything else.
side_by_side() {
	rm -rf "$1"
	mkdir -p "$1"
	cat >"$1/list"
	cat -n "$1/list" | xargs -P "$(nproc)" -L 1 "$0" --job "$1"
	number=0
	while read -r line; do
		number=$((number + 1))
		[ -f "$1/$number" ] || : >"$1/$number"
		add_result "$line" "$1/$number"
	done <"$1/list"
}

# job WORD...: where side_by_side has called the suite, does what it is called for, and ends.
job() {
	[ "${1-}" = --job ] || return 0
	shift
	exec >"$1/$2" 2>&1
	shift 2
	"$@"
	finish
}
