/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: operations on elements that are more than one op of the IR (see simd_lift.h). */
#include "simd_lift.h"

/* ---- logical: what compilers write to copy and to clear a register costs nothing ---- */

ref v_orr(struct lift *l, struct simd_form f, ref n, ref m)
{
        (void)f;
        return n == m ? n : v2(l, IR_VOR, 3, n, m);
}

ref v_orn(struct lift *l, struct simd_form f, ref n, ref m)
{
        (void)f;
        return v2(l, IR_VOR, 3, n, v1(l, IR_VNOT, 3, m));
}

ref v_eor(struct lift *l, struct simd_form f, ref n, ref m)
{
        (void)f;
        return n == m ? v_zero(l) : v2(l, IR_VXOR, 3, n, m);
}

/* ---- halving and saturating additions ---- */

/* n + m = 2 (n & m) + (n ^ m), n - m = (n ^ m) - 2 (~n & m): the halves need no wider elements. */
static ref half_xor(struct lift *l, unsigned sz, bool u, ref n, ref m)
{
        return v_shift(l, u ? IR_VSHR : IR_VSAR, sz, v2(l, IR_VXOR, sz, n, m), 1);
}

ref v_hadd(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v2(l, IR_VADD, f.sz, v2(l, IR_VAND, f.sz, n, m), half_xor(l, f.sz, f.u, n, m));
}

ref v_hsub(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v2(l, IR_VSUB, f.sz, half_xor(l, f.sz, f.u, n, m), v2(l, IR_VANDN, f.sz, m, n));
}

ref v_rhadd(struct lift *l, struct simd_form f, ref n, ref m)
{
        if (f.u && f.sz <= 1)
                return v2(l, IR_VRHADDU, f.sz, n, m);
        return v2(l, IR_VSUB, f.sz, v2(l, IR_VOR, f.sz, n, m), half_xor(l, f.sz, f.u, n, m));
}

/* Returns the result of `sat`, which saturated where it differs from the result of `plain`. */
static ref saturating(struct lift *l, enum ir_op sat, enum ir_op plain, struct simd_form f, ref n, ref m)
{
        ref r = v2(l, sat, f.sz, n, m);
        v_qc(l, r, v2(l, plain, f.sz, n, m), f.keep);
        return r;
}

ref v_elements(struct lift *l, enum simd_fn fn, struct simd_form f, ref n, ref m)
{
        return ir_helper_x(l->ir, helper_simd_elements, n, m, REF_NONE, SIMD_IMM(fn, f.sz, f.u, f.keep));
}

ref v_qadd(struct lift *l, struct simd_form f, ref n, ref m)
{
        if (f.sz == 3)
                return v_elements(l, SF_QADD, f, n, m);
        return saturating(l, f.u ? IR_VQADDU : IR_VQADDS, IR_VADD, f, n, m);
}

ref v_qsub(struct lift *l, struct simd_form f, ref n, ref m)
{
        if (f.sz == 3)
                return v_elements(l, SF_QSUB, f, n, m);
        return saturating(l, f.u ? IR_VQSUBU : IR_VQSUBS, IR_VSUB, f, n, m);
}

/* ---- pairs. Of 64-bit vectors, both go into one register first. ---- */

static ref pairwise(struct lift *l, enum ir_op op, struct simd_form f, ref n, ref m)
{
        if (f.sz == 3)
                return v2(l, op, 3, v2(l, IR_VZIPL, 3, n, m), v2(l, IR_VZIPH, 3, n, m));
        if (f.keep == KEEP_D)
                n = m = v2(l, IR_VZIPL, 3, n, m);
        if (op == IR_VADD)
                return v2(l, IR_VADDP, f.sz, n, m);
        return v2(l, op, f.sz, v2(l, IR_VUZPE, f.sz, n, m), v2(l, IR_VUZPO, f.sz, n, m));
}

ref v_addp(struct lift *l, struct simd_form f, ref n, ref m)
{
        return pairwise(l, IR_VADD, f, n, m);
}

ref v_maxp(struct lift *l, struct simd_form f, ref n, ref m)
{
        return pairwise(l, f.u ? IR_VMAXU : IR_VMAXS, f, n, m);
}

