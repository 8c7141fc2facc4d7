#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Files that cannot be run. The translator must print one line to standard error that says what is wrong, and end with status 126 or 127. It
# must never crash.
set -u
dir=$OUT/bad-elf
rm -rf "$dir"
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
$CROSS -O1 -static -o "$OUT/hello" "$files/hello.c" && $CROSS -O1 -o "$OUT/hello-dynamic" "$files/hello.c" || exit 1

# refused NAME STATUS REGEX COMMAND...: the command must end with that status and print one line that matches, to standard error only. STATUS
# is a regular expression, too.
refused() {
	name=$1 want=$2 regex=$3
	shift 3
	timeout -k 2 10 "$@" >"$dir/.out" 2>"$dir/.err"
	status=$?
	lines=$(wc -l <"$dir/.err")
	if ! echo $status | grep -qxE "$want"; then
		echo "not ok $name: status $status instead of $want: $(head -n 2 "$dir/.err")"
	elif [ "$lines" != 1 ]; then
		echo "not ok $name: $lines lines of error: $(head -n 3 "$dir/.err")"
	elif ! grep -qE "$regex" "$dir/.err"; then
		echo "not ok $name: says $(cat "$dir/.err"), not $regex"
	elif [ -s "$dir/.out" ]; then
		echo "not ok $name: prints $(head -n 1 "$dir/.out")"
	else
		echo "ok $name"
	fi
}

# shellcheck disable=SC3045 # dash and bash have it
ulimit -c 0
tab=$(printf '\t')

# broken PREFIX STATIC DYNAMIC SYSROOT: files that are made of two good ones.
broken() {
	prefix=$1 sysroot=$4
	python3 "$files/break-elf.py" "$2" "$3" "$dir" >"$dir/.list" || { echo "not ok ${prefix}break-elf: it failed"; exit 1; }
	while IFS=$tab read -r name regex; do
		if [ "$regex" = ANY ]; then
			timeout -k 2 10 "$TRANSLATOR" -L "$sysroot" "$dir/$name" >"$dir/.out" 2>"$dir/.err" </dev/null
			status=$?
			# The program itself may die of a signal, with status 132 and up, but neither hang (124, 137) nor bring the translator down.
			if grep -q 'internal error' "$dir/.err" || [ $status = 124 ] || [ $status = 137 ]; then
				echo "not ok $prefix$name: status $status, $(head -n 1 "$dir/.err")"
			else
				echo "ok $prefix$name"
			fi
		else
			refused "$prefix$name" 126 "$name: .*($regex)" "$TRANSLATOR" "$dir/$name"
		fi
	done <"$dir/.list"
}

broken "" "$OUT/hello" "$OUT/hello-dynamic" "$SYSROOT"
hf=arm-linux-gnueabihf-gcc
if command -v $hf >/dev/null && $hf -O1 -static -o "$OUT/hello32" "$files/hello.c" && $hf -O1 -o "$OUT/hello32-dynamic" "$files/hello.c"; then
	broken armhf/ "$OUT/hello32" "$OUT/hello32-dynamic" /usr/arm-linux-gnueabihf
else
	echo "skip armhf: $hf is not installed"
fi

# Who is not root gets no memory below vm.mmap_min_addr. Kernels for ARM have 32768 for that, which old linkers make use of.
limit=$(cat /proc/sys/vm/mmap_min_addr)
low=$((limit - 4096))
if [ "$(id -u)" != 0 ] || [ $low -lt 0 ] || ! command -v $hf >/dev/null; then
	echo "skip low-address: needs root, $hf, and a vm.mmap_min_addr"
else
	chmod 755 "$dir"
	user="setpriv --reuid 1000 --regid 1000 --clear-groups"
	for at in $low "$limit"; do
		$hf -O1 -static -Wl,-Ttext-segment="$at" -o "$dir/at-$at" "$files/hello.c" || exit 1
	done
	usual=$((low < 32768 ? low : 32768))
	# shellcheck disable=SC2086 # words
	refused low-address 126 "its address $(printf %#x $low) is below vm.mmap_min_addr; \"sysctl vm.mmap_min_addr=$usual\" allows it" \
		$user "$TRANSLATOR" "$dir/at-$low"
	if [ "$($user "$TRANSLATOR" "$dir/at-$limit")" = "hello [$dir/at-$limit]" ]; then echo "ok lowest-address"; else echo "not ok lowest-address: it does not run"; fi
fi

refused missing 127 'no such file' "$TRANSLATOR" "$dir/nothing-here"
refused directory 126 'directory|permission' "$TRANSLATOR" "$dir"
cp "$OUT/hello" "$dir/no-x"
chmod 644 "$dir/no-x"
refused no-x 126 'permission denied' "$TRANSLATOR" "$dir/no-x"
refused not-a-directory 126 '.' "$TRANSLATOR" "$dir/text/x"
ln -s loop "$dir/loop"
refused link-loop 126 '.' "$TRANSLATOR" "$dir/loop"
mkfifo "$dir/fifo"
chmod 755 "$dir/fifo"
refused fifo 126 '.' "$TRANSLATOR" "$dir/fifo"
refused device 126 '.' "$TRANSLATOR" /dev/null
refused nothing 1\|2\|125\|126 'nothing to run' "$TRANSLATOR"
echo "done"
