/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Emission of vector ops: permutes, bits in bytes, cryptography (see rules_vec.h). */
#include "rules_vec.h"

static const opc zip_low[4] = { OP_PUNPCKLBW, P66(0x61), P66(0x62), OP_PUNPCKLQDQ };
static const opc zip_high[4] = { P66(0x68), P66(0x69), P66(0x6a), OP_PUNPCKHQDQ };

RULE_FN(VZIPL)
{
        op3(g, zip_low[i->sz], r->d, r->a, r->b);
}

RULE_FN(VZIPH)
{
        op3(g, zip_high[i->sz], r->d, r->a, r->b);
}

/* ---- unzipping: the elements that go away are cleared or shifted out, then twice as wide ones are packed ---- */

static void unzip_half(struct gen *g, unsigned sz, bool odd, unsigned t, unsigned x)
{
        if (odd)
                shift(g, SH_SRL, sz + 1, t, x, 8u << sz);
        else
                op3c(g, OP_PAND, t, x, all(sz + 1, (UINT64_C(1) << (8u << sz)) - 1));
}

static void unzip(struct gen *g, const struct ir_ins *i, const struct regs *r, bool odd)
{
        if (i->sz == 3) {
                op3(g, odd ? OP_PUNPCKHQDQ : OP_PUNPCKLQDQ, r->d, r->a, r->b);
        } else if (i->sz == 2) {
                op3i(g, OP_SHUFPS, r->d, r->a, r->b, odd ? 0xdd : 0x88);
        } else {
                bool both = r->a != r->b;
                unzip_half(g, i->sz, odd, r->t[0], r->a);
                if (both)
                        unzip_half(g, i->sz, odd, r->t[1], r->b);
                op3(g, i->sz ? OP_PACKUSDW : OP_PACKUSWB, r->d, r->t[0], r->t[both]);
        }
}

RULE_FN(VUZPE)
{
        unzip(g, i, r, false);
}

RULE_FN(VUZPO)
{
        unzip(g, i, r, true);
}

RULE_FN(VTRNE)
{
        if (i->sz == 3) {
                op3(g, OP_PUNPCKLQDQ, r->d, r->a, r->b);
                return;
        }
        shift(g, SH_SLL, i->sz + 1u, r->t[0], r->b, 8u << i->sz);
        if (i->sz) {
                op3i(g, OP_PBLENDW, r->d, r->a, r->t[0], i->sz == 1 ? 0xaa : 0xcc);
        } else {
                op3c(g, OP_PAND, r->t[1], r->a, all(1, 0xff));
                op3(g, OP_POR, r->d, r->t[0], r->t[1]);
        }
}

RULE_FN(VTRNO)
{
        if (i->sz == 3) {
                op3(g, OP_PUNPCKHQDQ, r->d, r->a, r->b);
                return;
        }
        shift(g, SH_SRL, i->sz + 1u, r->t[0], r->a, 8u << i->sz);
        if (i->sz) {
                op3i(g, OP_PBLENDW, r->d, r->t[0], r->b, i->sz == 1 ? 0xaa : 0xcc);
        } else {
                op3c(g, OP_PAND, r->t[1], r->b, all(1, 0xff00));
                op3(g, OP_POR, r->d, r->t[0], r->t[1]);
        }
}

RULE_FN(VEXT)
{
        unsigned n = (unsigned)i->disp;
        if (r->a == r->b && n % 4 == 0) { /* rotation by words */
                unsigned w = n / 4;
                op2i(g, OP_PSHUFD, r->d, r->a, w | (w + 1) % 4 << 2 | (w + 2) % 4 << 4 | (w + 3) % 4 << 6);
        } else {
                op3i(g, OP_PALIGNR, r->d, r->a, r->b, n);
        }
}

RULE_FN(VREV)
{
        if (i->sz == 2) {
                op2i(g, OP_PSHUFD, r->d, r->a, 0xb1);
                return;
        }
        uint64_t pick[2] = { 0, 0 };
        for (unsigned k = 0; k < 16; k++)
                pick[k / 8] |= (uint64_t)(k ^ ((1u << i->aux) - (1u << i->sz))) << 8 * (k % 8);
        gen_v3c(g, OP_PSHUFB, r->d, r->a, pick[0], pick[1]);
}

/* PSHUFB gives 0 where bit 7 of the index is set, and ignores bits 6:4. */
RULE_FN(VTBL)
{
        UNUSED_INS;
        op3c(g, OP_PADDUSB, r->t[0], r->b, all(0, 0x70));
        op3(g, OP_PSHUFB, r->d, r->a, r->t[0]);
}

/* ---- structures of three: each byte of the result comes from one of the operands, the others give 0 there ---- */

