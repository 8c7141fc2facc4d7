/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Emission of vector ops that widen, narrow, multiply or sum (see rules_vec.h). */
#include "rules_vec.h"

/* ---- widening: PMOVSX, PMOVZX ---- */

static const opc movsx[3] = { P38(0x20), P38(0x23), P38(0x25) }, movzx[3] = { P38(0x30), P38(0x33), P38(0x35) };

static void widen(struct gen *g, const opc code[3], const struct ir_ins *i, unsigned d, unsigned a)
{
        if (i->aux) {
                op2i(g, OP_PSHUFD, d, a, 0xee);
                a = d;
        }
        op2(g, code[i->sz], d, a);
}

RULE_FN(VXTLS)
{
        widen(g, movsx, i, r->d, r->a);
}

RULE_FN(VXTLU)
{
        static const opc unpack_high[3] = { P66(0x68), P66(0x69), P66(0x6a) };
        if (i->aux) {
                zero(g, r->t[0]);
                op3(g, unpack_high[i->sz], r->d, r->a, r->t[0]);
        } else {
                op2(g, movzx[i->sz], r->d, r->a);
        }
}

/* ---- narrowing ---- */

RULE_FN(VXTN)
{
        static const uint64_t pick[3] = { UINT64_C(0x0e0c0a0806040200), UINT64_C(0x0d0c090805040100),
                                          UINT64_C(0x0b0a090803020100) };
        gen_v3c(g, OP_PSHUFB, r->d, r->a, pick[i->sz], all(0, 0x80));
}

RULE_FN(VQXTNS)
{
        zero(g, r->t[0]);
        op3(g, i->sz ? OP_PACKSSDW : OP_PACKSSWB, r->d, r->a, r->t[0]);
}

RULE_FN(VQXTNSU)
{
        zero(g, r->t[0]);
        op3(g, i->sz ? OP_PACKUSDW : OP_PACKUSWB, r->d, r->a, r->t[0]);
}

/* The packs take signed elements: these are made small enough first. */
RULE_FN(VQXTNU)
{
        op3c(g, i->sz ? OP_PMINUD : OP_PMINUW, r->t[0], r->a, i->sz ? all(2, 0xffff) : all(1, 0xff));
        zero(g, r->t[1]);
        op3(g, i->sz ? OP_PACKUSDW : OP_PACKUSWB, r->d, r->t[0], r->t[1]);
}

/* ---- long multiplications ---- */

static void long_words(struct gen *g, const struct ir_ins *i, const struct regs *r, opc mul)
{
        op2i(g, OP_PSHUFD, r->t[0], r->a, i->aux ? 0xfa : 0x50);
        op2i(g, OP_PSHUFD, r->t[1], r->b, i->aux ? 0xfa : 0x50);
        op3(g, mul, r->d, r->t[0], r->t[1]);
}

static void long_halfwords(struct gen *g, const struct ir_ins *i, const struct regs *r, opc high)
{
        op3(g, OP_PMULLW, r->t[0], r->a, r->b);
        op3(g, high, r->t[1], r->a, r->b);
        op3(g, i->aux ? P66(0x69) : P66(0x61), r->d, r->t[0], r->t[1]); /* PUNPCKHWD, PUNPCKLWD */
}

static void long_bytes(struct gen *g, const struct ir_ins *i, const struct regs *r, const opc code[3])
{
        widen(g, code, i, r->t[0], r->a);
        widen(g, code, i, r->t[1], r->b);
        op3(g, OP_PMULLW, r->d, r->t[0], r->t[1]);
}

RULE_FN(VMULLS)
{
        if (i->sz == 2)
                long_words(g, i, r, OP_PMULDQ);
        else if (i->sz == 1)
                long_halfwords(g, i, r, OP_PMULHW);
        else
                long_bytes(g, i, r, movsx);
}

RULE_FN(VMULLU)
{
        if (i->sz == 2)
                long_words(g, i, r, OP_PMULUDQ);
        else if (i->sz == 1)
                long_halfwords(g, i, r, OP_PMULHUW);
        else
                long_bytes(g, i, r, movzx);
}

/* ---- doubling multiplications. Only the square of the least number overflows, to the least number: flip that. ---- */

static void flip_least(struct gen *g, unsigned sz, unsigned d, unsigned x, unsigned t)
{
        op3c(g, sz == 1 ? OP_PCMPEQW : OP_PCMPEQD, t, x, sign_bits(sz));
        op3(g, OP_PXOR, d, x, t);
}

static void double_words(struct gen *g, const struct regs *r, bool round)
{
        unsigned d = r->d, even = r->t[0], odd = r->t[1];
        shift(g, SH_SRL, 3, d, r->a, 32);
        shift(g, SH_SRL, 3, odd, r->b, 32);
        op3(g, OP_PMULDQ, odd, odd, d);
        op3(g, OP_PMULDQ, even, r->a, r->b);
        op3(g, OP_PADDQ, odd, odd, odd);
        op3(g, OP_PADDQ, even, even, even);
        if (round) {
                op3c(g, OP_PADDQ, odd, odd, UINT64_C(0x80000000));
                op3c(g, OP_PADDQ, even, even, UINT64_C(0x80000000));
        }
        shift(g, SH_SRL, 3, even, even, 32);
        op3i(g, OP_PBLENDW, d, even, odd, 0xcc);
        flip_least(g, 2, d, d, odd);
}

