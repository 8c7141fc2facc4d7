#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs whose translations are executed in place, from an image that has units of the program, of a library and of the C library: code that
# changes under an active block; files that differ from those the units were made of; images that are damaged.
# seconds=200
set -u
dir=$OUT/units
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
real=$BUILD_DIR/translator/binfmt-translator
maker=$BUILD_DIR/tests/unit/make-image
tests=$(sed -n 's/^TEST(\(.*\))$/\1/p' "$files/units.c")

ok() { echo "ok $machine/$1"; }
not_ok() { echo "not ok $machine/$1: $2"; }

# unit FILE OUT
unit() {
	"$real" --cache-worker 3<"$1" 4<>"$2" || { not_ok "unit-${1##*/}" "no unit is made of it"; return 1; }
}

# run NAME IMAGE OPTIONS: runs the test with the image. Sets $pages and $regions: how many pages its processes have executed in place, and how many
# regions they have translated.
run() {
	rm -f "$dir/log"
	# shellcheck disable=SC2086 # options
	timeout -k 2 50 "$2" $3 -d stats -D "$dir/log" -L "$sysroot" "$program" "$1" >"$dir/out" 2>&1
	status=$?
	pages=$(sed -n 's/.*pages executed in place //p' "$dir/log" | awk '{ n += $1 } END { print n + 0 }')
	regions=$(sed -n 's/^regions \([0-9]*\), guest.*/\1/p' "$dir/log" | awk '{ n += $1 } END { print n + 0 }')
	[ $status = 0 ] && grep -qx "ok $1" "$dir/out"
}

# expect NAME CONDITION: what was run just now was right, and the condition holds.
expect() {
	name=$1
	if [ $right != 0 ]; then
		not_ok "$name" "status $status: $(grep -m 1 -v ^ok "$dir/out")"
	elif eval "[ $2 ]"; then
		ok "$name"
	else
		not_ok "$name" "executed ${pages:-no} pages in place, translated ${regions:-no} regions ($plain_pages, $plain_regions)"
	fi
}

all_tests() {
	for test in $tests; do
		run "$test" "$image" ""
		right=$?
		case $test in
		plain)
			# All there is was in units, but for the kernel's helpers of 32-bit Arm.
			expect "$test" '$pages -gt 80 ] && [ $regions -le $kernels'
			plain_pages=$pages plain_regions=$regions
			;;
		# Of the page that differs in one byte from the one that the unit is of, the block is not used; all others are.
		other) expect "$test" '$pages = $((plain_pages - 1)) ] && [ $regions = $((plain_regions + 1))' ;;
		# When code has changed, all blocks begin anew, but not for one whose code has gone four times before.
		mapped_over | library_again_and_again | threads)
			expect "$test" '$pages -gt $((3 * plain_pages / 2)) ] && [ $pages -lt $((3 * plain_pages))' ;;
		# The page with the instruction that is done in software is translated, and nothing else.
		nan_often) expect "$test" '$pages -gt $plain_pages ] && [ $regions -gt $plain_regions ] && [ $regions -le $((plain_regions + 4))' ;;
		*) expect "$test" '$pages -gt 80' ;;
		esac
	done
}

# limited NAME KILOBYTES CONDITION: with that limit of addresses
limited() {
	printf '#!/bin/sh\nulimit -v %s\nexec %s "$@"\n' "$2" "$image" >"$dir/limited"
	chmod +x "$dir/limited"
	run plain "$dir/limited" ""
	right=$?
	expect "$1" "$3"
}

# Of both segments the kernel is told that it is to read them in huge pages.
huge() {
	command -v strace >/dev/null || { echo "skip $machine/huge: strace is not installed"; return; }
	[ -e /sys/kernel/mm/transparent_hugepage ] || { echo "skip $machine/huge: the kernel has no transparent huge pages"; return; }
	strace -qq -e trace=madvise -o "$dir/strace" "$image" -L "$sysroot" "$program" plain >"$dir/out" 2>&1
	told=$(grep -c 'MADV_HUGEPAGE) = 0' "$dir/strace")
	if [ "$told" = 2 ]; then ok huge; else not_ok huge "it is told so of $told segments"; fi
}

