/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64: AES, SHA-1, SHA-256 (Arm ARM C4.1, "Cryptographic ..."). */
#include "lift_simd.h"
#include "ir/target.h"

/* ---- AES. x86's AESENC is AESE's SubBytes and ShiftRows with AESMC's MixColumns, and the key comes last, not first. ---- */

static ref aes(struct lift *l, enum ir_op op, ref x)
{
        if (ir_has(op, 0, 0))
                return v1(l, op, 0, x);
        return ir_helper_x(l->ir, helper_aes, x, REF_NONE, REF_NONE, op);
}

LIFT(aes)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn);
        put_v(l, a->rd, aes(l, a->op, v2(l, IR_VXOR, 3, d, n)));
        return true;
}

/* Programs have AESMC behind an AESE: then both are one op. Elsewhere, AESDECL first undoes the rest of what AESENC does. */
LIFT(aesmc)
{
        ref n = get_v(l, a->rn);
        const struct ir_ins *i = &l->ir->ins[n];
        ref x = i->op == IR_VAESENCL ? i->a : aes(l, IR_VAESDECL, n);
        put_v(l, a->rd, aes(l, IR_VAESENC, x));
        return true;
}

LIFT(aesimc)
{
        ref n = get_v(l, a->rn);
        const struct ir_ins *i = &l->ir->ins[n];
        put_v(l, a->rd, i->op == IR_VAESDECL ? aes(l, IR_VAESDEC, i->a) : aes(l, IR_VAESIMC, n));
        return true;
}

/* ---- SHA-1 ---- */

LIFT(sha1)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, ir_helper_x(l->ir, helper_sha1, d, n, m, a->which));
        return true;
}

static ref rotate_left(struct lift *l, ref x, unsigned n)
{
        return v2(l, IR_VOR, 3, v_shift(l, IR_VSHL, 2, x, n), v_shift(l, IR_VSHR, 2, x, 32 - n));
}

LIFT(sha1h)
{
        put_keep(l, a->rd, rotate_left(l, get_v(l, a->rn), 30), 2);
        return true;
}

LIFT(sha1su0)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), m = get_v(l, a->rm);
        ref t = v_imm(l, IR_VEXT, 0, n, d, 8, 0, 0); /* n<63:0>:d<127:64> */
        put_v(l, a->rd, v2(l, IR_VXOR, 3, v2(l, IR_VXOR, 3, t, d), m));
        return true;
}

/* The last word of the result also depends on the first word of the result. */
LIFT(sha1su1)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), zero = v_zero(l);
        ref t = rotate_left(l, v2(l, IR_VXOR, 3, d, v_imm(l, IR_VEXT, 0, zero, n, 4, 0, 0)), 1);
        ref first = v_imm(l, IR_VEXT, 0, rotate_left(l, t, 1), zero, 4, 0, 0);
        put_v(l, a->rd, v2(l, IR_VXOR, 3, t, first));
        return true;
}

/* ---- SHA-256 ---- */

LIFT(sha256)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, ir_helper_x(l->ir, helper_sha256, d, n, m, a->which));
        return true;
}

LIFT(sha256su0)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn);
        if (ir_has(IR_VSHA256M1, 2, 0))
                put_v(l, a->rd, v2(l, IR_VSHA256M1, 2, d, n));
        else
                put_v(l, a->rd, ir_helper_x(l->ir, helper_sha256_su0, d, n, REF_NONE, 0));
        return true;
}

LIFT(sha256su1)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), m = get_v(l, a->rm);
        ref t = v2(l, IR_VADD, 2, d, v_imm(l, IR_VEXT, 0, m, n, 4, 0, 0));
        if (ir_has(IR_VSHA256M2, 2, 0))
                put_v(l, a->rd, v2(l, IR_VSHA256M2, 2, t, m));
        else
                put_v(l, a->rd, ir_helper_x(l->ir, helper_sha256_su1, t, m, REF_NONE, 0));
        return true;
}
