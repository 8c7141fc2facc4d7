/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Emission of vector ops: moves, logic, arithmetic, comparisons, shifts (see rules_vec.h). */
#include "rules_vec.h"

/* Ops that are one instruction, by element size. */
#define ONE(op, o0, o1, o2, o3) \
        RULE_FN(op) \
        { \
                static const opc code[4] = { o0, o1, o2, o3 }; \
                op3(g, code[i->sz & 3], r->d, r->a, r->b); \
        }
#define SAME(op, o) ONE(op, o, o, o, o)

SAME(VAND, OP_PAND)
SAME(VOR, OP_POR)
SAME(VXOR, OP_PXOR)
ONE(VADD, OP_PADDB, OP_PADDW, OP_PADDD, OP_PADDQ)
ONE(VSUB, OP_PSUBB, P66(0xf9), OP_PSUBD, OP_PSUBQ)
ONE(VRHADDU, P66(0xe0), P66(0xe3), 0, 0)

static const opc cmpeq[4] = { P66(0x74), OP_PCMPEQW, OP_PCMPEQD, P38(0x29) };
static const opc cmpgt[4] = { OP_PCMPGTB, P66(0x65), P66(0x66), OP_PCMPGTQ };
static const opc mins[3] = { P38(0x38), P66(0xea), P38(0x39) }, maxs[3] = { P38(0x3c), P66(0xee), P38(0x3d) };
static const opc minu[3] = { P66(0xda), OP_PMINUW, OP_PMINUD }, maxu[3] = { P66(0xde), P38(0x3e), OP_PMAXUD };

#define TABLE(op, table) \
        RULE_FN(op) \
        { \
                op3(g, table[i->sz], r->d, r->a, r->b); \
        }
TABLE(VCMPEQ, cmpeq)
TABLE(VCMPGT, cmpgt)
TABLE(VMINS, mins)
TABLE(VMAXS, maxs)
TABLE(VMINU, minu)
TABLE(VMAXU, maxu)

/* ---- moves ---- */

RULE_FN(VCONST)
{
        uint64_t lo = (uint64_t)i->imm, hi = i->sz == 4 ? lo : 0;
        if (lo == 0)
                zero(g, r->d);
        else if (lo == UINT64_MAX && hi == lo)
                ones(g, r->d);
        else
                gen_v2c(g, OP_MOVAPS, r->d, lo, hi);
}

RULE_FN(VZEXT)
{
        if (i->sz == 3)
                op2(g, OP_MOVQ, r->d, r->a);
        else if (i->sz == 2)
                op3i(g, OP_INSERTPS, r->d, r->a, r->a, 0x0e);
        else
                gen_v3c(g, OP_PAND, r->d, r->a, (UINT64_C(1) << (8u << i->sz)) - 1, 0);
}

static void move_from_general(struct gen *g, unsigned sz, unsigned d, unsigned a)
{
        op2(g, sz == 3 ? (opc)(OP_MOVD_XG | OPC_W) : (opc)OP_MOVD_XG, d, a);
}

RULE_FN(VFROM)
{
        move_from_general(g, i->sz, r->d, r->a);
}

static const opc broadcast[4] = { P38(0x78), P38(0x79), P38(0x58), P38(0x59) };

RULE_FN(VDUP)
{
        static const opc from_general[4] = { P38(0x7a), P38(0x7b), P38(0x7c), P38(0x7c) | OPC_W }; /* EVEX */
        unsigned d = r->d;
        if (x64_features.avx512) {
                x64_evex3(&g->code, from_general[i->sz], d, 0, r->a);
                return;
        }
        move_from_general(g, i->sz, d, r->a);
        if (x64_features.avx2) {
                op2(g, broadcast[i->sz], d, d);
                return;
        }
        if (i->sz == 0)
                op3(g, OP_PUNPCKLBW, d, d, d);
        if (i->sz < 2)
                op2i(g, PP_F2 | MAP_0F | 0x70, d, d, 0); /* PSHUFLW */
        if (i->sz == 2)
                op2i(g, OP_PSHUFD, d, d, 0);
        else
                op3(g, OP_PUNPCKLQDQ, d, d, d);
}

