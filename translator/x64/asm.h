/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding of x86-64 instructions, straight into a buffer. Operands are not checked: callers pick ones that exist. Source: Intel
 * SDM vol. 2 (opcode maps, VEX and EVEX prefixes). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum greg { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, RIPREL = 0xfe, NOREG = 0xff };

/* A memory operand: [base + (index << scale) + disp], where base or index may be NOREG. With base RIPREL it is [rip + disp], and
 * disp must be the last 4 bytes of the instruction. With low32 only the low 32 bits of the registers and of the sum count. */
struct mem {
        uint8_t base, index, scale;
        bool low32;
        int32_t disp;
};

/* What the host has; set once at start-up (x64/cpu.c). */
struct x64_features {
        bool avx2; /* AVX, AVX2: VEX encodings are used throughout when set */
        bool fma, bmi1, bmi2, lzcnt, f16c, movbe, adx;
        bool aes, pclmul, sha, gfni;
        bool avx512; /* F, VL, BW, DQ */
        bool avx512_vbmi;
};
extern struct x64_features x64_features;
/* Asks the CPU what it has (CPUID, XGETBV) and sets x64_features and ir_target. `limit` (tests): no more than x86-64-v2, -v3 or
 * -v4 is used; 0: all there is. Returns false, with nothing set, when the host is below x86-64-v2. */
bool x64_detect(unsigned limit);

/* Output position. Nothing is checked when bytes are put: whoever emits sees to it that there is room for all that it emits,
 * and for 8 bytes more, which may be overwritten. */
struct code {
        uint8_t *p;
        uint32_t insns; /* how many instructions were put, for the statistics */
};

/* An opcode: bits 7:0 the byte; 9:8 map (0 one-byte, 1 = 0F, 2 = 0F38, 3 = 0F3A); 11:10 mandatory prefix
 * (0 none, 1 = 66, 2 = F3, 3 = F2, as VEX.pp); bit 12 VEX/EVEX/REX.W; bit 13 EVEX.W when it differs from VEX's. */
typedef uint16_t opc;
#define MAP_0F 0x100
#define MAP_38 0x200
#define MAP_3A 0x300
#define PP_66 0x400
#define PP_F3 0x800
#define PP_F2 0xc00
#define OPC_W 0x1000

/* ---- general registers; w: 1 = 64-bit operation ---- */
void x64_rr(struct code *c, opc op, bool w, unsigned reg, unsigned rm);
void x64_rm(struct code *c, opc op, bool w, unsigned reg, struct mem m);
void x64_rri8(struct code *c, opc op, bool w, unsigned reg, unsigned rm, uint8_t imm);
/* Instructions on byte registers. They need a REX prefix for SPL, BPL, SIL and DIL, and get it. */
void x64_rr8(struct code *c, opc op, unsigned reg, unsigned rm);
void x64_rm8(struct code *c, opc op, unsigned reg, struct mem m);
/* Instructions on general registers with a VEX prefix (ANDN, SHLX, RORX, MULX ...). */
void x64_vex_g(struct code *c, opc op, bool w, unsigned reg, unsigned vvvv, unsigned rm);

/* Group-1 arithmetic with an immediate: n = /digit (0 ADD 1 OR 2 ADC 3 SBB 4 AND 5 SUB 6 XOR 7 CMP). */
enum alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };
void x64_alu_ri(struct code *c, enum alu n, bool w, unsigned rm, int32_t imm);
void x64_alu_rr(struct code *c, enum alu n, bool w, unsigned dst, unsigned src);
void x64_alu_rm(struct code *c, enum alu n, bool w, unsigned dst, struct mem m);
void x64_alu_mi(struct code *c, enum alu n, bool w, struct mem m, int32_t imm);
/* Group 2 shifts by an immediate: 0 ROL 1 ROR 4 SHL 5 SHR 7 SAR; by CL when imm < 0. */
void x64_shift(struct code *c, unsigned n, bool w, unsigned rm, int imm);
void x64_mov_rr(struct code *c, bool w, unsigned dst, unsigned src);
void x64_mov_ri(struct code *c, unsigned dst, uint64_t imm);  /* shortest form; leaves the flags alone */
void x64_mov_abs(struct code *c, unsigned dst, uint64_t imm); /* always 10 bytes, the last 8 are the immediate */
void x64_load(struct code *c, bool w, unsigned dst, struct mem m);
void x64_store(struct code *c, bool w, unsigned src, struct mem m);
void x64_lea(struct code *c, bool w, unsigned dst, struct mem m);

