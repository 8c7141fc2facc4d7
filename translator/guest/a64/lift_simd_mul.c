/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: three registers of different kinds, and multiplications by an element (Arm ARM C4.1, "Advanced
 * SIMD three different", "vector x indexed element", "scalar ..."). */
#include "lift_simd.h"
#include "ir/target.h"

/* dst = expr of n and m. `high`: the instructions named ...2. */
#define BINARY(name, keep, expr) \
        LIFT(name) \
        { \
                ref n = get_v(l, a->rn), m = get_v(l, a->rm); \
                put_keep(l, a->rd, expr, keep); \
                return true; \
        }

static ref widen(struct lift *l, bool u, unsigned sz, ref v, unsigned high)
{
        return v_half(l, u ? IR_VXTLU : IR_VXTLS, sz, v, REF_NONE, high);
}

#define WIDE(op) v2(l, op, a->size + 1u, widen(l, a->u, a->size, n, a->q), widen(l, a->u, a->size, m, a->q))
BINARY(addl, KEEP_Q, WIDE(IR_VADD))
BINARY(subl, KEEP_Q, WIDE(IR_VSUB))
BINARY(addw, KEEP_Q, v2(l, IR_VADD, a->size + 1u, n, widen(l, a->u, a->size, m, a->q)))
BINARY(subw, KEEP_Q, v2(l, IR_VSUB, a->size + 1u, n, widen(l, a->u, a->size, m, a->q)))

#define ABDL widen(l, true, a->size, v_abd(l, a->size, a->u, n, m), a->q)
BINARY(abdl, KEEP_Q, ABDL)
BINARY(abal, KEEP_Q, v2(l, IR_VADD, a->size + 1u, get_v(l, a->rd), ABDL))

/* The high halves of sums, rounded or not. */
static bool high_narrow(struct lift *l, enum ir_op op, unsigned rd, unsigned rn, unsigned rm, unsigned sz, bool round,
                        unsigned high)
{
        ref x = v2(l, op, sz + 1, get_v(l, rn), get_v(l, rm));
        if (round)
                x = v2(l, IR_VADD, sz + 1, x, v_rep(l, sz + 1, UINT64_C(1) << ((8u << sz) - 1)));
        put_half(l, rd, v1(l, IR_VXTN, sz, v_shift(l, IR_VSHR, sz + 1, x, 8u << sz)), high);
        return true;
}

LIFT(addhn)
{
        return high_narrow(l, IR_VADD, a->rd, a->rn, a->rm, a->size, a->r, a->q);
}

LIFT(subhn)
{
        return high_narrow(l, IR_VSUB, a->rd, a->rn, a->rm, a->size, a->r, a->q);
}

/* ---- the element of the forms by element, in all elements ---- */

static ref element(struct lift *l, unsigned size, unsigned h, unsigned lo, unsigned m, unsigned rm)
{
        unsigned lane = size == 1 ? h << 2 | lo << 1 | m : h << 1 | lo;
        unsigned reg = size == 1 ? rm : m << 4 | rm;
        return v_imm(l, IR_VDUPL, size, get_v(l, reg), REF_NONE, 0, lane, 0);
}

#define BY_ELEMENT(name, size, keep, expr) \
        LIFT(name) \
        { \
                ref n = get_v(l, a->rn), m = element(l, size, a->h, a->l, a->m, a->rm); \
                put_keep(l, a->rd, expr, keep); \
                return true; \
        }

/* ---- multiplications ---- */

#define MULL v_half(l, a->u ? IR_VMULLU : IR_VMULLS, a->size, n, m, a->q)
#define MLAL(op) v2(l, op, a->size + 1u, get_v(l, a->rd), MULL)
BINARY(mull, KEEP_Q, MULL)
BINARY(mlal, KEEP_Q, MLAL(IR_VADD))
BINARY(mlsl, KEEP_Q, MLAL(IR_VSUB))
BY_ELEMENT(mull_e, a->size, KEEP_Q, MULL)
BY_ELEMENT(mlal_e, a->size, KEEP_Q, MLAL(IR_VADD))
BY_ELEMENT(mlsl_e, a->size, KEEP_Q, MLAL(IR_VSUB))

#define MUL v2(l, IR_VMUL, a->size, n, m)
BY_ELEMENT(mul_e, a->size, keep_q(a->q), MUL)
BY_ELEMENT(mla_e, a->size, keep_q(a->q), v2(l, IR_VADD, a->size, get_v(l, a->rd), MUL))
BY_ELEMENT(mls_e, a->size, keep_q(a->q), v2(l, IR_VSUB, a->size, get_v(l, a->rd), MUL))
BY_ELEMENT(dot_e, 2, keep_q(a->q), v2(l, IR_VADD, 2, get_v(l, a->rd), v2(l, a->u ? IR_VDOTU : IR_VDOTS, 2, n, m)))

/* ---- doubling multiplications: high halves ---- */

/* It saturates where both operands are the least number. */
static ref qdmulh(struct lift *l, enum ir_op op, unsigned sz, ref n, ref m, unsigned keep)
{
        ref least = v_rep(l, sz, UINT64_C(1) << ((8u << sz) - 1));
        ref hit = v2(l, IR_VAND, 3, v2(l, IR_VCMPEQ, sz, n, least), v2(l, IR_VCMPEQ, sz, m, least));
        v1(l, IR_VQC, 3, v_cut(l, hit, keep));
        return v2(l, op, sz, n, m);
}

static ref mul_helper(struct lift *l, enum simd_mul fn, unsigned sz, unsigned high, ref d, ref n, ref m, unsigned keep)
{
        return ir_helper_x(l->ir, helper_simd_mul, d, n, m, SIMD_IMM(fn, sz, high, keep));
}

/* All forms of an instruction whose result has the operands' size. */
#define SAME_SIZE(name, expr) \
        BINARY(name##_v, keep_q(a->q), expr(keep_q(a->q))) \
        BINARY(name##_s, a->size, expr(a->size)) \
        BY_ELEMENT(name##_e, a->size, keep_q(a->q), expr(keep_q(a->q))) \
        BY_ELEMENT(name##_se, a->size, a->size, expr(a->size))
#define QDMULH(keep) qdmulh(l, IR_VQDMULH, a->size, n, m, keep)
#define QRDMULH(keep) qdmulh(l, IR_VQRDMULH, a->size, n, m, keep)
#define QRDMLAH(keep) mul_helper(l, SM_QRDMLAH, a->size, 0, get_v(l, a->rd), n, m, keep)
#define QRDMLSH(keep) mul_helper(l, SM_QRDMLSH, a->size, 0, get_v(l, a->rd), n, m, keep)
SAME_SIZE(sqdmulh, QDMULH)
SAME_SIZE(sqrdmulh, QRDMULH)
SAME_SIZE(sqrdmlah, QRDMLAH)
SAME_SIZE(sqrdmlsh, QRDMLSH)

/* ---- ... and of twice the size ---- */

#define LONG_SIZE(name, fn) \
        BINARY(name##_v, KEEP_Q, mul_helper(l, fn, a->size, a->q, get_v(l, a->rd), n, m, KEEP_Q)) \
        BINARY(name##_s, a->size + 1u, mul_helper(l, fn, a->size, 0, get_v(l, a->rd), n, m, a->size + 1u)) \
        BY_ELEMENT(name##_e, a->size, KEEP_Q, mul_helper(l, fn, a->size, a->q, get_v(l, a->rd), n, m, KEEP_Q)) \
        BY_ELEMENT(name##_se, a->size, a->size + 1u, mul_helper(l, fn, a->size, 0, get_v(l, a->rd), n, m, a->size + 1u))
LONG_SIZE(sqdmull, SM_QDMULL)
LONG_SIZE(sqdmlal, SM_QDMLAL)
LONG_SIZE(sqdmlsl, SM_QDMLSL)

/* ---- polynomials over {0, 1} ---- */

BINARY(pmull, KEEP_Q, mul_helper(l, SM_PMULL, 0, a->q, REF_NONE, n, m, KEEP_Q))

LIFT(pmull_d)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        if (ir_has(IR_VPMULL, 3, 0))
                put_v(l, a->rd, v_half(l, IR_VPMULL, 3, n, m, a->q));
        else
                put_v(l, a->rd, ir_helper_x(l->ir, helper_pmull_d, n, m, REF_NONE, a->q));
        return true;
}