RULE_FN(VDUPL)
{
        unsigned lane = i->aux;
        if (x64_features.avx2 && lane == 0)
                op2(g, broadcast[i->sz], r->d, r->a);
        else if (i->sz == 3)
                op3(g, lane ? OP_PUNPCKHQDQ : OP_PUNPCKLQDQ, r->d, r->a, r->a);
        else if (i->sz == 2)
                op2i(g, OP_PSHUFD, r->d, r->a, lane * 0x55);
        else
                op3c(g, OP_PSHUFB, r->d, r->a, all(i->sz, i->sz ? 2 * lane | (2 * lane + 1) << 8 : lane));
}

static void insert_general(struct gen *g, unsigned sz, unsigned d, unsigned a, unsigned from, unsigned lane)
{
        static const opc code[4] = { OP_PINSRB, OP_PINSRW, OP_PINSRD, OP_PINSRD | OPC_W };
        op3i(g, code[sz], d, a, from, lane);
}

static void extract_general(struct gen *g, unsigned sz, unsigned d, unsigned a, unsigned lane)
{
        static const opc code[4] = { OP_PEXTRB, OP_PEXTRW, OP_PEXTRD, OP_PEXTRD | OPC_W };
        if (sz == 1)
                op2i(g, OP_PEXTRW, d, a, lane);
        else if (lane == 0 && sz >= 2)
                op2(g, (opc)(OP_MOVD_GX | (sz == 3 ? OPC_W : 0)), a, d);
        else
                op2i(g, code[sz], a, d, lane);
}

RULE_FN(VINS)
{
        insert_general(g, i->sz, r->d, r->a, r->b, i->aux);
}

RULE_FN(VINSL)
{
        unsigned to = i->aux, from = i->aux2;
        if (i->sz == 3) {
                static const opc code[3] = { OP_MOVSD, OP_MOVHLPS, OP_PUNPCKLQDQ };
                if (to == 1 && from == 1)
                        op3i(g, OP_PBLENDW, r->d, r->a, r->b, 0xf0);
                else
                        op3(g, code[2 * to + from], r->d, r->a, r->b);
        } else if (i->sz == 2 && from == to) {
                op3i(g, OP_BLENDPS, r->d, r->a, r->b, 1u << to);
        } else if (i->sz == 2) {
                op3i(g, OP_INSERTPS, r->d, r->a, r->b, from << 6 | to << 4);
        } else {
                extract_general(g, i->sz, r->s[0], r->b, from);
                insert_general(g, i->sz, r->d, r->a, r->s[0], to);
        }
}

RULE_FN(VGET)
{
        extract_general(g, i->sz, r->d, r->a, i->aux);
}

RULE_FN(VGETS)
{
        bool w = i->aux2 == 3;
        extract_general(g, i->sz, r->d, r->a, i->aux);
        if (i->sz == 0 && !w)
                x64_rr8(&g->code, MAP_0F | 0xbe, r->d, r->d);
        else if (i->sz < 2)
                x64_rr(&g->code, MAP_0F | 0xbe | i->sz, w, r->d, r->d);
        else if (w)
                x64_rr(&g->code, 0x63, true, r->d, r->d);
}

/* ---- logic ---- */

RULE_FN(VANDN)
{
        UNUSED_INS;
        op3(g, OP_PANDN, r->d, r->b, r->a);
}

RULE_FN(VNOT)
{
        UNUSED_INS;
        invert(g, r->d, r->a, r->t[0]);
}

RULE_FN(VBSL)
{
        UNUSED_INS;
        if (x64_features.avx512) {
                x64_vmov(&g->code, r->d, r->a);
                x64_evex3i(&g->code, OP_VPTERNLOGD, r->d, r->b, r->c, 0xca);
                return;
        }
        op3(g, OP_PXOR, r->d, r->b, r->c); /* c ^ (a & (b ^ c)) */
        op3(g, OP_PAND, r->d, r->d, r->a);
        op3(g, OP_PXOR, r->d, r->d, r->c);
}

