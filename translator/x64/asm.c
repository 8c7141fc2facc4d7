/* Encoding of x86-64 instructions (see asm.h). */
#include "asm.h"

void x64_byte(struct code *c, uint8_t b) {
        if (c->p < c->end)
                *c->p = b;
        c->p++;
}

void x64_u32(struct code *c, uint32_t v) {
        if (c->p + 4 <= c->end)
                __builtin_memcpy(c->p, &v, 4);
        c->p += 4;
}

static void put_u64(struct code *c, uint64_t v) {
        x64_u32(c, (uint32_t) v);
        x64_u32(c, (uint32_t)(v >> 32));
}

/* ---- ModRM ---- */

static void modrm_reg(struct code *c, unsigned reg, unsigned rm) {
        x64_byte(c, (uint8_t)(0xc0 | (reg & 7) << 3 | (rm & 7)));
}

static void modrm_sib(struct code *c, unsigned mod, unsigned reg, struct mem m) {
        unsigned index = m.index == NOREG ? 4 : m.index & 7;
        x64_byte(c, (uint8_t)(mod << 6 | (reg & 7) << 3 | 4));
        x64_byte(c, (uint8_t)(m.scale << 6 | index << 3 | (m.base & 7)));
}

/* Without a base: [index << scale + disp32] or [disp32]. */
static void modrm_nobase(struct code *c, unsigned reg, struct mem m) {
        m.base = 5;
        modrm_sib(c, 0, reg, m);
        x64_u32(c, (uint32_t) m.disp);
}

static void modrm_mem(struct code *c, unsigned reg, struct mem m) {
        if (m.base == RIPREL) {
                x64_byte(c, (uint8_t)((reg & 7) << 3 | 5));
                x64_u32(c, (uint32_t) m.disp);
                return;
        }
        if (m.base == NOREG) {
                modrm_nobase(c, reg, m);
                return;
        }
        unsigned mod = 2;
        if (m.disp == 0 && (m.base & 7) != 5)
                mod = 0;
        else if (m.disp == (int8_t) m.disp)
                mod = 1;
        if (m.index != NOREG || (m.base & 7) == 4)
                modrm_sib(c, mod, reg, m);
        else
                x64_byte(c, (uint8_t)(mod << 6 | (reg & 7) << 3 | (m.base & 7)));
        if (mod == 1)
                x64_byte(c, (uint8_t) m.disp);
        else if (mod == 2)
                x64_u32(c, (uint32_t) m.disp);
}

/* ---- legacy prefixes and opcode ---- */

static const uint8_t pp_byte[4] = { 0, 0x66, 0xf3, 0xf2 };

static void legacy_op(struct code *c, opc op, bool w, unsigned r, unsigned x, unsigned b, bool force_rex) {
        unsigned pp = op >> 10 & 3, map = op >> 8 & 3;
        if (pp)
                x64_byte(c, pp_byte[pp]);
        unsigned rex = (unsigned) w << 3 | (r >> 3 & 1) << 2 | (x >> 3 & 1) << 1 | (b >> 3 & 1);
        if (rex || force_rex)
                x64_byte(c, (uint8_t)(0x40 | rex));
        if (map)
                x64_byte(c, 0x0f);
        if (map == 2)
                x64_byte(c, 0x38);
        else if (map == 3)
                x64_byte(c, 0x3a);
        x64_byte(c, (uint8_t) op);
}

static unsigned mem_x(struct mem m) { return m.index == NOREG ? 0 : m.index; }
static unsigned mem_b(struct mem m) { return m.base >= RIPREL ? 0 : m.base; }

void x64_rr(struct code *c, opc op, bool w, unsigned reg, unsigned rm) {
        legacy_op(c, op, w, reg, 0, rm, false);
        modrm_reg(c, reg, rm);
}

void x64_rm(struct code *c, opc op, bool w, unsigned reg, struct mem m) {
        legacy_op(c, op, w, reg, mem_x(m), mem_b(m), false);
        modrm_mem(c, reg, m);
}

void x64_rri8(struct code *c, opc op, bool w, unsigned reg, unsigned rm, uint8_t imm) {
        x64_rr(c, op, w, reg, rm);
        x64_byte(c, imm);
}

void x64_rr8(struct code *c, opc op, unsigned reg, unsigned rm) {
        legacy_op(c, op, false, reg, 0, rm, true);
        modrm_reg(c, reg, rm);
}

void x64_rm8(struct code *c, opc op, unsigned reg, struct mem m) {
        legacy_op(c, op, false, reg, mem_x(m), mem_b(m), reg >= 4);
        modrm_mem(c, reg, m);
}

/* ---- general instructions ---- */

