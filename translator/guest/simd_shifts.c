/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: shifts by elements of a vector, rounded or saturated, and the counts of leading bits (see simd_lift.h). */
#include "ir/target.h"
#include "simd_lift.h"

static unsigned width(struct simd_form f)
{
        return 8u << f.sz;
}

static enum ir_op shift_op(struct simd_form f)
{
        return f.u ? IR_VUSHL : IR_VSSHL;
}

/* Bytes are shifted as halfwords. */
static bool host_shifts(struct simd_form f)
{
        return ir_has(shift_op(f), f.sz ? f.sz : 1, 0);
}

static ref shift_half_of_bytes(struct lift *l, struct simd_form f, ref n, ref m, unsigned high)
{
        n = v_half(l, f.u ? IR_VXTLU : IR_VXTLS, 0, n, REF_NONE, high);
        m = v_half(l, IR_VXTLS, 0, m, REF_NONE, high);
        return v1(l, IR_VXTN, 0, v2(l, shift_op(f), 1, n, m));
}

ref v_shl(struct lift *l, struct simd_form f, ref n, ref m)
{
        if (!host_shifts(f))
                return v_elements(l, SF_SHL, f, n, m);
        if (f.sz)
                return v2(l, shift_op(f), f.sz, n, m);
        ref low = shift_half_of_bytes(l, f, n, m, 0);
        return f.keep == KEEP_Q ? v2(l, IR_VZIPL, 3, low, shift_half_of_bytes(l, f, n, m, 1)) : low;
}

/* Returns elements whose sign is that of the count in m: its low byte. */
static ref count_sign(struct lift *l, struct simd_form f, ref m)
{
        return v_shift(l, IR_VSHL, f.sz, m, width(f) - 8);
}

/* Returns what rounding adds to n shifted to the right: the last bit that is lost. */
static ref round_up(struct lift *l, struct simd_form f, ref n, ref m)
{
        ref one = v_rep(l, f.sz, 1);
        ref last = v2(l, IR_VAND, 3, v_shl(l, f, n, v2(l, IR_VADD, f.sz, m, one)), one);
        return v2(l, IR_VAND, 3, last, v2(l, IR_VCMPGT, f.sz, v_zero(l), count_sign(l, f, m)));
}

ref v_rshl(struct lift *l, struct simd_form f, ref n, ref m)
{
        if (!host_shifts(f))
                return v_elements(l, SF_RSHL, f, n, m);
        return v2(l, IR_VADD, f.sz, v_shl(l, f, n, m), round_up(l, f, n, m));
}

/* Returns the number next to what n would be if it were shifted to the left far enough. */
static ref limit(struct lift *l, struct simd_form f, ref n)
{
        if (f.u)
                return v_const(l, UINT64_MAX);
        ref most = v_rep(l, f.sz, (UINT64_C(1) << (width(f) - 1)) - 1);
        return v2(l, IR_VXOR, 3, v_shift(l, IR_VSAR, f.sz, n, width(f) - 1), most);
}

/* Returns `limits` where `over` is set, and r elsewhere. */
static ref saturated(struct lift *l, struct simd_form f, ref over, ref limits, ref r)
{
        v1(l, IR_VQC, 3, v_cut(l, over, f.keep));
        return v3(l, IR_VBSL, 3, over, limits, r);
}

/* Bits are lost where shifting back gives something else. */
static ref saturating_shift(struct lift *l, struct simd_form f, ref n, ref m, bool round)
{
        if (!host_shifts(f))
                return v_elements(l, round ? SF_QRSHL : SF_QSHL, f, n, m);
        ref r = v_shl(l, f, n, m), back = v_shl(l, f, r, v1(l, IR_VNEG, f.sz, m));
        ref left = v2(l, IR_VCMPGT, f.sz, count_sign(l, f, m), v_zero(l));
        ref over = v2(l, IR_VANDN, 3, left, v2(l, IR_VCMPEQ, f.sz, back, n));
        if (round)
                r = v2(l, IR_VADD, f.sz, r, round_up(l, f, n, m));
        return saturated(l, f, over, limit(l, f, n), r);
}

ref v_qshl(struct lift *l, struct simd_form f, ref n, ref m)
{
        return saturating_shift(l, f, n, m, false);
}

ref v_qrshl(struct lift *l, struct simd_form f, ref n, ref m)
{
        return saturating_shift(l, f, n, m, true);
}

ref v_qshl_by(struct lift *l, struct simd_form f, ref n, unsigned k)
{
        ref r = v_shift(l, IR_VSHL, f.sz, n, k), back = v_shift(l, f.u ? IR_VSHR : IR_VSAR, f.sz, r, k);
        return k ? saturated(l, f, v1(l, IR_VNOT, 3, v2(l, IR_VCMPEQ, f.sz, back, n)), limit(l, f, n), r) : n;
}

ref v_qshlu_by(struct lift *l, struct simd_form f, ref n, unsigned k)
{
        ref r = v_shift(l, IR_VSHL, f.sz, n, k), back = v_shift(l, IR_VSHR, f.sz, r, k);
        ref negative = v_shift(l, IR_VSAR, f.sz, n, width(f) - 1);
        ref over = v2(l, IR_VOR, 3, negative, v1(l, IR_VNOT, 3, v2(l, IR_VCMPEQ, f.sz, back, n)));
        return saturated(l, f, over, v1(l, IR_VNOT, 3, negative), r);
}

/* ---- leading bits ---- */

/* All bits below the first one are set, and those that are clear counted. */
ref v_clz(struct lift *l, struct simd_form f, ref n)
{
        for (unsigned k = 1; k < width(f); k *= 2)
                n = v2(l, IR_VOR, 3, n, v_shift(l, IR_VSHR, f.sz, n, k));
        n = v1(l, IR_VCNT, 0, v1(l, IR_VNOT, 3, n));
        for (unsigned sz = 0; sz < f.sz; sz++)
                n = v1(l, IR_VADDLPU, sz, n);
        return n;
}

ref v_cls(struct lift *l, struct simd_form f, ref n)
{
        ref differ = v2(l, IR_VXOR, 3, n, v_shift(l, IR_VSAR, f.sz, n, width(f) - 1));
        return v2(l, IR_VSUB, f.sz, v_clz(l, f, differ), v_rep(l, f.sz, 1));
}
