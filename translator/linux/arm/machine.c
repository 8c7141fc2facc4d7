/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine is said to be, what differs in Arm's asm/ headers and is no structure, and registers. */
#include "arm.h"
#include "guest/a32/hwcap.h"
#include "ir/cpu.h"
#include "rt/rt.h"

/* asm/fcntl.h */
const struct abi_flag arm_open_flags[ARM_OPEN_FLAGS] = {
        { 0040000, 0200000 }, /* O_DIRECTORY */
        { 0100000, 0400000 }, /* O_NOFOLLOW */
        { 0200000, 0040000 }, /* O_DIRECT */
        { 0400000, 0100000 }, /* O_LARGEFILE */
};

/* ---- identity ---- */

/* A Cortex-A53, an ARM1176 and a Feroceon 88FR131, as their 32-bit kernels show them. Programs look at the name of the machine
 * first; then at the digit of the platform, at "CPU architecture", or at the name of the model. */
/* clang-format off */
#define CPUS(X) /* -cpu, bits, machine, platform; MIDR, name and architecture in /proc/cpuinfo */ \
        X("max", V7, "armv7l", "v7l", 0x410fd034, "ARMv7 Processor", "7") \
        X("armv7", V7, "armv7l", "v7l", 0x410fd034, "ARMv7 Processor", "7") \
        X("armv6", V6, "armv6l", "v6l", 0x410fb767, "ARMv6-compatible processor", "7") \
        X("armv5", V5, "armv5tel", "v5l", 0x56251311, "Feroceon 88FR131", "5TE")
#define IDENTITY(cpu, bits, machine, platform, midr, model, architecture) \
        { cpu, machine, platform, A32_HWCAP(bits), A32_HWCAP2(bits) },
#define CPUINFO(cpu, bits, machine, platform, midr, model, architecture) { midr, model, architecture },
/* clang-format on */

const struct abi_cpu arm_cpus[] = { CPUS(IDENTITY){ 0 } };

/* In the same order. */
static const struct {
        uint32_t midr;
        char model[28], architecture[4];
} shown[] = { CPUS(CPUINFO) };

static const struct feature {
        uint8_t bit;
        char name[11];
} features[] = {
#define ROW(bit, name, cpus) { bit, name },
        A32_HWCAP_LIST(ROW)
},
  features2[] = { A32_HWCAP2_LIST(ROW)
#undef ROW
};

/* Writes the names of the features in `set`. */
static int put_features(char *buf, size_t size, uint64_t set, const struct feature *f, size_t n)
{
        int at = 0;
        for (; n; n--, f++)
                if (set >> f->bit & 1)
                        at += rt_snprintf(buf + at, size - (size_t)at, "%s ", f->name);
        return at;
}

/* c_show() of arch/arm/kernel/setup.c */
int arm_cpuinfo(char *buf, size_t size, unsigned k)
{
        const uint32_t midr = shown[guest_cpu - arm_cpus].midr;
        char names[200];
        int n = put_features(names, sizeof(names), guest_cpu->hwcap, features, sizeof(features) / sizeof(features[0]));
        (void)put_features(names + n, sizeof(names) - (size_t)n, guest_cpu->hwcap2, features2,
                           sizeof(features2) / sizeof(features2[0]));
        return rt_snprintf(buf, size,
                           "processor\t: %u\nmodel name\t: %s rev %u (%s)\nBogoMIPS\t: 100.00\nFeatures\t: %s\n"
                           "CPU implementer\t: 0x%02x\nCPU architecture: %s\nCPU variant\t: 0x%x\nCPU part\t: 0x%03x\n"
                           "CPU revision\t: %u\n\n",
                           k, shown[guest_cpu - arm_cpus].model, midr & 15, guest_cpu->platform, names, midr >> 24,
                           shown[guest_cpu - arm_cpus].architecture, midr >> 20 & 15, midr >> 4 & 0xfff, midr & 15);
}

const char arm_cpuinfo_end[] = "Hardware\t: Generic DT based system\nRevision\t: 0000\nSerial\t\t: 0000000000000000\n";

/* ---- registers ---- */

/* SVC has two bytes in Thumb state. */
uint64_t arm_call_address(const struct cpu *cpu)
{
        return cpu->pc - (cpu->pc & 1 ? 2 : 4);
}

void arm_first_registers(struct cpu *cpu, uint64_t start, uint64_t sp)
{
        cpu->x[13] = sp;
        cpu->pc = start;
}

/* copy_thread() of arch/arm64/kernel/process.c */
void arm_child_registers(struct cpu *cpu, uint64_t stack, const uint64_t *tls)
{
        cpu->x[0] = 0;
        if (stack)
                cpu->x[13] = (uint32_t)stack;
        if (tls)
                cpu->tpidr = (uint32_t)*tls;
}
