/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: operations on the elements of two registers, or on one element of the second (Arm ARM C4.1, "Advanced SIMD
 * three same", "three different", "vector x indexed element", "scalar ..."). A scalar operation is the vector one of which the
 * rest is thrown away. */
#include "lift_simd.h"

/* Returns register rm, or, when lane is not -1, that element of rm in all elements. */
static ref second(struct lift *l, unsigned rm, int32_t lane, unsigned sz)
{
        ref m = get_v(l, rm);
        return lane < 0 ? m : v_imm(l, IR_VDUPL, sz, m, REF_NONE, 0, (unsigned)lane, 0);
}

static struct simd_form form(unsigned sz, bool u, bool high, unsigned keep)
{
        return (struct simd_form){ .sz = (uint8_t)sz, .keep = (uint8_t)keep, .u = u, .high = high };
}

LIFT(simd_two)
{
        ref n = get_v(l, a->rn), m = second(l, a->rm, a->lane, a->sz);
        put_keep(l, a->rd, a->fn(l, form(a->sz, a->u, a->high, a->keep), n, m), a->keep);
        return true;
}

LIFT(simd_op2)
{
        ref n = get_v(l, a->rn), m = second(l, a->rm, a->lane, a->sz);
        put_keep(l, a->rd, v2(l, a->op, a->sz, n, m), a->keep);
        return true;
}

LIFT(simd_accumulate)
{
        ref n = get_v(l, a->rn), m = second(l, a->rm, a->lane, a->sz);
        ref r = a->fn(l, form(a->sz, a->u, a->high, a->keep), n, m);
        put_keep(l, a->rd, v2(l, a->acc, a->acc_sz, get_v(l, a->rd), r), a->keep);
        return true;
}

LIFT(simd_multiply)
{
        ref n = get_v(l, a->rn), m = second(l, a->rm, a->lane, a->sz), d = get_v(l, a->rd);
        put_keep(l, a->rd, ir_helper_x(l->ir, helper_simd_mul, d, n, m, SIMD_IMM(a->fn, a->sz, a->high, a->keep)), a->keep);
        return true;
}

/* ---- logical, with three operands ---- */

LIFT(bsl)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_keep(l, a->rd, v3(l, IR_VBSL, 3, get_v(l, a->rd), n, m), a->keep);
        return true;
}

LIFT(bit)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_keep(l, a->rd, v3(l, IR_VBSL, 3, m, n, get_v(l, a->rd)), a->keep);
        return true;
}

LIFT(bif)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_keep(l, a->rd, v3(l, IR_VBSL, 3, m, get_v(l, a->rd), n), a->keep);
        return true;
}

/* ---- results that are wider or narrower than the operands ---- */

LIFT(high_narrow)
{
        ref x = v2(l, a->op, a->sz + 1, get_v(l, a->rn), get_v(l, a->rm));
        put_half(l, a->rd, v_high_narrow(l, a->sz, x, a->round), a->high);
        return true;
}

/* Polynomials over {0, 1}. */
LIFT(pmull)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, v_pmull(l, form(0, true, a->q, KEEP_Q), n, m));
        return true;
}

LIFT(pmull_d)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, v_pmull_d(l, n, m, a->q));
        return true;
}
