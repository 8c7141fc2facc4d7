/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64: floating-point operations on the elements of vectors, and on scalars, which are a shape of their own (Arm ARM C4.1.94 and
 * C4.1.95; results: C7.2). */
#include "fp/fp.h"
#include "guest/fp_lift.h"
#include "lift_simd.h"

static bool result(struct lift *l, unsigned rd, ref v)
{
        put_v(l, rd, v);
        return true;
}

/* ---- one operand ---- */

LIFT(fp_mov)
{
        return result(l, a->rd, v_cut(l, get_v(l, a->rn), a->sz));
}

LIFT(fp_abs)
{
        return result(l, a->rd, fp_abs_of(l, a->sz, a->shape, get_v(l, a->rn)));
}

LIFT(fp_neg)
{
        return result(l, a->rd, fp_neg_of(l, a->sz, a->shape, get_v(l, a->rn)));
}

LIFT(fp_op1)
{
        return result(l, a->rd, fp_op(l, a->op, a->sz, a->shape, a->opt, get_v(l, a->rn), REF_NONE, REF_NONE));
}

LIFT(fp_soft1)
{
        return result(l, a->rd, fp_soft_x(l, a->fn, a->sz, a->shape, 0, get_v(l, a->rn), REF_NONE, REF_NONE));
}

/* ---- two operands ---- */

static ref op2f(struct lift *l, enum ir_op op, unsigned sz, unsigned shape, ref n, ref m)
{
        return fp_op(l, op, sz, shape, 0, n, m, REF_NONE);
}

LIFT(fp_op2)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        return result(l, a->rd, op2f(l, a->op, a->sz, a->shape, n, m));
}

LIFT(fp_soft2)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        return result(l, a->rd, fp_soft_x(l, a->fn, a->sz, a->shape, 0, n, m, REF_NONE));
}

LIFT(fp_abd)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        return result(l, a->rd, fp_abs_of(l, a->sz, a->shape, op2f(l, IR_VFSUB, a->sz, a->shape, n, m)));
}

LIFT(fp_abs_cmp)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        m = fp_abs_of(l, a->sz, a->shape, m);
        return result(l, a->rd, op2f(l, a->op, a->sz, a->shape, fp_abs_of(l, a->sz, a->shape, n), m));
}

LIFT(fp_cmp_zero)
{
        ref n = get_v(l, a->rn), z = v_zero(l);
        return result(l, a->rd, op2f(l, a->op, a->sz, a->shape, a->reversed ? z : n, a->reversed ? n : z));
}

/* ---- multiply and add ---- */

static bool multiply_add(struct lift *l, unsigned sz, unsigned shape, unsigned opt, unsigned rd, unsigned rn, ref m)
{
        ref n = get_v(l, rn), d = get_v(l, rd);
        return result(l, rd, fp_op(l, IR_VFMA, sz, shape, opt, n, m, d));
}

LIFT(fp_fma)
{
        return multiply_add(l, a->sz, a->shape, a->opt, a->rd, a->rn, get_v(l, a->rm));
}

/* ---- by element ---- */

static ref element(struct lift *l, unsigned sz, unsigned rm, unsigned lane)
{
        return v_imm(l, IR_VDUPL, sz, get_v(l, rm), REF_NONE, 0, lane, 0);
}

LIFT(fp_fma_e)
{
        return multiply_add(l, a->sz, a->shape, a->opt, a->rd, a->rn, element(l, a->sz, a->rm, a->lane));
}

LIFT(fp_op2_e)
{
        ref m = element(l, a->sz, a->rm, a->lane);
        return result(l, a->rd, op2f(l, a->op, a->sz, a->shape, get_v(l, a->rn), m));
}

LIFT(fp_soft2_e)
{
        ref m = element(l, a->sz, a->rm, a->lane);
        return result(l, a->rd, fp_soft_x(l, a->fn, a->sz, a->shape, 0, get_v(l, a->rn), m, REF_NONE));
}

/* ---- pairs, across lanes ---- */

LIFT(fp_pairs)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        if (!a->q)
                n = m = v2(l, IR_VZIPL, 3, n, m);
        ref odd = v2(l, IR_VUZPO, a->sz, n, m);
        return result(l, a->rd, op2f(l, a->op, a->sz, fp_shape_of(a->q), v2(l, IR_VUZPE, a->sz, n, m), odd));
}

/* Returns the operation on lanes 0 and 1 of n. */
static ref pair(struct lift *l, enum ir_op op, unsigned sz, ref n)
{
        return op2f(l, op, sz, FP_SCALAR, n, v_imm(l, IR_VDUPL, sz, n, REF_NONE, 0, 1, 0));
}

LIFT(fp_pair)
{
        return result(l, a->rd, pair(l, a->op, a->sz, get_v(l, a->rn)));
}

LIFT(fp_across)
{
        ref n = get_v(l, a->rn), odd = v2(l, IR_VUZPO, 2, n, n);
        ref halves = op2f(l, a->op, 2, FP_LOW64, v2(l, IR_VUZPE, 2, n, n), odd);
        return result(l, a->rd, pair(l, a->op, 2, halves));
}

/* ---- conversions ---- */

unsigned a64_fixed_option(unsigned imm)
{
        unsigned bits = imm >= 64 ? 64 : 32;
        return (2 * bits - imm) << FPO_FBITS;
}

LIFT(fp_to_int)
{
        return result(l, a->rd, fp_to_int(l, a->sz, a->shape, a->opt, get_v(l, a->rn)));
}

LIFT(fp_from_int)
{
        return result(l, a->rd, fp_from_int(l, a->sz, a->shape, a->opt, get_v(l, a->rn)));
}

LIFT(fcvtl_v)
{
        ref n = get_v(l, a->rn);
        if (a->q)
                n = v2(l, IR_VZIPH, 3, n, n);
        if (a->sz)
                return result(l, a->rd, fp_op(l, IR_VFWIDEN, 2, FP_FULL, 0, n, REF_NONE, REF_NONE));
        return result(l, a->rd, fp_soft_x(l, FPF_CVTL, 1, FP_FULL, 0, n, REF_NONE, REF_NONE));
}

LIFT(fcvtn_v)
{
        ref n = get_v(l, a->rn);
        if (a->sz)
                n = fp_op(l, IR_VFNARROW, 3, FP_FULL, 0, n, REF_NONE, REF_NONE);
        else
                n = fp_soft_x(l, FPF_CVTN, 2, FP_FULL, 0, n, REF_NONE, REF_NONE);
        put_half(l, a->rd, n, a->q);
        return true;
}

LIFT(fcvtxn_v)
{
        put_half(l, a->rd, fp_soft_x(l, FPF_CVTXN, 3, FP_FULL, 0, get_v(l, a->rn), REF_NONE, REF_NONE), a->q);
        return true;
}

/* ---- complex numbers ---- */

LIFT(fcadd_v)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        return result(l, a->rd, fp_soft_x(l, FPF_CADD, a->sz, a->shape, a->rot, n, m, REF_NONE));
}

LIFT(fcmla_v)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm), d = get_v(l, a->rd);
        return result(l, a->rd, fp_soft_x(l, FPF_CMLA, a->sz, a->shape, a->rot, n, m, d));
}

LIFT(fcmla_e)
{
        ref n = get_v(l, a->rn), d = get_v(l, a->rd);
        ref m = element(l, 3, a->rm, a->h);
        return result(l, a->rd, fp_soft_x(l, FPF_CMLA, 2, FP_FULL, a->rot, n, m, d));
}
