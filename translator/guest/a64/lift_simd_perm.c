/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: copies, permutes, table look-ups, immediates (Arm ARM C4.1, "Advanced SIMD copy", "permute",
 * "extract", "table lookup", "modified immediate"). */
#include "lift_simd.h"

/* ---- copies; imm5 = lane : 1 : zeros, as many zeros as log2 of the element's bytes ---- */

static unsigned imm5_size(unsigned imm5)
{
        return (unsigned)__builtin_ctz(imm5);
}
static unsigned imm5_lane(unsigned imm5)
{
        return imm5 >> (imm5_size(imm5) + 1);
}

LIFT(dup_elem)
{
        unsigned sz = imm5_size(a->imm5);
        ref n = get_v(l, a->rn);
        put_keep(l, a->rd, v_imm(l, IR_VDUPL, sz, n, REF_NONE, 0, imm5_lane(a->imm5), 0), keep_q(a->q));
        return true;
}

LIFT(dup_elem_s)
{
        unsigned sz = imm5_size(a->imm5), lane = imm5_lane(a->imm5);
        ref n = get_v(l, a->rn);
        if (sz == 3 && lane == 1)
                put_v(l, a->rd, v2(l, IR_VZIPH, 3, n, v_zero(l)));
        else if (lane)
                put_keep(l, a->rd, v_imm(l, IR_VEXT, 0, n, n, (int32_t)(lane << sz), 0, 0), sz);
        else
                put_keep(l, a->rd, n, sz);
        return true;
}

LIFT(dup_gen)
{
        ref x = get_x(l, a->rn);
        put_keep(l, a->rd, v1(l, IR_VDUP, imm5_size(a->imm5), x), keep_q(a->q));
        return true;
}

LIFT(smov)
{
        ref n = get_v(l, a->rn);
        put_x(l, a->rd, v_imm(l, IR_VGETS, imm5_size(a->imm5), n, REF_NONE, 0, imm5_lane(a->imm5), a->q ? 3 : 2));
        return true;
}

LIFT(umov)
{
        ref n = get_v(l, a->rn);
        put_x(l, a->rd, v_imm(l, IR_VGET, imm5_size(a->imm5), n, REF_NONE, 0, imm5_lane(a->imm5), 0));
        return true;
}

LIFT(ins_gen)
{
        ref d = get_v(l, a->rd), x = get_x(l, a->rn);
        put_v(l, a->rd, v_imm(l, IR_VINS, imm5_size(a->imm5), d, x, 0, imm5_lane(a->imm5), 0));
        return true;
}

LIFT(ins_elem)
{
        unsigned sz = imm5_size(a->imm5);
        ref d = get_v(l, a->rd), n = get_v(l, a->rn);
        put_v(l, a->rd, v_imm(l, IR_VINSL, sz, d, n, 0, imm5_lane(a->imm5), (unsigned)a->imm4 >> sz));
        return true;
}

/* ---- permutes ---- */

/* UZP takes elements of m:n; of 64-bit registers, one op's operands are both of them. */
static bool unzip(struct lift *l, enum ir_op op, unsigned sz, unsigned rd, unsigned rn, unsigned rm, unsigned q)
{
        ref n = get_v(l, rn), m = get_v(l, rm);
        if (!q)
                n = m = v2(l, IR_VZIPL, 3, n, m);
        put_keep(l, rd, v2(l, op, sz, n, m), keep_q(q));
        return true;
}

LIFT(uzp1)
{
        return unzip(l, IR_VUZPE, a->size, a->rd, a->rn, a->rm, a->q);
}

LIFT(uzp2)
{
        return unzip(l, IR_VUZPO, a->size, a->rd, a->rn, a->rm, a->q);
}

#define PERMUTE(name, op) \
        LIFT(name) \
        { \
                ref n = get_v(l, a->rn), m = get_v(l, a->rm); \
                put_keep(l, a->rd, v2(l, op, a->size, n, m), keep_q(a->q)); \
                return true; \
        }
PERMUTE(trn1, IR_VTRNE)
PERMUTE(trn2, IR_VTRNO)
PERMUTE(zip1, IR_VZIPL)

LIFT(zip2)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        if (a->q)
                put_v(l, a->rd, v2(l, IR_VZIPH, a->size, n, m));
        else /* the high half of what zips all of the 64-bit registers */
                put_v(l, a->rd, v2(l, IR_VZIPH, 3, v2(l, IR_VZIPL, a->size, n, m), v_zero(l)));
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

/* VFPExpandImm of 32 and 64 bits. */
static uint64_t fp_imm(unsigned imm8, bool is_double)
{
        uint64_t sign = imm8 >> 7, b = imm8 >> 6 & 1, low = imm8 & 0x3f;
        if (is_double)
                return sign << 63 | (b ? UINT64_C(0xff) << 54 : UINT64_C(1) << 62) | low << 48;
        return sign << 31 | (b ? UINT64_C(0x1f) << 25 : UINT64_C(1) << 30) | low << 19;
}

static uint64_t repeat(uint64_t v, unsigned bits)
{
        for (; bits < 64; bits *= 2)
                v |= v << bits;
        return v;
}

/* AdvSIMDExpandImm. */
static uint64_t expand_imm(unsigned op, unsigned cmode, unsigned imm8)
{
        if (cmode < 8)
                return repeat((uint64_t)imm8 << 8 * (cmode >> 1), 32);
        if (cmode < 12)
                return repeat((uint64_t)imm8 << 8 * (cmode >> 1 & 1), 16);
        if (cmode < 14) /* shifting ones in */
                return repeat(cmode & 1 ? (uint64_t)imm8 << 16 | 0xffff : (uint64_t)imm8 << 8 | 0xff, 32);
        if (cmode == 15)
                return op ? fp_imm(imm8, true) : repeat(fp_imm(imm8, false), 32);
        if (!op)
                return repeat(imm8, 8);
        uint64_t v = 0;
        for (unsigned k = 0; k < 8; k++)
                v |= imm8 >> k & 1 ? UINT64_C(0xff) << 8 * k : 0;
        return v;
}

LIFT(movi)
{
        uint64_t v = expand_imm(a->op, a->cmode, (unsigned)a->abc << 5 | a->defgh);
        if (a->op && a->cmode < 14) /* MVNI */
                v = ~v;
        put_v(l, a->rd, ir_opi(l->ir, IR_VCONST, a->q ? 4 : 3, REF_NONE, REF_NONE, REF_NONE, (int64_t)v));
        return true;
}

LIFT(orr_bic_imm)
{
        uint64_t v = expand_imm(a->op, a->cmode, (unsigned)a->abc << 5 | a->defgh);
        ref d = get_v(l, a->rd);
        put_keep(l, a->rd, a->op ? v2(l, IR_VAND, 3, d, v_const(l, ~v)) : v2(l, IR_VOR, 3, d, v_const(l, v)), keep_q(a->q));
        return true;
}
