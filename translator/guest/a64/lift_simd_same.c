/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: three registers of the same kind (Arm ARM C4.1, "Advanced SIMD three same", "scalar three same").
 * A scalar operation is the vector one of which the rest is thrown away. */
#include "lift_simd.h"
#include "ir/target.h"

/* The operation on elements of size sz; what it gives above `keep` does not matter, what it does to QC does. */
typedef ref same_fn(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep);

static bool same(struct lift *l, same_fn *fn, unsigned sz, bool u, unsigned rd, unsigned rn, unsigned rm, unsigned keep)
{
        ref n = get_v(l, rn), m = get_v(l, rm);
        put_keep(l, rd, fn(l, sz, u, n, m, keep), keep);
        return true;
}

#define SAME(name, fn, sz, u, keep) \
        LIFT(name) \
        { \
                return same(l, fn, sz, u, a->rd, a->rn, a->rm, keep); \
        }
/* Signed and unsigned; one of both; of doublewords only, as scalars. */
#define SAME_U_V(name, fn) SAME(name##_v, fn, a->size, a->u, keep_q(a->q))
#define SAME_V(name, fn, u) SAME(name##_v, fn, a->size, u, keep_q(a->q))
#define SAME_U_S(name, fn) SAME(name##_s, fn, a->size, a->u, a->size)
#define SAME_U_D(name, fn) SAME(name##_s, fn, 3, a->u, KEEP_D)
#define SAME_D(name, fn, u) SAME(name##_s, fn, 3, u, KEEP_D)

/* An operation that is one op, or one of two by signedness. */
#define SIMPLE(fn, op_s, op_u) \
        static ref fn(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep) \
        { \
                (void)keep; \
                return v2(l, u ? op_u : op_s, sz, n, m); \
        }
SIMPLE(do_add, IR_VADD, IR_VSUB)
SIMPLE(do_mul, IR_VMUL, IR_VMUL)
SIMPLE(do_max, IR_VMAXS, IR_VMAXU)
SIMPLE(do_min, IR_VMINS, IR_VMINU)
SIMPLE(do_cmgt, IR_VCMPGT, IR_VCMPHI)
SIMPLE(do_cmge, IR_VCMPGE, IR_VCMPHS)
SIMPLE(do_cmeq, IR_VTST, IR_VCMPEQ)

SAME_V(add, do_add, false)
SAME_V(sub, do_add, true)
SAME_D(add, do_add, false)
SAME_D(sub, do_add, true)
SAME_V(mul, do_mul, false)
SAME_U_V(max, do_max)
SAME_U_V(min, do_min)
SAME_U_V(cmgt, do_cmgt)
SAME_U_V(cmge, do_cmge)
SAME_U_D(cmgt, do_cmgt)
SAME_U_D(cmge, do_cmge)
SAME_V(cmtst, do_cmeq, false)
SAME_V(cmeq, do_cmeq, true)
SAME_D(cmtst, do_cmeq, false)
SAME_D(cmeq, do_cmeq, true)

/* ---- halving and saturating additions ---- */

/* n + m = 2 (n & m) + (n ^ m), n - m = (n ^ m) - 2 (~n & m): the halves need no wider elements. */
static ref half_xor(struct lift *l, unsigned sz, bool u, ref n, ref m)
{
        return v_shift(l, u ? IR_VSHR : IR_VSAR, sz, v2(l, IR_VXOR, sz, n, m), 1);
}

static ref do_hadd(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        (void)keep;
        return v2(l, IR_VADD, sz, v2(l, IR_VAND, sz, n, m), half_xor(l, sz, u, n, m));
}

static ref do_hsub(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        (void)keep;
        return v2(l, IR_VSUB, sz, half_xor(l, sz, u, n, m), v2(l, IR_VANDN, sz, m, n));
}

static ref do_rhadd(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        (void)keep;
        if (u && sz <= 1)
                return v2(l, IR_VRHADDU, sz, n, m);
        return v2(l, IR_VSUB, sz, v2(l, IR_VOR, sz, n, m), half_xor(l, sz, u, n, m));
}

/* It saturated where the result is not that of the plain operation. */
static ref saturating(struct lift *l, enum ir_op sat, enum ir_op plain, unsigned sz, ref n, ref m, unsigned keep)
{
        ref r = v2(l, sat, sz, n, m);
        v_qc(l, r, v2(l, plain, sz, n, m), keep);
        return r;
}

static ref by_helper(struct lift *l, enum simd_fn fn, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        return ir_helper_x(l->ir, helper_simd_elements, n, m, REF_NONE, SIMD_IMM(fn, sz, u, keep));
}

static ref do_qadd(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        if (sz == 3)
                return by_helper(l, SF_QADD, sz, u, n, m, keep);
        return saturating(l, u ? IR_VQADDU : IR_VQADDS, IR_VADD, sz, n, m, keep);
}

static ref do_qsub(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        if (sz == 3)
                return by_helper(l, SF_QSUB, sz, u, n, m, keep);
        return saturating(l, u ? IR_VQSUBU : IR_VQSUBS, IR_VSUB, sz, n, m, keep);
}