/* ---- arithmetic ---- */

RULE_FN(VMUL)
{
        if (i->sz) {
                op3(g, i->sz == 1 ? OP_PMULLW : OP_PMULLD, r->d, r->a, r->b);
                return;
        }
        /* bytes: odd ones as (a >> 8) * (b & 0xff00), which puts the product where it belongs */
        op3c(g, OP_PAND, r->t[0], r->b, all(1, 0xff00));
        shift(g, SH_SRL, 1, r->t[1], r->a, 8);
        op3(g, OP_PMULLW, r->t[1], r->t[1], r->t[0]);
        op3(g, OP_PMULLW, r->t[0], r->a, r->b);
        op3c(g, OP_PAND, r->t[0], r->t[0], all(1, 0xff));
        op3(g, OP_POR, r->d, r->t[0], r->t[1]);
}

RULE_FN(VNEG)
{
        static const opc sub[4] = { OP_PSUBB, P66(0xf9), OP_PSUBD, OP_PSUBQ };
        zero(g, r->t[0]);
        finish(g, sub[i->sz], r->d, r->t[0], r->a);
}

RULE_FN(VABS)
{
        if (i->sz < 3) {
                op2(g, (opc)(P38(0x1c) + i->sz), r->d, r->a);
        } else if (x64_features.avx512) {
                x64_evex3(&g->code, P38(0x1f) | OPC_W, r->d, 0, r->a);
        } else { /* (a ^ sign) - sign */
                zero(g, r->t[0]);
                op3(g, OP_PCMPGTQ, r->t[0], r->t[0], r->a);
                op3(g, OP_PXOR, r->t[1], r->a, r->t[0]);
                op3(g, OP_PSUBQ, r->d, r->t[1], r->t[0]);
        }
}

/* ---- comparisons ---- */

RULE_FN(VCMPGE)
{
        if (i->sz < 3) {
                op3(g, maxs[i->sz], r->t[0], r->a, r->b);
                finish(g, cmpeq[i->sz], r->d, r->t[0], r->a);
        } else {
                op3(g, OP_PCMPGTQ, r->t[0], r->b, r->a);
                invert(g, r->d, r->t[0], r->t[1]);
        }
}

/* d = x > y, unsigned: signed when the top bits are flipped. */
static void compare_hi(struct gen *g, unsigned sz, unsigned d, unsigned x, unsigned y, const uint8_t t[2])
{
        op3c(g, OP_PXOR, t[0], x, sign_bits(sz));
        op3c(g, OP_PXOR, t[1], y, sign_bits(sz));
        op3(g, cmpgt[sz], d, t[0], t[1]);
}

RULE_FN(VCMPHI)
{
        if (i->sz < 3 && x64_features.avx512) {
                op3(g, minu[i->sz], r->t[0], r->a, r->b);
                op3(g, cmpeq[i->sz], r->t[0], r->t[0], r->a);
                invert(g, r->d, r->t[0], r->t[1]);
        } else {
                compare_hi(g, i->sz, r->d, r->a, r->b, r->t);
        }
}

RULE_FN(VCMPHS)
{
        if (i->sz < 3) {
                op3(g, maxu[i->sz], r->t[0], r->a, r->b);
                finish(g, cmpeq[i->sz], r->d, r->t[0], r->a);
        } else {
                compare_hi(g, 3, r->t[0], r->b, r->a, r->t);
                invert(g, r->d, r->t[0], r->t[1]);
        }
}

RULE_FN(VTST)
{
        op3(g, OP_PAND, r->t[0], r->a, r->b);
        zero(g, r->t[1]);
        op3(g, cmpeq[i->sz], r->t[0], r->t[0], r->t[1]);
        invert(g, r->d, r->t[0], r->t[1]);
}

/* ---- saturation ---- */

/* Words: x + y or x - y is in t[0]; where the sign of t[1] is set it overflowed, and becomes the least or greatest number
 * with x's sign. */