ref v_minp(struct lift *l, struct simd_form f, ref n, ref m)
{
        return pairwise(l, f.u ? IR_VMINU : IR_VMINS, f, n, m);
}

/* ---- differences, wider elements ---- */

ref v_abd(struct lift *l, struct simd_form f, ref n, ref m)
{
        ref hi = v2(l, f.u ? IR_VMAXU : IR_VMAXS, f.sz, n, m), lo = v2(l, f.u ? IR_VMINU : IR_VMINS, f.sz, n, m);
        return v2(l, IR_VSUB, f.sz, hi, lo);
}

static ref widen(struct lift *l, struct simd_form f, ref v)
{
        return v_half(l, f.u ? IR_VXTLU : IR_VXTLS, f.sz, v, REF_NONE, f.high);
}

ref v_addl(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v2(l, IR_VADD, f.sz + 1u, widen(l, f, n), widen(l, f, m));
}

ref v_subl(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v2(l, IR_VSUB, f.sz + 1u, widen(l, f, n), widen(l, f, m));
}

ref v_addw(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v2(l, IR_VADD, f.sz + 1u, n, widen(l, f, m));
}

ref v_subw(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v2(l, IR_VSUB, f.sz + 1u, n, widen(l, f, m));
}

ref v_abdl(struct lift *l, struct simd_form f, ref n, ref m)
{
        ref d = v_abd(l, f, n, m);
        f.u = true;
        return widen(l, f, d);
}

/* ---- multiplications ---- */

ref v_mul(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v2(l, IR_VMUL, f.sz, n, m);
}

ref v_mull(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v_half(l, f.u ? IR_VMULLU : IR_VMULLS, f.sz, n, m, f.high);
}

ref v_dot(struct lift *l, struct simd_form f, ref n, ref m)
{
        return v2(l, f.u ? IR_VDOTU : IR_VDOTS, 2, n, m);
}

/* The product saturates where both operands are the least number. */
static ref qdmulh(struct lift *l, enum ir_op op, struct simd_form f, ref n, ref m)
{
        ref least = v_rep(l, f.sz, UINT64_C(1) << ((8u << f.sz) - 1));
        ref hit = v2(l, IR_VAND, 3, v2(l, IR_VCMPEQ, f.sz, n, least), v2(l, IR_VCMPEQ, f.sz, m, least));
        v1(l, IR_VQC, 3, v_cut(l, hit, f.keep));
        return v2(l, op, f.sz, n, m);
}

ref v_qdmulh(struct lift *l, struct simd_form f, ref n, ref m)
{
        return qdmulh(l, IR_VQDMULH, f, n, m);
}

ref v_qrdmulh(struct lift *l, struct simd_form f, ref n, ref m)
{
        return qdmulh(l, IR_VQRDMULH, f, n, m);
}

/* Products of polynomials whose coefficients are the bits of elements of x, and the upper eight bits of those of y. */
static ref polynomials(struct lift *l, unsigned sz, ref x, ref y)
{
        ref r = REF_NONE;
        for (unsigned k = 0; k < 8; k++) {
                ref term = v2(l, IR_VAND, 3, x, v2(l, IR_VCMPGT, sz, v_zero(l), y));
                r = k ? v2(l, IR_VXOR, 3, v2(l, IR_VADD, sz, r, r), term) : term;
                y = v2(l, IR_VADD, sz, y, y);
        }
        return r;
}

ref v_pmul(struct lift *l, struct simd_form f, ref n, ref m)
{
        (void)f;
        return polynomials(l, 0, n, m);
}

ref v_pmull(struct lift *l, struct simd_form f, ref n, ref m)
{
        n = v_half(l, IR_VXTLU, 0, n, REF_NONE, f.high);
        m = v_half(l, IR_VXTLU, 0, m, REF_NONE, f.high);
        return polynomials(l, 1, n, v_shift(l, IR_VSHL, 1, m, 8));
}

/* ---- shifts ---- */