RULE_FN(VQDMULH)
{
        if (i->sz == 2) {
                double_words(g, r, false);
                return;
        }
        op3(g, OP_PMULHW, r->t[0], r->a, r->b);
        op3(g, OP_PMULLW, r->t[1], r->a, r->b);
        op3(g, OP_PADDW, r->t[0], r->t[0], r->t[0]);
        shift(g, SH_SRL, 1, r->t[1], r->t[1], 15);
        op3(g, OP_POR, r->t[0], r->t[0], r->t[1]);
        flip_least(g, 1, r->d, r->t[0], r->t[1]);
}

RULE_FN(VQRDMULH)
{
        if (i->sz == 2) {
                double_words(g, r, true);
                return;
        }
        op3(g, OP_PMULHRSW, r->t[0], r->a, r->b);
        flip_least(g, 1, r->d, r->t[0], r->t[1]);
}

/* ---- dot products: even and odd bytes as halfwords, PMADDWD of each ---- */

RULE_FN(VDOTS)
{
        UNUSED_INS;
        shift(g, SH_SLL, 1, r->t[0], r->a, 8);
        shift(g, SH_SLL, 1, r->t[1], r->b, 8);
        shift(g, SH_SRA, 1, r->t[0], r->t[0], 8);
        shift(g, SH_SRA, 1, r->t[1], r->t[1], 8);
        op3(g, OP_PMADDWD, r->t[0], r->t[0], r->t[1]);
        shift(g, SH_SRA, 1, r->d, r->a, 8);
        shift(g, SH_SRA, 1, r->t[1], r->b, 8);
        op3(g, OP_PMADDWD, r->d, r->d, r->t[1]);
        op3(g, OP_PADDD, r->d, r->d, r->t[0]);
}

RULE_FN(VDOTU)
{
        UNUSED_INS;
        op3c(g, OP_PAND, r->t[0], r->a, all(1, 0xff));
        op3c(g, OP_PAND, r->t[1], r->b, all(1, 0xff));
        op3(g, OP_PMADDWD, r->t[0], r->t[0], r->t[1]);
        shift(g, SH_SRL, 1, r->d, r->a, 8);
        shift(g, SH_SRL, 1, r->t[1], r->b, 8);
        op3(g, OP_PMADDWD, r->d, r->d, r->t[1]);
        op3(g, OP_PADDD, r->d, r->d, r->t[0]);
}

/* ---- sums of neighbours ---- */

RULE_FN(VADDLPS)
{
        if (i->sz == 0) { /* PMADDUBSW's first operand is the unsigned one */
                gen_v2c(g, OP_MOVAPS, r->t[0], all(0, 1), all(0, 1));
                finish(g, OP_PMADDUBSW, r->d, r->t[0], r->a);
        } else if (i->sz == 1) {
                op3c(g, OP_PMADDWD, r->d, r->a, all(1, 1));
        } else {
                op3c(g, OP_PMULDQ, r->t[0], r->a, 1);
                shift(g, SH_SRL, 3, r->t[1], r->a, 32);
                op3c(g, OP_PMULDQ, r->t[1], r->t[1], 1);
                op3(g, OP_PADDQ, r->d, r->t[0], r->t[1]);
        }
}

RULE_FN(VADDLPU)
{
        if (i->sz == 0) {
                op3c(g, OP_PMADDUBSW, r->d, r->a, all(0, 1));
                return;
        }
        unsigned wide = i->sz + 1u;
        shift(g, SH_SRL, wide, r->t[0], r->a, 8u << i->sz);
        op3c(g, OP_PAND, r->t[1], r->a, all(wide, (UINT64_C(1) << (8u << i->sz)) - 1));
        op3(g, wide == 2 ? OP_PADDD : OP_PADDQ, r->d, r->t[0], r->t[1]);
}

RULE_FN(VADDP)
{
        if (i->sz) {
                op3(g, i->sz == 1 ? OP_PHADDW : OP_PHADDD, r->d, r->a, r->b);
                return;
        }
        op3c(g, OP_PMADDUBSW, r->t[0], r->a, all(0, 1));
        op3c(g, OP_PMADDUBSW, r->t[1], r->b, all(0, 1));
        op3c(g, OP_PAND, r->t[0], r->t[0], all(1, 0xff));
        op3c(g, OP_PAND, r->t[1], r->t[1], all(1, 0xff));
        op3(g, OP_PACKUSWB, r->d, r->t[0], r->t[1]);
}

RULE_FN(VSADB)
{
        UNUSED_INS;
        zero(g, r->t[0]);
        op3(g, OP_PSADBW, r->d, r->a, r->t[0]);
}
