/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Emission of the FP ops on SSE2/SSE4.1, AVX, FMA and AVX-512 (contract: gen.h). */
#include "fp/fp.h"
#include "ir/fp_ops.h"
#include "ir/zero.h"
#include "abi.h"
#include "rules.h"

static struct code *code(struct gen *g)
{
        return &g->code;
}

/* Returns the opcode of an arithmetic instruction for a format and shape, whose prefix makes it one of SS, SD, PS, PD. */
static opc arith(unsigned op, unsigned sz, unsigned shape)
{
        unsigned pp = shape == FP_SCALAR ? (sz == 3 ? PP_F2 : PP_F3) : sz == 3 ? PP_66 : 0;
        return (opc)(pp | MAP_0F | op);
}

/* Emits an instruction that may trap. Without AVX a copy of the first operand comes first, and the trap record is for what
 * follows. */
static void trap_v3(struct gen *g, opc op, unsigned d, unsigned a, unsigned b)
{
        if (!x64_features.avx2) {
                x64_vmov(code(g), d, a);
                a = d;
        }
        gen_fptrap(g);
        x64_v3(code(g), op, d, a, b);
}

static void trap_v3i(struct gen *g, opc op, unsigned d, unsigned a, unsigned b, uint8_t imm)
{
        trap_v3(g, op, d, a, b);
        x64_byte(code(g), imm);
}

static void low64(struct code *c, unsigned d, unsigned s)
{
        x64_v2(c, PP_F3 | MAP_0F | 0x7e, d, s);
} /* MOVQ */

/* Makes what is above a scalar zero. */
static void clean(struct code *c, unsigned sz, unsigned d)
{
        if (sz == 3)
                low64(c, d, d);
        else
                x64_v3i(c, PP_66 | MAP_3A | 0x21, d, d, d, 0x0e); /* INSERTPS */
}

/* Makes what is above a scalar result of instruction i zero, if it must be. Above it a scalar instruction of the host leaves what
 * its first operand has there, value `from`. */
static void clean_after(struct gen *g, const struct ir_ins *i, ref from, unsigned sz, unsigned d)
{
        if (!(i->disp & FPO_TOP) && !ir_is_zero_above(g->ir, from, sz))
                clean(code(g), sz, d);
}

/* Returns a register with the low half of operand v, which is in r, and zero above: r itself, or t as a copy. */
static unsigned half(struct gen *g, ref v, unsigned r, unsigned t)
{
        if (ir_is_zero_above(g->ir, v, 3))
                return r;
        low64(code(g), t, r);
        return t;
}

/* Does op i take a denormal operand as zero? */
static bool flushes(const struct ir_ins *i)
{
        return i->disp & FPO_FLUSHES;
}

static uint64_t splat(unsigned sz, uint64_t single, uint64_t dbl)
{
        return sz == 3 ? dbl : single << 32 | single;
}

/* For ops whose instruction does not trap on a denormal operand: one that does, a product with 1, where it has to. Overwrites
 * XMM15. */
static void look_for_denormal(struct gen *g, const struct ir_ins *i, unsigned shape, unsigned a)
{
        const uint64_t one = splat(i->sz, 0x3f800000, UINT64_C(0x3ff0000000000000));
        if (!flushes(i))
                return;
        gen_fptrap(g);
        gen_v3c(g, arith(0x59, i->sz, shape), X64_VSCRATCH, a, one, one);
}

/* In the standard FP state a NaN among the results, in d, is the default one, but the host passes quiet NaNs on; and it does not
 * trap on a denormal operand beside a quiet NaN. Goes to the slow path then. Overwrites t, and EFLAGS. */
