/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lifters of Advanced SIMD share. `keep` is log2 of the bytes that a result has, above which the register becomes zero:
 * 4 for a whole register, 3 for a 64-bit vector, the element size for a scalar. */
#pragma once
#include "lift.h"

enum { KEEP_D = 3, KEEP_Q = 4 };

static inline unsigned keep_q(unsigned q)
{
        return q ? KEEP_Q : KEEP_D;
}

/* Appends a vector op with its immediates. */
ref v_imm(struct lift *l, enum ir_op op, unsigned sz, ref a, ref b, int32_t disp, unsigned aux, unsigned aux2);

static inline ref v1(struct lift *l, enum ir_op op, unsigned sz, ref a)
{
        return ir_op(l->ir, op, sz, a, REF_NONE, REF_NONE);
}
static inline ref v2(struct lift *l, enum ir_op op, unsigned sz, ref a, ref b)
{
        return ir_op(l->ir, op, sz, a, b, REF_NONE);
}
static inline ref v3(struct lift *l, enum ir_op op, unsigned sz, ref a, ref b, ref c)
{
        return ir_op(l->ir, op, sz, a, b, c);
}
static inline ref v_shift(struct lift *l, enum ir_op op, unsigned sz, ref a, unsigned n)
{
        return n ? v_imm(l, op, sz, a, REF_NONE, (int32_t)n, 0, 0) : a;
}
/* Appends a vector op that works on the low (high = 0) or the high halves of its operands. */
static inline ref v_half(struct lift *l, enum ir_op op, unsigned sz, ref a, ref b, unsigned high)
{
        return v_imm(l, op, sz, a, b, 0, high, 0);
}

/* Constants. v_const: each half of the register is v; v_rep: each element of size sz is v. */
ref v_const(struct lift *l, uint64_t v);
ref v_rep(struct lift *l, unsigned sz, uint64_t v);
static inline ref v_zero(struct lift *l)
{
        return v_const(l, 0);
}

/* Returns the low 1 << keep bytes of v, with zero above. Emits nothing when v is known to be zero above them. */
ref v_cut(struct lift *l, ref v, unsigned keep);

/* Sets FPSR.QC when the low 1 << keep bytes of a and b differ. */
void v_qc(struct lift *l, ref a, ref b, unsigned keep);

/* ---- operations that several groups of instructions use ---- */

/* Returns |n - m|, whose elements are unsigned. */
ref v_abd(struct lift *l, unsigned sz, bool u, ref n, ref m);
/* Returns a >> k, rounded when `round` is true. 1 <= k <= width of an element. */
ref v_shr(struct lift *l, unsigned sz, bool u, ref a, unsigned k, bool round);
/* Returns the elements of a, saturated to elements of size sz. `keep` is that of the source: KEEP_Q, or a scalar's. */
enum narrow { NARROW_S, NARROW_SU, NARROW_U };
ref v_qxtn(struct lift *l, enum narrow how, unsigned sz, ref a, unsigned keep);

/* ---- helpers (guest/helpers_simd.c) ---- */

/* The immediate of helper_simd_elements says which function it computes, and of which operands (SIMD_IMM). */
enum simd_fn {
        SF_QADD,
        SF_QSUB,
        SF_SUQADD,
        SF_QABS,
        SF_QNEG,
        SF_QSHLU, /* SUQADD: u = USQADD */
        SF_SHL,
        SF_QSHL,
        SF_RSHL,
        SF_QRSHL,
        SF_CLS,
        SF_CLZ,
        SF_PMUL,
};
#define SIMD_IMM(fn, sz, u, keep) ((uint32_t)(fn) | (uint32_t)(sz) << 8 | (uint32_t)(u) << 11 | (uint32_t)(keep) << 12)
helper_fn helper_simd_elements;
/* Doubling multiplications and the like. b, c: operands, of size sz; a: accumulator. */
enum simd_mul { SM_QDMULL, SM_QDMLAL, SM_QDMLSL, SM_QRDMLAH, SM_QRDMLSH, SM_PMULL };
helper_fn helper_simd_mul; /* imm: SIMD_IMM, whose u means the high halves */
/* Narrows doublewords to words. imm: enum narrow | keep of the source << 12. */
helper_fn helper_simd_narrow;

/* ---- helpers (guest/helpers_crypto.c): hosts without the instructions ---- */
helper_fn helper_aes;     /* imm: enum ir_op of the op that it stands in for */
helper_fn helper_pmull_d; /* imm: 1 = high halves */
helper_fn helper_sha256_su0, helper_sha256_su1;
/* All hosts. a = Qd, b = Qn or Sn, c = Qm */
helper_fn helper_sha1;   /* imm: 0 SHA1C, 1 SHA1P, 2 SHA1M */
helper_fn helper_sha256; /* imm: 0 SHA256H, 1 SHA256H2 */
