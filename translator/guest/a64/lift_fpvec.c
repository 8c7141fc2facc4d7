/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64: Advanced SIMD on floating-point elements (Arm ARM C4.1.94; results: C7.2). */
#include "fp/fp.h"
#include "guest/fp_lift.h"
#include "guest/simd_lift.h"

/* Each lifter's field sz is 0 for single and 1 for double precision. */
#define SZ (2u + a->sz)

#define RESULT(v) \
        do { \
                put_v(l, a->rd, v); \
                return true; \
        } while (0)

static ref op2f(struct lift *l, enum ir_op op, unsigned sz, unsigned shape, ref n, ref m)
{
        return fp_op(l, op, sz, shape, 0, n, m, REF_NONE);
}

/* ---- two operands ---- */

typedef ref two_fn(struct lift *l, unsigned sz, unsigned shape, ref n, ref m);

#define TWO_OP(name, op) \
        static ref name(struct lift *l, unsigned sz, unsigned shape, ref n, ref m) \
        { \
                return op2f(l, op, sz, shape, n, m); \
        }
#define TWO_SOFT(name, fn) \
        static ref name(struct lift *l, unsigned sz, unsigned shape, ref n, ref m) \
        { \
                return fp_soft_x(l, fn, sz, shape, 0, n, m, REF_NONE); \
        }
TWO_OP(add, IR_VFADD)
TWO_OP(sub, IR_VFSUB)
TWO_OP(mul, IR_VFMUL)
TWO_OP(divide, IR_VFDIV)
TWO_OP(max, IR_VFMAX)
TWO_OP(min, IR_VFMIN)
TWO_OP(maxnm, IR_VFMAXNM)
TWO_OP(minnm, IR_VFMINNM)
TWO_OP(cmeq, IR_VFEQ)
TWO_OP(cmge, IR_VFGE)
TWO_OP(cmgt, IR_VFGT)
TWO_SOFT(mulx, FPF_MULX)
TWO_SOFT(recps, FPF_RECPS)
TWO_SOFT(rsqrts, FPF_RSQRTS)

static ref abd(struct lift *l, unsigned sz, unsigned shape, ref n, ref m)
{
        return fp_abs_of(l, sz, shape, sub(l, sz, shape, n, m));
}

static ref acge(struct lift *l, unsigned sz, unsigned shape, ref n, ref m)
{
        return cmge(l, sz, shape, fp_abs_of(l, sz, shape, n), fp_abs_of(l, sz, shape, m));
}

static ref acgt(struct lift *l, unsigned sz, unsigned shape, ref n, ref m)
{
        return cmgt(l, sz, shape, fp_abs_of(l, sz, shape, n), fp_abs_of(l, sz, shape, m));
}

static ref two(struct lift *l, two_fn *fn, unsigned sz, unsigned shape, unsigned rn, unsigned rm)
{
        ref n = get_v(l, rn), m = get_v(l, rm);
        return fn(l, sz, shape, n, m);
}

#define TWO_V(name, fn) \
        LIFT(name) \
        { \
                RESULT(two(l, fn, SZ, fp_shape_of(a->q), a->rn, a->rm)); \
        }
#define TWO_S(name, fn) \
        LIFT(name) \
        { \
                RESULT(two(l, fn, SZ, FP_SCALAR, a->rn, a->rm)); \
        }
TWO_V(fadd_v, add)
TWO_V(fsub_v, sub)
TWO_V(fmul_v, mul)
TWO_V(fdiv_v, divide)
TWO_V(fmax_v, max)
TWO_V(fmin_v, min)
TWO_V(fmaxnm_v, maxnm)
TWO_V(fminnm_v, minnm)
TWO_V(fmulx_v, mulx)
TWO_V(frecps_v, recps)
TWO_V(frsqrts_v, rsqrts)
TWO_V(fabd_v, abd)
TWO_V(fcmeq_v, cmeq)
TWO_V(fcmge_v, cmge)
TWO_V(fcmgt_v, cmgt)
TWO_V(facge_v, acge)
TWO_V(facgt_v, acgt)
TWO_S(fmulx_sv, mulx)
TWO_S(frecps_sv, recps)
TWO_S(frsqrts_sv, rsqrts)
TWO_S(fabd_sv, abd)
TWO_S(fcmeq_sv, cmeq)
TWO_S(fcmge_sv, cmge)
TWO_S(fcmgt_sv, cmgt)
TWO_S(facge_sv, acge)
TWO_S(facgt_sv, acgt)

