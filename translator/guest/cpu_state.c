/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See cpu_state.h. A register that a guest does not have is copied with the others. */
#include "cpu_state.h"
#include "fpcr.h"
#include "rt/rt.h"

void cpu_reset_state(struct cpu *cpu)
{
        cpu->excl_addr = ~UINT64_C(0);
        cpu_set_fpcr(cpu, cpu->fpcr);
}

void cpu_copy_state(struct cpu *to, struct cpu *from)
{
        memcpy(to->x, from->x, sizeof(to->x));
        memcpy(to->v, from->v, sizeof(to->v));
        to->pc = from->pc;
        to->flags = from->flags;
        to->tpidr = from->tpidr;
        to->tpidrurw = from->tpidrurw;
        to->fpcr = from->fpcr;
        to->fpsr = cpu_get_fpsr(from);
        to->mxcsr = from->mxcsr;
        to->mode = from->mode;
}
