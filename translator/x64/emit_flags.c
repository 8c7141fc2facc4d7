/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flags: comparisons, conditions, carries (see flags.h). */
#include "flags.h"

void flags_lost(struct compile *job)
{
        job->eflags_ref = REF_NONE;
        job->eflags_kind = K_NONE;
}

void flags_are(struct compile *job, ref f, enum fkind kind)
{
        job->eflags_ref = f;
        job->eflags_kind = kind;
        job->eflags_until = job->val[f].fmode == F_DIRECT ? job->val[f].last_use : REF_NONE;
}

/* The flags value is the one beside r that stays in EFLAGS, or the one that EFLAGS hold already, which was made once more. */
void flags_made(struct compile *job, ref r)
{
        ref made = job->eflags_ref && flags_siblings(job, job->eflags_ref, r) ? job->eflags_ref : REF_NONE;
        for (ref f = r > SIBLINGS_NEAR ? (ref)(r - SIBLINGS_NEAR) : 1; f <= r + SIBLINGS_NEAR && f < job->gen.ir->n; f++)
                if (job->val[f].fmode == F_DIRECT && flags_siblings(job, f, r)) {
                        made = f;
                        break;
                }
        if (made)
                flags_are(job, made, kind_of(ins_at(job, made)->op));
        else
                flags_lost(job);
}

/* ---- comparisons ---- */

void flags_compare_general(struct compile *job, unsigned op, unsigned sz, ref va, ref vb)
{
        struct code *c = code_of(job);
        bool w = sz == 3;
        int32_t imm;
        unsigned a = use_g(job, va);
        bool is_imm = use_imm(job, vb, sz, &imm);
        unsigned b = is_imm ? NOREG : use_g(job, vb);
        if (op == IR_FADDS) {
                x64_mov_rr(c, w, X64_SCRATCH, a);
                if (is_imm)
                        x64_alu_ri(c, ALU_ADD, w, X64_SCRATCH, imm);
                else
                        x64_alu_rr(c, ALU_ADD, w, X64_SCRATCH, b);
        } else if (op == IR_FANDS) {
                if (!is_imm) {
                        x64_rr(c, 0x85, w, a, b);
                } else if (imm > 0 && imm < 0x80) { /* as a byte: its sign bit is clear, as that of the wider result is */
                        x64_rr8(c, 0xf6, 0, a);
                        x64_byte(c, (uint8_t)imm);
                } else {
                        x64_rr(c, 0xf7, w, 0, a);
                        x64_u32(c, (uint32_t)imm);
                }
        } else if (is_imm && imm == 0) {
                x64_rr(c, 0x85, w, a, a); /* TEST: as CMP a, 0 */
        } else if (is_imm) {
                x64_alu_ri(c, ALU_CMP, w, a, imm);
        } else {
                x64_alu_rr(c, ALU_CMP, w, a, b);
        }
}

static void compare_fp(struct compile *job, ref f, bool swap)
{
        const struct ir_ins *i = ins_at(job, f);
        struct regs r = { .a = (uint8_t)use_x(job, i->a), .b = (uint8_t)use_x(job, i->b) };
        if (swap) {
                uint8_t t = r.a;
                r.a = r.b;
                r.b = t;
        }
        x64_rules_call(job, i, &r);
}

void flags_compare(struct compile *job, ref f, bool swap)
{
        const struct ir_ins *i = ins_at(job, f);
        if (flags_is_fcmp(job, f)) {
                compare_fp(job, f, swap);
                flags_are(job, f, swap ? K_FCMP_SWAP : K_FCMP);
        } else {
                flags_compare_general(job, i->op, i->sz, i->a, i->b);
                flags_are(job, f, kind_of(i->op));
        }
}

/* ---- materialised flags ---- */

void flags_to_ax(struct code *c, enum fkind kind)
{
        if (kind == K_FCMP || kind == K_FCMP_SWAP) {
                bool s = kind == K_FCMP_SWAP;
                x64_mov_ri(c, RAX, s ? 0x8000 : 0x100);
                x64_mov_ri(c, R11, s ? 0x100 : 0x8000);
                x64_rr(c, MAP_0F | 0x42, false, RAX, R11); /* CMOVB: less or unordered */
                x64_mov_ri(c, R11, 0x4100);
                x64_rr(c, MAP_0F | 0x44, false, RAX, R11); /* CMOVE: equal or unordered */
                x64_mov_ri(c, R11, 0x101);
                x64_rr(c, MAP_0F | 0x4a, false, RAX, R11); /* CMOVP: unordered */
                return;
        }
        if (kind == K_SUB)
                x64_one(c, 0xf5);          /* CMC */
        x64_one(c, 0x9f);                  /* LAHF */
        x64_rr8(c, MAP_0F | 0x90, 0, RAX); /* SETO AL */
}

