#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What may be executed is decided by PT_GNU_STACK, and, where a program has none, by its machine: the table in arch/arm64/include/asm/elf.h.
set -u
files=$SOURCE_DIR/tests/guest/files

# set_note FILE FLAGS: changes the flags of PT_GNU_STACK; "none" makes it PT_NULL.
set_note() {
	python3 - "$1" "$2" <<-'END'
	import struct, sys
	name, flags = sys.argv[1:]
	data = bytearray(open(name, "rb").read())
	narrow = data[4] == 1
	phoff, = struct.unpack_from("<I" if narrow else "<Q", data, 28 if narrow else 32)
	size, number = struct.unpack_from("<HH", data, 42 if narrow else 54)
	for at in range(phoff, phoff + size * number, size):
	    if struct.unpack_from("<I", data, at)[0] == 0x6474e551:
	        struct.pack_into("<I", data, at if flags == "none" else at + (24 if narrow else 4), 0 if flags == "none" else int(flags))
	open(name, "wb").write(data)
	END
}

# expect COMPILER NAME NOTE TEXT
expect() {
	command -v "${1%% *}" >/dev/null || { echo "skip $2-$3: ${1%% *} is not installed"; return; }
	# shellcheck disable=SC2086 # options
	$1 -std=gnu11 -O2 -static -pthread -o "$OUT/exec-anywhere" "$files/exec-anywhere.c" || exit 1
	set_note "$OUT/exec-anywhere" "$3"
	got=$("$TRANSLATOR" "$OUT/exec-anywhere" | grep ^execute)
	if [ "$got" = "execute $4" ]; then echo "ok $2-$3"; else echo "not ok $2-$3: $got, not $4"; fi
}

for compiler in "arm-linux-gnueabihf-gcc armhf" "arm-linux-gnueabi-gcc armel"; do
	set -- $compiler
	expect "$1" "$2" none "data:yes heap:yes stack:yes mapping:yes"
	expect "$1" "$2" 7 "data:no heap:no stack:yes mapping:no"
	expect "$1" "$2" 6 "data:no heap:no stack:no mapping:no"
done
expect "$CROSS" arm64 none "data:no heap:no stack:no mapping:no"
expect "$CROSS" arm64 7 "data:no heap:no stack:yes mapping:no"
echo "done"
