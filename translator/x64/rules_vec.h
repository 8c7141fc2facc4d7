/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rules of vector ops share (rules_vec*.c): names of x86 instructions, and short forms of the emitters. Each rule
 * works with VEX and with SSE4.2; see gen.h for which registers may be the same. */
#pragma once
#include "abi.h"
#include "rules.h"

#define RULE_FN(op) void rule_##op(struct gen *g, const struct ir_ins *i, const struct regs *r)
#define UNUSED_INS (void)i

#define P66(op) ((opc)(PP_66 | MAP_0F | (op)))
#define P38(op) ((opc)(PP_66 | MAP_38 | (op)))
#define P3A(op) ((opc)(PP_66 | MAP_3A | (op)))

enum {
        OP_MOVAPS = MAP_0F | 0x28,
        OP_MOVQ = PP_F3 | MAP_0F | 0x7e,
        OP_MOVSD = PP_F2 | MAP_0F | 0x10,
        OP_MOVHLPS = MAP_0F | 0x12,
        OP_SHUFPS = MAP_0F | 0xc6,
        OP_MOVD_XG = P66(0x6e),
        OP_MOVD_GX = P66(0x7e),
        OP_PSHUFD = P66(0x70),
        OP_PSHUFB = P38(0x00),
        OP_PALIGNR = P3A(0x0f),
        OP_PBLENDW = P3A(0x0e),
        OP_BLENDPS = P3A(0x0c),
        OP_INSERTPS = P3A(0x21),
        OP_PINSRB = P3A(0x20),
        OP_PINSRW = P66(0xc4),
        OP_PINSRD = P3A(0x22),
        OP_PEXTRB = P3A(0x14),
        OP_PEXTRW = P66(0xc5),
        OP_PEXTRD = P3A(0x16),
        OP_PAND = P66(0xdb),
        OP_PANDN = P66(0xdf),
        OP_POR = P66(0xeb),
        OP_PXOR = P66(0xef),
        OP_PTEST = P38(0x17),
        OP_PADDB = P66(0xfc),
        OP_PADDW = P66(0xfd),
        OP_PADDD = P66(0xfe),
        OP_PADDQ = P66(0xd4),
        OP_PSUBB = P66(0xf8),
        OP_PSUBQ = P66(0xfb),
        OP_PADDUSB = P66(0xdc),
        OP_PSUBD = P66(0xfa),
        OP_PMAXUD = P38(0x3f),
        OP_PMINUW = P38(0x3a),
        OP_PMINUD = P38(0x3b),
        OP_PCMPEQW = P66(0x75),
        OP_PCMPEQD = P66(0x76),
        OP_PCMPGTB = P66(0x64),
        OP_PCMPGTQ = P38(0x37),
        OP_PMULLW = P66(0xd5),
        OP_PMULLD = P38(0x40),
        OP_PMULHW = P66(0xe5),
        OP_PMULHUW = P66(0xe4),
        OP_PMULHRSW = P38(0x0b),
        OP_PMULUDQ = P66(0xf4),
        OP_PMULDQ = P38(0x28),
        OP_PMADDWD = P66(0xf5),
        OP_PMADDUBSW = P38(0x04),
        OP_PHADDW = P38(0x01),
        OP_PHADDD = P38(0x02),
        OP_PSADBW = P66(0xf6),
        OP_PACKSSWB = P66(0x63),
        OP_PACKUSWB = P66(0x67),
        OP_PACKSSDW = P66(0x6b),
        OP_PACKUSDW = P38(0x2b),
        OP_PUNPCKLBW = P66(0x60),
        OP_PUNPCKLQDQ = P66(0x6c),
        OP_PUNPCKHQDQ = P66(0x6d),
        OP_VPTERNLOGD = P3A(0x25),     /* EVEX */
        OP_VPSRAQ = P66(0x72) | OPC_W, /* EVEX, /4 */
};

/* Digits of the shift groups P66(0x71 .. 0x73). */
enum { SH_SRL = 2, SH_SRA = 4, SH_SLL = 6 };

static inline void op3(struct gen *g, opc op, unsigned d, unsigned a, unsigned b)
{
        x64_v3(&g->code, op, d, a, b);
}
static inline void op3i(struct gen *g, opc op, unsigned d, unsigned a, unsigned b, unsigned imm)
{
        x64_v3i(&g->code, op, d, a, b, (uint8_t)imm);
}
static inline void op2(struct gen *g, opc op, unsigned d, unsigned b)
{
        x64_v2(&g->code, op, d, b);
}
static inline void op2i(struct gen *g, opc op, unsigned d, unsigned b, unsigned imm)
{
        x64_v2i(&g->code, op, d, b, (uint8_t)imm);
}
/* Shift of elements of size sz (1, 2, 3). */
static inline void shift(struct gen *g, unsigned how, unsigned sz, unsigned d, unsigned a, unsigned n)
{
        x64_vshift(&g->code, (opc)P66(0x70 | sz), how, d, a, (uint8_t)n);
}
/* d = a op the constant of which both halves are v. */
static inline void op3c(struct gen *g, opc op, unsigned d, unsigned a, uint64_t v)
{
        gen_v3c(g, op, d, a, v, v);
}
/* d = t op x, t being a temporary: d may be x's register. */
static inline void finish(struct gen *g, opc op, unsigned d, unsigned t, unsigned x)
{
        if (x64_features.avx2) {
                op3(g, op, d, t, x);
        } else {
                op2(g, op, t, x);
                x64_vmov(&g->code, d, t);
        }
}
static inline void zero(struct gen *g, unsigned d)
{
        x64_vzero(&g->code, d);
}
static inline void ones(struct gen *g, unsigned d)
{
        op3(g, OP_PCMPEQD, d, d, d);
}
/* d = ~x; t is overwritten and neither of them. d may be x. */
static inline void invert(struct gen *g, unsigned d, unsigned x, unsigned t)
{
        if (x64_features.avx512) {
                x64_evex3i(&g->code, OP_VPTERNLOGD, d, x, x, 0x55);
        } else {
                ones(g, t);
                op3(g, OP_PXOR, d, x, t);
        }
}
/* v in all elements of size sz. */
static inline uint64_t all(unsigned sz, uint64_t v)
{
        for (unsigned bits = 8u << sz; bits < 64; bits *= 2)
                v = (v & ((UINT64_C(1) << bits) - 1)) | v << bits;
        return v;
}
static inline uint64_t sign_bits(unsigned sz)
{
        return all(sz, UINT64_C(1) << ((8u << sz) - 1));
}