static void look_for_nan(struct gen *g, const struct ir_ins *i, unsigned sz, unsigned d, unsigned t)
{
        struct code *c = code(g);
        if (!flushes(i))
                return;
        if (i->aux == FP_SCALAR) {
                x64_v2(c, (opc)((sz == 3 ? PP_66 : 0) | MAP_0F | 0x2e), d, d); /* UCOMIS */
                gen_fpslow_if(g, XCC_P);
        } else {
                x64_v3i(c, arith(0xc2, sz, FP_FULL), t, d, d, 3); /* CMPUNORD */
                x64_v2(c, PP_66 | MAP_38 | 0x17, t, t);           /* PTEST */
                gen_fpslow_if(g, XCC_NE);
        }
}

/* Emits an op with two operands. Of 64-bit vectors the upper halves are made zero, and 1 in the divisor. */
static void binary(struct gen *g, const struct ir_ins *i, const struct regs *r, unsigned op)
{
        struct code *c = code(g);
        unsigned a = r->a, b = r->b;
        if (i->aux == FP_LOW64) {
                a = half(g, i->a, a, r->t[0]);
                b = half(g, i->b, b, r->t[1]);
                if (op == 0x5e) {
                        gen_v3c(g, MAP_0F | 0x56, r->t[1], b, 0, UINT64_C(0x3f8000003f800000)); /* ORPS */
                        b = r->t[1];
                }
        }
        if (op == 0x5e) /* a denormal number by 0 is infinite, and 0 by 0 not a number */
                look_for_denormal(g, i, i->aux, a);
        trap_v3(g, arith(op, i->sz, i->aux), r->d, a, b);
        look_for_nan(g, i, i->sz, r->d, r->t[0]);
        if (i->aux == FP_SCALAR)
                clean_after(g, i, i->a, i->sz, r->d);
        else if (i->aux == FP_LOW64 && op == 0x5c)
                low64(c, r->d, r->d); /* 0 - 0 is -0 when rounding down */
}

void rule_VFADD(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        binary(g, i, r, 0x58);
}
void rule_VFSUB(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        binary(g, i, r, 0x5c);
}
void rule_VFMUL(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        binary(g, i, r, 0x59);
}
void rule_VFDIV(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        binary(g, i, r, 0x5e);
}

void rule_VFSQRT(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        struct code *c = code(g);
        unsigned a = r->a;
        if (i->aux == FP_LOW64)
                a = half(g, i->a, a, r->t[0]);
        if (i->aux == FP_SCALAR) {
                trap_v3(g, arith(0x51, i->sz, FP_SCALAR), r->d, a, a);
                clean_after(g, i, i->a, i->sz, r->d);
        } else {
                gen_fptrap(g);
                x64_v2(c, arith(0x51, i->sz, i->aux), r->d, a);
        }
        look_for_nan(g, i, i->sz, r->d, X64_VSCRATCH);
}

/* MAX b, a and MAX a, b differ only in zeros of both signs, which AND (OR for MIN) settles; NaNs trap. */
static void minmax(struct gen *g, const struct ir_ins *i, const struct regs *r, unsigned op)
{
        struct code *c = code(g);
        unsigned a = r->a, b = r->b, t = r->t[0];
        if (i->aux == FP_LOW64) {
                a = half(g, i->a, a, r->t[0]);
                b = half(g, i->b, b, r->t[1]);
                t = X64_VSCRATCH;
        }
        trap_v3(g, arith(op, i->sz, i->aux), t, b, a);
        trap_v3(g, arith(op, i->sz, i->aux), r->d, a, b);
        x64_v3(c, MAP_0F | (op == 0x5f ? 0x54 : 0x56), r->d, r->d, t);
        if (i->aux == FP_SCALAR)
                clean_after(g, i, ir_is_zero_above(g->ir, i->a, i->sz) ? i->b : i->a, i->sz, r->d);
}

void rule_VFMAX(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        minmax(g, i, r, 0x5f);
}
void rule_VFMIN(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        minmax(g, i, r, 0x5d);
}
void rule_VFMAXNM(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        minmax(g, i, r, 0x5f);
}
void rule_VFMINNM(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        minmax(g, i, r, 0x5d);
}

