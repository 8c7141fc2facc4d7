# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Runs a test for several of Debian's suites, one after the other.

# each_suite TEST SUITE...: runs TEST with SUITE set to each. Prints its results with the suite before their names and adds up
# their numbers. Then the calling script ends.
each_suite() {
	test=$1 passed=0 failed=0 skipped=0
	shift
	output=$(mktemp)
	for suite in "$@"; do
		SUITE=$suite "$test" >"$output" 2>&1 </dev/null
		status=$?
		sed -E "s/^(ok|FAIL|SKIP) /&$suite-/; \$d" "$output"
		# shellcheck disable=SC2046 # three numbers
		set -- $(tail -n 1 "$output" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p')
		[ $# = 3 ] || { echo "FAIL $suite-result: none, status $status: $(tail -n 1 "$output")"; set -- 0 1 0; }
		passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
	done
	rm -f "$output"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed -eq 0 ]
	exit
}
