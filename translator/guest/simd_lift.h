/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lifters of Advanced SIMD share, whatever the instruction set: operations on values, not on registers. sz is log2 of the
 * bytes of an element. `keep` is log2 of the bytes of a result: KEEP_Q for 128 bits, KEEP_D for 64, the element's size for a
 * scalar. */
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
/* Appends an op that works on the low halves of its operands (high = 0), or on the high ones. */
static inline ref v_half(struct lift *l, enum ir_op op, unsigned sz, ref a, ref b, unsigned high)
{
        return v_imm(l, op, sz, a, b, 0, high, 0);
}

/* Return constants: each half of the register is v; each element of size sz is v. */
ref v_const(struct lift *l, uint64_t v);
ref v_rep(struct lift *l, unsigned sz, uint64_t v);
static inline ref v_zero(struct lift *l)
{
        return v_const(l, 0);
}

/* Returns the low 1 << keep bytes of v, and zeros above. Emits nothing when v is known to be zero there. */
ref v_cut(struct lift *l, ref v, unsigned keep);

/* Sets FPSR.QC when the low 1 << keep bytes of a and b differ. */
void v_qc(struct lift *l, ref a, ref b, unsigned keep);

/* What helper_simd_elements does. */
enum simd_fn {
        SF_QADD,
        SF_QSUB,
        SF_SUQADD, /* with u: USQADD */
        SF_QABS,
        SF_QNEG,
        SF_SHL,
        SF_QSHL,
        SF_RSHL,
        SF_QRSHL,
};

/* ---- operations on elements (guest/simd_ops.c) ---- */

struct simd_form {
        uint8_t sz;   /* log2 of the bytes of an operand's element */
        uint8_t keep; /* of the result: what an operation gives above that does not matter, what it does to FPSR.QC does */
        bool u;       /* the elements are unsigned */
        bool high;    /* operations that make wider elements: of the operands' upper halves */
};
typedef ref simd_two_fn(struct lift *l, struct simd_form f, ref n, ref m);

simd_two_fn v_orr, v_orn, v_eor;
simd_two_fn v_mul;
/* Halved sums and differences (v_rhadd: rounded), and saturated ones. */
simd_two_fn v_hadd, v_rhadd, v_hsub, v_qadd, v_qsub;
/* Shift elements of n by the signed low byte of those of m, to the right when it is negative; rounded, saturated, or both
 * (guest/simd_shifts.c). */
simd_two_fn v_shl, v_rshl, v_qshl, v_qrshl;
/* |n - m|, which is unsigned. */
simd_two_fn v_abd;
/* Sum, maximum and minimum of neighbours: those in n, then those in m. */
simd_two_fn v_addp, v_maxp, v_minp;
/* Sums of four products of bytes in each word; sz is 2. */
simd_two_fn v_dot;
/* High halves of doubled products, saturated (v_qrdmulh: rounded, too). */
simd_two_fn v_qdmulh, v_qrdmulh;
/* Products of polynomials over {0, 1} of bytes; v_pmull: in halfwords. */
simd_two_fn v_pmul, v_pmull;
/* Elements of the result have twice the size; v_addw and v_subw: those of n, too. */
simd_two_fn v_addl, v_subl, v_addw, v_subw, v_abdl, v_mull;

