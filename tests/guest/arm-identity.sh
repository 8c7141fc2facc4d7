#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What 32-bit ARM programs are told of the machine: without -cpu, with each of its names, with BINFMT_CPU. Expected is what the kernel's
# headers call the bits, and what the machines of these names say.
set -u
dir=$OUT/arm-identity
mkdir -p "$dir"
cross=arm-linux-gnueabihf-gcc
command -v $cross >/dev/null || { echo "skip all: $cross is not installed"; echo "done"; exit 0; }
$cross -O1 -static -o "$dir/show" -x c - <<'EOP' || { echo "not ok compile: see the log"; echo "done"; exit 1; }
#include <asm/hwcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>

#ifndef HWCAP_ASIMDDP /* Linux 6.3 */
#define HWCAP_ASIMDDP (1 << 24)
#endif
#define BIT(name) { #name, HWCAP_##name }
#define BIT2(name) { #name, HWCAP2_##name }
static const struct bit { const char *name; unsigned long bit; } bits[] = {
        BIT(SWP), BIT(HALF), BIT(THUMB), BIT(26BIT), BIT(FAST_MULT), BIT(FPA), BIT(VFP), BIT(EDSP), BIT(JAVA), BIT(IWMMXT), BIT(CRUNCH),
        BIT(THUMBEE), BIT(NEON), BIT(VFPv3), BIT(VFPv3D16), BIT(TLS), BIT(VFPv4), BIT(IDIVA), BIT(IDIVT), BIT(VFPD32), BIT(LPAE),
        BIT(EVTSTRM), BIT(ASIMDDP),
}, bits2[] = { BIT2(AES), BIT2(PMULL), BIT2(SHA1), BIT2(SHA2), BIT2(CRC32) };

static void show(const struct bit *b, unsigned n, unsigned long set)
{
        for (; n--; b++) {
                if (set & b->bit)
                        printf(" %s", b->name);
                set &= ~b->bit;
        }
        if (set)
                printf(" and %#lx", set);
        putchar('\n');
}

int main(void)
{
        struct utsname u;
        uname(&u);
        printf("%s %s\n", u.machine, (char *)getauxval(AT_PLATFORM));
        show(bits, sizeof(bits) / sizeof(bits[0]), getauxval(AT_HWCAP));
        show(bits2, sizeof(bits2) / sizeof(bits2[0]), getauxval(AT_HWCAP2));
        char line[200];
        FILE *f = fopen("/proc/cpuinfo", "r");
        for (int last = 0; fgets(line, sizeof(line), f);) { /* the first CPU, and what is behind the last one */
                last |= !strncmp(line, "Hardware", 8);
                static int ends;
                ends += line[0] == '\n';
                if (last || ends == 0)
                        fputs(line, stdout);
        }
        f = fopen("/proc/sys/kernel/arch", "r");
        if (f && fgets(line, sizeof(line), f))
                printf("arch %s", line);
        return 0;
}
EOP

# expect NAME COMMAND...: the command prints what is on standard input; of "arch", which newer kernels have, if at all.
expect() {
	name=$1
	shift
	cat >"$dir/want"
	timeout -k 2 20 "$@" 2>&1 | grep -v '^arch' >"$dir/got"
	if cmp -s "$dir/want" "$dir/got"; then
		echo "ok $name"
	else
		echo "not ok $name: $(diff "$dir/want" "$dir/got" | grep -m 1 '^[<>]')"
	fi
}

tail='Hardware	: Generic DT based system
Revision	: 0000
Serial		: 0000000000000000'
v7() {
	cat <<EOT
armv7l v7l
 HALF THUMB FAST_MULT VFP EDSP NEON VFPv3 TLS VFPv4 IDIVA IDIVT VFPD32 LPAE EVTSTRM ASIMDDP
 AES PMULL SHA1 SHA2 CRC32
processor	: 0
model name	: ARMv7 Processor rev 4 (v7l)
BogoMIPS	: 100.00
Features	: half thumb fastmult vfp edsp neon vfpv3 tls vfpv4 idiva idivt vfpd32 lpae evtstrm asimddp aes pmull sha1 sha2 crc32 
CPU implementer	: 0x41
CPU architecture: 7
CPU variant	: 0x0
CPU part	: 0xd03
CPU revision	: 4
$tail
EOT
}
v6() {
	cat <<EOT
armv6l v6l
 SWP HALF THUMB FAST_MULT VFP EDSP TLS

processor	: 0
model name	: ARMv6-compatible processor rev 7 (v6l)
BogoMIPS	: 100.00
Features	: swp half thumb fastmult vfp edsp tls 
CPU implementer	: 0x41
CPU architecture: 7
CPU variant	: 0x0
CPU part	: 0xb76
CPU revision	: 7
$tail
EOT
}
v5() {
	cat <<EOT
armv5tel v5l
 SWP HALF THUMB FAST_MULT EDSP

processor	: 0
model name	: Feroceon 88FR131 rev 1 (v5l)
BogoMIPS	: 100.00
Features	: swp half thumb fastmult edsp 
CPU implementer	: 0x56
CPU architecture: 5TE
CPU variant	: 0x2
CPU part	: 0x131
CPU revision	: 1
$tail
EOT
}

v7 | expect none "$TRANSLATOR" "$dir/show"
v7 | expect max "$TRANSLATOR" -cpu max "$dir/show"
v7 | expect armv7 "$TRANSLATOR" -cpu armv7 "$dir/show"
v6 | expect armv6 "$TRANSLATOR" -cpu armv6 "$dir/show"
v5 | expect armv5 "$TRANSLATOR" -cpu armv5 "$dir/show"
v6 | expect variable env BINFMT_CPU=armv6 "$TRANSLATOR" "$dir/show"
v7 | expect qemus-variable env QEMU_CPU=arm926 "$TRANSLATOR" "$dir/show"

echo "done"
