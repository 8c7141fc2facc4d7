/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Armv8 added to VFP in the unconditional space (vfp8.dec; the decoder is that of Advanced SIMD). */
#include "guest/fp_lift.h"
#include "lift_fp.h"
#include "neon_args.h"

/* A lifter that vfp8.dec names, with its arguments. */
#define VFP8(name) bool lift_neon_##name(struct lift *l, const neon_args_of_##name *a)

VFP8(vfp_select)
{
        static const uint8_t cc[4] = { CC_EQ, CC_VS, CC_GE, CC_GT };
        ref n = get_fp(l, a->sz, a->rn), m = get_fp(l, a->sz, a->rm);
        put_fp(l, a->sz, a->rd, select_x(l, cc[a->cond], get_flags(l), n, m));
        return true;
}

VFP8(vfp_op1)
{
        ref m = get_fp(l, a->sz, a->rm);
        put_fp(l, a->sz, a->rd, vfp_op(l, (enum ir_op)a->op, a->sz, a->opt, m, REF_NONE, REF_NONE));
        return true;
}

VFP8(vfp_op2)
{
        ref n = get_fp(l, a->sz, a->rn), m = get_fp(l, a->sz, a->rm);
        put_fp(l, a->sz, a->rd, vfp_op(l, (enum ir_op)a->op, a->sz, 0, n, m, REF_NONE));
        return true;
}

VFP8(vfp_to_int)
{
        ref m = get_fp(l, a->sz, a->rm);
        put_s_g(l, a->rd, fp_op(l, IR_VFTOI, a->sz, 2, a->opt, m, REF_NONE, REF_NONE));
        return true;
}
