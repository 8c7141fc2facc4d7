/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making NZCV in software (see cpu.h). */
#include "cpu.h"

uint32_t cpu_flags_of_sum(uint64_t a, uint64_t b, unsigned carry, unsigned sz)
{
        unsigned top = sz == 3 ? 63 : 31;
        if (sz < 3) {
                a = (uint32_t)a;
                b = (uint32_t)b;
        }
        unsigned __int128 wide = (unsigned __int128)a + b + carry;
        uint64_t s = sz == 3 ? (uint64_t)wide : (uint32_t)wide;
        uint32_t n = s >> top & 1, z = s == 0, c = (uint32_t)(wide >> (top + 1)) & 1;
        uint32_t v = (uint32_t)((~(a ^ b) & (a ^ s)) >> top) & 1;
        return n << 15 | z << 14 | c << 8 | v;
}

/* The flags that a sum has, or those that are there. */
static uint32_t flags_of(const struct cpu *cpu, const struct flags_source *from)
{
        switch (from->sum) {
        case SUM_ADD: return cpu_flags_of_sum(from->a, from->b, 0, 2);
        case SUM_SUB: return cpu_flags_of_sum(from->a, ~from->b, 1, 2);
        case SUM_ADD_BYTE: return cpu_flags_of_sum(from->a, from->byte, 0, 2);
        case SUM_SUB_BYTE: return cpu_flags_of_sum(from->a, ~(uint32_t)from->byte, 1, 2);
        case SUM_SUB_0: return cpu_flags_of_sum(from->n, UINT32_MAX, 1, 2);
        default: return cpu->flags;
        }
}

void cpu_make_flags(struct cpu *cpu, struct flags_source *from)
{
        enum { N_AND_Z = 0xc000, C = 0x100, V = 1 };
        uint32_t flags;

        if (!from->any)
                return;
        flags = flags_of(cpu, from);
        if (from->nz)
                flags = (flags & (C | V)) | (cpu_flags_of_sum(from->n, 0, 0, 2) & N_AND_Z);
        if (from->carry)
                flags = (flags & (N_AND_Z | V)) | (from->c & 1) << 8;
        cpu->flags = flags;
        *from = (struct flags_source){ 0 };
}