/* FMA3 gives NaNs in another order, and another answer to inf * 0 + NaN: every NaN goes to the slow path. */
void rule_VFMA(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        struct code *c = code(g);
        unsigned op = 0xb8 | (i->disp & FPO_NEG_PRODUCT ? 4 : 0) | (i->disp & FPO_NEG_ADDEND ? 2 : 0) | (i->aux == FP_SCALAR);
        unsigned a = r->a, b = r->b;
        if (i->aux == FP_LOW64) {
                a = half(g, i->a, a, r->t[0]);
                b = half(g, i->b, b, r->t[1]);
                low64(c, r->d, r->c);
        } else {
                x64_vmov(c, r->d, r->c);
        }
        gen_fptrap(g);
        x64_v3(c, (opc)(PP_66 | MAP_38 | op | (i->sz == 3 ? OPC_W : 0)), r->d, a, b);
        if (i->aux == FP_SCALAR) {
                x64_v2(c, (opc)((i->sz == 3 ? PP_66 : 0) | MAP_0F | 0x2e), r->d, r->d); /* UCOMIS */
                gen_fpslow_if(g, XCC_P);
                clean_after(g, i, i->c, i->sz, r->d);
        } else {
                x64_v3i(c, arith(0xc2, i->sz, FP_FULL), r->t[0], r->d, r->d, 3); /* CMPUNORD */
                x64_v2(c, PP_66 | MAP_38 | 0x17, r->t[0], r->t[0]);              /* PTEST */
                gen_fpslow_if(g, XCC_NE);
                if (i->aux == FP_LOW64)
                        low64(c, r->d, r->d); /* 0 - 0 * 0 is -0 when rounding down */
        }
}

/* ---- Newton's steps. Infinity times zero traps, a NaN goes to the slow path. ---- */

static void look_for_any_nan(struct gen *g, const struct ir_ins *i, unsigned d, unsigned t)
{
        x64_v3i(code(g), arith(0xc2, i->sz, FP_FULL), t, d, d, 3); /* CMPUNORD */
        x64_v2(code(g), PP_66 | MAP_38 | 0x17, t, t);              /* PTEST */
        gen_fpslow_if(g, XCC_NE);
}

/* Sets *a and *b to registers with the operands, of 64-bit vectors with zero above. */
static void step_operands(struct gen *g, const struct ir_ins *i, const struct regs *r, unsigned *a, unsigned *b)
{
        *a = r->a;
        *b = r->b;
        if (i->aux == FP_LOW64) {
                *a = half(g, i->a, *a, r->t[0]);
                *b = half(g, i->b, *b, r->t[1]);
        }
}

static void step_result(struct gen *g, const struct ir_ins *i, unsigned d)
{
        if (i->aux == FP_LOW64)
                low64(code(g), d, d);
        else if (i->aux == FP_SCALAR && !(i->disp & FPO_TOP))
                clean(code(g), i->sz, d);
}

static const uint64_t two[2] = { UINT64_C(0x4000000040000000), UINT64_C(0x4000000000000000) },
                      three[2] = { UINT64_C(0x4040000040400000), UINT64_C(0x4008000000000000) },
                      one_half[2] = { UINT64_C(0x3f0000003f000000), UINT64_C(0x3fe0000000000000) };

void rule_VFRECPS(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        unsigned a, b, op = 0xbc | (i->aux == FP_SCALAR); /* VFNMADD231 */
        step_operands(g, i, r, &a, &b);
        gen_v2c(g, MAP_0F | 0x28, r->d, two[i->sz - 2], two[i->sz - 2]); /* MOVAPS */
        gen_fptrap(g);
        x64_v3(code(g), (opc)(PP_66 | MAP_38 | op | (i->sz == 3 ? OPC_W : 0)), r->d, a, b);
        look_for_any_nan(g, i, r->d, r->t[0]);
        step_result(g, i, r->d);
}

