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

# expect NAME NOTE TEXT: what the program can execute with such a note.
expect() {
	set_note "$OUT/exec-anywhere" "$2"
	got=$("$TRANSLATOR" "$OUT/exec-anywhere" | grep ^execute)
	if [ "$got" = "execute $3" ]; then echo "ok $1-$2"; else echo "not ok $1-$2: $got, not $3"; fi
}

# A note that is gone cannot be changed: it comes last.
for machine in "$CROSS arm64" "arm-linux-gnueabihf-gcc armhf" "arm-linux-gnueabi-gcc armel"; do
	# shellcheck disable=SC2086 # words
	set -- $machine
	command -v "$1" >/dev/null || { echo "skip $2: $1 is not installed"; continue; }
	$1 -std=gnu11 -O1 -static -pthread -o "$OUT/exec-anywhere" "$files/exec-anywhere.c" || exit 1
	all=yes
	[ "$2" != arm64 ] || all=no
	expect "$2" 7 "data:no heap:no stack:yes mapping:no"
	expect "$2" 6 "data:no heap:no stack:no mapping:no"
	expect "$2" none "data:$all heap:$all stack:$all mapping:$all"
done
echo "done"
