/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: appending ops on vectors (see simd_lift.h). */
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