ref v_shr(struct lift *l, unsigned sz, bool u, ref a, unsigned k, bool round)
{
        enum ir_op op = u ? IR_VSHR : IR_VSAR;
        if (!round)
                return v_shift(l, op, sz, a, k);
        ref x = v_shift(l, op, sz, a, k - 1);
        if (u && sz <= 1) /* PAVGB, PAVGW */
                return v2(l, IR_VRHADDU, sz, x, v_zero(l));
        if (k > 1) /* x + 1 does not overflow */
                return v_shift(l, op, sz, v2(l, IR_VSUB, sz, x, v_const(l, UINT64_MAX)), 1);
        return v2(l, IR_VADD, sz, v_shift(l, op, sz, x, 1), v2(l, IR_VAND, sz, x, v_rep(l, sz, 1)));
}

/* Returns the bits `kept` of `old`, and for the rest those of `inserted`, which is zero where bits are kept. */
static ref insert(struct lift *l, ref old, ref kept, ref inserted)
{
        return v2(l, IR_VOR, 3, v2(l, IR_VAND, 3, old, kept), inserted);
}

ref v_sli(struct lift *l, unsigned sz, ref old, ref a, unsigned k)
{
        ref kept = v_rep(l, sz, ~(UINT64_MAX << k));
        return insert(l, old, kept, v_shift(l, IR_VSHL, sz, a, k));
}

ref v_sri(struct lift *l, unsigned sz, ref old, ref a, unsigned k)
{
        unsigned bits = 8u << sz;
        uint64_t field = k == bits ? 0 : UINT64_MAX >> (64 - bits + k);
        return insert(l, old, v_rep(l, sz, ~field), v_shift(l, IR_VSHR, sz, a, k));
}

/* ---- narrowing ---- */

/* Rounding may carry out of the element, but what is lost is above the part of it that is returned. */
ref v_shrn(struct lift *l, unsigned sz, ref a, unsigned k, bool round)
{
        if (round && sz == 0)
                a = v_shr(l, 1, true, a, k, true);
        else if (round)
                a = v_shift(l, IR_VSHR, sz + 1, v2(l, IR_VADD, sz + 1, a, v_rep(l, sz + 1, UINT64_C(1) << (k - 1))), k);
        else
                a = v_shift(l, IR_VSHR, sz + 1, a, k);
        return v1(l, IR_VXTN, sz, a);
}

ref v_high_narrow(struct lift *l, unsigned sz, ref a, bool round)
{
        if (round)
                a = v2(l, IR_VADD, sz + 1, a, v_rep(l, sz + 1, UINT64_C(1) << ((8u << sz) - 1)));
        return v1(l, IR_VXTN, sz, v_shift(l, IR_VSHR, sz + 1, a, 8u << sz));
}

ref v_qxtn(struct lift *l, enum narrow how, unsigned sz, ref a, unsigned keep)
{
        static const enum ir_op op[3] = { IR_VQXTNS, IR_VQXTNSU, IR_VQXTNU };
        if (sz == 2)
                return ir_helper_x(l->ir, helper_simd_narrow, a, REF_NONE, REF_NONE, SIMD_IMM(how, 3, 0, keep));
        ref r = v1(l, op[how], sz, a);
        v_qc(l, v_half(l, how == NARROW_S ? IR_VXTLS : IR_VXTLU, sz, r, REF_NONE, 0), a, keep);
        return r;
}

/* ---- across lanes ---- */

ref v_across(struct lift *l, enum ir_op op, unsigned sz, ref v, unsigned keep)
{
        for (unsigned half = keep; half-- > sz;)
                v = v2(l, op, sz, v, v_imm(l, IR_VEXT, 0, v, v, 1 << half, 0, 0));
        return v;
}

ref v_sum(struct lift *l, unsigned sz, bool u, ref n, unsigned keep)
{
        enum ir_op op = u ? IR_VADDLPU : IR_VADDLPS;
        if (sz == 0 && u)
                return keep == KEEP_D ? v1(l, IR_VSADB, 0, n) : v_across(l, IR_VADD, 3, v1(l, IR_VSADB, 0, n), keep);
        if (sz == 0)
                n = v1(l, op, 0, n);
        n = v1(l, op, sz == 2 ? 2 : 1, n);
        return v_across(l, IR_VADD, sz == 2 ? 3 : 2, n, keep);
}
