# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For cases about the cache of translations: files as it has them, and programs for it.

# put_unit ID MACHINE PAGES PATH...: puts translations of a file into the cache: a unit (include/cache-format.h) that has nothing but its
# header, so that it can be listed, and what is known of the file.
put_unit() {
	python3 - "$BINFMTD_CACHEDIR/units" "$@" <<-'EOF2'
		import os, struct, sys
		units, name, machine, pages, *paths = sys.argv[1:]
		os.makedirs(units, 0o700, exist_ok=True)
		with open(f"{units}/{name}", "wb") as f:
		    f.write((b"\177binfmtU" + bytes(96) + struct.pack("<6I", int(pages), 4096, 4096, 0, 0, 0)).ljust(8192, b"\0"))
		with open(f"{units}/{name}.info", "w") as f:
		    f.write(f"machine {machine}\nsize 1234\n" + "".join(f"path {p}\n" for p in paths))
	EOF2
}

# put_elf FILE [TYPE [MACHINE]]: writes the header of an ELF file of 64 bits, and its name behind that, so that each file is another one;
# type 3 is a shared object, 183 AArch64.
put_elf() {
	mkdir -p "$(dirname "$1")"
	python3 - "$@" <<-'EOF2'
		import struct, sys
		name, kind, machine, *_ = sys.argv[1:] + ["3", "183"][len(sys.argv) - 2:]
		with open(name, "wb") as f:
		    head = b"\177ELF\2\1\1".ljust(16, b"\0") + struct.pack("<HHI", int(kind), int(machine), 1)
		    f.write((head.ljust(1024, b"\0") + name.encode()).ljust(4096, b"\0"))
	EOF2
}

one=1111111111111111111111111111111111111111111111111111111111111111
two=2222222222222222222222222222222222222222222222222222222222222222

# make_translator: puts a stand-in for the translator at ./translator, and a format for programs that put_elf makes with it. Which entries
# get translations is told by the path of their interpreter.
make_translator() {
	cp "$BUILD_DIR/tests/unit/fake-translator" translator
	export BINFMTD_TRANSLATOR="$DIR/translator"
	cat >conf/arm64.conf <<-EOF2
		[Format]
		Magic=\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00
		Mask=\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\xfe\xff\xff\xff
		Flags=F
		Interpreter=1 $DIR/translator
	EOF2
}