static void saturate_words(struct gen *g, const struct regs *r)
{
        unsigned d = r->d, sum = r->t[0], over = r->t[1];
        shift(g, SH_SRA, 2, d, r->a, 31);
        op3c(g, OP_PXOR, d, d, all(2, 0x7fffffff));
        if (x64_features.avx2) {
                x64_v4(&g->code, P3A(0x4a), d, sum, d, over); /* VBLENDVPS */
                return;
        }
        shift(g, SH_SRA, 2, over, over, 31);
        op3(g, OP_PAND, d, d, over);
        op3(g, OP_PANDN, over, over, sum);
        op3(g, OP_POR, d, d, over);
}

RULE_FN(VQADDS)
{
        if (i->sz < 2) {
                op3(g, i->sz ? P66(0xed) : P66(0xec), r->d, r->a, r->b);
                return;
        }
        op3(g, OP_PADDD, r->t[0], r->a, r->b);
        op3(g, OP_PXOR, r->t[1], r->a, r->t[0]);
        op3(g, OP_PXOR, r->d, r->b, r->t[0]);
        op3(g, OP_PAND, r->t[1], r->t[1], r->d);
        saturate_words(g, r);
}

RULE_FN(VQSUBS)
{
        if (i->sz < 2) {
                op3(g, i->sz ? P66(0xe9) : P66(0xe8), r->d, r->a, r->b);
                return;
        }
        op3(g, OP_PSUBD, r->t[0], r->a, r->b);
        op3(g, OP_PXOR, r->t[1], r->a, r->t[0]);
        op3(g, OP_PXOR, r->d, r->a, r->b);
        op3(g, OP_PAND, r->t[1], r->t[1], r->d);
        saturate_words(g, r);
}

RULE_FN(VQADDU)
{
        if (i->sz < 2) {
                op3(g, i->sz ? P66(0xdd) : P66(0xdc), r->d, r->a, r->b);
                return;
        }
        invert(g, r->t[0], r->b, r->t[1]); /* min(a, ~b) + b */
        op3(g, OP_PMINUD, r->t[0], r->t[0], r->a);
        op3(g, OP_PADDD, r->d, r->t[0], r->b);
}

RULE_FN(VQSUBU)
{
        if (i->sz < 2) {
                op3(g, i->sz ? P66(0xd9) : P66(0xd8), r->d, r->a, r->b);
                return;
        }
        op3(g, OP_PMAXUD, r->t[0], r->a, r->b); /* max(a, b) - b */
        op3(g, OP_PSUBD, r->d, r->t[0], r->b);
}

RULE_FN(VQC)
{
        UNUSED_INS;
        op2(g, OP_PTEST, r->a, r->a);
        uint8_t *skip = x64_jcc8(&g->code, XCC_E);
        x64_alu_mi(&g->code, ALU_OR, false, cpu_mem(CPU_OFF(fpsr)), 1 << 27);
        x64_patch8(&g->code, skip);
}

/* ---- shifts ---- */

RULE_FN(VSHL)
{
        unsigned n = (unsigned)i->disp;
        if (i->sz) {
                shift(g, SH_SLL, i->sz, r->d, r->a, n);
        } else if (n == 1) {
                op3(g, OP_PADDB, r->d, r->a, r->a);
        } else {
                shift(g, SH_SLL, 1, r->d, r->a, n);
                op3c(g, OP_PAND, r->d, r->d, all(0, 0xffu << n & 0xff));
        }
}

RULE_FN(VSHR)
{
        unsigned n = (unsigned)i->disp;
        if (n == 8u << i->sz) {
                zero(g, r->d);
        } else {
                shift(g, SH_SRL, i->sz ? i->sz : 1, r->d, r->a, n);
                if (i->sz == 0)
                        op3c(g, OP_PAND, r->d, r->d, all(0, 0xff >> n));
        }
}

