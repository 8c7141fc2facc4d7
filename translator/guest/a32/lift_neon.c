/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: operations on the elements of two registers, or on one element of the second (neon_same.dec, neon_diff.dec). */
#include "lift_neon.h"

static struct simd_form form(unsigned sz, bool u, unsigned q)
{
        return (struct simd_form){ .sz = (uint8_t)sz, .keep = (uint8_t)keep_q(q), .u = u };
}

LIFT(two)
{
        ref n = get_v(l, a->rn, a->nq), m = get_second(l, a->rm, a->mq, a->lane, a->sz);
        return put_v(l, a->rd, a->dq, a->fn(l, form(a->sz, a->u, a->dq), n, m));
}

LIFT(op2)
{
        ref n = get_v(l, a->rn, a->q), m = get_second(l, a->rm, a->q, a->lane, a->sz);
        return put_v(l, a->rd, a->q, v2(l, a->op, a->sz, n, m));
}

LIFT(accumulate)
{
        ref n = get_v(l, a->rn, a->nq), m = get_second(l, a->rm, a->mq, a->lane, a->sz);
        ref r = a->fn(l, form(a->sz, a->u, a->dq), n, m);
        return put_v(l, a->rd, a->dq, v2(l, a->acc, a->acc_sz, get_v(l, a->rd, a->dq), r));
}

/* Doubled products of halfwords, which saturate where they are added to themselves, added to d or subtracted from it. Words, whose
 * sums would have to saturate at 64 bits, are the helper's, like products that are rounded. */
static ref doubled_products(struct lift *l, enum simd_mul fn, ref d, ref n, ref m)
{
        const struct simd_form halves = { .sz = 1, .keep = KEEP_Q }, words = { .sz = 2, .keep = KEEP_Q };
        ref p = v_mull(l, halves, n, m);
        p = v_qadd(l, words, p, p);
        return fn == SM_QDMULL ? p : fn == SM_QDMLAL ? v_qadd(l, words, d, p) : v_qsub(l, words, d, p);
}

LIFT(multiply)
{
        ref n = get_v(l, a->rn, a->nq), m = get_second(l, a->rm, a->mq, a->lane, a->sz), d = get_v(l, a->rd, a->dq);
        uint32_t imm = SIMD_IMM(a->fn, a->sz, 0, keep_q(a->dq));
        if (a->sz == 1 && a->fn <= SM_QDMLSL)
                return put_v(l, a->rd, 1, doubled_products(l, (enum simd_mul)a->fn, d, n, m));
        return put_v(l, a->rd, a->dq, ir_helper_x(l->ir, helper_simd_mul, d, n, m, imm));
}

/* VBSL selects by rd, VBIT by rm, VBIF by what is not in rm. */
LIFT(select)
{
        ref n = get_v(l, a->rn, a->q), m = get_v(l, a->rm, a->q), d = get_v(l, a->rd, a->q);
        ref by = a->how ? m : d, yes = a->how == 2 ? d : n, no = a->how == 0 ? m : a->how == 1 ? d : n;
        return put_v(l, a->rd, a->q, v3(l, IR_VBSL, 3, by, yes, no));
}

/* ---- results that are wider or narrower than the operands ---- */

LIFT(high_narrow)
{
        ref x = v2(l, a->op, a->sz + 1, get_v(l, a->rn, 1), get_v(l, a->rm, 1));
        return put_v(l, a->rd, 0, v_high_narrow(l, a->sz, x, a->round));
}

/* Polynomials over {0, 1}. */
LIFT(pmull)
{
        ref n = get_d(l, a->rn), m = get_d(l, a->rm);
        return put_v(l, a->rd, 1, v_pmull(l, form(0, true, 1), n, m));
}

LIFT(pmull_d)
{
        ref n = get_d(l, a->rn), m = get_d(l, a->rm);
        return put_v(l, a->rd, 1, v_pmull_d(l, n, m, 0));
}