/* ---- multiply and add ---- */

static ref multiply_add(struct lift *l, unsigned sz, unsigned shape, unsigned opt, unsigned rd, unsigned rn, ref m)
{
        ref n = get_v(l, rn), d = get_v(l, rd);
        return fp_op(l, IR_VFMA, sz, shape, opt, n, m, d);
}

LIFT(fmla_v)
{
        RESULT(multiply_add(l, SZ, fp_shape_of(a->q), 0, a->rd, a->rn, get_v(l, a->rm)));
}
LIFT(fmls_v)
{
        RESULT(multiply_add(l, SZ, fp_shape_of(a->q), FPO_NEG_PRODUCT, a->rd, a->rn, get_v(l, a->rm)));
}

/* ---- by element ---- */

static ref element(struct lift *l, unsigned sz, unsigned h, unsigned lo, unsigned rm)
{
        return v_imm(l, IR_VDUPL, sz, get_v(l, rm), REF_NONE, 0, sz == 3 ? h : h << 1 | lo, 0);
}
#define ELEMENT element(l, SZ, a->h, a->l, a->rm)

LIFT(fmla_e)
{
        RESULT(multiply_add(l, SZ, fp_shape_of(a->q), 0, a->rd, a->rn, ELEMENT));
}
LIFT(fmls_e)
{
        RESULT(multiply_add(l, SZ, fp_shape_of(a->q), FPO_NEG_PRODUCT, a->rd, a->rn, ELEMENT));
}
LIFT(fmla_se)
{
        RESULT(multiply_add(l, SZ, FP_SCALAR, 0, a->rd, a->rn, ELEMENT));
}
LIFT(fmls_se)
{
        RESULT(multiply_add(l, SZ, FP_SCALAR, FPO_NEG_PRODUCT, a->rd, a->rn, ELEMENT));
}
LIFT(fmul_e)
{
        RESULT(mul(l, SZ, fp_shape_of(a->q), get_v(l, a->rn), ELEMENT));
}
LIFT(fmulx_e)
{
        RESULT(mulx(l, SZ, fp_shape_of(a->q), get_v(l, a->rn), ELEMENT));
}
LIFT(fmul_se)
{
        RESULT(mul(l, SZ, FP_SCALAR, get_v(l, a->rn), ELEMENT));
}
LIFT(fmulx_se)
{
        RESULT(mulx(l, SZ, FP_SCALAR, get_v(l, a->rn), ELEMENT));
}

/* ---- pairs, across lanes ---- */

static ref pairs(struct lift *l, two_fn *fn, unsigned sz, unsigned q, unsigned rn, unsigned rm)
{
        ref n = get_v(l, rn), m = get_v(l, rm);
        if (!q)
                n = m = v2(l, IR_VZIPL, 3, n, m);
        return fn(l, sz, fp_shape_of(q), v2(l, IR_VUZPE, sz, n, m), v2(l, IR_VUZPO, sz, n, m));
}

/* Lanes 0 and 1. */
static ref pair(struct lift *l, two_fn *fn, unsigned sz, ref n)
{
        return fn(l, sz, FP_SCALAR, n, v_imm(l, IR_VDUPL, sz, n, REF_NONE, 0, 1, 0));
}

static ref across(struct lift *l, two_fn *fn, ref n)
{
        ref halves = fn(l, 2, FP_LOW64, v2(l, IR_VUZPE, 2, n, n), v2(l, IR_VUZPO, 2, n, n));
        return pair(l, fn, 2, halves);
}