/* ---- vector registers ----
 * Three-operand form d = a op b. With AVX one instruction; without, MOVAPS d, a first when d != a (then d != b
 * is required: the register allocator sees to it). */
void x64_v3(struct code *c, opc op, unsigned d, unsigned a, unsigned b);
void x64_v3m(struct code *c, opc op, unsigned d, unsigned a, struct mem m);
void x64_v3i(struct code *c, opc op, unsigned d, unsigned a, unsigned b, uint8_t imm);
/* Two-operand form (no vvvv): d = op(b) */
void x64_v2(struct code *c, opc op, unsigned d, unsigned b);
void x64_v2m(struct code *c, opc op, unsigned d, struct mem m);
void x64_v2i(struct code *c, opc op, unsigned d, unsigned b, uint8_t imm);
void x64_v2mi(struct code *c, opc op, unsigned d, struct mem m, uint8_t imm);
/* Shift by immediate groups (PSLLW/D/Q, PSRLx, PSRAx, PSLLDQ, PSRLDQ): d = a shifted; n = /digit */
void x64_vshift(struct code *c, opc op, unsigned n, unsigned d, unsigned a, uint8_t imm);
/* Four operands through imm8[7:4] (VPBLENDVB, VBLENDVPS/PD): AVX only */
void x64_v4(struct code *c, opc op, unsigned d, unsigned a, unsigned b, unsigned mask);
/* EVEX.128, no mask, registers 0..31 (only with features.avx512) */
void x64_evex3(struct code *c, opc op, unsigned d, unsigned a, unsigned b);
void x64_evex3i(struct code *c, opc op, unsigned d, unsigned a, unsigned b, uint8_t imm);
void x64_vmov(struct code *c, unsigned d, unsigned s); /* MOVAPS d, s; emits nothing when d == s */
void x64_vzero(struct code *c, unsigned d);            /* d = 0 */

/* ---- branches: rel32 is returned as a place to patch ---- */
uint8_t *x64_jmp(struct code *c);
/* Emits n bytes that do nothing. */
void x64_nop(struct code *c, unsigned n);
uint8_t *x64_jcc(struct code *c, unsigned x86cc);
uint8_t *x64_call(struct code *c);
void x64_patch(uint8_t *place, const uint8_t *target); /* makes the rel32 at `place` lead to target */
/* Short forms (rel8) inside one sequence */
uint8_t *x64_jcc8(struct code *c, unsigned x86cc);
uint8_t *x64_jmp8(struct code *c);
void x64_patch8(struct code *c, uint8_t *place); /* the rel8 at `place` leads to where c is */

static inline void x64_byte(struct code *c, uint8_t b)
{
        *c->p++ = b;
}
/* An instruction of one byte. */
static inline void x64_one(struct code *c, uint8_t b)
{
        x64_byte(c, b);
        c->insns++;
}
static inline void x64_u32(struct code *c, uint32_t v)
{
        __builtin_memcpy(c->p, &v, 4);
        c->p += 4;
}

/* x86 condition codes */
enum { XCC_O, XCC_NO, XCC_B, XCC_AE, XCC_E, XCC_NE, XCC_BE, XCC_A, XCC_S, XCC_NS, XCC_P, XCC_NP, XCC_L, XCC_GE, XCC_LE, XCC_G };