without() {
	run plain "$image" "-opt no-cache"
	right=$?
	expect no-cache '$pages = 0 ] && [ $regions -gt 100'
	# Code of the process's own may be anywhere then.
	run plain "$image" "-opt no-wx"
	right=$?
	expect no-wx '$pages -gt 80'
	# An eighth of the addresses is the most that units take.
	limited ulimit-v-large 4000000 '$pages -gt 80'
	limited ulimit-v-small 100000 '$pages = 0'
}

# What is behind the lead of a segment is where huge pages of the file can be mapped.
places() {
	command -v strace >/dev/null || { echo "skip $machine/places: strace is not installed"; return; }
	strace -o "$dir/strace" -e trace=mremap,execve "$image" -L "$sysroot" "$program" plain >"$dir/out" 2>&1
	moved=$(sed -n '/^execve/d; /MREMAP_FIXED, 0x[0-9a-f]*[13579bdf]ff000) = 0x/p' "$dir/strace" | wc -l)
	if [ "$moved" = 2 ]; then ok places; else not_ok places "$moved segments were moved to such a place"; fi
}

damaged() {
	cp "$image" "$dir/damaged" && chmod 755 "$dir/damaged" || return
	count=150
	[ -z "${GUEST_ALL-}" ] || count=1000
	seed=${SEED:-$(date +%-j)}
	if python3 "$files/units-damage.py" "$dir/damaged" $seed $count "$(printf 'ok plain\ndone')" \
		"$dir/damaged" -L "$sysroot" "$program" plain >"$dir/damage.log" 2>&1; then
		ok damaged
	else
		not_ok damaged "seed $seed: $(tail -n 1 "$dir/damage.log"): $(head -n 1 "$dir/damage.log")"
	fi
	rm -f "$dir/damaged"
}

# machine NAME TRIPLET OPTION REGIONS: as many regions the kernel has for it
machine() {
	plain_pages=0 plain_regions=0 machine=$1 sysroot=/usr/$2 kernels=$4 to=$dir/$1 compiler=$2-gcc
	command -v "$compiler" >/dev/null || { echo "skip $1: $compiler is not installed"; return; }
	mkdir -p "$to"
	program=$to/units image=$to/binfmt-translator
	export UNITS_LIBRARY="$to/library.so" UNITS_OTHER="$to/other.so"
	for n in 4321:library 4320:other; do
		"$compiler" "$3" -s -shared -nostdlib -Wl,--build-id=none -DNUMBER=${n%:*} -o "$to/${n#*:}.so" "$files/units-library.S" || { not_ok compile "see the log"; return; }
	done
	"$compiler" "$3" -std=gnu11 -O1 -Wall -Wextra -Werror -pthread -o "$program" "$files/units.c" -ldl || { not_ok compile "see the log"; return; }
	[ "$(cmp -l "$UNITS_LIBRARY" "$UNITS_OTHER" | wc -l)" = 1 ] || not_ok one-byte "the libraries do not differ in one byte"
	set --
	for file in "$program" "$UNITS_LIBRARY" "$sysroot"/lib/ld-linux*.so.? "$sysroot/lib/libc.so.6" "$sysroot/lib/libgcc_s.so.1"; do
		unit "$file" "$to/unit-$#" || return
		set -- "$@" "$to/unit-$#"
	done
	"$maker" "$real" "$@" "$image" >/dev/null && chmod 755 "$image" || { not_ok image "no image is made"; return; }
	all_tests
	without
	huge
	places
	damaged
	rm -f "$image" "$@"
}

machine arm64 aarch64-linux-gnu -march=armv8-a 0
machine armhf arm-linux-gnueabihf -mthumb 6
machine armhf-arm arm-linux-gnueabihf -marm 6
echo done