#define PAIRS(name, fn) \
        LIFT(name##_v) \
        { \
                RESULT(pairs(l, fn, SZ, a->q, a->rn, a->rm)); \
        } \
        LIFT(name##_sv) \
        { \
                RESULT(pair(l, fn, SZ, get_v(l, a->rn))); \
        }
PAIRS(faddp, add)
PAIRS(fmaxp, max)
PAIRS(fminp, min)
PAIRS(fmaxnmp, maxnm)
PAIRS(fminnmp, minnm)

#define ACROSS(name, fn) \
        LIFT(name) \
        { \
                RESULT(across(l, fn, get_v(l, a->rn))); \
        }
ACROSS(fmaxv, max)
ACROSS(fminv, min)
ACROSS(fmaxnmv, maxnm)
ACROSS(fminnmv, minnm)

/* ---- one operand ---- */

static ref one(struct lift *l, enum ir_op op, unsigned sz, unsigned q, unsigned opt, unsigned rn)
{
        return fp_op(l, op, sz, fp_shape_of(q), opt, get_v(l, rn), REF_NONE, REF_NONE);
}

LIFT(fabs_v)
{
        RESULT(fp_abs_of(l, SZ, fp_shape_of(a->q), get_v(l, a->rn)));
}
LIFT(fneg_v)
{
        RESULT(fp_neg_of(l, SZ, fp_shape_of(a->q), get_v(l, a->rn)));
}
LIFT(fsqrt_v)
{
        RESULT(one(l, IR_VFSQRT, SZ, a->q, 0, a->rn));
}

#define RINT(name, opt) \
        LIFT(name) \
        { \
                RESULT(one(l, IR_VFRINT, SZ, a->q, opt, a->rn)); \
        }
RINT(frintn_v, FPR_N)
RINT(frintp_v, FPR_P)
RINT(frintm_v, FPR_M)
RINT(frintz_v, FPR_Z)
RINT(frinta_v, FPR_A)
RINT(frintx_v, FPR_ODD | FPO_EXACT)
RINT(frinti_v, FPR_ODD)

#define SOFT(name, fn) \
        LIFT(name##_v) \
        { \
                RESULT(fp_soft_x(l, fn, SZ, fp_shape_of(a->q), 0, get_v(l, a->rn), REF_NONE, REF_NONE)); \
        } \
        LIFT(name##_sv) \
        { \
                RESULT(fp_soft_x(l, fn, SZ, FP_SCALAR, 0, get_v(l, a->rn), REF_NONE, REF_NONE)); \
        }
SOFT(frecpe, FPF_RECPE)
SOFT(frsqrte, FPF_RSQRTE)
LIFT(frecpx_sv)
{
        RESULT(fp_soft_x(l, FPF_RECPX, SZ, FP_SCALAR, 0, get_v(l, a->rn), REF_NONE, REF_NONE));
}
LIFT(urecpe_v)
{
        RESULT(fp_soft_x(l, FPF_URECPE, 2, fp_shape_of(a->q), 0, get_v(l, a->rn), REF_NONE, REF_NONE));
}
LIFT(ursqrte_v)
{
        RESULT(fp_soft_x(l, FPF_URSQRTE, 2, fp_shape_of(a->q), 0, get_v(l, a->rn), REF_NONE, REF_NONE));
}

/* Against zero: fn(n, 0), or fn(0, n) when reversed. */
static ref zero_test(struct lift *l, two_fn *fn, bool reversed, unsigned sz, unsigned shape, unsigned rn)
{
        ref n = get_v(l, rn), z = v_zero(l);
        return reversed ? fn(l, sz, shape, z, n) : fn(l, sz, shape, n, z);
}

#define ZERO_TEST(name, fn, reversed) \
        LIFT(name##_v) \
        { \
                RESULT(zero_test(l, fn, reversed, SZ, fp_shape_of(a->q), a->rn)); \
        } \
        LIFT(name##_sv) \
        { \
                RESULT(zero_test(l, fn, reversed, SZ, FP_SCALAR, a->rn)); \
        }
ZERO_TEST(fcmgt_z, cmgt, false)
ZERO_TEST(fcmge_z, cmge, false)
ZERO_TEST(fcmeq_z, cmeq, false)
ZERO_TEST(fcmle_z, cmge, true)
ZERO_TEST(fcmlt_z, cmgt, true)

/* ---- conversions ---- */

#define TO_INT(name, opt) \
        LIFT(name##_v) \
        { \
                RESULT(fp_to_int(l, SZ, fp_shape_of(a->q), opt, get_v(l, a->rn))); \
        } \
        LIFT(name##_sv) \
        { \
                RESULT(fp_to_int(l, SZ, FP_SCALAR, opt, get_v(l, a->rn))); \
        }
TO_INT(fcvtns, FPR_N)
TO_INT(fcvtms, FPR_M)
TO_INT(fcvtas, FPR_A)
TO_INT(fcvtps, FPR_P)
TO_INT(fcvtzs, FPR_Z)
TO_INT(fcvtnu, FPR_N | FPO_UNSIGNED)
TO_INT(fcvtmu, FPR_M | FPO_UNSIGNED)
TO_INT(fcvtau, FPR_A | FPO_UNSIGNED)
TO_INT(fcvtpu, FPR_P | FPO_UNSIGNED)
TO_INT(fcvtzu, FPR_Z | FPO_UNSIGNED)

#define FROM_INT(name, opt) \
        LIFT(name##_v) \
        { \
                RESULT(fp_from_int(l, SZ, fp_shape_of(a->q), opt, get_v(l, a->rn))); \
        } \
        LIFT(name##_sv) \
        { \
                RESULT(fp_from_int(l, SZ, FP_SCALAR, opt, get_v(l, a->rn))); \
        }
FROM_INT(scvtf, 0)
FROM_INT(ucvtf, FPO_UNSIGNED)

/* imm is immh:immb: 2 * element's width - fraction bits. */
static unsigned fixed_size(unsigned imm)
{
        return imm >= 64 ? 3 : 2;
}

static unsigned fixed_option(unsigned imm)
{
        return ((16u << fixed_size(imm)) - imm) << FPO_FBITS;
}

#define FIXED(name, fn, opt) \
        LIFT(name##_fxv) \
        { \
                RESULT(fn(l, fixed_size(a->imm), fp_shape_of(a->q), fixed_option(a->imm) | opt, get_v(l, a->rn))); \
        } \
        LIFT(name##_fxsv) \
        { \
                RESULT(fn(l, fixed_size(a->imm), FP_SCALAR, fixed_option(a->imm) | opt, get_v(l, a->rn))); \
        }
FIXED(scvtf, fp_from_int, 0)
FIXED(ucvtf, fp_from_int, FPO_UNSIGNED)
FIXED(fcvtzs, fp_to_int, FPR_Z)
FIXED(fcvtzu, fp_to_int, FPR_Z | FPO_UNSIGNED)

LIFT(fcvtl_v)
{
        ref n = get_v(l, a->rn);
        if (a->q)
                n = v2(l, IR_VZIPH, 3, n, n);
        if (a->sz)
                RESULT(fp_op(l, IR_VFWIDEN, 2, FP_FULL, 0, n, REF_NONE, REF_NONE));
        RESULT(fp_soft_x(l, FPF_CVTL, 1, FP_FULL, 0, n, REF_NONE, REF_NONE));
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

LIFT(fcvtxn_sv)
{
        RESULT(fp_soft_x(l, FPF_CVTXN, 3, FP_SCALAR, 0, get_v(l, a->rn), REF_NONE, REF_NONE));
}

/* ---- complex numbers ---- */

LIFT(fcadd_v)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        RESULT(fp_soft_x(l, FPF_CADD, SZ, fp_shape_of(a->q), a->rot, n, m, REF_NONE));
}

LIFT(fcmla_v)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm), d = get_v(l, a->rd);
        RESULT(fp_soft_x(l, FPF_CMLA, SZ, fp_shape_of(a->q), a->rot, n, m, d));
}

LIFT(fcmla_e)
{
        ref n = get_v(l, a->rn), d = get_v(l, a->rd);
        ref m = v_imm(l, IR_VDUPL, 3, get_v(l, a->rm), REF_NONE, 0, a->h, 0);
        RESULT(fp_soft_x(l, FPF_CMLA, 2, FP_FULL, a->rot, n, m, d));
}