/* Source byte in the 48 of the operands for byte k of the result. */
static unsigned source3(const struct ir_ins *i, unsigned k)
{
        unsigned sz = i->sz, e = k >> sz, within = k & ((1u << sz) - 1);
        if (i->op == IR_VLD3)
                return (3 * e + i->aux) << sz | within;
        e += i->aux * (16u >> sz); /* element of the 48 bytes to be stored */
        return 16 * (e % 3) + (e / 3 << sz | within);
}

static void pick3(struct gen *g, const struct ir_ins *i, unsigned operand, unsigned d, unsigned x)
{
        uint64_t pick[2] = { 0, 0 };
        for (unsigned k = 0; k < 16; k++) {
                unsigned from = source3(i, k);
                pick[k / 8] |= (uint64_t)(from / 16 == operand ? from % 16 : 0x80) << 8 * (k % 8);
        }
        gen_v3c(g, OP_PSHUFB, d, x, pick[0], pick[1]);
}

static void shuffle3(struct gen *g, const struct ir_ins *i, const struct regs *r)
{
        pick3(g, i, 0, r->d, r->a);
        pick3(g, i, 1, r->t[0], r->b);
        op3(g, OP_POR, r->d, r->d, r->t[0]);
        pick3(g, i, 2, r->t[0], r->c);
        op3(g, OP_POR, r->d, r->d, r->t[0]);
}

RULE_FN(VLD3)
{
        shuffle3(g, i, r);
}

RULE_FN(VST3)
{
        shuffle3(g, i, r);
}

/* ---- bits in bytes: tables by nibble ---- */

static void by_nibbles(struct gen *g, const struct regs *r, const uint64_t low[2], const uint64_t high[2], opc join)
{
        op3c(g, OP_PAND, r->t[0], r->a, all(0, 0x0f));
        shift(g, SH_SRL, 1, r->t[1], r->a, 4);
        op3c(g, OP_PAND, r->t[1], r->t[1], all(0, 0x0f));
        gen_v2c(g, OP_MOVAPS, r->d, low[0], low[1]);
        op3(g, OP_PSHUFB, r->d, r->d, r->t[0]);
        gen_v2c(g, OP_MOVAPS, r->t[0], high[0], high[1]);
        op3(g, OP_PSHUFB, r->t[0], r->t[0], r->t[1]);
        op3(g, join, r->d, r->d, r->t[0]);
}

RULE_FN(VCNT)
{
        static const uint64_t count[2] = { UINT64_C(0x0302020102010100), UINT64_C(0x0403030203020201) };
        UNUSED_INS;
        by_nibbles(g, r, count, count, OP_PADDB);
}

RULE_FN(VRBIT)
{
        static const uint64_t low[2] = { UINT64_C(0xe060a020c0408000), UINT64_C(0xf070b030d0509010) };
        static const uint64_t high[2] = { UINT64_C(0x0e060a020c040800), UINT64_C(0x0f070b030d050901) };
        UNUSED_INS;
        if (x64_features.avx2 && x64_features.gfni) {
                gen_v2c(g, OP_MOVAPS, r->t[0], UINT64_C(0x8040201008040201), UINT64_C(0x8040201008040201));
                op3i(g, P3A(0xce) | OPC_W, r->d, r->a, r->t[0], 0); /* VGF2P8AFFINEQB */
        } else {
                by_nibbles(g, r, low, high, OP_POR);
        }
}

/* ---- cryptography ---- */

RULE_FN(VPMULL)
{
        op3i(g, P3A(0x44), r->d, r->a, r->b, i->aux ? 0x11 : 0);
}

#define AES_ROUND(op, byte) \
        RULE_FN(op) \
        { \
                UNUSED_INS; \
                zero(g, r->t[0]); \
                op3(g, P38(byte), r->d, r->a, r->t[0]); \
        }
AES_ROUND(VAESENC, 0xdc)
AES_ROUND(VAESENCL, 0xdd)
AES_ROUND(VAESDEC, 0xde)
AES_ROUND(VAESDECL, 0xdf)

RULE_FN(VAESIMC)
{
        UNUSED_INS;
        op2(g, P38(0xdb), r->d, r->a);
}

/* The SHA extensions have no VEX form. */
RULE_FN(VSHA256M1)
{
        UNUSED_INS;
        x64_vmov(&g->code, r->d, r->a);
        x64_rr(&g->code, MAP_38 | 0xcc, false, r->d, r->b);
}

RULE_FN(VSHA256M2)
{
        UNUSED_INS;
        x64_vmov(&g->code, r->d, r->a);
        x64_rr(&g->code, MAP_38 | 0xcd, false, r->d, r->b);
}
