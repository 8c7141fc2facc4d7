#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Translations that a process hands down: which processes take them over, and which never do.
set -u
dir=$OUT/sharing
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
for link in static static-pie; do
	$CROSS -O1 -$link -o "$dir/each-$link" "$files/each.c" || exit 1
done
for skip in 0 1 2 3; do
	for r in w x; do
		$CROSS -O1 -static -DR=$r -DSKIP=$skip -o "$dir/wide-$r-$skip" "$files/wide.c" || exit 1
	done
done
T=$TRANSLATOR

# takers NAME NUMBER COMMAND...: NUMBER of the command's processes must take over most of their translations, the others none.
takers() {
	name=$1 want=$2
	shift 2
	timeout -k 2 30 "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	got=$(sed -nE 's/^.*regions ([0-9]+), guest.*/\1/p; s/^.*taken over from other processes ([0-9]+)$/\1/p' "$dir/err" |
		awk 'NR % 2 { all = $1; next } $1 > all / 2 { n++; next } $1 { n += 1000 } END { print n + 0 }')
	if [ $status != 0 ]; then
		echo "not ok $name: status $status: $(grep -v -e regions -e links "$dir/err" | head -n 3)"
	elif [ "$got" != "$want" ]; then
		echo "not ok $name: $got of the processes took over, not $want (thousands: a few translations only)"
	else
		echo "ok $name"
	fi
}

for link in static static-pie; do
	each=$dir/each-$link
	takers "first-child-$link" 0 "$T" -d stats "$each" "$each"
	takers "from-second-child-$link" 2 "$T" -d stats "$each" "$each" "$each" "$each"
	takers "switched-off-$link" 0 "$T" -d stats -opt no-share "$each" "$each" "$each" "$each"
	takers "other-options-$link" 2 "$T" -d stats -opt no-fold "$each" "$each" "$each" "$each"
	takers "log-$link" 0 "$T" -D "$dir/err" -d stats,ir "$each" "$each" "$each" "$each"
	if [ "$(id -u)" = 0 ]; then
		chmod 755 "$dir" "$each" # where user 1000 still cannot read it, the test fails
		takers "other-user-$link" 0 "$T" -d stats "$each" -u "$each" "$each" "$each"
	else
		echo "skip other-user-$link: needs root, to become another user"
	fi
done

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
	timeout -k 2 60 python3 "$files/share-file.py" "$T" "$dir/each-static" 2>&1
else
	echo "skip share-file: needs root, for files of another user"
fi
echo done
