#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A program whose code and data are in one page. The kernel maps the segments one after the other, so the page is the data's, and the first
# instruction cannot be executed.
set -u
dir=$OUT/shared-page
mkdir -p "$dir"
cat >"$dir/script" <<'END'
PHDRS { code PT_LOAD FILEHDR PHDRS FLAGS(5); data PT_LOAD FLAGS(6); stack PT_GNU_STACK FLAGS(6); }
SECTIONS {
	. = 0x400000 + SIZEOF_HEADERS;
	.text : { *(.text*) } :code
	.data : { *(.data*) } :data
	/DISCARD/ : { *(.note*) *(.ARM*) *(.comment) *(.eh_frame*) }
}
END
cat >"$dir/program.c" <<'END'
int data = 1;
void _start(void)
{
#ifdef __arm__
	__asm__ volatile("mov r7, #1\n\tmov r0, #42\n\tsvc #0");
#else
	__asm__ volatile("mov x8, #93\n\tmov x0, #42\n\tsvc #0");
#endif
}
END

# ends NAME COMPILER EMULATOR: the program ends by a signal, with the translator as with QEMU.
ends() {
	$2 -O1 -nostdlib -static -fno-pie -no-pie -Wl,-T,"$dir/script",--build-id=none -o "$dir/$1" "$dir/program.c" || return
	for runner in "$TRANSLATOR" "$3"; do
		# shellcheck disable=SC2086 # words
		timeout -k 2 10 $runner "$dir/$1" 2>/dev/null
		status=$?
		name=$1-$(basename "${runner%% *}")
		if [ $status = 139 ]; then echo "ok $name"; else echo "not ok $name: status $status, not 139"; fi
	done
}
# shellcheck disable=SC3045 # dash and bash have it
ulimit -c 0
ends arm64 "$CROSS" "$QEMU"
if command -v arm-linux-gnueabihf-gcc >/dev/null; then
	ends armhf "arm-linux-gnueabihf-gcc -marm" qemu-arm-static
else
	echo "skip armhf: arm-linux-gnueabihf-gcc is not installed"
fi
echo done
