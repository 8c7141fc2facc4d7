/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: shifts by an immediate, modified immediates (neon_shift.dec). */
#include "lift_neon.h"

LIFT(shr)
{
        ref r = v_shr(l, a->sz, a->u, get_v(l, a->rm, a->q), a->by, a->round);
        if (a->add)
                r = v2(l, IR_VADD, a->sz, get_v(l, a->rd, a->q), r);
        return put_v(l, a->rd, a->q, r);
}

LIFT(shl_imm)
{
        return put_v(l, a->rd, a->q, v_shift(l, IR_VSHL, a->sz, get_v(l, a->rm, a->q), a->by));
}

LIFT(sli)
{
        ref m = get_v(l, a->rm, a->q), d = get_v(l, a->rd, a->q);
        return put_v(l, a->rd, a->q, v_sli(l, a->sz, d, m, a->by));
}

LIFT(sri)
{
        ref m = get_v(l, a->rm, a->q), d = get_v(l, a->rd, a->q);
        return put_v(l, a->rd, a->q, v_sri(l, a->sz, d, m, a->by));
}

LIFT(qshl_imm)
{
        struct simd_form f = { .sz = (uint8_t)a->sz, .keep = (uint8_t)keep_q(a->q), .u = a->u };
        return put_v(l, a->rd, a->q, a->fn(l, f, get_v(l, a->rm, a->q), a->by));
}

/* ---- narrowing and widening ---- */

LIFT(shrn)
{
        return put_v(l, a->rd, 0, v_shrn(l, a->sz, get_v(l, a->rm, 1), a->by, a->round));
}

LIFT(qshrn)
{
        ref m = v_shr(l, a->sz + 1, a->how == NARROW_U, get_v(l, a->rm, 1), a->by, a->round);
        return put_v(l, a->rd, 0, v_qxtn(l, (enum narrow)a->how, a->sz, m, KEEP_Q));
}

LIFT(shll)
{
        ref x = v_half(l, a->u ? IR_VXTLU : IR_VXTLS, a->sz, get_d(l, a->rm), REF_NONE, 0);
        return put_v(l, a->rd, 1, v_shift(l, IR_VSHL, a->sz + 1, x, a->by));
}

/* ---- modified immediates ---- */

LIFT(mov_imm)
{
        return put_v(l, a->rd, a->q, v_const(l, a->imm));
}

LIFT(orr_bic_imm)
{
        ref d = get_v(l, a->rd, a->q);
        return put_v(l, a->rd, a->q, v2(l, a->bic ? IR_VAND : IR_VOR, 3, d, v_const(l, a->bic ? ~a->imm : a->imm)));
}
