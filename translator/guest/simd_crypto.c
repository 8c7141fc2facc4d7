/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: AES, SHA-1, SHA-256 (see simd_lift.h; Arm ARM C4.1, "Cryptographic ..."). */
#include "ir/target.h"
#include "simd_lift.h"

/* ---- AES. x86's AESENC is AESE's SubBytes and ShiftRows with AESMC's MixColumns, and the key comes last, not first. ---- */

static ref aes(struct lift *l, enum ir_op op, ref x)
{
        if (ir_has(op, 0, 0))
                return v1(l, op, 0, x);
        return ir_helper_x(l->ir, helper_aes, x, REF_NONE, REF_NONE, op);
}

ref v_aes(struct lift *l, enum ir_op op, ref d, ref m)
{
        return aes(l, op, v2(l, IR_VXOR, 3, d, m));
}

/* Programs have AESMC behind an AESE: then both are one op. Elsewhere, AESDECL first undoes the rest of what AESENC does. */
ref v_aesmc(struct lift *l, ref m)
{
        const struct ir_ins *i = &l->ir->ins[m];
        return aes(l, IR_VAESENC, i->op == IR_VAESENCL ? i->a : aes(l, IR_VAESDECL, m));
}

ref v_aesimc(struct lift *l, ref m)
{
        const struct ir_ins *i = &l->ir->ins[m];
        return i->op == IR_VAESDECL ? aes(l, IR_VAESDEC, i->a) : aes(l, IR_VAESIMC, m);
}

/* ---- SHA-1 ---- */

static ref rotate_left(struct lift *l, ref x, unsigned n)
{
        return v2(l, IR_VOR, 3, v_shift(l, IR_VSHL, 2, x, n), v_shift(l, IR_VSHR, 2, x, 32 - n));
}

ref v_sha1h(struct lift *l, ref m)
{
        return rotate_left(l, m, 30);
}

ref v_sha1su0(struct lift *l, ref d, ref n, ref m)
{
        ref t = v_imm(l, IR_VEXT, 0, n, d, 8, 0, 0); /* n<63:0>:d<127:64> */
        return v2(l, IR_VXOR, 3, v2(l, IR_VXOR, 3, t, d), m);
}

/* The last word of the result also depends on the first word of the result. */
ref v_sha1su1(struct lift *l, ref d, ref m)
{
        ref zero = v_zero(l);
        ref t = rotate_left(l, v2(l, IR_VXOR, 3, d, v_imm(l, IR_VEXT, 0, zero, m, 4, 0, 0)), 1);
        ref first = v_imm(l, IR_VEXT, 0, rotate_left(l, t, 1), zero, 4, 0, 0);
        return v2(l, IR_VXOR, 3, t, first);
}

/* ---- SHA-256 ---- */

ref v_sha256su0(struct lift *l, ref d, ref m)
{
        if (ir_has(IR_VSHA256M1, 2, 0))
                return v2(l, IR_VSHA256M1, 2, d, m);
        return ir_helper_x(l->ir, helper_sha256_su0, d, m, REF_NONE, 0);
}

ref v_sha256su1(struct lift *l, ref d, ref n, ref m)
{
        ref t = v2(l, IR_VADD, 2, d, v_imm(l, IR_VEXT, 0, m, n, 4, 0, 0));
        if (ir_has(IR_VSHA256M2, 2, 0))
                return v2(l, IR_VSHA256M2, 2, t, m);
        return ir_helper_x(l->ir, helper_sha256_su1, t, m, REF_NONE, 0);
}

/* ---- polynomials over {0, 1} ---- */

ref v_pmull_d(struct lift *l, ref n, ref m, unsigned high)
{
        if (ir_has(IR_VPMULL, 3, 0))
                return v_half(l, IR_VPMULL, 3, n, m, high);
        return ir_helper_x(l->ir, helper_pmull_d, n, m, REF_NONE, high);
}