static void sar_bytes(struct gen *g, const struct regs *r, unsigned n)
{
        if (n >= 7) {
                zero(g, r->t[0]);
                finish(g, OP_PCMPGTB, r->d, r->t[0], r->a);
                return;
        }
        shift(g, SH_SRL, 1, r->d, r->a, n);
        op3c(g, OP_PAND, r->d, r->d, all(0, 0xff >> n));
        op3c(g, OP_PXOR, r->d, r->d, all(0, 0x80 >> n)); /* extends the sign from where it is now */
        op3c(g, OP_PSUBB, r->d, r->d, all(0, 0x80 >> n));
}

static void sar_doublewords(struct gen *g, const struct regs *r, unsigned n)
{
        if (x64_features.avx512) {
                x64_evex3i(&g->code, OP_VPSRAQ, SH_SRA, r->d, r->a, (uint8_t)n);
                return;
        }
        zero(g, r->t[0]);
        op3(g, OP_PCMPGTQ, r->t[0], r->t[0], r->a);
        shift(g, SH_SRL, 3, r->d, r->a, n);
        shift(g, SH_SLL, 3, r->t[0], r->t[0], 64 - n);
        op3(g, OP_POR, r->d, r->d, r->t[0]);
}

RULE_FN(VSAR)
{
        unsigned n = (unsigned)i->disp;
        if (i->sz == 0)
                sar_bytes(g, r, n);
        else if (i->sz == 3)
                sar_doublewords(g, r, n);
        else
                shift(g, SH_SRA, i->sz, r->d, r->a, n);
}

/* Shifts by a vector: VPSLLV, VPSRLV, VPSRAV; counts past the width give 0 or the sign. The lifter sees to it that they exist:
 * halfwords and arithmetic ones of doublewords with AVX-512 only. */
enum { SHV_SLL, SHV_SRL, SHV_SRA };

static void shift_v(struct gen *g, unsigned how, unsigned sz, unsigned d, unsigned a, unsigned n)
{
        static const opc code[3] = { P38(0x47), P38(0x45), P38(0x46) };
        static const opc half[3] = { P38(0x12) | OPC_W, P38(0x10) | OPC_W, P38(0x11) | OPC_W };
        if (sz == 1)
                x64_evex3(&g->code, half[how], d, a, n);
        else if (sz == 3 && how == SHV_SRA)
                x64_evex3(&g->code, P38(0x46) | OPC_W, d, a, n);
        else
                op3(g, (opc)(code[how] | (sz == 3 ? OPC_W : 0)), d, a, n);
}

/* t = the count of the right shift: -b's low byte. */
static void negative_count(struct gen *g, unsigned sz, unsigned t, unsigned b)
{
        static const opc sub[4] = { OP_PSUBB, P66(0xf9), OP_PSUBD, OP_PSUBQ };
        zero(g, t);
        op3(g, sub[sz], t, t, b);
        op3c(g, OP_PAND, t, t, all(sz, 0xff));
}

RULE_FN(VUSHL)
{
        op3c(g, OP_PAND, r->t[0], r->b, all(i->sz, 0xff));
        negative_count(g, i->sz, r->t[1], r->b);
        shift_v(g, SHV_SLL, i->sz, r->t[0], r->a, r->t[0]); /* one of both is 0, or the count is */
        shift_v(g, SHV_SRL, i->sz, r->t[1], r->a, r->t[1]);
        op3(g, OP_POR, r->d, r->t[0], r->t[1]);
}

RULE_FN(VSSHL)
{
        static const opc blend[4] = { 0, P3A(0x4c), P3A(0x4a), P3A(0x4b) }; /* VPBLENDVB, VBLENDVPS, VBLENDVPD */
        unsigned sz = i->sz, sign = r->t[0], right = r->t[1];
        negative_count(g, sz, right, r->b);
        shift_v(g, SHV_SRA, sz, right, r->a, right);
        op3c(g, OP_PAND, r->d, r->b, all(sz, 0xff));
        shift_v(g, SHV_SLL, sz, r->d, r->a, r->d);
        shift(g, SH_SLL, sz, sign, r->b, (8u << sz) - 8);
        if (sz == 1)
                shift(g, SH_SRA, 1, sign, sign, 15);
        x64_v4(&g->code, blend[sz], r->d, r->d, right, sign);
}
