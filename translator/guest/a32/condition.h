/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditional execution: the condition field of A32 and IT blocks of T32.
 *
 * A lifter is written as if its instruction were always executed. The functions of lift_a32.h by which it writes registers select
 * between the new value and the old one where the instruction is conditional (l->cc). An instruction that does more than write
 * registers, to memory, to the state behind helpers, or by leaving the region, is put behind a side exit for the case that the
 * condition fails. */
#pragma once
#include "guest/lift.h"

/* Lifts the instruction l->insn, unconditionally. Returns false when it is UNDEFINED. */
typedef bool a32_lift_fn(struct lift *l);

/* Lifts the instruction l->insn, which is done when l->cc holds: by selection where that will do, else behind a side exit. Nothing
 * may have been emitted for it. */
void a32_lift_conditional(struct lift *l, a32_lift_fn *fn);

/* For lifters that know that selection will not do: puts the rest of the instruction behind a side exit that is taken when its
 * condition fails. To be called before anything is emitted for it. From then on l->cc is CC_AL. */
void a32_take_condition(struct lift *l);

/* The same where a side exit is better than one access that is decided about where it is: when more instructions follow that have
 * the same condition. Otherwise it does nothing. */
void a32_take_condition_of_many(struct lift *l);

/* ITSTATE of the instruction behind one that has ITSTATE `it` (ITAdvance). */
static inline uint8_t a32_it_advance(uint8_t it)
{
        return it & 7 ? (uint8_t)((it & 0xe0) | (it << 1 & 0x1f)) : 0;
}

/* The condition of a Thumb instruction that has ITSTATE `it`. BKPT is done in any case. */
static inline uint8_t a32_thumb_condition(uint8_t it, uint32_t insn)
{
        return !it || it >> 4 >= CC_AL || insn >> 24 == 0xbe ? CC_AL : it >> 4;
}

/* Stores cpu->mode, with ITSTATE `it` in it. */
void a32_put_mode(struct lift *l, uint8_t it);