void x64_alu_ri(struct code *c, enum alu n, bool w, unsigned rm, int32_t imm) {
        if (imm == (int8_t) imm) {
                x64_rr(c, 0x83, w, n, rm);
                x64_byte(c, (uint8_t) imm);
        } else if (rm == RAX) {
                legacy_op(c, (opc)(n << 3 | 5), w, 0, 0, 0, false);
                x64_u32(c, (uint32_t) imm);
        } else {
                x64_rr(c, 0x81, w, n, rm);
                x64_u32(c, (uint32_t) imm);
        }
}

void x64_alu_rr(struct code *c, enum alu n, bool w, unsigned dst, unsigned src) {
        x64_rr(c, (opc)(n << 3 | 3), w, dst, src);
}

void x64_alu_rm(struct code *c, enum alu n, bool w, unsigned dst, struct mem m) {
        x64_rm(c, (opc)(n << 3 | 3), w, dst, m);
}

void x64_alu_mi(struct code *c, enum alu n, bool w, struct mem m, int32_t imm) {
        bool small = imm == (int8_t) imm;
        x64_rm(c, small ? 0x83 : 0x81, w, n, m);
        if (small)
                x64_byte(c, (uint8_t) imm);
        else
                x64_u32(c, (uint32_t) imm);
}

void x64_shift(struct code *c, unsigned n, bool w, unsigned rm, int imm) {
        if (imm < 0) {
                x64_rr(c, 0xd3, w, n, rm);
        } else if (imm == 1) {
                x64_rr(c, 0xd1, w, n, rm);
        } else {
                x64_rr(c, 0xc1, w, n, rm);
                x64_byte(c, (uint8_t) imm);
        }
}

void x64_mov_rr(struct code *c, bool w, unsigned dst, unsigned src) {
        x64_rr(c, 0x8b, w, dst, src);
}

void x64_mov_ri(struct code *c, unsigned dst, uint64_t imm) {
        if (imm <= 0xffffffff) {
                legacy_op(c, (opc)(0xb8 | (dst & 7)), false, 0, 0, dst, false);
                x64_u32(c, (uint32_t) imm);
        } else if ((int64_t) imm == (int32_t) imm) {
                x64_rr(c, 0xc7, true, 0, dst);
                x64_u32(c, (uint32_t) imm);
        } else {
                legacy_op(c, (opc)(0xb8 | (dst & 7)), true, 0, 0, dst, false);
                put_u64(c, imm);
        }
}

void x64_load(struct code *c, bool w, unsigned dst, struct mem m) { x64_rm(c, 0x8b, w, dst, m); }
void x64_store(struct code *c, bool w, unsigned src, struct mem m) { x64_rm(c, 0x89, w, src, m); }
void x64_lea(struct code *c, bool w, unsigned dst, struct mem m) { x64_rm(c, 0x8d, w, dst, m); }

/* ---- VEX and EVEX ---- */

/* Prefix and opcode; r, x, b are the register numbers behind ModRM.reg, SIB.index, ModRM.rm/SIB.base. */
static void vex_op(struct code *c, opc op, bool w, unsigned r, unsigned vvvv, unsigned x, unsigned b) {
        unsigned pp = op >> 10 & 3, map = op >> 8 & 3;
        unsigned R = ~r >> 3 & 1, X = ~x >> 3 & 1, B = ~b >> 3 & 1, v = ~vvvv & 15;
        if (X && B && !w && map == 1) {
                x64_byte(c, 0xc5);
                x64_byte(c, (uint8_t)(R << 7 | v << 3 | pp));
        } else {
                x64_byte(c, 0xc4);
                x64_byte(c, (uint8_t)(R << 7 | X << 6 | B << 5 | map));
                x64_byte(c, (uint8_t)((unsigned) w << 7 | v << 3 | pp));
        }
        x64_byte(c, (uint8_t) op);
}

void x64_vex_g(struct code *c, opc op, bool w, unsigned reg, unsigned vvvv, unsigned rm) {
        vex_op(c, op, w, reg, vvvv, 0, rm);
        modrm_reg(c, reg, rm);
}

static void evex_op(struct code *c, opc op, unsigned r, unsigned vvvv, unsigned b) {
        unsigned pp = op >> 10 & 3, map = op >> 8 & 3, w = op >> 12 & 1;
        x64_byte(c, 0x62);
        x64_byte(c, (uint8_t)((~r >> 3 & 1) << 7 | (~b >> 4 & 1) << 6 | (~b >> 3 & 1) << 5 | (~r >> 4 & 1) << 4 | map));
        x64_byte(c, (uint8_t)(w << 7 | (~vvvv & 15) << 3 | 4 | pp));
        x64_byte(c, (uint8_t)((~vvvv >> 4 & 1) << 3));
        x64_byte(c, (uint8_t) op);
}

