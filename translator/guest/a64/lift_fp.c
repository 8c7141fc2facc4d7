/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64: scalar floating point (Arm ARM C4.1.95, "Floating-point ..."; results: C7.2). */
#include "fp/fp.h"
#include "guest/fp_lift.h"
#include "guest/simd_lift.h"

static unsigned size_of(unsigned type)
{
        return type ? 3 : 2;
}

static ref get_s(struct lift *l, unsigned r, unsigned sz)
{
        return v_cut(l, get_v(l, r), sz);
}

/* dst = op(n, ...): results of scalar ops are zero above. */
#define RESULT(v) \
        do { \
                put_v(l, a->rd, v); \
                return true; \
        } while (0)

static ref unary(struct lift *l, enum ir_op op, unsigned sz, unsigned opt, unsigned rn)
{
        return fp_op(l, op, sz, FP_SCALAR, opt, get_v(l, rn), REF_NONE, REF_NONE);
}

static ref binary(struct lift *l, enum ir_op op, unsigned sz, unsigned rn, unsigned rm)
{
        ref n = get_v(l, rn), m = get_v(l, rm);
        return fp_op(l, op, sz, FP_SCALAR, 0, n, m, REF_NONE);
}

/* ---- one source ---- */

LIFT(fmov_s)
{
        RESULT(get_s(l, a->rn, size_of(a->type)));
}
LIFT(fabs_s)
{
        RESULT(fp_abs_of(l, size_of(a->type), FP_SCALAR, get_v(l, a->rn)));
}
LIFT(fneg_s)
{
        RESULT(fp_neg_of(l, size_of(a->type), FP_SCALAR, get_v(l, a->rn)));
}
LIFT(fsqrt_s)
{
        RESULT(unary(l, IR_VFSQRT, size_of(a->type), 0, a->rn));
}

#define RINT(name, opt) \
        LIFT(name) \
        { \
                RESULT(unary(l, IR_VFRINT, size_of(a->type), opt, a->rn)); \
        }
RINT(frintn_s, FPR_N)
RINT(frintp_s, FPR_P)
RINT(frintm_s, FPR_M)
RINT(frintz_s, FPR_Z)
RINT(frinta_s, FPR_A)
RINT(frintx_s, FPR_ODD | FPO_EXACT)
RINT(frinti_s, FPR_ODD)

/* type and opc: 0 single, 1 double, 3 half. */
LIFT(fcvt_s)
{
        static const uint8_t format[4] = { 2, 3, 0, 1 };
        unsigned from = format[a->type], to = format[a->opc];
        ref n = get_v(l, a->rn);
        if (from == 2 && to == 3)
                RESULT(fp_op(l, IR_VFWIDEN, from, FP_SCALAR, 0, n, REF_NONE, REF_NONE));
        if (from == 3 && to == 2)
                RESULT(fp_op(l, IR_VFNARROW, from, FP_SCALAR, 0, n, REF_NONE, REF_NONE));
        RESULT(fp_soft_x(l, FPF_CVT, from, to, 0, n, REF_NONE, REF_NONE));
}

/* ---- two and three sources ---- */

#define BINARY(name, op) \
        LIFT(name) \
        { \
                RESULT(binary(l, op, size_of(a->type), a->rn, a->rm)); \
        }
BINARY(fmul_s, IR_VFMUL)
BINARY(fdiv_s, IR_VFDIV)
BINARY(fadd_s, IR_VFADD)
BINARY(fsub_s, IR_VFSUB)
BINARY(fmax_s, IR_VFMAX)
BINARY(fmin_s, IR_VFMIN)
BINARY(fmaxnm_s, IR_VFMAXNM)
BINARY(fminnm_s, IR_VFMINNM)

LIFT(fnmul_s)
{
        unsigned sz = size_of(a->type);
        RESULT(fp_neg_of(l, sz, FP_SCALAR, binary(l, IR_VFMUL, sz, a->rn, a->rm)));
}

/* o1 negates the addend and the product, o0 the product: FMADD, FMSUB, FNMADD, FNMSUB. */
LIFT(fma_s)
{
        unsigned opt = (a->o1 != a->o0 ? FPO_NEG_PRODUCT : 0) | (a->o1 ? FPO_NEG_ADDEND : 0);
        ref n = get_v(l, a->rn), m = get_v(l, a->rm), c = get_v(l, a->ra);
        RESULT(fp_op(l, IR_VFMA, size_of(a->type), FP_SCALAR, opt, n, m, c));
}

/* ---- comparison, selection, immediate ---- */

static ref compare(struct lift *l, unsigned sz, bool signalling, ref n, ref m)
{
        return fp_op(l, IR_VFCMP, sz, FP_SCALAR, signalling ? FPO_SIGNALLING : 0, n, m, REF_NONE);
}

LIFT(fcmp_s)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_flags(l, compare(l, size_of(a->type), a->e, n, m));
        return true;
}

