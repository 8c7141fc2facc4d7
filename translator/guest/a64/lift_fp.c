/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64: scalar floating point that has no counterpart on vectors (Arm ARM C4.1.95, "Floating-point ..."; results: C7.2). */
#include "fp/fp.h"
#include "guest/fp_lift.h"
#include "lift_simd.h"

/* type and opc: 0 single, 1 double, 3 half. */
LIFT(fcvt_s)
{
        static const uint8_t format[4] = { 2, 3, 0, 1 };
        unsigned from = format[a->type], to = format[a->opc];
        ref n = get_v(l, a->rn), r;
        if (from == 2 && to == 3)
                r = fp_op(l, IR_VFWIDEN, from, FP_SCALAR, 0, n, REF_NONE, REF_NONE);
        else if (from == 3 && to == 2)
                r = fp_op(l, IR_VFNARROW, from, FP_SCALAR, 0, n, REF_NONE, REF_NONE);
        else
                r = fp_soft_x(l, FPF_CVT, from, to, 0, n, REF_NONE, REF_NONE);
        put_v(l, a->rd, r);
        return true;
}

/* ---- two and three sources ---- */

LIFT(fnmul_s)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, fp_neg_of(l, a->sz, FP_SCALAR, fp_op(l, IR_VFMUL, a->sz, FP_SCALAR, 0, n, m, REF_NONE)));
        return true;
}

LIFT(fma_s)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm), c = get_v(l, a->ra);
        put_v(l, a->rd, fp_op(l, IR_VFMA, a->sz, FP_SCALAR, a->opt, n, m, c));
        return true;
}

/* ---- comparison, selection, immediate ---- */

static ref compare(struct lift *l, unsigned sz, bool signalling, ref n, ref m)
{
        return fp_op(l, IR_VFCMP, sz, FP_SCALAR, signalling ? FPO_SIGNALLING : 0, n, m, REF_NONE);
}

LIFT(fcmp_s)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_flags(l, compare(l, a->sz, a->e, n, m));
        return true;
}

LIFT(fcmp_zs)
{
        put_flags(l, compare(l, a->sz, a->e, get_v(l, a->rn), v_zero(l)));
        return true;
}

static ref select_x(struct lift *l, unsigned cond, ref flags, ref yes, ref no)
{
        if (cond >= CC_AL)
                return yes;
        struct ir_ins i = { .op = IR_SELX, .sz = 4, .a = flags, .b = yes, .c = no };
        i.aux = (uint8_t)cond;
        return ir_emit(l->ir, i);
}

/* When the condition does not hold the operands must not raise exceptions, so zeros are compared in place of them. */
LIFT(fccmp_s)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm), f = get_flags(l), zero = v_zero(l);
        ref n1 = select_x(l, a->cond, f, n, zero), m1 = select_x(l, a->cond, f, m, zero);
        ref r = compare(l, a->sz, a->e, n1, m1);
        if (a->cond < CC_AL) {
                struct ir_ins sel = { .op = IR_SEL, .sz = 3, .a = f };
                sel.b = op1(l, IR_FGETNZCV, 3, r);
                sel.c = ir_const(l->ir, (uint64_t)a->nzcv << 28);
                sel.aux = (uint8_t)a->cond;
                r = op1(l, IR_FSETNZCV, 3, ir_emit(l->ir, sel));
        }
        put_flags(l, r);
        return true;
}

LIFT(fcsel_s)
{
        ref n = v_cut(l, get_v(l, a->rn), a->sz), m = v_cut(l, get_v(l, a->rm), a->sz);
        put_v(l, a->rd, select_x(l, a->cond, get_flags(l), n, m));
        return true;
}

LIFT(fmov_is)
{
        put_v(l, a->rd, ir_opi(l->ir, IR_VCONST, 3, REF_NONE, REF_NONE, REF_NONE, (int64_t)a->imm));
        return true;
}

/* ---- to and from general registers ---- */

LIFT(fp_to_general)
{
        ref n = get_v(l, a->rn);
        put_x(l, a->rd, fp_op(l, IR_VFTOI, a->sz, a->to_sz, a->opt, n, REF_NONE, REF_NONE));
        return true;
}

LIFT(fp_from_general)
{
        ref n = get_x(l, a->rn);
        put_v(l, a->rd, fp_op(l, IR_VFFROMI, a->sz, a->from_sz, a->opt, n, REF_NONE, REF_NONE));
        return true;
}

/* The helper's result is in the low word, Z in bit 32. N, C and V are 0. */
LIFT(fjcvtzs)
{
        ref r = ir_helper_g(l->ir, fp_soft, get_v(l, a->rn), REF_NONE, REF_NONE, fp_pack(FPF_JS, 3, 0, 0));
        ref z = op2k(l, IR_SHR, 3, r, 32);
        put_flags(l, op1(l, IR_FSETNZCV, 3, op2k(l, IR_SHL, 3, z, 30)));
        put_x(l, a->rd, op1(l, IR_ZEXT, 2, r));
        return true;
}

LIFT(fmov_gs)
{
        if (a->to)
                put_v(l, a->rd, v1(l, IR_VFROM, a->sz, get_x(l, a->rn)));
        else
                put_x(l, a->rd, v1(l, IR_VGET, a->sz, get_v(l, a->rn)));
        return true;
}

LIFT(fmov_top)
{
        if (a->to)
                put_v(l, a->rd, v_imm(l, IR_VINS, 3, get_v(l, a->rd), get_x(l, a->rn), 0, 1, 0));
        else
                put_x(l, a->rd, v_imm(l, IR_VGET, 3, get_v(l, a->rn), REF_NONE, 0, 1, 0));
        return true;
}
