/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point operations: the names of their functions, options and shapes, and the software that computes them
 * (ir/fp_soft.c). */
#pragma once
#include "ir.h"

/* What the software computes: the IR ops of the same names, and more. Each works lane by lane unless its comment says
 * otherwise. */
enum fp_fn {
        FPF_ADD,
        FPF_SUB,
        FPF_MUL,
        FPF_DIV,
        FPF_SQRT,
        FPF_MAX,
        FPF_MIN,
        FPF_MAXNM,
        FPF_MINNM,
        FPF_MA,
        FPF_CMP,
        FPF_EQ,
        FPF_GE,
        FPF_GT,
        FPF_RINT,
        FPF_WIDEN,
        FPF_NARROW,
        FPF_TOI,
        FPF_FROMI,
        FPF_TOIV,
        FPF_FROMIV,
        FPF_MULX,
        FPF_RECPE,
        FPF_RSQRTE,
        FPF_RECPS,
        FPF_RSQRTS,
        FPF_RECIP_STEP, /* A32's VRECPS, VRSQRTS */
        FPF_RSQRT_STEP,
        FPF_RECPX,
        FPF_URECPE,
        FPF_URSQRTE,
        FPF_CVT,   /* one number, from format sz to format `shape` */
        FPF_CVTL,  /* the low half: half to single precision */
        FPF_CVTN,  /* single to half precision, to the low half */
        FPF_CVTXN, /* double to single, rounding to odd; shape 2: both lanes to the low half */
        FPF_CADD,
        FPF_CMLA, /* complex: c is the accumulator; options: rotation */
        FPF_JS,   /* FJCVTZS: result in the low word, Z in bit 32 */
};

/* Options of FP ops and of the software. Some share a bit: which of them it is depends on the op. */
enum {
        FPO_ROUND = 7, /* enum fp_round (fp/fp.h): FPR_ODD stands for FPCR's mode */
        FPO_UNSIGNED = 1 << 3,
        FPO_EXACT = 1 << 4,       /* FRINTX */
        FPO_NEG_PRODUCT = 1 << 0, /* VFMA: a is negated */
        FPO_NEG_ADDEND = 1 << 1,  /* VFMA: c is negated */
        FPO_SIGNALLING = 1 << 0,  /* VFCMP */
        /* What is above the result of a scalar op: zeros, unless one of these is given. */
        FPO_TOP_FREE = 1 << 5, /* it does not matter */
        FPO_TOP_KEPT = 1 << 6, /* what operand a has there, of VFMA the addend; only for VFADD, VFSUB, VFMUL, VFDIV, VFMA */
        FPO_TOP = 3 << 5,
        FPO_FLUSH = 1 << 7, /* FPCR.FZ is set: where the host does not trap on a denormal operand it must be looked for */
        FPO_FLUSHES = 1 << 7 | 1 << 15, /* FPO_FLUSH or FPO_STANDARD */
        FPO_FBITS = 8,                  /* shift of the number of fraction bits (conversions): 7 bits */
        FPO_STANDARD =
                1 << 15, /* compute in the standard FP state of A32's Advanced SIMD, not in FPCR's: FZ and DN are set, rounding
                                   * is to nearest. Not for VFCMP; VFABS and VFNEG have no state. */
};

/* Number of fraction bits in the options of a conversion. */
static inline unsigned fp_fbits(unsigned opt)
{
        return opt >> FPO_FBITS & 127;
}

/* Computes an FP op in software: a helper_fn, whose imm is made by fp_pack. Operands are arg[1..3], the result goes to arg[0],
 * sticky bits to cpu->fpsr. */
void fp_soft(struct cpu *cpu, harg *arg, uint64_t imm);

static inline uint32_t fp_pack(enum fp_fn fn, unsigned sz, unsigned shape, unsigned opt)
{
        return (uint32_t)fn | sz << 8 | shape << 12 | opt << 16;
}

/* Returns the enum fp_fn that computes an IR op, or -1 when none does. */
int fp_fn_of(unsigned ir_op);

/* Shapes: which part of a vector register an FP op works on. All that is above it becomes zero. */
enum {
        FP_SCALAR, /* lane 0 */
        FP_LOW64,  /* the lanes of the low 64 bits */
        FP_FULL,   /* all lanes */
};
