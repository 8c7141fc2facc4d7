/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: shifts by an immediate (Arm ARM C4.1, "Advanced SIMD shift by immediate", "scalar ..."). */
#include "lift_simd.h"

/* Element size and amount from immh:immb; narrowing ones name the result's size, widening ones the operand's. */
static unsigned imm_size(unsigned imm)
{
        return 28u - (unsigned)__builtin_clz(imm);
}
static unsigned right_by(unsigned imm)
{
        return (16u << imm_size(imm)) - imm;
}
static unsigned left_by(unsigned imm)
{
        return imm - (8u << imm_size(imm));
}

/* Vector and scalar forms of an instruction that works on whole elements. */
#define BOTH(name, fn, u) \
        LIFT(name##_v) \
        { \
                return fn(l, a->rd, a->rn, a->imm, u, keep_q(a->q)); \
        } \
        LIFT(name##_s) \
        { \
                return fn(l, a->rd, a->rn, a->imm, u, imm_size(a->imm)); \
        }

static bool right(struct lift *l, unsigned rd, unsigned rn, unsigned imm, bool u, unsigned keep, bool round, bool add)
{
        unsigned sz = imm_size(imm);
        ref r = v_shr(l, sz, u, get_v(l, rn), right_by(imm), round);
        if (add)
                r = v2(l, IR_VADD, sz, get_v(l, rd), r);
        put_keep(l, rd, r, keep);
        return true;
}

#define RIGHT(name, round, add) \
        static bool do_##name(struct lift *l, unsigned rd, unsigned rn, unsigned imm, bool u, unsigned keep) \
        { \
                return right(l, rd, rn, imm, u, keep, round, add); \
        } \
        BOTH(name, do_##name, a->u)
RIGHT(shr, false, false)
RIGHT(sra, false, true)
RIGHT(rshr, true, false)
RIGHT(rsra, true, true)

static bool do_shl(struct lift *l, unsigned rd, unsigned rn, unsigned imm, bool u, unsigned keep)
{
        (void)u;
        put_keep(l, rd, v_shift(l, IR_VSHL, imm_size(imm), get_v(l, rn), left_by(imm)), keep);
        return true;
}
BOTH(shl_imm, do_shl, false)

/* Inserts the shifted value: bits of `field` come from it, the others stay. */
static bool insert(struct lift *l, unsigned rd, unsigned sz, uint64_t field, ref shifted, unsigned keep)
{
        ref kept = v2(l, IR_VAND, 3, get_v(l, rd), v_rep(l, sz, ~field));
        put_keep(l, rd, v2(l, IR_VOR, 3, kept, shifted), keep);
        return true;
}

static bool do_sli(struct lift *l, unsigned rd, unsigned rn, unsigned imm, bool u, unsigned keep)
{
        (void)u;
        unsigned sz = imm_size(imm), n = left_by(imm);
        return insert(l, rd, sz, UINT64_MAX << n, v_shift(l, IR_VSHL, sz, get_v(l, rn), n), keep);
}
BOTH(sli, do_sli, false)

static bool do_sri(struct lift *l, unsigned rd, unsigned rn, unsigned imm, bool u, unsigned keep)
{
        (void)u;
        unsigned sz = imm_size(imm), n = right_by(imm), bits = 8u << sz;
        uint64_t field = n == bits ? 0 : UINT64_MAX >> (64 - bits + n);
        return insert(l, rd, sz, field, v_shift(l, IR_VSHR, sz, get_v(l, rn), n), keep);
}
BOTH(sri, do_sri, false)

/* ---- saturating left shifts: as those by a register ---- */

static bool qshl(struct lift *l, enum simd_fn fn, unsigned rd, unsigned rn, unsigned imm, bool u, unsigned keep)
{
        unsigned sz = imm_size(imm);
        ref r = ir_helper_x(l->ir, helper_simd_elements, get_v(l, rn), v_rep(l, sz, left_by(imm)), REF_NONE,
                            SIMD_IMM(fn, sz, u, keep));
        put_keep(l, rd, r, keep);
        return true;
}

static bool do_qshl(struct lift *l, unsigned rd, unsigned rn, unsigned imm, bool u, unsigned keep)
{
        return qshl(l, SF_QSHL, rd, rn, imm, u, keep);
}
BOTH(qshl_imm, do_qshl, a->u)

static bool do_sqshlu(struct lift *l, unsigned rd, unsigned rn, unsigned imm, bool u, unsigned keep)
{
        return qshl(l, SF_QSHLU, rd, rn, imm, u, keep);
}
BOTH(sqshlu, do_sqshlu, false)

/* ---- narrowing and widening ---- */

/* Without saturation, bits that the sum with the rounding constant carries out of the element are above the result. */
static bool narrow(struct lift *l, unsigned rd, unsigned rn, unsigned imm, unsigned high, bool round)
{
        unsigned sz = imm_size(imm), n = right_by(imm);
        ref x = get_v(l, rn);
        if (round && sz == 0)
                x = v_shr(l, 1, true, x, n, true);
        else if (round)
                x = v_shift(l, IR_VSHR, sz + 1, v2(l, IR_VADD, sz + 1, x, v_rep(l, sz + 1, UINT64_C(1) << (n - 1))), n);
        else
                x = v_shift(l, IR_VSHR, sz + 1, x, n);
        put_half(l, rd, v1(l, IR_VXTN, sz, x), high);
        return true;
}

LIFT(shrn)
{
        return narrow(l, a->rd, a->rn, a->imm, a->q, false);
}

LIFT(rshrn)
{
        return narrow(l, a->rd, a->rn, a->imm, a->q, true);
}

static ref qnarrow(struct lift *l, enum narrow how, unsigned rn, unsigned imm, bool round, unsigned keep)
{
        unsigned sz = imm_size(imm);
        return v_qxtn(l, how, sz, v_shr(l, sz + 1, how == NARROW_U, get_v(l, rn), right_by(imm), round), keep);
}

#define NARROWING(name, how, round) \
        LIFT(name##_v) \
        { \
                put_half(l, a->rd, qnarrow(l, how, a->rn, a->imm, round, KEEP_Q), a->q); \
                return true; \
        } \
        LIFT(name##_s) \
        { \
                unsigned sz = imm_size(a->imm); \
                put_keep(l, a->rd, qnarrow(l, how, a->rn, a->imm, round, sz + 1), sz); \
                return true; \
        }
NARROWING(qshrn, a->u ? NARROW_U : NARROW_S, false)
NARROWING(qrshrn, a->u ? NARROW_U : NARROW_S, true)
NARROWING(sqshrun, NARROW_SU, false)
NARROWING(sqrshrun, NARROW_SU, true)

LIFT(shll_imm)
{
        unsigned sz = imm_size(a->imm);
        ref x = v_half(l, a->u ? IR_VXTLU : IR_VXTLS, sz, get_v(l, a->rn), REF_NONE, a->q);
        put_v(l, a->rd, v_shift(l, IR_VSHL, sz + 1, x, left_by(a->imm)));
        return true;
}