LIFT(fcmp_zs)
{
        put_flags(l, compare(l, size_of(a->type), a->e, get_v(l, a->rn), v_zero(l)));
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

/* When the condition does not hold nothing is compared, so nothing is raised: zeros are compared then. */
LIFT(fccmp_s)
{
        ref n = get_v(l, a->rn), m = get_v(l, a->rm), f = get_flags(l), zero = v_zero(l);
        ref n1 = select_x(l, a->cond, f, n, zero), m1 = select_x(l, a->cond, f, m, zero);
        ref r = compare(l, size_of(a->type), a->e, n1, m1);
        if (a->cond < CC_AL) {
                struct ir_ins sel = { .op = IR_SEL, .sz = 3, .a = f };
                sel.b = ir_op(l->ir, IR_FGETNZCV, 3, r, REF_NONE, REF_NONE);
                sel.c = ir_const(l->ir, (uint64_t)a->nzcv << 28);
                sel.aux = (uint8_t)a->cond;
                r = ir_op(l->ir, IR_FSETNZCV, 3, ir_emit(l->ir, sel), REF_NONE, REF_NONE);
        }
        put_flags(l, r);
        return true;
}

LIFT(fcsel_s)
{
        unsigned sz = size_of(a->type);
        ref n = get_s(l, a->rn, sz), m = get_s(l, a->rm, sz);
        RESULT(select_x(l, a->cond, get_flags(l), n, m));
}

/* VFPExpandImm (Arm ARM, shared pseudocode). */
static uint64_t expand_imm(unsigned sz, unsigned imm8)
{
        uint64_t sign = imm8 >> 7, exp = imm8 >> 6 & 1, frac = imm8 & 0x3f;
        if (sz == 2)
                return sign << 31 | (exp ^ 1) << 30 | (exp ? 0x1fu : 0u) << 25 | frac << 19;
        return sign << 63 | (exp ^ 1) << 62 | (exp ? UINT64_C(0xff) : 0) << 54 | frac << 48;
}

LIFT(fmov_is)
{
        unsigned sz = size_of(a->type);
        RESULT(ir_opi(l->ir, IR_VCONST, 3, REF_NONE, REF_NONE, REF_NONE, (int64_t)expand_imm(sz, a->imm8)));
}

/* ---- to and from general registers ---- */

static bool to_general(struct lift *l, unsigned rd, unsigned sf, unsigned type, unsigned opt, unsigned rn)
{
        ref n = get_v(l, rn);
        put_x(l, rd, fp_op(l, IR_VFTOI, size_of(type), sf ? 3 : 2, opt, n, REF_NONE, REF_NONE));
        return true;
}

static bool from_general(struct lift *l, unsigned rd, unsigned sf, unsigned type, unsigned opt, unsigned rn)
{
        ref n = get_x(l, rn);
        put_v(l, rd, fp_op(l, IR_VFFROMI, size_of(type), sf ? 3 : 2, opt, n, REF_NONE, REF_NONE));
        return true;
}

static unsigned sign_option(unsigned u)
{
        return u ? FPO_UNSIGNED : 0;
}

static unsigned fbits_option(unsigned n)
{
        return n << FPO_FBITS;
}

LIFT(fcvt_i)
{
        return to_general(l, a->rd, a->sf, a->type, a->rmode | sign_option(a->u), a->rn);
}
LIFT(fcvta_i)
{
        return to_general(l, a->rd, a->sf, a->type, FPR_A | sign_option(a->u), a->rn);
}
LIFT(cvtf_i)
{
        return from_general(l, a->rd, a->sf, a->type, sign_option(a->u), a->rn);
}
LIFT(fcvtz_fx)
{
        return to_general(l, a->rd, a->sf, a->type, FPR_Z | sign_option(a->u) | fbits_option(64u - a->scale), a->rn);
}
LIFT(cvtf_fx)
{
        return from_general(l, a->rd, a->sf, a->type, sign_option(a->u) | fbits_option(64u - a->scale), a->rn);
}

/* Result in the low word, Z in bit 32; N, C, V are 0. */
LIFT(fjcvtzs)
{
        ref r = ir_helper_g(l->ir, fp_soft, get_v(l, a->rn), REF_NONE, REF_NONE, fp_pack(FPF_JS, 3, 0, 0));
        ref z = ir_op(l->ir, IR_SHR, 3, r, ir_const(l->ir, 32), REF_NONE);
        z = ir_op(l->ir, IR_SHL, 3, z, ir_const(l->ir, 30), REF_NONE);
        put_flags(l, ir_op(l->ir, IR_FSETNZCV, 3, z, REF_NONE, REF_NONE));
        put_x(l, a->rd, ir_op(l->ir, IR_ZEXT, 2, r, REF_NONE, REF_NONE));
        return true;
}

LIFT(fmov_gs)
{
        unsigned sz = size_of(a->type);
        if (a->to)
                put_v(l, a->rd, v1(l, IR_VFROM, sz, get_x(l, a->rn)));
        else
                put_x(l, a->rd, v1(l, IR_VGET, sz, get_v(l, a->rn)));
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
