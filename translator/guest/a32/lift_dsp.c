/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 arithmetic that saturates, and that on the bytes and halfwords of general registers (Arm ARM F5.1, "Parallel addition
 * and subtraction"). The latter is done in vector registers. */
#include "guest/simd_lift.h"
#include "lift_a32.h"

/* ---- saturation ---- */

/* Returns x + y or x - y, saturated. CPSR.Q is to be set when *q is 1. */
static ref saturating(struct lift *l, enum ir_op op, ref x, ref y, ref *q)
{
        ref v = op2(l, op, x, y), f = op2(l, op == IR_ADD ? IR_FADDS : IR_FSUBS, x, y);
        ref most = op2k(l, IR_XOR, op2k(l, IR_SAR, v, 31), 0x80000000); /* a sum that is too great is negative */
        *q = set_if(l, CC_VS, f);
        return select_if(l, CC_VS, f, most, v);
}

LIFT(saturate_op)
{
        ref n = get_r(l, a->rn), q, q_twice = REF_NONE;
        if (a->twice)
                n = saturating(l, IR_ADD, n, n, &q_twice);
        ref v = saturating(l, a->op, get_r(l, a->rm), n, &q);
        saturated(l, a->twice ? op2(l, IR_OR, q, q_twice) : q);
        put_r(l, a->rd, v);
        return true;
}

/* Returns the value nearest to the signed word v that has so many bits. */
static ref to_bits(struct lift *l, ref v, unsigned bits, bool u)
{
        uint32_t most = u ? (1u << bits) - 1 : (1u << (bits - 1)) - 1, least = u ? 0 : ~most;
        ref high = ir_const(l->ir, most), low = ir_const(l->ir, least);
        if (!u && bits == 32)
                return v;
        ref cut = select_if(l, CC_GT, op2(l, IR_FSUBS, v, high), high, v);
        return select_if(l, CC_LT, op2(l, IR_FSUBS, v, low), low, cut);
}

static ref differ(struct lift *l, ref x, ref y)
{
        return set_if(l, CC_NE, op2(l, IR_FSUBS, x, y));
}

LIFT(saturate)
{
        ref v = a32_shift(l, get_r(l, a->rn), a->shift, a->amount), r = to_bits(l, v, a->bits, a->u);
        saturated(l, differ(l, r, v));
        put_r(l, a->rd, r);
        return true;
}

LIFT(saturate16)
{
        ref n = get_r(l, a->rn), low = sign_extend(l, 1, n), high = op2k(l, IR_SAR, n, 16);
        ref r_low = to_bits(l, low, a->bits, a->u), r_high = to_bits(l, high, a->bits, a->u);
        saturated(l, op2(l, IR_OR, differ(l, r_low, low), differ(l, r_high, high)));
        put_r(l, a->rd, insert_bits(l, r_low, r_high, 16, 16));
        return true;
}

/* ---- parallel addition and subtraction ---- */

static ref to_vector(struct lift *l, ref v)
{
        return v1(l, IR_VFROM, 2, v);
}
static ref to_general(struct lift *l, ref v)
{
        return v1(l, IR_VGET, 2, v);
}

/* Which parts are greater or equal: what GE becomes. A sum of unsigned parts, when it has a carry, that is, when it is less than one
 * of the parts; all others when they are not negative, which the sign of half the sum tells. */
static ref greater_or_equal(struct lift *l, unsigned sz, bool u, bool subtract, ref n, ref m, ref sum)
{
        if (u && subtract)
                return to_general(l, v2(l, IR_VCMPHS, sz, n, m));
        if (u)
                return op1(l, IR_NOT, to_general(l, v2(l, IR_VCMPHS, sz, sum, n)));
        struct simd_form f = { .sz = (uint8_t)sz, .keep = KEEP_D };
        return to_general(l, v2(l, IR_VCMPGE, sz, subtract ? v_hsub(l, f, n, m) : v_hadd(l, f, n, m), v_zero(l)));
}

/* Sums or differences of parts, and what GE becomes, where it does. */
struct parallel {
        ref v, ge;
};

static struct parallel parallel(struct lift *l, unsigned how, unsigned sz, bool subtract, ref n, ref m)
{
        bool u = how >= PARALLEL_U;
        struct simd_form f = { .sz = (uint8_t)sz, .keep = KEEP_D, .u = u };
        struct parallel p = { REF_NONE, REF_NONE };

        switch (how) {
        case PARALLEL_Q: p.v = v2(l, subtract ? IR_VQSUBS : IR_VQADDS, sz, n, m); break;
        case PARALLEL_UQ: p.v = v2(l, subtract ? IR_VQSUBU : IR_VQADDU, sz, n, m); break;
        case PARALLEL_SH:
        case PARALLEL_UH: p.v = subtract ? v_hsub(l, f, n, m) : v_hadd(l, f, n, m); break;
        default: p.v = v2(l, subtract ? IR_VSUB : IR_VADD, sz, n, m); p.ge = greater_or_equal(l, sz, u, subtract, n, m, p.v);
        }
        p.v = to_general(l, p.v);
        return p;
}

LIFT(parallel)
{
        ref n = to_vector(l, get_r(l, a->rn)), m = get_r(l, a->rm);
        bool exchange = a->parts == PARTS_ASX || a->parts == PARTS_SAX;
        unsigned sz = a->parts >= PARTS_ADD8 ? 0 : 1;
        bool subtract_low = a->parts != PARTS_ADD16 && a->parts != PARTS_ADD8 && a->parts != PARTS_SAX;

        m = to_vector(l, exchange ? op2k(l, IR_ROR, m, 16) : m);
        struct parallel p = parallel(l, a->how, sz, subtract_low, n, m);
        if (exchange) {
                struct parallel high = parallel(l, a->how, sz, !subtract_low, n, m);
                p.v = insert_bits(l, high.v, p.v, 0, 16);
                if (p.ge)
                        p.ge = insert_bits(l, high.ge, p.ge, 0, 16);
        }
        if (p.ge)
                put_slot(l, SLOT_GE, p.ge);
        put_r(l, a->rd, p.v);
        return true;
}

LIFT(sel)
{
        ref ge = get_slot(l, SLOT_GE), yes = get_r(l, a->rn), no = get_r(l, a->rm);
        if (l->ir->ins[ge].op == IR_NOT) { /* UADD8 makes it so */
                ref t = yes;
                ge = l->ir->ins[ge].a;
                yes = no;
                no = t;
        }
        put_r(l, a->rd, op2(l, IR_OR, op2(l, IR_AND, yes, ge), op2(l, IR_ANDN, no, ge)));
        return true;
}

/* ---- other operations on bytes and halfwords ---- */

LIFT(usada8)
{
        struct simd_form f = { .sz = 0, .keep = KEEP_D, .u = true };
        ref differences = v_abd(l, f, to_vector(l, get_r(l, a->rn)), to_vector(l, get_r(l, a->rm)));
        ref v = to_general(l, v1(l, IR_VSADB, 3, differences));
        put_r(l, a->rd, a->ra == 15 ? v : op2(l, IR_ADD, get_r(l, a->ra), v));
        return true;
}

LIFT(pkh)
{
        ref n = get_r(l, a->rn), m = a32_shift(l, get_r(l, a->rm), a->tb ? SHIFT_ASR : SHIFT_LSL, a->amount);
        put_r(l, a->rd, a->tb ? insert_bits(l, n, m, 0, 16) : insert_bits(l, m, n, 0, 16));
        return true;
}
