/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding of x86-64 instructions (see asm.h). */
#include "asm.h"

/* The first bytes of an instruction, no more than 8. They are put together in a register and written with one store. */
struct head {
        uint64_t bytes;
        unsigned bits; /* 8 for each byte */
};

static inline void add(struct head *h, uint64_t byte)
{
        h->bytes |= byte << h->bits;
        h->bits += 8;
}

static inline void flush(struct code *c, struct head h)
{
        __builtin_memcpy(c->p, &h.bytes, 8);
        c->p += h.bits / 8;
        c->insns++;
}

static void put_u64(struct code *c, uint64_t v)
{
        __builtin_memcpy(c->p, &v, 8);
        c->p += 8;
}

/* ---- ModRM ---- */

static inline void add_modrm(struct head *h, unsigned reg, unsigned rm)
{
        add(h, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

static void flush_modrm(struct code *c, struct head h, unsigned reg, unsigned rm)
{
        add_modrm(&h, reg, rm);
        flush(c, h);
}

static inline void add_sib(struct head *h, unsigned mod, unsigned reg, struct mem m, unsigned base)
{
        unsigned index = m.index == NOREG ? 4 : m.index & 7;
        add(h, mod << 6 | (reg & 7) << 3 | 4);
        add(h, (unsigned)m.scale << 6 | index << 3 | (base & 7));
}

/* Writes h, ModRM for a memory operand, and the SIB byte and displacement that belong to it. */
static void flush_mem(struct code *c, struct head h, unsigned reg, struct mem m)
{
        unsigned mod = m.disp == (int8_t)m.disp ? 1 : 2, disp_bytes = mod == 1 ? 1 : 4;
        if (__builtin_expect(m.low32, false)) { /* address size; it may come before all other prefixes */
                h.bytes = h.bytes << 8 | 0x67;
                h.bits += 8;
        }
        if (m.base >= RIPREL) {
                disp_bytes = 4;
                if (m.base == RIPREL)
                        add(&h, (reg & 7) << 3 | 5);
                else
                        add_sib(&h, 0, reg, m, 5); /* [index << scale + disp32] or [disp32] */
        } else {
                if (m.disp == 0 && (m.base & 7) != 5)
                        mod = disp_bytes = 0;
                if (m.index != NOREG || (m.base & 7) == 4)
                        add_sib(&h, mod, reg, m, m.base);
                else
                        add(&h, mod << 6 | (reg & 7) << 3 | (m.base & 7));
        }
        flush(c, h);
        __builtin_memcpy(c->p, &m.disp, 4);
        c->p += disp_bytes;
}

/* ---- legacy prefixes and opcode ---- */

static inline struct head legacy_op(opc op, bool w, unsigned r, unsigned x, unsigned b, bool force_rex)
{
        static const uint8_t pp_byte[4] = { 0, 0x66, 0xf3, 0xf2 };
        unsigned pp = op >> 10 & 3, map = op >> 8 & 3;
        struct head h = { pp_byte[pp], pp ? 8 : 0 };
        unsigned rex = (unsigned)w << 3 | (r >> 3 & 1) << 2 | (x >> 3 & 1) << 1 | (b >> 3 & 1);
        if (rex || force_rex)
                add(&h, 0x40 | rex);
        if (map) {
                add(&h, 0x0f);
                if (map > 1)
                        add(&h, map == 2 ? 0x38 : 0x3a);
        }
        add(&h, op & 0xff);
        return h;
}

static unsigned mem_x(struct mem m)
{
        return m.index == NOREG ? 0 : m.index;
}
static unsigned mem_b(struct mem m)
{
        return m.base >= RIPREL ? 0 : m.base;
}

void x64_rr(struct code *c, opc op, bool w, unsigned reg, unsigned rm)
{
        flush_modrm(c, legacy_op(op, w, reg, 0, rm, false), reg, rm);
}

void x64_rm(struct code *c, opc op, bool w, unsigned reg, struct mem m)
{
        flush_mem(c, legacy_op(op, w, reg, mem_x(m), mem_b(m), false), reg, m);
}

void x64_rri8(struct code *c, opc op, bool w, unsigned reg, unsigned rm, uint8_t imm)
{
        x64_rr(c, op, w, reg, rm);
        x64_byte(c, imm);
}

void x64_rr8(struct code *c, opc op, unsigned reg, unsigned rm)
{
        flush_modrm(c, legacy_op(op, false, reg, 0, rm, reg >= 4 || rm >= 4), reg, rm);
}

void x64_rm8(struct code *c, opc op, unsigned reg, struct mem m)
{
        flush_mem(c, legacy_op(op, false, reg, mem_x(m), mem_b(m), reg >= 4), reg, m);
}

/* ---- general instructions ---- */

void x64_alu_ri(struct code *c, enum alu n, bool w, unsigned rm, int32_t imm)
{
        if (imm == (int8_t)imm) {
                x64_rr(c, 0x83, w, n, rm);
                x64_byte(c, (uint8_t)imm);
        } else if (rm == RAX) {
                flush(c, legacy_op((opc)(n << 3 | 5), w, 0, 0, 0, false));
                x64_u32(c, (uint32_t)imm);
        } else {
                x64_rr(c, 0x81, w, n, rm);
                x64_u32(c, (uint32_t)imm);
        }
}

void x64_alu_rr(struct code *c, enum alu n, bool w, unsigned dst, unsigned src)
{
        x64_rr(c, (opc)(n << 3 | 3), w, dst, src);
}

void x64_alu_rm(struct code *c, enum alu n, bool w, unsigned dst, struct mem m)
{
        x64_rm(c, (opc)(n << 3 | 3), w, dst, m);
}

void x64_alu_mi(struct code *c, enum alu n, bool w, struct mem m, int32_t imm)
{
        bool small = imm == (int8_t)imm;
        x64_rm(c, small ? 0x83 : 0x81, w, n, m);
        if (small)
                x64_byte(c, (uint8_t)imm);
        else
                x64_u32(c, (uint32_t)imm);
}

void x64_shift(struct code *c, unsigned n, bool w, unsigned rm, int imm)
{
        if (imm < 0) {
                x64_rr(c, 0xd3, w, n, rm);
        } else if (imm == 1) {
                x64_rr(c, 0xd1, w, n, rm);
        } else {
                x64_rr(c, 0xc1, w, n, rm);
                x64_byte(c, (uint8_t)imm);
        }
}

void x64_mov_rr(struct code *c, bool w, unsigned dst, unsigned src)
{
        x64_rr(c, 0x8b, w, dst, src);
}

void x64_mov_ri(struct code *c, unsigned dst, uint64_t imm)
{
        if (imm <= 0xffffffff) {
                flush(c, legacy_op((opc)(0xb8 | (dst & 7)), false, 0, 0, dst, false));
                x64_u32(c, (uint32_t)imm);
        } else if ((int64_t)imm == (int32_t)imm) {
                x64_rr(c, 0xc7, true, 0, dst);
                x64_u32(c, (uint32_t)imm);
        } else {
                x64_mov_abs(c, dst, imm);
        }
}

void x64_mov_abs(struct code *c, unsigned dst, uint64_t imm)
{
        flush(c, legacy_op((opc)(0xb8 | (dst & 7)), true, 0, 0, dst, false));
        put_u64(c, imm);
}

void x64_load(struct code *c, bool w, unsigned dst, struct mem m)
{
        x64_rm(c, 0x8b, w, dst, m);
}
void x64_store(struct code *c, bool w, unsigned src, struct mem m)
{
        x64_rm(c, 0x89, w, src, m);
}
void x64_lea(struct code *c, bool w, unsigned dst, struct mem m)
{
        x64_rm(c, 0x8d, w, dst, m);
}

/* ---- VEX and EVEX ---- */

/* Returns VEX prefix and opcode. r, x and b are the register numbers that ModRM.reg, SIB.index, and ModRM.rm or SIB.base have 3
 * bits of. */
static inline struct head vex_op(opc op, bool w, unsigned r, unsigned vvvv, unsigned x, unsigned b)
{
        unsigned pp = op >> 10 & 3, map = op >> 8 & 3;
        unsigned R = ~r >> 3 & 1, X = ~x >> 3 & 1, B = ~b >> 3 & 1, v = ~vvvv & 15;
        struct head h = { 0, 0 };
        if (X && B && !w && map == 1) {
                add(&h, 0xc5);
                add(&h, R << 7 | v << 3 | pp);
        } else {
                add(&h, 0xc4);
                add(&h, R << 7 | X << 6 | B << 5 | map);
                add(&h, (unsigned)w << 7 | v << 3 | pp);
        }
        add(&h, op & 0xff);
        return h;
}

void x64_vex_g(struct code *c, opc op, bool w, unsigned reg, unsigned vvvv, unsigned rm)
{
        flush_modrm(c, vex_op(op, w, reg, vvvv, 0, rm), reg, rm);
}

static struct head evex_op(opc op, unsigned r, unsigned vvvv, unsigned b)
{
        unsigned pp = op >> 10 & 3, map = op >> 8 & 3, w = op >> 12 & 1;
        struct head h = { 0, 0 };
        add(&h, 0x62);
        add(&h, (~r >> 3 & 1) << 7 | (~b >> 4 & 1) << 6 | (~b >> 3 & 1) << 5 | (~r >> 4 & 1) << 4 | map);
        add(&h, w << 7 | (~vvvv & 15) << 3 | 4 | pp);
        add(&h, (~vvvv >> 4 & 1) << 3);
        add(&h, op & 0xff);
        return h;
}

void x64_evex3(struct code *c, opc op, unsigned d, unsigned a, unsigned b)
{
        flush_modrm(c, evex_op(op, d, a, b), d, b);
}

void x64_evex3i(struct code *c, opc op, unsigned d, unsigned a, unsigned b, uint8_t imm)
{
        x64_evex3(c, op, d, a, b);
        x64_byte(c, imm);
}

/* ---- vector instructions: VEX with AVX, legacy SSE without ---- */

static bool opc_w(opc op)
{
        return op & OPC_W;
}

void x64_vmov(struct code *c, unsigned d, unsigned s)
{
        if (d != s)
                x64_v2(c, MAP_0F | 0x28, d, s);
}

void x64_v2(struct code *c, opc op, unsigned d, unsigned b)
{
        if (x64_features.avx2)
                flush_modrm(c, vex_op(op, opc_w(op), d, 0, 0, b), d, b);
        else
                flush_modrm(c, legacy_op(op, opc_w(op), d, 0, b, false), d, b);
}

void x64_v2m(struct code *c, opc op, unsigned d, struct mem m)
{
        if (x64_features.avx2)
                flush_mem(c, vex_op(op, opc_w(op), d, 0, mem_x(m), mem_b(m)), d, m);
        else
                flush_mem(c, legacy_op(op, opc_w(op), d, mem_x(m), mem_b(m), false), d, m);
}

void x64_v2i(struct code *c, opc op, unsigned d, unsigned b, uint8_t imm)
{
        x64_v2(c, op, d, b);
        x64_byte(c, imm);
}

/* A RIP-relative operand never comes here, so the immediate behind it needs no correction. */
void x64_v2mi(struct code *c, opc op, unsigned d, struct mem m, uint8_t imm)
{
        x64_v2m(c, op, d, m);
        x64_byte(c, imm);
}

void x64_v3(struct code *c, opc op, unsigned d, unsigned a, unsigned b)
{
        if (x64_features.avx2) {
                flush_modrm(c, vex_op(op, opc_w(op), d, a, 0, b), d, b);
        } else {
                x64_vmov(c, d, a);
                x64_v2(c, op, d, b);
        }
}

void x64_v3m(struct code *c, opc op, unsigned d, unsigned a, struct mem m)
{
        if (x64_features.avx2) {
                flush_mem(c, vex_op(op, opc_w(op), d, a, mem_x(m), mem_b(m)), d, m);
        } else {
                x64_vmov(c, d, a);
                x64_v2m(c, op, d, m);
        }
}

void x64_v3i(struct code *c, opc op, unsigned d, unsigned a, unsigned b, uint8_t imm)
{
        x64_v3(c, op, d, a, b);
        x64_byte(c, imm);
}

void x64_v4(struct code *c, opc op, unsigned d, unsigned a, unsigned b, unsigned mask)
{
        flush_modrm(c, vex_op(op, opc_w(op), d, a, 0, b), d, b);
        x64_byte(c, (uint8_t)(mask << 4));
}

void x64_vshift(struct code *c, opc op, unsigned n, unsigned d, unsigned a, uint8_t imm)
{
        if (x64_features.avx2) {
                flush_modrm(c, vex_op(op, false, 0, d, 0, a), n, a);
        } else {
                x64_vmov(c, d, a);
                flush_modrm(c, legacy_op(op, false, 0, 0, d, false), n, d);
        }
        x64_byte(c, imm);
}

void x64_vzero(struct code *c, unsigned d)
{
        x64_v3(c, MAP_0F | 0x57, d, d, d);
}

/* ---- branches ---- */

void x64_nop(struct code *c, unsigned n)
{
        static const uint8_t nop[10][9] = {
                { 0 },
                { 0x90 },
                { 0x66, 0x90 },
                { 0x0f, 0x1f, 0x00 },
                { 0x0f, 0x1f, 0x40, 0x00 },
                { 0x0f, 0x1f, 0x44, 0x00, 0x00 },
                { 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 },
                { 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 },
                { 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
                { 0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
        };
        while (n) {
                unsigned size = n < 9 ? n : 9;
                __builtin_memcpy(c->p, nop[size], 8);
                c->p[8] = nop[size][8];
                c->p += size;
                n -= size;
        }
}

uint8_t *x64_jmp(struct code *c)
{
        flush(c, (struct head){ 0xe9, 8 * 5 });
        return c->p - 4;
}

uint8_t *x64_jcc(struct code *c, unsigned x86cc)
{
        flush(c, (struct head){ 0x800f | x86cc << 8, 8 * 6 });
        return c->p - 4;
}

uint8_t *x64_call(struct code *c)
{
        flush(c, (struct head){ 0xe8, 8 * 5 });
        return c->p - 4;
}

void x64_patch(uint8_t *place, const uint8_t *target)
{
        int32_t rel = (int32_t)(target - (place + 4));
        __builtin_memcpy(place, &rel, 4);
}

uint8_t *x64_jcc8(struct code *c, unsigned x86cc)
{
        x64_byte(c, (uint8_t)(0x70 | x86cc));
        x64_byte(c, 0);
        return c->p - 1;
}

uint8_t *x64_jmp8(struct code *c)
{
        x64_byte(c, 0xeb);
        x64_byte(c, 0);
        return c->p - 1;
}

void x64_patch8(struct code *c, uint8_t *place)
{
        *place = (uint8_t)(c->p - (place + 1));
}