void x64_evex3(struct code *c, opc op, unsigned d, unsigned a, unsigned b) {
        evex_op(c, op, d, a, b);
        modrm_reg(c, d, b);
}

void x64_evex3i(struct code *c, opc op, unsigned d, unsigned a, unsigned b, uint8_t imm) {
        x64_evex3(c, op, d, a, b);
        x64_byte(c, imm);
}

/* ---- vector instructions: VEX with AVX, legacy SSE without ---- */

static bool opc_w(opc op) { return op & OPC_W; }

void x64_vmov(struct code *c, unsigned d, unsigned s) {
        if (d != s)
                x64_v2(c, MAP_0F | 0x28, d, s);
}

void x64_v2(struct code *c, opc op, unsigned d, unsigned b) {
        if (x64_features.avx2)
                vex_op(c, op, opc_w(op), d, 0, 0, b);
        else
                legacy_op(c, op, opc_w(op), d, 0, b, false);
        modrm_reg(c, d, b);
}

void x64_v2m(struct code *c, opc op, unsigned d, struct mem m) {
        if (x64_features.avx2)
                vex_op(c, op, opc_w(op), d, 0, mem_x(m), mem_b(m));
        else
                legacy_op(c, op, opc_w(op), d, mem_x(m), mem_b(m), false);
        modrm_mem(c, d, m);
}

void x64_v2i(struct code *c, opc op, unsigned d, unsigned b, uint8_t imm) {
        x64_v2(c, op, d, b);
        x64_byte(c, imm);
}

/* A RIP-relative operand never comes here, so the immediate behind it needs no correction. */
void x64_v2mi(struct code *c, opc op, unsigned d, struct mem m, uint8_t imm) {
        x64_v2m(c, op, d, m);
        x64_byte(c, imm);
}

void x64_v3(struct code *c, opc op, unsigned d, unsigned a, unsigned b) {
        if (x64_features.avx2) {
                vex_op(c, op, opc_w(op), d, a, 0, b);
                modrm_reg(c, d, b);
        } else {
                x64_vmov(c, d, a);
                x64_v2(c, op, d, b);
        }
}

void x64_v3m(struct code *c, opc op, unsigned d, unsigned a, struct mem m) {
        if (x64_features.avx2) {
                vex_op(c, op, opc_w(op), d, a, mem_x(m), mem_b(m));
                modrm_mem(c, d, m);
        } else {
                x64_vmov(c, d, a);
                x64_v2m(c, op, d, m);
        }
}

void x64_v3i(struct code *c, opc op, unsigned d, unsigned a, unsigned b, uint8_t imm) {
        x64_v3(c, op, d, a, b);
        x64_byte(c, imm);
}

void x64_v4(struct code *c, opc op, unsigned d, unsigned a, unsigned b, unsigned mask) {
        vex_op(c, op, opc_w(op), d, a, 0, b);
        modrm_reg(c, d, b);
        x64_byte(c, (uint8_t)(mask << 4));
}

void x64_vshift(struct code *c, opc op, unsigned n, unsigned d, unsigned a, uint8_t imm) {
        if (x64_features.avx2) {
                vex_op(c, op, false, 0, d, 0, a);
                modrm_reg(c, n, a);
        } else {
                x64_vmov(c, d, a);
                legacy_op(c, op, false, 0, 0, d, false);
                modrm_reg(c, n, d);
        }
        x64_byte(c, imm);
}

void x64_vzero(struct code *c, unsigned d) {
        x64_v3(c, MAP_0F | 0x57, d, d, d);
}

/* ---- branches ---- */

uint8_t *x64_jmp(struct code *c) {
        x64_byte(c, 0xe9);
        x64_u32(c, 0);
        return c->p - 4;
}

uint8_t *x64_jcc(struct code *c, unsigned x86cc) {
        x64_byte(c, 0x0f);
        x64_byte(c, (uint8_t)(0x80 | x86cc));
        x64_u32(c, 0);
        return c->p - 4;
}

uint8_t *x64_call(struct code *c) {
        x64_byte(c, 0xe8);
        x64_u32(c, 0);
        return c->p - 4;
}

void x64_patch(uint8_t *place, const uint8_t *target) {
        int32_t rel = (int32_t)(target - (place + 4));
        __builtin_memcpy(place, &rel, 4);
}

uint8_t *x64_jcc8(struct code *c, unsigned x86cc) {
        x64_byte(c, (uint8_t)(0x70 | x86cc));
        x64_byte(c, 0);
        return c->p - 1;
}

uint8_t *x64_jmp8(struct code *c) {
        x64_byte(c, 0xeb);
        x64_byte(c, 0);
        return c->p - 1;
}

void x64_patch8(struct code *c, uint8_t *place) {
        if (place < c->end)
                *place = (uint8_t)(c->p - (place + 1));
}
