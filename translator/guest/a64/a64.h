/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64: the 64-bit instructions of AArch64. */
#pragma once
#include "guest/guest.h"

extern const struct guest guest_a64;

/* ---- parts of it, which have files of their own (guest/guest.h says what they do) ---- */

unsigned a64_flags_live(fetch_fn *fetch, uint64_t pc);
void a64_find_loops(const uint8_t *page, uint64_t state, struct loop_map *map);
struct access a64_describe_fault(const struct cpu *cpu);

/* Returns how far a branch leads that is B, BL, B.cond, CBZ, CBNZ, TBZ or TBNZ. */
static inline int64_t a64_branch_displacement(uint32_t insn)
{
        if ((insn & 0x7c000000) == 0x14000000)
                return (int64_t)((uint64_t)insn << 38) >> 36;
        if ((insn & 0x7e000000) == 0x36000000)
                return (int64_t)((uint64_t)(insn >> 5) << 50) >> 48;
        return (int64_t)((uint64_t)(insn >> 5) << 45) >> 43;
}
