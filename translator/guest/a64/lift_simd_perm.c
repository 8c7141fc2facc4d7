/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: copies, permutes, table look-ups, immediates (Arm ARM C4.1, "Advanced SIMD copy", "permute",
 * "extract", "table lookup", "modified immediate"). */
#include "lift_simd.h"

/* ---- copies ---- */

unsigned a64_imm5_size(unsigned imm5)
{
        return (unsigned)__builtin_ctz(imm5);
}

unsigned a64_imm5_lane(unsigned imm5)
{
        return imm5 >> (a64_imm5_size(imm5) + 1);
}

LIFT(dup_elem)
{
        ref n = get_v(l, a->rn);
        put_keep(l, a->rd, v_imm(l, IR_VDUPL, a->sz, n, REF_NONE, 0, a->lane, 0), a->keep);
        return true;
}

LIFT(dup_elem_s)
{
        ref n = get_v(l, a->rn);
        if (a->sz == 3 && a->lane == 1)
                put_v(l, a->rd, v2(l, IR_VZIPH, 3, n, v_zero(l)));
        else if (a->lane)
                put_keep(l, a->rd, v_imm(l, IR_VEXT, 0, n, n, (int32_t)(a->lane << a->sz), 0, 0), a->keep);
        else
                put_keep(l, a->rd, n, a->keep);
        return true;
}

LIFT(dup_gen)
{
        ref x = get_x(l, a->rn);
        put_keep(l, a->rd, v1(l, IR_VDUP, a->sz, x), a->keep);
        return true;
}

LIFT(smov)
{
        ref n = get_v(l, a->rn);
        put_x(l, a->rd, v_imm(l, IR_VGETS, a->sz, n, REF_NONE, 0, a->lane, a->to_sz));
        return true;
}

LIFT(umov)
{
        ref n = get_v(l, a->rn);
        put_x(l, a->rd, v_imm(l, IR_VGET, a->sz, n, REF_NONE, 0, a->lane, 0));
        return true;
}

LIFT(ins_gen)
{
        ref d = get_v(l, a->rd), x = get_x(l, a->rn);
        put_v(l, a->rd, v_imm(l, IR_VINS, a->sz, d, x, 0, a->lane, 0));
        return true;
}

LIFT(ins_elem)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn);
        put_v(l, a->rd, v_imm(l, IR_VINSL, a->sz, d, n, 0, a->lane, a->from));
        return true;
}

/* ---- permutes ---- */

/* UZP takes elements of m:n. When these are 64-bit registers, both operands of the op are m:n in one register. */
LIFT(unzip)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        if (!a->q)
                n = m = v2(l, IR_VZIPL, 3, n, m);
        put_keep(l, a->rd, v2(l, a->op, a->sz, n, m), keep_q(a->q));
        return true;
}

LIFT(zip2)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        if (a->q)
                put_v(l, a->rd, v2(l, IR_VZIPH, a->sz, n, m));
        else /* the high half of all elements of both 64-bit registers, zipped */
                put_v(l, a->rd, v2(l, IR_VZIPH, 3, v2(l, IR_VZIPL, a->sz, n, m), v_zero(l)));
        return true;
}

LIFT(ext)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        if (!a->q)
                n = m = v2(l, IR_VZIPL, 3, n, m);
        put_keep(l, a->rd, a->imm4 ? v_imm(l, IR_VEXT, 0, m, n, a->imm4, 0, 0) : n, keep_q(a->q));
        return true;
}

/* ---- tables of len + 1 registers: VTBL gives 0 outside of its register ---- */

static ref table(struct lift *l, unsigned rn, unsigned len, ref idx)
{
        ref r = v2(l, IR_VTBL, 0, get_v(l, rn), idx);
        for (unsigned k = 1; k <= len; k++) {
                ref t = get_v(l, (rn + k) % 32);
                r = v2(l, IR_VOR, 3, r, v2(l, IR_VTBL, 0, t, v2(l, IR_VSUB, 0, idx, v_rep(l, 0, 16 * k))));
        }
        return r;
}

LIFT(tbl)
{
        put_keep(l, a->rd, table(l, a->rn, a->len, get_v(l, a->rm)), keep_q(a->q));
        return true;
}

LIFT(tbx)
{
        ref idx = get_v(l, a->rm), d = get_v(l, a->rd), t = table(l, a->rn, a->len, idx);
        ref outside = v2(l, IR_VCMPHI, 0, idx, v_rep(l, 0, 16 * a->len + 15u));
        put_keep(l, a->rd, v3(l, IR_VBSL, 3, outside, d, t), keep_q(a->q));
        return true;
}

/* ---- immediates ---- */

LIFT(movi)
{
        int64_t v = (int64_t)(a->invert ? ~a->imm : a->imm);
        put_v(l, a->rd, ir_opi(l->ir, IR_VCONST, a->q ? 4 : 3, REF_NONE, REF_NONE, REF_NONE, v));
        return true;
}

LIFT(orr_bic_imm)
{
        ref d = get_v(l, a->rd), r;
        if (a->op)
                r = v2(l, IR_VAND, 3, d, v_const(l, ~a->imm));
        else
                r = v2(l, IR_VOR, 3, d, v_const(l, a->imm));
        put_keep(l, a->rd, r, keep_q(a->q));
        return true;
}
