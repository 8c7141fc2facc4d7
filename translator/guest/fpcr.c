/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FPCR and FPSR of the guest, and the host's MXCSR (Arm ARM C5.2; Intel SDM vol. 1, 10.2.3).
 *
 * MXCSR is the guest's all the time. C code runs with it, too, but computes nothing in floating point. Invalid is unmasked:
 * wherever Arm's results differ from x86's there is an Invalid operation, and the trap's handler (run/fault.c) makes Arm's
 * result. Of a guest with the standard FP state Denormal and Underflow are unmasked, too: there the handler flushes to zero, or
 * does not, as each instruction wants it. */
#include "fpcr.h"
#include "fp/fp.h"
#include "loc.h"

#define FPCR_MASK 0x07f00000u /* AHP DN FZ RMode Stride; there is no FZ16 without FEAT_FP16 */
#define FPCR_SOFT 0x07000000u /* AHP DN FZ */
#define FPSR_MASK 0x0800009fu
#define MXCSR_FLAGS 0x3fu
#define MXCSR_BASE 0x1f00u /* all but Invalid masked */
#define MXCSR_DM_UM 0x900u /* masks of Denormal and Underflow */
#define MODE_OF_FPCR (uint32_t)(MODE_FPSOFT | MODE_FLUSH | MODE_ROUNDS)

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
        const uint32_t rmode = cpu->fpcr >> 22 & 3;
        cpu->mode &= ~MODE_OF_FPCR;
        cpu->mxcsr = MXCSR_BASE | rounding[rmode];
        if (the_guest->standard_fp) {
                cpu->mxcsr &= ~MXCSR_DM_UM;
                cpu->mode |= (cpu->fpcr & FPCR_SOFT & ~FPCR_FZ ? MODE_FPSOFT : 0) | (cpu->fpcr & FPCR_FZ ? MODE_FLUSH : 0) |
                             (rmode ? MODE_ROUNDS : 0);
        } else if (cpu->fpcr & FPCR_SOFT) {
                cpu->mode |= MODE_FPSOFT;
        }
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
