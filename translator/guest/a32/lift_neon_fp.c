/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: floating point, single precision, in the standard state (neon_fp.dec, neon_diff.dec, neon_shift.dec). */
#include "lift_neon.h"

enum { SINGLE = 2 };

static ref standard(struct lift *l, enum ir_op op, unsigned q, unsigned opt, ref x, ref y, ref z)
{
        return fp_op(l, op, SINGLE, fp_shape_of(q), opt | FPO_STANDARD, x, y, z);
}

static ref in_software(struct lift *l, enum fp_fn fn, unsigned q, unsigned opt, ref x, ref y, ref z)
{
        return fp_soft_x(l, fn, SINGLE, fp_shape_of(q), opt | FPO_STANDARD, x, y, z);
}

/* ---- one operand ---- */

LIFT(fp_abs)
{
        return put_v(l, a->rd, a->q, fp_abs_of(l, SINGLE, fp_shape_of(a->q), get_v(l, a->rm, a->q)));
}

LIFT(fp_neg)
{
        return put_v(l, a->rd, a->q, fp_neg_of(l, SINGLE, fp_shape_of(a->q), get_v(l, a->rm, a->q)));
}

LIFT(fp_op1)
{
        return put_v(l, a->rd, a->q, standard(l, a->op, a->q, a->opt, get_v(l, a->rm, a->q), REF_NONE, REF_NONE));
}

LIFT(fp_soft1)
{
        return put_v(l, a->rd, a->q, in_software(l, a->fn, a->q, 0, get_v(l, a->rm, a->q), REF_NONE, REF_NONE));
}

LIFT(fp_cmp_zero)
{
        ref m = get_v(l, a->rm, a->q), zero = v_zero(l);
        return put_v(l, a->rd, a->q, standard(l, a->op, a->q, 0, a->reversed ? zero : m, a->reversed ? m : zero, REF_NONE));
}

LIFT(fp_to_int)
{
        return put_v(l, a->rd, a->q, fp_to_int(l, SINGLE, fp_shape_of(a->q), a->opt | FPO_STANDARD, get_v(l, a->rm, a->q)));
}

/* A number with fraction bits is converted without them and then scaled, which is exact. */
LIFT(fp_from_int)
{
        unsigned fraction = fp_fbits(a->opt), opt = (a->opt & FPO_UNSIGNED) | FPO_STANDARD;
        ref r = fp_from_int(l, SINGLE, fp_shape_of(a->q), opt, get_v(l, a->rm, a->q));
        if (fraction)
                r = standard(l, IR_VFMUL, a->q, 0, r, v_rep(l, SINGLE, (UINT64_C(127) - fraction) << 23), REF_NONE);
        return put_v(l, a->rd, a->q, r);
}

LIFT(fp_narrow)
{
        return put_v(l, a->rd, 0, in_software(l, FPF_CVTN, 1, 0, get_v(l, a->rm, 1), REF_NONE, REF_NONE));
}

LIFT(fp_widen)
{
        return put_v(l, a->rd, 1, in_software(l, FPF_CVTL, 1, 0, get_d(l, a->rm), REF_NONE, REF_NONE));
}

/* ---- two operands ---- */

LIFT(fp_op2)
{
        ref n = get_v(l, a->rn, a->q), m = get_second(l, a->rm, a->q, a->lane, SINGLE);
        return put_v(l, a->rd, a->q, standard(l, a->op, a->q, 0, n, m, REF_NONE));
}

LIFT(fp_abd)
{
        ref n = get_v(l, a->rn, a->q), m = get_v(l, a->rm, a->q);
        ref d = standard(l, IR_VFSUB, a->q, 0, n, m, REF_NONE);
        return put_v(l, a->rd, a->q, fp_abs_of(l, SINGLE, fp_shape_of(a->q), d));
}

LIFT(fp_abs_cmp)
{
        unsigned shape = fp_shape_of(a->q);
        ref n = get_v(l, a->rn, a->q), m = get_v(l, a->rm, a->q);
        n = fp_abs_of(l, SINGLE, shape, n);
        m = fp_abs_of(l, SINGLE, shape, m);
        return put_v(l, a->rd, a->q, standard(l, a->op, a->q, 0, n, m, REF_NONE));
}

/* Sums, or what op gives, of neighbours: those in rn, then those in rm. */
LIFT(fp_pairs)
{
        ref all = v2(l, IR_VZIPL, 3, get_d(l, a->rn), get_d(l, a->rm));
        ref even = v2(l, IR_VUZPE, SINGLE, all, all), odd = v2(l, IR_VUZPO, SINGLE, all, all);
        return put_v(l, a->rd, 0, standard(l, a->op, 0, 0, even, odd, REF_NONE));
}

LIFT(fp_cadd)
{
        ref n = get_v(l, a->rn, a->q), m = get_v(l, a->rm, a->q);
        return put_v(l, a->rd, a->q, in_software(l, FPF_CADD, a->q, a->rot, n, m, REF_NONE));
}

/* ---- multiply and add ---- */

/* The sign of a product that is not a number does not matter: what is subtracted needs no negation. */
LIFT(fp_mul_add)
{
        ref n = get_v(l, a->rn, a->q), m = get_second(l, a->rm, a->q, a->lane, SINGLE);
        ref product = standard(l, IR_VFMUL, a->q, 0, n, m, REF_NONE);
        return put_v(l, a->rd, a->q, standard(l, a->op, a->q, 0, get_v(l, a->rd, a->q), product, REF_NONE));
}

LIFT(fp_fma)
{
        ref n = get_v(l, a->rn, a->q), m = get_v(l, a->rm, a->q);
        return put_v(l, a->rd, a->q, standard(l, IR_VFMA, a->q, a->opt, n, m, get_v(l, a->rd, a->q)));
}

LIFT(fp_cmla)
{
        ref n = get_v(l, a->rn, a->q), m = get_second(l, a->rm, a->q, a->mq == a->q ? -1 : 0, 3);
        return put_v(l, a->rd, a->q, in_software(l, FPF_CMLA, a->q, a->rot, n, m, get_v(l, a->rd, a->q)));
}
