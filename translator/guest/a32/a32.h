/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 32-bit ARM as a guest: A32 and T32 with VFP and Advanced SIMD, which are one instruction set in two encodings (Arm ARM for
 * Armv8-A, part F; DDI 0406C for what Armv8 no longer has). Bit 0 of a pc is the T bit. */
#pragma once
#include "guest/guest.h"

extern const struct guest guest_a32;

/* Returns the parts of NZCV that are live at pc (flags_live of struct guest). */
unsigned a32_flags_live(fetch_fn *fetch, uint64_t pc);

/* Notes where loops begin in a page (find_loops of struct guest). */
void a32_find_loops(const uint8_t *page, uint64_t state, struct loop_map *map);

/* Called before the exit with which a loop begins again that is a region of its own. Of a D register of which the loop reads only one word
 * before it writes the other, that other word need not be there: so single precision in the two halves of a register does not depend
 * on each other from one turn of the loop to the next. */
void a32_before_loop(struct lift *l);

/* Describes what the instruction at cpu->pc, whose access to memory faulted, was doing. */
struct access a32_describe_fault(const struct cpu *cpu);