/* EFLAGS (of a kind) -> RAX in the form of cpu->flags. Uses R11 for FP comparisons. */
static void flags_to_rax(struct code *c, enum fkind kind)
{
        flags_to_ax(c, kind);
        if (kind != K_FCMP && kind != K_FCMP_SWAP)
                x64_rr(c, MAP_0F | 0xb7, false, RAX, RAX); /* MOVZX EAX, AX */
}

void flags_keep(struct compile *job, ref f)
{
        take_g(job, RAX);
        flags_to_rax(code_of(job), job->eflags_kind);
        bind_g(job, f, RAX);
        flags_lost(job); /* CMC */
}

void flags_operand(struct compile *job, ref f, opc op, unsigned reg)
{
        if (ins_at(job, f)->op == IR_LIVEINF) {
                /* 16 bits, as they were stored: the host would wait for more to arrive in memory */
                x64_byte(code_of(job), 0x66);
                x64_rm(code_of(job), op, false, reg, cpu_mem(CPU_OFF(flags)));
        } else {
                x64_rr(code_of(job), op, false, reg, use_g(job, f));
        }
}

/* Loads flags value f, which is materialised. */
static void load_materialised(struct compile *job, ref f, unsigned reg)
{
        if (ins_at(job, f)->op == IR_LIVEINF)
                x64_rm(code_of(job), MAP_0F | 0xb7, false, reg, cpu_mem(CPU_OFF(flags))); /* MOVZX */
        else
                x64_rr(code_of(job), 0x8b, false, reg, use_g(job, f));
}

void flags_load(struct compile *job, ref f)
{
        if (job->val[f].fmode == F_MAT) {
                load_materialised(job, f, RAX);
                return;
        }
        if (job->eflags_ref != f)
                flags_compare(job, f, false);
        flags_to_rax(code_of(job), job->eflags_kind);
        flags_lost(job); /* CMC */
}

/* Tests bits of one byte of flags value f. A byte, because cpu->flags may just have been stored as such, and the host would wait for
 * that to arrive in memory if more were loaded. */
static void test_bits(struct compile *job, ref f, uint32_t bits)
{
        if (ins_at(job, f)->op == IR_LIVEINF) {
                x64_rm8(code_of(job), 0xf6, 0, cpu_mem(CPU_OFF(flags) + (bits > 0xff)));
                x64_byte(code_of(job), (uint8_t)(bits > 0xff ? bits >> 8 : bits));
                return;
        }
        flags_operand(job, f, 0xf7, 0);
        x64_u32(code_of(job), bits);
}

/* Tests condition cc of flags value f, which is materialised. Returns the x86 condition under which it holds. */
static unsigned test_materialised(struct compile *job, ref f, enum cc cc)
{
        struct code *c = code_of(job);
        static const uint16_t bit[4] = { 0x4000, 0x100, 0x8000, 1 };
        bool negated = cc & 1;
        flags_lost(job);
        if (cc < CC_HI) {
                test_bits(job, f, bit[cc >> 1]);
                return negated ? XCC_E : XCC_NE;
        }
        load_materialised(job, f, X64_SCRATCH);
        if (cc == CC_HI || cc == CC_LS) {
                x64_alu_ri(c, ALU_AND, false, X64_SCRATCH, 0x4100);
                x64_alu_ri(c, ALU_CMP, false, X64_SCRATCH, 0x100);
                return negated ? XCC_NE : XCC_E;
        }
        x64_shift(c, 5, false, X64_SCRATCH, 15);
        flags_operand(job, f, 0x33, X64_SCRATCH); /* bit 0 = N ^ V */
        if (cc == CC_GT || cc == CC_LE) {
                x64_alu_ri(c, ALU_AND, false, X64_SCRATCH, 1);
                x64_shift(c, 4, false, X64_SCRATCH, 14);
                flags_operand(job, f, 0x0b, X64_SCRATCH);
                x64_rr(c, 0xf7, false, 0, X64_SCRATCH);
                x64_u32(c, 0x4000);
        } else {
                x64_rr8(c, 0xf6, 0, X64_SCRATCH);
                x64_byte(c, 1);
        }
        return negated ? XCC_NE : XCC_E; /* GE, GT: clear */
}

/* ---- conditions ---- */