/* t = k - a * b, each rounded */
static void rounded_step(struct gen *g, const struct ir_ins *i, const struct regs *r, const uint64_t k[2])
{
        unsigned a, b;
        step_operands(g, i, r, &a, &b);
        trap_v3(g, arith(0x59, i->sz, i->aux), r->d, a, b);
        gen_v2c(g, MAP_0F | 0x28, r->t[0], k[i->sz - 2], k[i->sz - 2]); /* MOVAPS */
        x64_v3(code(g), arith(0x5c, i->sz, i->aux), r->t[0], r->t[0], r->d);
        look_for_any_nan(g, i, r->t[0], r->t[1]);
}

void rule_VFRECIP_STEP(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        rounded_step(g, i, r, two);
        x64_vmov(code(g), r->d, r->t[0]);
        step_result(g, i, r->d);
}

void rule_VFRSQRT_STEP(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        rounded_step(g, i, r, three);
        gen_v3c(g, arith(0x59, i->sz, i->aux), r->d, r->t[0], one_half[i->sz - 2], one_half[i->sz - 2]);
        step_result(g, i, r->d);
}

void rule_VFCMP(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        gen_fptrap(g);
        x64_v2(code(g), (opc)((i->sz == 3 ? PP_66 : 0) | MAP_0F | (i->disp & FPO_SIGNALLING || flushes(i) ? 0x2f : 0x2e)), r->a,
               r->b);
}

/* Emits a comparison of operands va and vb, which are in registers a and b. */
static void compare(struct gen *g, const struct ir_ins *i, const struct regs *r, ref va, ref vb, unsigned a, unsigned b,
                    unsigned predicate)
{
        struct code *c = code(g);
        if (i->aux == FP_LOW64) {
                a = half(g, va, a, r->t[0]);
                b = half(g, vb, b, r->t[1]);
        }
        trap_v3i(g, arith(0xc2, i->sz, i->aux), r->d, a, b, (uint8_t)predicate);
        if (i->aux == FP_SCALAR)
                clean_after(g, i, va, i->sz, r->d);
        else if (i->aux == FP_LOW64)
                low64(c, r->d, r->d);
}

void rule_VFEQ(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        unsigned predicate = 0;
        if (flushes(i) && x64_features.avx2) { /* traps on a quiet NaN, beside which a denormal operand does not */
                predicate = 16;
        } else if (flushes(i)) {
                look_for_denormal(g, i, i->aux, r->a);
                look_for_denormal(g, i, i->aux, r->b);
        }
        compare(g, i, r, i->a, i->b, r->a, r->b, predicate);
}
void rule_VFGE(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        compare(g, i, r, i->b, i->a, r->b, r->a, 2);
}
void rule_VFGT(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        compare(g, i, r, i->b, i->a, r->b, r->a, 1);
}

static uint64_t signs(unsigned sz)
{
        return sz == 3 ? UINT64_C(1) << 63 : UINT64_C(0x8000000080000000);
}

void rule_VFABS(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        uint64_t m = ~signs(i->sz), lo = i->aux == FP_SCALAR && i->sz == 2 ? (uint32_t)m : m;
        gen_v3c(g, MAP_0F | 0x54, r->d, r->a, lo, i->aux == FP_FULL ? m : 0);
}

void rule_VFNEG(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        struct code *c = code(g);
        uint64_t m = signs(i->sz), lo = i->aux == FP_SCALAR && i->sz == 2 ? (uint32_t)m : m;
        unsigned a = r->a;
        if (i->aux != FP_FULL) {
                low64(c, r->d, a);
                a = r->d;
        }
        gen_v3c(g, MAP_0F | 0x57, r->d, a, lo, i->aux == FP_FULL ? m : 0);
        if (i->aux == FP_SCALAR && i->sz == 2)
                clean(c, 2, r->d);
}

