# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What tests/diff and tests/diff32 have in common. They set $out, where their programs generate, compare and harness are, and
# define oracle and ours, which run harness.

# shrink CASE OPTIONS: leaves out instructions as long as the rest differs too.
shrink() {
	echo "$1" >"$out/small"
	shift
	while "$out/generate" drop <"$out/small" >"$out/smaller" && [ -s "$out/smaller" ]; do
		found=
		while read -r case_; do
			echo "$case_" >"$out/try"
			oracle <"$out/try" >"$out/try.expected" && ours "$@" <"$out/try" >"$out/try.got"
			"$out/compare" "$out/try" "$out/try.expected" "$out/try.got" >/dev/null && continue
			cp "$out/try" "$out/small"
			found=yes
			break
		done <"$out/smaller"
		[ -n "$found" ] || break
	done
	cat "$out/small"
}

# compare_with NAME CASES EXPECTED OPTIONS
compare_with() {
	name=$1 cases=$2 expected=$3
	shift 3
	if ! ours "$@" <"$cases" >"$out/got"; then
		fail "$name" "the test program ended with an error under the translator"
	elif "$out/compare" "$cases" "$expected" "$out/got" >"$out/$name.diff"; then
		pass
		echo "$name: $(tail -n 1 "$out/$name.diff")"
	else
		fail "$name" "$(tail -n 1 "$out/$name.diff"); the first, shrunk: $(shrink "$(sed -n '/^CASE /{s///p;q}' "$out/$name.diff")" "$@")"
		head -n 20 "$out/$name.diff"
	fi
}

# compare_all SET: the cases in $out/SET, on three levels of host instructions, and with the passes off.
compare_all() {
	oracle <"$out/$1" >"$out/$1.expected" || { fail "$1" "QEMU ended with an error"; finish; }
	compare_with "$1" "$out/$1" "$out/$1.expected"
	compare_with "$1-v2" "$out/$1" "$out/$1.expected" -x64-level 2
	compare_with "$1-v3" "$out/$1" "$out/$1.expected" -x64-level 3
	compare_with "$1-plain" "$out/$1" "$out/$1.expected" \
		-opt no-fold,no-addr,no-flags,no-fuse,no-dce,no-trace,no-link,no-retstack
}

# coverage: every encoding with its number of cases, or the reason why it has none.
coverage() {
	cut -d' ' -f1 "$out/cases" | sort | uniq -c | awk '{ print $2, $1 }' >"$out/counts"
	"$out/generate" list >"$out/left-out"
	"$out/generate" names | sort >"$out/names"
	cat "$out/counts" "$out/left-out" | sort | grep -v '^sequence ' >"$out/coverage.txt"
	if missing=$(cut -d' ' -f1 "$out/coverage.txt" | sort | comm -23 "$out/names" - | tr '\n' ' ') && [ -z "$missing" ]; then
		pass
	else
		fail coverage "no case of: $missing"
	fi
}