/* Returns what a helper (enum simd_fn) computes from elements of n and m, which may be REF_NONE. */
ref v_elements(struct lift *l, enum simd_fn fn, struct simd_form f, ref n, ref m);
/* Return n << k, saturated; of v_qshlu_by the elements of n are signed, those of the result unsigned. */
typedef ref simd_by_fn(struct lift *l, struct simd_form f, ref n, unsigned k);
simd_by_fn v_qshl_by, v_qshlu_by;
/* Return how many bits above the first one of an element are clear, how many below its sign equal that. Not for doublewords. */
typedef ref simd_one_fn(struct lift *l, struct simd_form f, ref n);
simd_one_fn v_clz, v_cls;
/* Returns a >> k, 1 <= k <= the element's width, rounded when `round`. */
ref v_shr(struct lift *l, unsigned sz, bool u, ref a, unsigned k, bool round);
/* Shift a left (k < its width) or right (1 <= k <= its width) into `old`, which keeps the bits where nothing is shifted in. */
ref v_sli(struct lift *l, unsigned sz, ref old, ref a, unsigned k);
ref v_sri(struct lift *l, unsigned sz, ref old, ref a, unsigned k);
/* Shifts elements of twice the size sz right by k, 1 <= k <= 8 << sz, rounded when `round`, and returns their low halves. */
ref v_shrn(struct lift *l, unsigned sz, ref a, unsigned k, bool round);
/* Returns the high halves of elements of twice the size sz, rounded when `round`. */
ref v_high_narrow(struct lift *l, unsigned sz, ref a, bool round);
/* Narrows to elements of size sz, with saturation. keep: of the source, KEEP_Q or a scalar's. */
enum narrow { NARROW_S, NARROW_SU, NARROW_U };
ref v_qxtn(struct lift *l, enum narrow how, unsigned sz, ref a, unsigned keep);
/* Returns, in element 0, what the op gives over all elements of the low 1 << keep bytes of v. */
ref v_across(struct lift *l, enum ir_op op, unsigned sz, ref v, unsigned keep);
/* Returns the sum of all elements of the low 1 << keep bytes of n, right in as many bits as an element of twice the size has. */
ref v_sum(struct lift *l, unsigned sz, bool u, ref n, unsigned keep);

/* ---- cryptography (guest/simd_crypto.c); operands as A64 names them, m where it has two registers only ---- */

ref v_aes(struct lift *l, enum ir_op op, ref d, ref m); /* AESE, AESD: op is VAESENCL, VAESDECL */
ref v_aesmc(struct lift *l, ref m);
ref v_aesimc(struct lift *l, ref m);
ref v_sha1h(struct lift *l, ref m); /* element 0 is the result, of size 2 */
ref v_sha1su0(struct lift *l, ref d, ref n, ref m);
ref v_sha1su1(struct lift *l, ref d, ref m);
ref v_sha256su0(struct lift *l, ref d, ref m);
ref v_sha256su1(struct lift *l, ref d, ref n, ref m);
/* Product of polynomials of 64 bits, of the low doublewords (high = 0) or the high ones. */
ref v_pmull_d(struct lift *l, ref n, ref m, unsigned high);

/* ---- helpers (guest/helpers_simd.c) ---- */

/* The immediate of these helpers: which function, and on what. */
#define SIMD_IMM(fn, sz, u, keep) ((uint32_t)(fn) | (uint32_t)(sz) << 8 | (uint32_t)(u) << 11 | (uint32_t)(keep) << 12)
helper_fn helper_simd_elements;
/* Doubling multiplications and their like. Operands b and c, accumulator a; sz is of the operands. */
enum simd_mul { SM_QDMULL, SM_QDMLAL, SM_QDMLSL, SM_QRDMLAH, SM_QRDMLSH };
helper_fn helper_simd_mul; /* `u` in its immediate: of the high halves */
/* Narrows doublewords to words. imm: enum narrow | keep of the source << 12. */
helper_fn helper_simd_narrow;

/* ---- helpers (guest/helpers_crypto.c) for hosts without the instructions ---- */
helper_fn helper_aes;     /* imm: enum ir_op of the op that it stands in for */
helper_fn helper_pmull_d; /* imm: 1 for the high halves */
helper_fn helper_sha256_su0, helper_sha256_su1;
/* These are for all hosts. a = Qd, b = Qn or Sn, c = Qm */
helper_fn helper_sha1;   /* imm: 0 SHA1C, 1 SHA1P, 2 SHA1M */
helper_fn helper_sha256; /* imm: 0 SHA256H, 1 SHA256H2 */
