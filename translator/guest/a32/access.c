/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instruction of A32 or T32 does to memory, where the host does not tell: its word for a fault of a page says whether it
 * was a write, and addresses have no tags. So this is about alignment, which exclusives and ordered accesses want. In both states
 * bit 20 makes them loads. */
#include "a32.h"
#include "ir/cpu.h"
#include "rt/rt.h"

static bool is_store(uint32_t insn, bool thumb)
{
        bool excl = thumb ? (insn & 0xffe00000) == 0xe8400000 || (insn & 0xffe00000) == 0xe8c00000
                          : (insn & 0x0f8000f0) == 0x01800090;
        return excl && !(insn & 1u << 20);
}

/* SWP and SWPB, which A32 has. */
static bool is_swap(uint32_t insn)
{
        return (insn & 0x0fb000f0) == 0x01000090;
}

struct access a32_describe_fault(const struct cpu *cpu)
{
        struct access a = { .kind = ACCESS_LOAD };
        bool thumb = cpu->pc & 1;
        uint32_t insn = 0;

        (void)guest_read(&insn, guest_address(cpu->pc), sizeof(insn));
        if (thumb)
                insn = insn << 16 | insn >> 16;
        if (is_store(insn, thumb))
                a.kind = ACCESS_STORE;
        else if (!thumb && is_swap(insn))
                a.kind = ACCESS_ATOMIC;
        return a;
}
