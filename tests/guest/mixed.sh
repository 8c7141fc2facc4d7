#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs for different machines that start each other: 64-bit and both kinds of 32-bit ARM.
set -u
dir=$OUT/mixed
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
for pair in "$CROSS a" "arm-linux-gnueabihf-gcc h" "arm-linux-gnueabi-gcc e"; do
	# shellcheck disable=SC2086 # words
	set -- $pair
	command -v "$1" >/dev/null || { echo "skip mixed: $1 is not installed"; echo "done"; exit 0; }
	mkdir -p "$dir/heritage-$2"
	$1 -O1 -static -o "$dir/$2" "$files/chain.c" && $1 -O1 -static -o "$dir/each-$2" "$files/each.c" &&
		$1 -O1 -Wall -Wextra -static -o "$dir/heritage-$2/heritage" "$files/heritage.c" || exit 1
done
mkdir -p "$dir/heritage-x" && gcc -O1 -static -o "$dir/heritage-x/heritage" "$files/heritage.c" || exit 1

# chain NAME PROGRAM...: each program of the chain must say what it is, with what those before it handed on. $before_it is put before the
# translator's name, and 64-bit programs are on a $machine64.
before_it="" machine64=aarch64
chain() {
	name=$1
	shift
	# shellcheck disable=SC2086 # words
	(cd "$dir" && MARK=first $before_it "$TRANSLATOR" "$@") >"$dir/out" 2>&1
	status=$? before=first inherited="" want=""
	for program; do
		case $program in
		*a) line="$machine64 aarch64 64" ;;
		*) line="armv7l v7l 32" ;;
		esac
		want="$want$line$inherited $before
"
		before=${line%% *} inherited=" ignores blocks"
	done
	if [ $status = 0 ] && [ "$(cat "$dir/out")" = "$(printf %s "$want")" ]; then
		echo "ok $name"
	else
		echo "not ok $name: status $status, $(tr '\n' '|' <"$dir/out"), not $(printf %s "$want" | tr '\n' '|')"
	fi
}

chain exec ./a ./h ./e ./a ./e ./h ./h ./a
chain exec-from-32-bits ./h ./a ./h
chain fork ./a fork:./h fork:./e fork:./a fork:./h
chain spawn ./h spawn:./a spawn:./h spawn:./e spawn:./a spawn:./a
# What arm64's kernel says with PER_LINUX32 (arch/arm64/kernel/sys.c). 32-bit programs are on a 32-bit machine here in any case.
before_it="setarch linux32" machine64=armv8l
chain personality ./a ./h fork:./a spawn:./e ./a

# heritage LETTER...: what a process keeps when it executes programs, one for each letter, is what it keeps with native ones.
heritage() {
	name=heritage-$(echo "$@" | tr -d ' ')
	for who in native mixed; do
		run=$TRANSLATOR programs=
		for letter; do
			[ $who = mixed ] || run="" letter=x
			programs="$programs $dir/heritage-$letter/heritage"
		done
		rm -rf "$dir/work" && mkdir "$dir/work"
		# shellcheck disable=SC2086 # words
		(cd "$dir/work" && START=1 exec timeout -k 2 60 $run $programs) >"$dir/$who" 2>&1 </dev/null
		status=$?
	done
	if [ $status = 0 ] && cmp -s "$dir/native" "$dir/mixed"; then
		echo "ok $name"
	else
		echo "not ok $name: status $status, $(diff "$dir/native" "$dir/mixed" | tr '\n' ' ')"
	fi
}

heritage a a a
heritage a h a h a
heritage h e a a h h
heritage e a h x

# Translations are handed down to programs for the same machine only.
taken() {
	name=$1 want=$2
	shift 2
	timeout -k 2 60 "$TRANSLATOR" -d stats "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	got=$(sed -nE 's/^.*taken over from other processes ([0-9]+).*/\1/p' "$dir/err" | awk '{ printf "%s", $1 ? "+" : "-" }')
	if [ $status = 0 ] && [ "$got" = "$want" ]; then echo "ok $name"; else echo "not ok $name: status $status, $got, not $want"; fi
}

a=$dir/each-a h=$dir/each-h e=$dir/each-e
taken handed-down-64 -++- "$a" "$a" "$a" "$a"
taken handed-down-32 -++- "$h" "$h" "$h" "$h"
taken handed-down-mixed --+-+- "$a" "$a" "$h" "$a" "$h" "$a"
echo "done"
