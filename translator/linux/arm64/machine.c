/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine is said to be, what differs in arm64's asm/ headers and is no structure, and registers. */
#include "arm64.h"
#include "guest/a64/hwcap.h"
#include "ir/cpu.h"
#include "rt/rt.h"

/* asm/fcntl.h */
const struct abi_flag arm64_open_flags[ARM64_OPEN_FLAGS] = {
        { 0040000, 0200000 }, /* O_DIRECTORY */
        { 0100000, 0400000 }, /* O_NOFOLLOW */
        { 0200000, 0040000 }, /* O_DIRECT */
        { 0400000, 0100000 }, /* O_LARGEFILE */
};

int arm64_cpuinfo(char *buf, size_t size, unsigned k)
{
        static const char *const features =
#define NAME(bit, name) " " name
                HWCAP_LIST(NAME);
#undef NAME
        return rt_snprintf(buf, size,
                           "processor\t: %u\nBogoMIPS\t: 100.00\nFeatures\t:%s\n"
                           "CPU implementer\t: 0x%02x\nCPU architecture: 8\nCPU variant\t: 0x%x\nCPU part\t: 0x%03x\n"
                           "CPU revision\t: %u\n\n",
                           k, features, (unsigned)(GUEST_MIDR >> 24), (unsigned)(GUEST_MIDR >> 20 & 15),
                           (unsigned)(GUEST_MIDR >> 4 & 0xfff), (unsigned)(GUEST_MIDR & 15));
}

uint64_t arm64_call_address(const struct cpu *cpu)
{
        return cpu->pc - 4;
}

void arm64_first_registers(struct cpu *cpu, uint64_t start, uint64_t sp)
{
        cpu->x[31] = sp;
        cpu->pc = start;
}

/* copy_thread() of arch/arm64/kernel/process.c */
void arm64_child_registers(struct cpu *cpu, uint64_t stack, const uint64_t *tls)
{
        cpu->x[0] = 0;
        if (stack)
                cpu->x[31] = stack;
        if (tls)
                cpu->tpidr = *tls;
}