/* Returns the immediate of ROUNDxx: the mode, and bit 3 when Inexact is not to be raised. */
static uint8_t round_imm(unsigned opt, bool inexact)
{
        static const uint8_t mode[] = { [FPR_N] = 0, [FPR_P] = 2, [FPR_M] = 1, [FPR_Z] = 3, [FPR_ODD] = 4 /* as MXCSR says */ };
        return (uint8_t)(mode[opt & FPO_ROUND] | (inexact ? 0 : 8));
}

static void round_to(struct gen *g, unsigned sz, unsigned shape, unsigned d, unsigned a, uint8_t imm)
{
        unsigned op = shape == FP_SCALAR ? (sz == 3 ? 0x0b : 0x0a) : sz == 3 ? 0x09 : 0x08;
        if (shape == FP_SCALAR) {
                trap_v3i(g, (opc)(PP_66 | MAP_3A | op), d, a, a, imm);
        } else {
                gen_fptrap(g);
                x64_v2i(code(g), (opc)(PP_66 | MAP_3A | op), d, a, imm);
        }
}

/* To nearest, ties away from zero, for which there is no instruction: d = trunc(a), then 1 more in a's direction where the rest
 * is a half or more. All steps are exact, so Inexact is not raised; infinities and NaNs trap. Overwrites t and XMM15. */
static void round_away(struct gen *g, unsigned sz, unsigned shape, unsigned d, unsigned a, unsigned t)
{
        struct code *c = code(g);
        const uint64_t half = splat(sz, 0x3f000000, UINT64_C(0x3fe0000000000000)),
                       one = splat(sz, 0x3f800000, UINT64_C(0x3ff0000000000000));
        const unsigned and = MAP_0F | 0x54, or = MAP_0F | 0x56;
        round_to(g, sz, shape, d, a, round_imm(FPR_Z, false));
        trap_v3(g, arith(0x5c, sz, shape), t, a, d);
        gen_v3c(g, (opc) and, t, t, ~signs(sz), ~signs(sz));
        gen_v2c(g, MAP_0F | 0x28, X64_VSCRATCH, half, half);                   /* MOVAPS */
        trap_v3i(g, arith(0xc2, sz, shape), X64_VSCRATCH, X64_VSCRATCH, t, 2); /* CMPLE */
        gen_v3c(g, (opc) and, X64_VSCRATCH, X64_VSCRATCH, one, one);
        gen_v3c(g, (opc) and, t, a, signs(sz), signs(sz));
        x64_v3(c, (opc) or, X64_VSCRATCH, X64_VSCRATCH, t);
        x64_v3(c, arith(0x58, sz, shape), d, d, X64_VSCRATCH);
}

void rule_VFRINT(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        unsigned a = r->a;
        if (i->aux == FP_LOW64)
                a = half(g, i->a, a, r->t[0]);
        look_for_denormal(g, i, i->aux, a);
        if ((i->disp & FPO_ROUND) == FPR_A)
                round_away(g, i->sz, i->aux, r->d, a, r->t[1]);
        else
                round_to(g, i->sz, i->aux, r->d, a, round_imm((unsigned)i->disp, i->disp & FPO_EXACT));
        look_for_nan(g, i, i->sz, r->d, r->t[1]);
        if (i->aux == FP_SCALAR)
                clean_after(g, i, i->a, i->sz, r->d);
}

void rule_VFWIDEN(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        if (i->aux == FP_SCALAR) {
                trap_v3(g, PP_F3 | MAP_0F | 0x5a, r->d, r->a, r->a); /* CVTSS2SD */
                clean_after(g, i, i->a, 3, r->d);
        } else {
                gen_fptrap(g);
                x64_v2(code(g), MAP_0F | 0x5a, r->d, r->a); /* CVTPS2PD */
        }
        look_for_nan(g, i, 3, r->d, X64_VSCRATCH);
}