unsigned flags_x86_cc(struct compile *job, enum cc cc, bool *ret_parity)
{
        static const uint8_t sub[14] = { XCC_E,  XCC_NE, XCC_AE, XCC_B,  XCC_S, XCC_NS, XCC_O,
                                         XCC_NO, XCC_A,  XCC_BE, XCC_GE, XCC_L, XCC_G,  XCC_LE };
        static const uint8_t fcmp[14] = { XCC_E,  XCC_NE, XCC_BE, XCC_A,  XCC_A, XCC_BE, XCC_P,
                                          XCC_NP, XCC_B,  XCC_AE, XCC_AE, XCC_B, XCC_A,  XCC_BE };
        enum fkind kind = job->eflags_kind;
        if (kind == K_FCMP || kind == K_FCMP_SWAP) {
                *ret_parity = cc == CC_EQ || cc == CC_NE;
                return fcmp[cc];
        }
        if (kind == K_ADD) {
                if (cc == CC_CS || cc == CC_CC)
                        return cc == CC_CS ? XCC_B : XCC_AE;
                if (cc == CC_HI || cc == CC_LS) {
                        x64_one(code_of(job), 0xf5); /* CMC */
                        job->eflags_kind = K_SUB;
                        if (job->nzcv)
                                journal_flags(job, job->nzcv);
                }
        }
        return sub[cc];
}

/* Returns true when condition cc of f can be tested in EFLAGS as they are. */
static bool eflags_good(const struct compile *job, ref f, enum cc cc)
{
        if (job->eflags_ref != f)
                return false;
        if (job->eflags_kind == K_FCMP || job->eflags_kind == K_FCMP_SWAP)
                return cc < CC_CS || cc == CC_VS || cc == CC_VC || flags_wants_swap(cc) == (job->eflags_kind == K_FCMP_SWAP);
        return true;
}

unsigned flags_test(struct compile *job, ref f, enum cc cc, bool *ret_parity)
{
        *ret_parity = false;
        if (cc >= CC_AL) {
                x64_alu_rr(code_of(job), ALU_CMP, true, RSP, RSP);
                flags_lost(job);
                return XCC_E;
        }
        if (eflags_good(job, f, cc))
                return flags_x86_cc(job, cc, ret_parity);
        if (job->val[f].fmode == F_MAT)
                return test_materialised(job, f, cc);
        flags_compare(job, f, flags_wants_swap(cc));
        return flags_x86_cc(job, cc, ret_parity);
}

struct short_jumps flags_jump8(struct compile *job, unsigned x, bool parity)
{
        struct code *c = code_of(job);
        uint8_t *over = parity && x == XCC_E ? x64_jcc8(c, XCC_P) : 0;
        struct short_jumps j = { { 0, parity && x == XCC_NE ? x64_jcc8(c, XCC_P) : 0 } };
        j.at[0] = x64_jcc8(c, x);
        if (over)
                x64_patch8(c, over);
        return j;
}

void flags_land8(struct compile *job, const struct short_jumps *jumps)
{
        for (unsigned k = 0; k < 2; k++)
                if (jumps->at[k])
                        x64_patch8(code_of(job), jumps->at[k]);
}

void flags_carry(struct compile *job, ref f, bool want_inverse)
{
        struct code *c = code_of(job);
        bool inverse;
        if (job->eflags_ref != f && job->val[f].fmode != F_MAT)
                flags_compare(job, f, false);
        if (job->eflags_ref == f && job->eflags_kind == K_SUB) {
                inverse = true;
        } else if (job->eflags_ref == f && job->eflags_kind == K_ADD) {
                inverse = false;
        } else if (job->eflags_ref == f) { /* C = not less: CF of UCOMIS alone is "less or unordered" */
                bool parity;
                unsigned x = flags_test(job, f, CC_CS, &parity);
                x64_rr8(c, (opc)(MAP_0F | 0x90 | x), 0, X64_SCRATCH);
                x64_rr(c, MAP_0F | 0xba, false, 4, X64_SCRATCH); /* BT r11, 0 */
                x64_byte(c, 0);
                inverse = false;
        } else if (ins_at(job, f)->op == IR_LIVEINF) {
                x64_rm(c, MAP_0F | 0xb6, false, X64_SCRATCH, cpu_mem(CPU_OFF(flags) + 1)); /* as in test_bits */
                x64_rr(c, MAP_0F | 0xba, false, 4, X64_SCRATCH);                           /* BT r11, 0 */
                x64_byte(c, 0);
                inverse = false;
        } else {
                flags_operand(job, f, MAP_0F | 0xba, 4); /* BT r, 8 */
                x64_byte(c, 8);
                inverse = false;
        }
        if (inverse != want_inverse)
                x64_one(c, 0xf5);
        flags_lost(job);
}