SAME_U_V(hadd, do_hadd)
SAME_U_V(hsub, do_hsub)
SAME_U_V(rhadd, do_rhadd)
SAME_U_V(qadd, do_qadd)
SAME_U_V(qsub, do_qsub)
SAME_U_S(qadd, do_qadd)
SAME_U_S(qsub, do_qsub)

/* ---- shifts by a register ---- */

static ref do_shl(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        enum ir_op op = u ? IR_VUSHL : IR_VSSHL;
        return ir_has(op, sz, 0) ? v2(l, op, sz, n, m) : by_helper(l, SF_SHL, sz, u, n, m, keep);
}

#define BY_HELPER(name, sf) \
        static ref name(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep) \
        { \
                return by_helper(l, sf, sz, u, n, m, keep); \
        }
BY_HELPER(do_qshl, SF_QSHL)
BY_HELPER(do_rshl, SF_RSHL)
BY_HELPER(do_qrshl, SF_QRSHL)
BY_HELPER(do_pmul, SF_PMUL)

SAME_U_V(shl, do_shl)
SAME_U_D(shl, do_shl)
SAME_U_V(qshl, do_qshl)
SAME_U_S(qshl, do_qshl)
SAME_U_V(rshl, do_rshl)
SAME_U_D(rshl, do_rshl)
SAME_U_V(qrshl, do_qrshl)
SAME_U_S(qrshl, do_qrshl)
SAME(pmul_v, do_pmul, 0, true, keep_q(a->q))

/* ---- logical ---- */

#define LOGICAL(name, expr) \
        LIFT(name) \
        { \
                ref n = get_v(l, a->rn), m = get_v(l, a->rm); \
                put_keep(l, a->rd, expr, keep_q(a->q)); \
                return true; \
        }
LOGICAL(and_v, v2(l, IR_VAND, 3, n, m))
LOGICAL(bic_v, v2(l, IR_VANDN, 3, n, m))
LOGICAL(orr_v, n == m ? n : v2(l, IR_VOR, 3, n, m))
LOGICAL(orn_v, v2(l, IR_VOR, 3, n, v1(l, IR_VNOT, 3, m)))
LOGICAL(eor_v, n == m ? v_zero(l) : v2(l, IR_VXOR, 3, n, m))
LOGICAL(bsl_v, v3(l, IR_VBSL, 3, get_v(l, a->rd), n, m))
LOGICAL(bit_v, v3(l, IR_VBSL, 3, m, n, get_v(l, a->rd)))
LOGICAL(bif_v, v3(l, IR_VBSL, 3, m, get_v(l, a->rd), n))

/* ---- with an accumulator ---- */

static ref do_abd(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep)
{
        (void)keep;
        return v_abd(l, sz, u, n, m);
}
SAME_U_V(abd, do_abd)

LOGICAL(aba_v, v2(l, IR_VADD, a->size, get_v(l, a->rd), v_abd(l, a->size, a->u, n, m)))
LOGICAL(mla_v, v2(l, IR_VADD, a->size, get_v(l, a->rd), v2(l, IR_VMUL, a->size, n, m)))
LOGICAL(mls_v, v2(l, IR_VSUB, a->size, get_v(l, a->rd), v2(l, IR_VMUL, a->size, n, m)))
LOGICAL(dot_v, v2(l, IR_VADD, 2, get_v(l, a->rd), v2(l, a->u ? IR_VDOTU : IR_VDOTS, 2, n, m)))

/* ---- pairwise: neighbours in n, then in m. Of 64-bit vectors, both go into one register first. ---- */

static ref pairwise(struct lift *l, enum ir_op op, unsigned sz, ref n, ref m, unsigned keep)
{
        if (sz == 3)
                return v2(l, op, 3, v2(l, IR_VZIPL, 3, n, m), v2(l, IR_VZIPH, 3, n, m));
        if (keep == KEEP_D)
                n = m = v2(l, IR_VZIPL, 3, n, m);
        if (op == IR_VADD)
                return v2(l, IR_VADDP, sz, n, m);
        return v2(l, op, sz, v2(l, IR_VUZPE, sz, n, m), v2(l, IR_VUZPO, sz, n, m));
}

#define PAIRWISE(name, op_s, op_u) \
        static ref do_##name(struct lift *l, unsigned sz, bool u, ref n, ref m, unsigned keep) \
        { \
                return pairwise(l, u ? op_u : op_s, sz, n, m, keep); \
        }
PAIRWISE(maxp, IR_VMAXS, IR_VMAXU)
PAIRWISE(minp, IR_VMINS, IR_VMINU)
PAIRWISE(addp, IR_VADD, IR_VADD)

SAME_U_V(maxp, do_maxp)
SAME_U_V(minp, do_minp)
SAME_V(addp, do_addp, false)

LIFT(addp_s)
{
        ref n = get_v(l, a->rn);
        put_keep(l, a->rd, v2(l, IR_VADD, 3, n, v2(l, IR_VZIPH, 3, n, n)), KEEP_D);
        return true;
}
