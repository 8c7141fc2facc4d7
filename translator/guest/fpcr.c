/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FPCR and FPSR of the guest, and the host's MXCSR (Arm ARM C5.2; Intel SDM vol. 1, 10.2.3).
 *
 * MXCSR is the guest's all the time. C code runs with it, too, but computes nothing in floating point. Invalid is unmasked:
 * wherever Arm's results differ from x86's there is an Invalid operation, and the trap's handler (run/fault.c) makes Arm's
 * result. */
#include "fpcr.h"
#include "loc.h"

#define FPCR_MASK 0x07f00000u /* AHP DN FZ RMode Stride; there is no FZ16 without FEAT_FP16 */
#define FPCR_SOFT 0x07000000u /* AHP DN FZ */
#define FPSR_MASK 0x0800009fu
#define MXCSR_FLAGS 0x3fu
#define MXCSR_BASE 0x1f00u /* all but Invalid masked */

static uint32_t read_mxcsr(void)
{
        uint32_t v;
        __asm__ volatile("stmxcsr %0" : "=m"(v));
        return v;
}

static void write_mxcsr(uint32_t v)
{
        __asm__ volatile("ldmxcsr %0" : : "m"(v));
}

void cpu_set_fpcr(struct cpu *cpu, uint64_t v)
{
        static const uint16_t rounding[4] = { 0, 0x4000, 0x2000, 0x6000 }; /* N, P, M, Z */
        cpu->fpcr = (uint32_t)v & FPCR_MASK;
        cpu->mode = (cpu->mode & ~(uint32_t)MODE_FPSOFT) | (cpu->fpcr & FPCR_SOFT ? MODE_FPSOFT : 0);
        cpu->mxcsr = MXCSR_BASE | rounding[cpu->fpcr >> 22 & 3];
        write_mxcsr(cpu->mxcsr | (read_mxcsr() & MXCSR_FLAGS));
}

uint32_t cpu_get_fpsr(struct cpu *cpu)
{
        uint32_t m = read_mxcsr();
        return cpu->fpsr | (m >> 1 & 0x1e); /* ZE OE UE PE -> DZC OFC UFC IXC; Invalid always traps */
}

void cpu_set_fpsr(struct cpu *cpu, uint64_t v)
{
        cpu->fpsr = (uint32_t)v & FPSR_MASK;
        write_mxcsr(cpu->mxcsr);
}
