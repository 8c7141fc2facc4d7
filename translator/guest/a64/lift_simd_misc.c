/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: two registers, across lanes (Arm ARM C4.1, "Advanced SIMD two-register miscellaneous", "scalar
 * ...", "Advanced SIMD across lanes"). */
#include "lift_simd.h"

/* dst = expr of n, on elements of size sz. */
#define UNARY(name, keep, expr) \
        LIFT(name) \
        { \
                ref n = get_v(l, a->rn); \
                put_keep(l, a->rd, expr, keep); \
                return true; \
        }
/* ... vector of any size, and scalar of doublewords. */
#define UNARY_V_D(name, expr_of) \
        UNARY(name##_v, keep_q(a->q), expr_of(a->size)) \
        UNARY(name##_s, KEEP_D, expr_of(3))

#define ABS(sz) v1(l, IR_VABS, sz, n)
#define NEG(sz) v1(l, IR_VNEG, sz, n)
#define CMGT0(sz) v2(l, IR_VCMPGT, sz, n, v_zero(l))
#define CMGE0(sz) v2(l, IR_VCMPGE, sz, n, v_zero(l))
#define CMEQ0(sz) v2(l, IR_VCMPEQ, sz, n, v_zero(l))
#define CMLE0(sz) v2(l, IR_VCMPGE, sz, v_zero(l), n)
#define CMLT0(sz) v2(l, IR_VCMPGT, sz, v_zero(l), n)
UNARY_V_D(abs, ABS)
UNARY_V_D(neg, NEG)
UNARY_V_D(cmgt0, CMGT0)
UNARY_V_D(cmge0, CMGE0)
UNARY_V_D(cmeq0, CMEQ0)
UNARY_V_D(cmle0, CMLE0)
UNARY_V_D(cmlt0, CMLT0)

static ref reverse(struct lift *l, unsigned sz, unsigned container, ref n)
{
        return v_imm(l, IR_VREV, sz, n, REF_NONE, 0, container, 0);
}

UNARY(rev64, keep_q(a->q), reverse(l, a->size, 3, n))
UNARY(rev32_v, keep_q(a->q), reverse(l, a->size, 2, n))
UNARY(rev16_v, keep_q(a->q), reverse(l, 0, 1, n))
UNARY(cnt, keep_q(a->q), v1(l, IR_VCNT, 0, n))
UNARY(not_v, keep_q(a->q), v1(l, IR_VNOT, 3, n))
UNARY(rbit_v, keep_q(a->q), v1(l, IR_VRBIT, 0, n))

static ref by_helper(struct lift *l, enum simd_fn fn, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        return ir_helper_x(l->ir, helper_simd_elements, n, m, REF_NONE, SIMD_IMM(fn, sz, u, keep));
}

#define HELPED(name, fn) UNARY(name, keep_q(a->q), by_helper(l, fn, a->size, false, n, REF_NONE, keep_q(a->q)))
#define HELPED_S(name, fn) UNARY(name, a->size, by_helper(l, fn, a->size, false, n, REF_NONE, a->size))
HELPED(cls_v, SF_CLS)
HELPED(clz_v, SF_CLZ)
HELPED(sqabs_v, SF_QABS)
HELPED(sqneg_v, SF_QNEG)
HELPED_S(sqabs_s, SF_QABS)
HELPED_S(sqneg_s, SF_QNEG)
UNARY(suqadd_v, keep_q(a->q), by_helper(l, SF_SUQADD, a->size, a->u, get_v(l, a->rd), n, keep_q(a->q)))
UNARY(suqadd_s, a->size, by_helper(l, SF_SUQADD, a->size, a->u, get_v(l, a->rd), n, a->size))

UNARY(addlp, keep_q(a->q), v1(l, a->u ? IR_VADDLPU : IR_VADDLPS, a->size, n))
UNARY(adalp, keep_q(a->q), v2(l, IR_VADD, a->size + 1u, get_v(l, a->rd), v1(l, a->u ? IR_VADDLPU : IR_VADDLPS, a->size, n)))

/* ---- narrowing, widening ---- */

LIFT(xtn)
{
        put_half(l, a->rd, v1(l, IR_VXTN, a->size, get_v(l, a->rn)), a->q);
        return true;
}

#define NARROWING(name, how) \
        LIFT(name##_v) \
        { \
                put_half(l, a->rd, v_qxtn(l, how, a->size, get_v(l, a->rn), KEEP_Q), a->q); \
                return true; \
        } \
        LIFT(name##_s) \
        { \
                put_keep(l, a->rd, v_qxtn(l, how, a->size, get_v(l, a->rn), a->size + 1u), a->size); \
                return true; \
        }
NARROWING(sqxtun, NARROW_SU)
NARROWING(qxtn, a->u ? NARROW_U : NARROW_S)

LIFT(shll)
{
        ref x = v_half(l, IR_VXTLU, a->size, get_v(l, a->rn), REF_NONE, a->q);
        put_v(l, a->rd, v_shift(l, IR_VSHL, a->size + 1u, x, 8u << a->size));
        return true;
}

/* ---- across lanes ---- */

/* op over all elements of the low 1 << keep bytes, in element 0. */
static ref across(struct lift *l, enum ir_op op, unsigned sz, ref v, unsigned keep)
{
        for (unsigned half = keep; half-- > sz;)
                v = v2(l, op, sz, v, v_imm(l, IR_VEXT, 0, v, v, 1 << half, 0, 0));
        return v;
}

UNARY(maxv, a->size, across(l, a->u ? IR_VMAXU : IR_VMAXS, a->size, n, keep_q(a->q)))
UNARY(minv, a->size, across(l, a->u ? IR_VMINU : IR_VMINS, a->size, n, keep_q(a->q)))

/* Sum of the elements, right in as many bits as the widened result has. */
static ref sum(struct lift *l, unsigned sz, bool u, ref n, unsigned keep)
{
        enum ir_op op = u ? IR_VADDLPU : IR_VADDLPS;
        if (sz == 0 && u)
                return keep == KEEP_D ? v1(l, IR_VSADB, 0, n) : across(l, IR_VADD, 3, v1(l, IR_VSADB, 0, n), keep);
        if (sz == 0)
                n = v1(l, op, 0, n);
        n = v1(l, op, sz == 2 ? 2 : 1, n);
        return across(l, IR_VADD, sz == 2 ? 3 : 2, n, keep);
}

UNARY(addlv, a->size + 1u, sum(l, a->size, a->u, n, keep_q(a->q)))
UNARY(addv, a->size, a->size == 2 ? across(l, IR_VADD, 2, n, KEEP_Q) : sum(l, a->size, true, n, keep_q(a->q)))
