/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating point for lifters: the host's instructions where they can do it, software (fp/) where not. */
#pragma once
#include "lift.h"

/* Functions of the software: those with an IR op of the same name, and others. Lane by lane unless it says otherwise. */
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
        FPF_RECPX,
        FPF_URECPE,
        FPF_URSQRTE,
        FPF_CVT,   /* scalar: format sz to format shape */
        FPF_CVTL,  /* low half, half to single precision */
        FPF_CVTN,  /* single to half precision, to the low half */
        FPF_CVTXN, /* double to single, rounding to odd; shape 2: both lanes to the low half */
        FPF_CADD,
        FPF_CMLA, /* complex: c is the accumulator; options: rotation */
        FPF_JS,   /* FJCVTZS: result in the low word, Z in bit 32 */
};

enum {
        FPO_ROUND = 7, /* enum fp_round (fp/fp.h); VFRINT: FPR_ODD stands for FPCR's mode */
        FPO_UNSIGNED = 1 << 3,
        FPO_EXACT = 1 << 4,       /* FRINTX */
        FPO_NEG_PRODUCT = 1 << 0, /* VFMA: a is negated */
        FPO_NEG_ADDEND = 1 << 1,  /* VFMA: c is negated */
        FPO_SIGNALLING = 1 << 0,  /* VFCMP */
        FPO_FBITS = 8,            /* shift of the number of fraction bits (conversions) */
};

/* A helper_fn. imm: function | sz << 8 | shape << 12 | options << 16. arg[1..3] = a, b, c. */
void fp_soft(struct cpu *cpu, harg *arg, uint64_t imm);

static inline uint32_t fp_pack(enum fp_fn fn, unsigned sz, unsigned shape, unsigned opt)
{
        return (uint32_t)fn | sz << 8 | shape << 12 | opt << 16;
}

/* The function that computes an IR op, or -1. */
int fp_fn_of(unsigned ir_op);

/* Shapes. */
enum { FP_SCALAR, FP_LOW64, FP_FULL };

static inline unsigned fp_shape_of(unsigned q)
{
        return q ? FP_FULL : FP_LOW64;
}

/* An FP op (ir/ops_fp.def), or what computes it in software. shape and opt: the op's aux and disp. */
ref fp_op(struct lift *l, enum ir_op op, unsigned sz, unsigned shape, unsigned opt, ref a, ref b, ref c);
/* A function that has no op; vector result. */
ref fp_soft_x(struct lift *l, enum fp_fn fn, unsigned sz, unsigned shape, unsigned opt, ref a, ref b, ref c);
ref fp_neg_of(struct lift *l, unsigned sz, unsigned shape, ref a);
ref fp_abs_of(struct lift *l, unsigned sz, unsigned shape, ref a);
/* Lanes to integers of their width and back. opt: rounding (fp_to_int), FPO_UNSIGNED, fraction bits << FPO_FBITS. */
ref fp_to_int(struct lift *l, unsigned sz, unsigned shape, unsigned opt, ref a);
ref fp_from_int(struct lift *l, unsigned sz, unsigned shape, unsigned opt, ref a);