void rule_VFNARROW(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        if (i->aux == FP_SCALAR) {
                trap_v3(g, PP_F2 | MAP_0F | 0x5a, r->d, r->a, r->a); /* CVTSD2SS */
                if (!(i->disp & FPO_TOP))
                        clean(code(g), 2, r->d);
        } else {
                gen_fptrap(g);
                x64_v2(code(g), PP_66 | MAP_0F | 0x5a, r->d, r->a); /* CVTPD2PS */
        }
        look_for_nan(g, i, 2, r->d, X64_VSCRATCH);
}

/* Emits d = a, rounded as op i says, without raising Inexact. Overwrites t. */
static void round_silently(struct gen *g, const struct ir_ins *i, unsigned shape, unsigned d, unsigned a, unsigned t)
{
        if ((i->disp & FPO_ROUND) == FPR_A) {
                round_away(g, i->sz, shape, d, a, t);
        } else {
                round_to(g, i->sz, shape, d, a, round_imm((unsigned)i->disp, false));
        }
}

/* Out of range traps where the host's range ends; where Arm's is smaller the result is looked at. What is out of range
 * must not be reported as inexact: so a rounding that precedes is silent, and Inexact is raised when all is well. */
void rule_VFTOI(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        struct code *c = code(g);
        bool wide = i->aux == 3, is_unsigned = i->disp & FPO_UNSIGNED, evex = is_unsigned && x64_features.avx512;
        bool rounded = (i->disp & FPO_ROUND) != FPR_Z || (is_unsigned && !evex);
        unsigned a = r->a;
        opc cvt = (opc)(arith(0x2c, i->sz, FP_SCALAR) | (wide || is_unsigned ? OPC_W : 0)); /* CVTTSx2SI */
        look_for_denormal(g, i, FP_SCALAR, a);
        if (rounded) {
                round_silently(g, i, FP_SCALAR, r->t[0], a, r->t[1]);
                a = r->t[0];
        }
        gen_fptrap(g);
        if (evex)
                x64_evex3(c, (opc)(arith(0x78, i->sz, FP_SCALAR) | (wide ? OPC_W : 0)), r->d, 0, a); /* VCVTTSx2USI */
        else
                x64_v2(c, cvt, r->d, a);
        if (is_unsigned && !evex && wide) {
                x64_rr(c, 0x85, true, r->d, r->d);
                gen_fpslow_if(g, XCC_S);
        } else if (is_unsigned && !evex) {
                x64_mov_rr(c, true, r->s[0], r->d);
                x64_shift(c, 5, true, r->s[0], 32);
                gen_fpslow_if(g, XCC_NE);
        }
        if (rounded && evex)
                x64_evex3(c, (opc)(arith(0x78, i->sz, FP_SCALAR) | (wide ? OPC_W : 0)), r->s[0], 0, r->a);
        else if (rounded)
                x64_v2(c, cvt, r->s[0], r->a);
}

static void from_int(struct code *c, unsigned sz, bool wide, unsigned d, unsigned s)
{
        x64_v3(c, (opc)(arith(0x2a, sz, FP_SCALAR) | (wide ? OPC_W : 0)), d, d, s); /* CVTSI2Sx */
}

/* Unsigned 64 bits: halved with the lost bit kept (which rounds alike), converted, doubled. */
static void from_u64(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        struct code *c = code(g);
        if (x64_features.avx512) {
                x64_evex3(c, (opc)(arith(0x7b, i->sz, FP_SCALAR) | OPC_W), r->d, r->d, r->a); /* VCVTUSI2Sx */
                return;
        }
        x64_rr(c, 0x85, true, r->a, r->a);
        uint8_t *large = x64_jcc8(c, XCC_S);
        from_int(c, i->sz, true, r->d, r->a);
        uint8_t *done = x64_jmp8(c);
        x64_patch8(c, large);
        x64_mov_rr(c, true, r->s[0], r->a);
        x64_mov_rr(c, true, r->s[1], r->a);
        x64_shift(c, 5, true, r->s[0], 1);
        x64_alu_ri(c, ALU_AND, false, r->s[1], 1);
        x64_alu_rr(c, ALU_OR, true, r->s[0], r->s[1]);
        from_int(c, i->sz, true, r->d, r->s[0]);
        x64_v3(c, arith(0x58, i->sz, FP_SCALAR), r->d, r->d, r->d);
        x64_patch8(c, done);
}

