/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How A64's lifters of SIMD&FP instructions write their results. `keep` is log2 of the bytes that a result has: KEEP_Q for a
 * whole register, KEEP_D for a 64-bit vector, the element's size for a scalar. Above that the register becomes zero. */
#pragma once
#include "guest/simd_lift.h"
#include "lift_a64.h"

static inline void put_keep(struct lift *l, unsigned rd, ref v, unsigned keep)
{
        put_v(l, rd, v_cut(l, v, keep));
}

/* How the narrowing instructions write, and their "2" forms (high): the low half of v becomes the low half of Vd, and the high
 * half zero; or it becomes the high half, and Vd keeps its low one. */
static inline void put_half(struct lift *l, unsigned rd, ref v, unsigned high)
{
        if (high)
                put_v(l, rd, v2(l, IR_VZIPL, 3, get_v(l, rd), v));
        else
                put_keep(l, rd, v, KEEP_D);
}
