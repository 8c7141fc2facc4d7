/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: what the lifters share (see simd_lift.h). */
#include "ir/zero.h"
#include "simd_lift.h"

ref v_imm(struct lift *l, enum ir_op op, unsigned sz, ref a, ref b, int32_t disp, unsigned aux, unsigned aux2)
{
        struct ir_ins ins = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = a, .b = b };
        ins.disp = disp;
        ins.aux = (uint8_t)aux;
        ins.aux2 = (uint8_t)aux2;
        return ir_emit(l->ir, ins);
}

ref v_const(struct lift *l, uint64_t v)
{
        return ir_opi(l->ir, IR_VCONST, 4, REF_NONE, REF_NONE, REF_NONE, (int64_t)v);
}

ref v_rep(struct lift *l, unsigned sz, uint64_t v)
{
        for (unsigned bits = 8u << sz; bits < 64; bits *= 2)
                v = (v & ((UINT64_C(1) << bits) - 1)) | v << bits;
        return v_const(l, v);
}

ref v_cut(struct lift *l, ref v, unsigned keep)
{
        if (keep >= KEEP_Q || ir_is_zero_above(l->ir, v, keep))
                return v;
        return v1(l, IR_VZEXT, keep, v);
}

void v_qc(struct lift *l, ref a, ref b, unsigned keep)
{
        v1(l, IR_VQC, 3, v_cut(l, v2(l, IR_VXOR, 3, a, b), keep));
}

/* ---- shared operations ---- */

ref v_abd(struct lift *l, unsigned sz, bool u, ref n, ref m)
{
        ref hi = v2(l, u ? IR_VMAXU : IR_VMAXS, sz, n, m), lo = v2(l, u ? IR_VMINU : IR_VMINS, sz, n, m);
        return v2(l, IR_VSUB, sz, hi, lo);
}

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

ref v_qxtn(struct lift *l, enum narrow how, unsigned sz, ref a, unsigned keep)
{
        static const enum ir_op op[3] = { IR_VQXTNS, IR_VQXTNSU, IR_VQXTNU };
        if (sz == 2)
                return ir_helper_x(l->ir, helper_simd_narrow, a, REF_NONE, REF_NONE, SIMD_IMM(how, 3, 0, keep));
        ref r = v1(l, op[how], sz, a);
        v_qc(l, v_half(l, how == NARROW_S ? IR_VXTLS : IR_VXTLU, sz, r, REF_NONE, 0), a, keep);
        return r;
}
