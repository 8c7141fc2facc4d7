/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: shifts by an immediate (Arm ARM C4.1, "Advanced SIMD shift by immediate", "scalar ..."). */
#include "lift_simd.h"

LIFT(simd_shr)
{
        ref r = v_shr(l, a->sz, a->u, get_v(l, a->rn), a->by, a->round);
        if (a->add)
                r = v2(l, IR_VADD, a->sz, get_v(l, a->rd), r);
        put_keep(l, a->rd, r, a->keep);
        return true;
}

LIFT(simd_shl)
{
        put_keep(l, a->rd, v_shift(l, IR_VSHL, a->sz, get_v(l, a->rn), a->by), a->keep);
        return true;
}

LIFT(sli)
{
        put_keep(l, a->rd, v_sli(l, a->sz, get_v(l, a->rd), get_v(l, a->rn), a->by), a->keep);
        return true;
}

LIFT(sri)
{
        put_keep(l, a->rd, v_sri(l, a->sz, get_v(l, a->rd), get_v(l, a->rn), a->by), a->keep);
        return true;
}

LIFT(simd_qshl)
{
        struct simd_form f = { .sz = (uint8_t)a->sz, .keep = (uint8_t)a->keep, .u = a->u };
        put_keep(l, a->rd, a->fn(l, f, get_v(l, a->rn), a->by), a->keep);
        return true;
}

/* ---- narrowing and widening ---- */

LIFT(shrn)
{
        put_half(l, a->rd, v_shrn(l, a->sz, get_v(l, a->rn), a->by, a->round), a->high);
        return true;
}

static ref qnarrow(struct lift *l, enum narrow how, unsigned sz, ref n, unsigned by, bool round, unsigned keep)
{
        return v_qxtn(l, how, sz, v_shr(l, sz + 1, how == NARROW_U, n, by, round), keep);
}

LIFT(qshrn)
{
        put_half(l, a->rd, qnarrow(l, (enum narrow)a->how, a->sz, get_v(l, a->rn), a->by, a->round, KEEP_Q), a->high);
        return true;
}

LIFT(qshrn_s)
{
        put_keep(l, a->rd, qnarrow(l, (enum narrow)a->how, a->sz, get_v(l, a->rn), a->by, a->round, a->sz + 1), a->sz);
        return true;
}

LIFT(shll_imm)
{
        ref x = v_half(l, a->u ? IR_VXTLU : IR_VXTLS, a->sz, get_v(l, a->rn), REF_NONE, a->high);
        put_v(l, a->rd, v_shift(l, IR_VSHL, a->sz + 1, x, a->by));
        return true;
}
