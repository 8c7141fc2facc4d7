#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Translations that a process hands down: which processes take them over, and which never do.
set -u
dir=$OUT/sharing
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
mkdir -p "$dir/arm64" "$dir/armhf"
for link in static static-pie; do
	$CROSS -O1 -$link -o "$dir/arm64/each-$link" "$files/each.c" || exit 1
done
each=$dir/arm64/each-static each32=$dir/armhf/each-static hf=arm-linux-gnueabihf-gcc
if command -v $hf >/dev/null; then
	$hf -O1 -static -o "$each32" "$files/each.c" || exit 1
else
	echo "skip armhf: $hf is not installed"
	each32=""
fi
for skip in 0 1 2 3; do
	for r in w x; do
		$CROSS -O1 -static -DR=$r -DSKIP=$skip -o "$dir/wide-$r-$skip" "$files/wide.c" || exit 1
	done
done
T=$TRANSLATOR

# takers NAME NUMBER COMMAND...: NUMBER of the command's processes must take over most of their translations, the others none.
takers() {
	test=$1 want=$2
	shift 2
	timeout -k 2 30 "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	got=$(sed -nE 's/^.*regions ([0-9]+), guest.*/\1/p; s/^.*taken over from other processes ([0-9]+).*/\1/p' "$dir/err" |
		awk 'NR % 2 { all = $1; next } $1 > all / 2 { n++; next } $1 { n += 1000 } END { print n + 0 }')
	if [ $status != 0 ]; then
		echo "not ok $test: status $status: $(grep -v -e regions -e links "$dir/err" | head -n 3)"
	elif [ "$got" != "$want" ]; then
		echo "not ok $test: $got of the processes took over, not $want (thousands: a few translations only)"
	else
		echo "ok $test"
	fi
}

# families MACHINE LINK
families() {
	program=$dir/$1/each-$2 name=$([ "$1" = arm64 ] || echo "$1/")
	takers "${name}first-child-$2" 0 "$T" -d stats "$program" "$program"
	takers "${name}from-second-child-$2" 2 "$T" -d stats "$program" "$program" "$program" "$program"
	takers "${name}switched-off-$2" 0 "$T" -d stats -opt no-share "$program" "$program" "$program" "$program"
	takers "${name}other-options-$2" 2 "$T" -d stats -opt no-fold "$program" "$program" "$program" "$program"
	takers "${name}log-$2" 0 "$T" -D "$dir/err" -d stats,ir "$program" "$program" "$program" "$program"
	if [ "$(id -u)" = 0 ]; then
		chmod 755 "$dir" "$dir/$1" "$program" # where user 1000 still cannot read it, the test fails
		takers "${name}other-user-$2" 0 "$T" -d stats "$program" -u "$program" "$program" "$program"
	else
		echo "skip ${name}other-user-$2: needs root, to become another user"
	fi
}
families arm64 static
families arm64 static-pie
[ -z "$each32" ] || families armhf static

# Instructions that differ in one bit must not be taken for each other, even if their hashes are the same: the code itself is compared.
w=fffffff9 x=fffffffffffffff9
for skip in 0 1 2 3; do
	for order in "w x" "x w" "w w x" "x x w"; do
		# shellcheck disable=SC2046,SC2086 # words
		got=$(timeout -k 2 30 "$T" $(printf "$dir/wide-%s-$skip " $order) 2>&1 | tr '\n' ' ')
		want=$(for r in $order; do eval "printf '%s ' \$$r"; done)
		name=similar-$(echo "$order" | tr -d ' ')-$skip
		if [ "$got" = "$want" ]; then echo "ok $name"; else echo "not ok $name: '$got', not '$want'"; fi
	done
done

if [ "$(id -u)" = 0 ]; then
	timeout -k 2 60 python3 "$files/share-file.py" "$T" "$each" "$each32" "" 2>&1
	[ -z "$each32" ] || timeout -k 2 60 python3 "$files/share-file.py" "$T" "$each32" "$each" armhf/ 2>&1
else
	echo "skip share-file: needs root, for files of another user"
fi
echo done
