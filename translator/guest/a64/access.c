/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an A64 instruction does to memory: decoding of loads and stores (Arm ARM C4.1, "Loads and Stores"), by the few bits that
 * matter here. */
#include "a64.h"
#include "ir/cpu.h"
#include "rt/rt.h"

static unsigned field(uint32_t insn, unsigned low, unsigned n)
{
        return insn >> low & ((1u << n) - 1);
}

/* Exclusives, ordered accesses, CAS and CASP: bits 29:24 are 001000. */
static enum access_kind exclusive(uint32_t insn)
{
        bool o2 = field(insn, 23, 1), o1 = field(insn, 21, 1);
        bool casp = !o2 && o1 && !field(insn, 31, 1);
        if ((o2 && o1) || casp)
                return ACCESS_ATOMIC;
        return field(insn, 22, 1) ? ACCESS_LOAD : ACCESS_STORE;
}

/* One register: bits 29:27 are 111. */
static enum access_kind single(uint32_t insn)
{
        unsigned opc = field(insn, 22, 2);
        bool vector = field(insn, 26, 1), memop = !field(insn, 24, 1) && field(insn, 21, 1) && !field(insn, 10, 2);
        if (memop && !vector) /* LSE; o3 with opc 100 is LDAPR */
                return field(insn, 12, 4) == 12 ? ACCESS_LOAD : ACCESS_ATOMIC;
        return (vector ? opc & 1 : opc != 0) ? ACCESS_LOAD : ACCESS_STORE;
}

/* Returns what the instruction does to memory; for one that does not access memory, a load without a base. *ret_base: number of
 * the base register; 31: SP. */
static struct access decode(uint32_t insn, unsigned *ret_base)
{
        struct access a = { .kind = ACCESS_LOAD, .has_base = true };
        bool bit24 = field(insn, 24, 1), load = field(insn, 22, 1);
        *ret_base = field(insn, 5, 5);
        if (insn >> 16 == 0xd50b) { /* SYS with op1 3 */
                *ret_base = field(insn, 0, 5);
                a.has_base = *ret_base != 31;
                a.kind = (insn & 0xffe0) == 0x7420 ? ACCESS_STORE : ACCESS_CACHE; /* DC ZVA */
        } else if ((insn & 0x0a000000) != 0x08000000) {
                a.has_base = false;
        } else
                switch (field(insn, 27, 3)) {
                case 1: /* exclusives, or structures of vectors */
                        a.kind = !field(insn, 26, 1) ? exclusive(insn) : load ? ACCESS_LOAD : ACCESS_STORE;
                        break;
                case 3: /* literals, which have no base; LDAPUR and STLUR */
                        a.has_base = bit24;
                        a.kind = bit24 && field(insn, 22, 2) == 0 ? ACCESS_STORE : ACCESS_LOAD;
                        break;
                case 5: a.kind = load ? ACCESS_LOAD : ACCESS_STORE; break; /* pairs */
                case 7: a.kind = single(insn); break;
                }
        return a;
}

struct access a64_describe_fault(const struct cpu *cpu)
{
        uint32_t insn = 0;
        unsigned base;
        (void)guest_read(&insn, cpu->pc, sizeof(insn));
        struct access a = decode(insn, &base);
        a.base = cpu->x[base];
        return a;
}