void rule_VFFROMI(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        struct code *c = code(g);
        x64_vzero(c, r->d); /* what is above stays zero, and no false dependency */
        if (!(i->disp & FPO_UNSIGNED)) {
                from_int(c, i->sz, i->aux == 3, r->d, r->a);
        } else if (i->aux == 2) {
                x64_mov_rr(c, false, r->s[0], r->a);
                from_int(c, i->sz, true, r->d, r->s[0]);
        } else {
                from_u64(g, i, r);
        }
}

static void lanes_to_int(struct code *c, unsigned sz, bool u, unsigned d, unsigned a)
{
        if (sz == 2 && !u)
                x64_v2(c, PP_F3 | MAP_0F | 0x5b, d, a); /* CVTTPS2DQ */
        else if (sz == 2)
                x64_evex3(c, MAP_0F | 0x78, d, 0, a); /* VCVTTPS2UDQ */
        else
                x64_evex3(c, (opc)(PP_66 | MAP_0F | OPC_W | (u ? 0x78 : 0x7a)), d, 0, a); /* VCVTTPD2(U)QQ */
}

/* Emits t = a * 2^n, a power that is out of range for any integer where that would overflow. */
static void scale(struct gen *g, const struct ir_ins *i, unsigned t, unsigned a, unsigned n)
{
        const uint64_t most = splat(i->sz, (254 - n) << 23, (uint64_t)(2046 - n) << 52), sign = signs(i->sz),
                       by = splat(i->sz, (127 + n) << 23, (uint64_t)(1023 + n) << 52);
        gen_v2c(g, MAP_0F | 0x28, X64_VSCRATCH, most, most); /* MOVAPS */
        trap_v3(g, arith(0x5d, i->sz, FP_FULL), t, X64_VSCRATCH, a);
        gen_v3c(g, arith(0x5f, i->sz, FP_FULL), t, t, most | sign, most | sign);
        gen_v3c(g, arith(0x59, i->sz, FP_FULL), t, t, by, by);
}

void rule_VFTOIV(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        struct code *c = code(g);
        unsigned a = r->a, x = a, fbits = fp_fbits((unsigned)i->disp);
        bool u = i->disp & FPO_UNSIGNED, rounded = (i->disp & FPO_ROUND) != FPR_Z;
        if (i->aux == FP_LOW64)
                a = x = half(g, i->a, a, r->t[0]);
        look_for_denormal(g, i, FP_FULL, a);
        if (fbits) {
                scale(g, i, r->t[1], a, fbits);
                x = r->t[1];
        }
        if (rounded) {
                round_silently(g, i, FP_FULL, r->t[1], a, r->d);
                x = r->t[1];
        }
        gen_fptrap(g);
        lanes_to_int(c, i->sz, u, r->d, x);
        if (rounded)
                lanes_to_int(c, i->sz, u, r->t[1], a); /* for Inexact */
}

void rule_VFFROMIV(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        struct code *c = code(g);
        unsigned a = r->a;
        bool u = i->disp & FPO_UNSIGNED;
        if (i->aux == FP_LOW64)
                a = half(g, i->a, a, r->t[0]);
        if (i->sz == 2 && !u)
                x64_v2(c, MAP_0F | 0x5b, r->d, a); /* CVTDQ2PS */
        else if (i->sz == 2)
                x64_evex3(c, PP_F2 | MAP_0F | 0x7a, r->d, 0, a); /* VCVTUDQ2PS */
        else
                x64_evex3(c, (opc)(PP_F3 | MAP_0F | OPC_W | (u ? 0x7a : 0xe6)), r->d, 0, a); /* VCVT(U)QQ2PD */
}
