/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lifters of Advanced SIMD share: their definition, and registers as operands. A Q register is a pair of D registers, which
 * are slots of their own. Values of 128 bits stay whole in a region: the halves of a result are described so that reading both
 * again gives the result itself. */
#pragma once
#include "lift_fp.h"
#include "neon_args.h"

#undef LIFT
/* A lifter that neon*.dec names, with its arguments (neon_args.h). */
#define LIFT(name) bool lift_neon_##name(struct lift *l, const neon_args_of_##name *a)

/* Read and write the registers d and d + 1 as one value. d may be odd. */
ref neon_get_pair(struct lift *l, unsigned d);
void neon_put_pair(struct lift *l, unsigned d, ref v);

/* Returns true when neon_get_pair(l, d) is a value that is there already. */
bool neon_pair_is_whole(struct lift *l, unsigned d);

/* Returns element `lane` of register d in all elements. */
ref neon_lane(struct lift *l, unsigned sz, unsigned d, unsigned lane);

/* A D register (q = 0) or a Q register. */
static inline ref get_v(struct lift *l, unsigned d, unsigned q)
{
        return q ? neon_get_pair(l, d) : get_d(l, d);
}

static inline bool put_v(struct lift *l, unsigned d, unsigned q, ref v)
{
        if (q)
                neon_put_pair(l, d, v);
        else
                put_d(l, d, v);
        return true;
}

/* Returns the second operand: register m, or its lane in all elements when lane is not -1. */
static inline ref get_second(struct lift *l, unsigned m, unsigned q, int32_t lane, unsigned sz)
{
        return lane < 0 ? get_v(l, m, q) : neon_lane(l, sz, m, (unsigned)lane);
}
