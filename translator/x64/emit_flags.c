/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flags: comparisons, conditions, carries. How a flags value reaches its consumers is decided in live.c. */
#include "compile.h"
#include "rules.h"

static bool is_fcmp(const struct compile *job, ref f)
{
        return ir_opinfo[ins_at(job, f)->op].args[0] == 'x';
}

void flags_lost(struct compile *job)
{
        job->eflags_ref = REF_NONE;
        job->eflags_kind = K_NONE;
}

static void flags_are(struct compile *job, ref f, enum fkind kind)
{
        job->eflags_ref = f;
        job->eflags_kind = kind;
        job->eflags_until = job->val[f].fmode == F_DIRECT ? job->val[f].last_use : REF_NONE;
}

static bool siblings(const struct compile *job, ref f, ref alu)
{
        return same_alu(ins_at(job, f), ins_at(job, alu));
}

/* The flags value is the one beside r that stays in EFLAGS, or the one that EFLAGS hold already, which was made once more. */
void flags_made(struct compile *job, ref r)
{
        ref made = job->eflags_ref && siblings(job, job->eflags_ref, r) ? job->eflags_ref : REF_NONE;
        for (ref f = r > SIBLINGS_NEAR ? (ref)(r - SIBLINGS_NEAR) : 1; f <= r + SIBLINGS_NEAR && f < job->gen.ir->n; f++)
                if (job->val[f].fmode == F_DIRECT && siblings(job, f, r)) {
                        made = f;
                        break;
                }
        if (made)
                flags_are(job, made, kind_of(ins_at(job, made)->op));
        else
                flags_lost(job);
}

/* ---- comparisons ---- */

static void compare_general(struct compile *job, unsigned op, unsigned sz, ref va, ref vb)
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

/* Returns true when condition cc is tested behind UCOMISx b, a. */
static bool wants_swap(enum cc cc)
{
        return FCC_SWAP >> cc & 1;
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

/* Emits the comparison that f stands for; EFLAGS hold f afterwards. */
static void compare(struct compile *job, ref f, bool swap)
{
        const struct ir_ins *i = ins_at(job, f);
        if (is_fcmp(job, f)) {
                compare_fp(job, f, swap);
                flags_are(job, f, swap ? K_FCMP_SWAP : K_FCMP);
        } else {
                compare_general(job, i->op, i->sz, i->a, i->b);
                flags_are(job, f, kind_of(i->op));
        }
}

/* ---- materialised flags ---- */

/* EFLAGS (of a kind) -> RAX in the form of cpu->flags. Uses R11 for FP comparisons. */
void flags_to_rax(struct code *c, enum fkind kind)
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
        x64_rr(c, MAP_0F | 0xb7, false, RAX, RAX);
}

static void materialise(struct compile *job, ref f)
{
        take_g(job, RAX);
        flags_to_rax(code_of(job), job->eflags_kind);
        bind_g(job, f, RAX);
        flags_lost(job); /* CMC */
}

/* Emits `op` with flags value f, which is materialised, as its operand: a register, or cpu->flags for the flags on entry. */
static void flags_operand(struct compile *job, ref f, opc op, unsigned reg)
{
        if (ins_at(job, f)->op == IR_LIVEINF)
                x64_rm(code_of(job), op, false, reg, cpu_mem(CPU_OFF(flags)));
        else
                x64_rr(code_of(job), op, false, reg, use_g(job, f));
}

void flags_load(struct compile *job, ref f)
{
        if (job->val[f].fmode == F_MAT) {
                flags_operand(job, f, 0x8b, RAX);
                return;
        }
        if (job->eflags_ref != f)
                compare(job, f, false);
        flags_to_rax(code_of(job), job->eflags_kind);
        flags_lost(job); /* CMC */
}

static void test_bits(struct compile *job, ref f, uint32_t bits)
{
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
        flags_operand(job, f, 0x8b, X64_SCRATCH);
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

static unsigned x86_cc(struct compile *job, enum cc cc, bool *ret_parity)
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
                        journal_flags(job, job->eflags_ref);
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
                return cc < CC_CS || cc == CC_VS || cc == CC_VC || wants_swap(cc) == (job->eflags_kind == K_FCMP_SWAP);
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
                return x86_cc(job, cc, ret_parity);
        if (job->val[f].fmode == F_MAT)
                return test_materialised(job, f, cc);
        compare(job, f, wants_swap(cc));
        return x86_cc(job, cc, ret_parity);
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
                compare(job, f, false);
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
        } else {
                flags_operand(job, f, MAP_0F | 0xba, 4); /* BT m, 8 */
                x64_byte(c, 8);
                inverse = false;
        }
        if (inverse != want_inverse)
                x64_one(c, 0xf5);
        flags_lost(job);
}

/* ---- definitions of flags values ---- */

/* Returns true when an ALU instruction that follows soon makes f's flags too. */
static bool sibling_follows(const struct compile *job, ref f)
{
        for (ref j = (ref)(f + 1); j <= f + SIBLINGS_NEAR && j < job->gen.ir->n; j++)
                if (siblings(job, f, j))
                        return job->val[j].force_alu && !is_dead(job, j, x64_traits[ins_at(job, j)->op]);
        return false;
}

/* An FP comparison is made in any case: it may raise Invalid. */
void emit_compare(struct compile *job, ref f)
{
        if ((job->val[f].fmode != F_DIRECT && !is_fcmp(job, f)) || job->eflags_ref == f || sibling_follows(job, f))
                return;
        compare(job, f, is_fcmp(job, f) && (job->val[f].fcc & FCC_SWAP));
}

void emit_adc(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool sub = i->op == IR_SBC, w = i->sz == 3;
        enum alu op = sub ? ALU_SBB : ALU_ADC;
        struct code *c = code_of(job);
        int32_t imm;
        unsigned a = use_g(job, i->a);
        bool is_imm = use_imm(job, i->b, i->sz, &imm);
        unsigned b = is_imm ? NOREG : use_g(job, i->b);
        flags_carry(job, i->c, sub);
        unsigned d = def_g(job, r, dies_here(job, i->a) ? a : NOREG);
        if (d == b && d != a) {
                x64_mov_rr(c, true, X64_SCRATCH, b);
                b = X64_SCRATCH;
        }
        if (d != a)
                x64_mov_rr(c, w, d, a);
        if (is_imm)
                x64_alu_ri(c, op, w, d, imm);
        else
                x64_alu_rr(c, op, w, d, b);
        flags_made(job, r);
}

void emit_fadcs(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool sub = i->op == IR_FSBCS;
        if (job->val[r].fmode == F_UNUSED || job->eflags_ref == r || (job->val[r].fmode == F_DIRECT && sibling_follows(job, r)))
                return;
        unsigned a = use_g(job, i->a), b = use_g(job, i->b), t = temp_g(job);
        flags_carry(job, i->c, sub);
        x64_mov_rr(code_of(job), i->sz == 3, t, a);
        x64_alu_rr(code_of(job), sub ? ALU_SBB : ALU_ADC, i->sz == 3, t, b);
        flags_are(job, r, sub ? K_SUB : K_ADD);
        if (job->val[r].fmode == F_MAT)
                materialise(job, r);
}

/* RAX = C and V of a, N and Z as b has them, and for FNZC bit 0 of c. */
void emit_fnz(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        if (job->val[r].fmode == F_UNUSED)
                return;
        take_g(job, RAX);
        unsigned b = use_g(job, i->b), carry = i->op == IR_FNZC ? use_g(job, i->c) : NOREG;
        flags_load(job, i->a);
        x64_mov_rr(c, false, X64_SCRATCH, RAX);
        x64_alu_ri(c, ALU_AND, false, X64_SCRATCH, carry == NOREG ? 0x101 : 1);
        if (carry != NOREG) {
                x64_rr8(c, MAP_0F | 0xb6, RAX, carry);
                x64_alu_ri(c, ALU_AND, false, RAX, 1);
                x64_shift(c, 4, false, RAX, 8);
                x64_alu_rr(c, ALU_OR, false, X64_SCRATCH, RAX);
        }
        x64_rr(c, 0x85, i->sz == 3, b, b); /* TEST */
        x64_one(c, 0x9f);                  /* LAHF */
        x64_alu_ri(c, ALU_AND, false, RAX, 0xc000);
        x64_alu_rr(c, ALU_OR, false, RAX, X64_SCRATCH);
        bind_g(job, r, RAX);
        flags_lost(job);
}

/* Loads what flags_load will need of flags value f. */
static void load_flag_operands(struct compile *job, ref f)
{
        const struct ir_ins *i = ins_at(job, f);
        int32_t imm;
        if (job->val[f].fmode == F_MAT) {
                if (i->op != IR_LIVEINF)
                        use_g(job, f);
        } else if (is_fcmp(job, f)) {
                use_x(job, i->a);
                use_x(job, i->b);
        } else if (job->val[f].fmode != F_DIRECT) {
                use_g(job, i->a);
                if (!use_imm(job, i->b, i->sz, &imm))
                        use_g(job, i->b);
        }
}

void emit_fsel(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        bool parity;
        if (job->val[r].fmode == F_UNUSED)
                return;
        take_g(job, RAX);
        load_flag_operands(job, i->b);
        load_flag_operands(job, i->c);
        unsigned x = flags_test(job, i->a, (enum cc)(i->aux ^ 1), &parity);
        const ref held = job->eflags_ref;
        const enum fkind kind = job->eflags_kind;
        struct short_jumps no = flags_jump8(job, x, parity);
        flags_load(job, i->b);
        uint8_t *done = x64_jmp8(c);
        flags_land8(job, &no);
        job->eflags_ref = held;
        job->eflags_kind = kind;
        flags_load(job, i->c);
        x64_patch8(c, done);
        bind_g(job, r, RAX);
        flags_lost(job);
}

/* Sets EFLAGS to the literal NZCV, in form K_SUB. Overwrites RAX. */
static void literal_flags(struct code *c, unsigned nzcv)
{
        unsigned ah = (nzcv & 8 ? 0x80 : 0) | (nzcv & 4 ? 0x40 : 0) | (nzcv & 2 ? 0 : 1) | 2;
        x64_mov_ri(c, RAX, ah << 8 | (nzcv & 1));
        x64_byte(c, 0x04); /* ADD AL, 0x7f: OF = V */
        x64_byte(c, 0x7f);
        x64_one(c, 0x9e); /* SAHF */
}

/* Emits the comparison of an FCCMP. EFLAGS hold its result in form K_SUB, of an addition too. */
static void ccmp_compare(struct compile *job, const struct ir_ins *i)
{
        compare_general(job, i->aux3 ? IR_FADDS : IR_FSUBS, i->sz, i->b, i->c);
        if (i->aux3)
                x64_one(code_of(job), 0xf5);
}

static void load_ccmp_operands(struct compile *job, const struct ir_ins *i)
{
        int32_t imm;
        use_g(job, i->b);
        if (!use_imm(job, i->c, i->sz, &imm))
                use_g(job, i->c);
}

void emit_fccmp(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        bool parity;
        if (job->val[r].fmode == F_UNUSED || job->val[r].fmode == F_BRANCH)
                return;
        load_ccmp_operands(job, i);
        take_g(job, RAX);
        load_ccmp_operands(job, i); /* one of them may have been in RAX */
        unsigned x = flags_test(job, i->a, (enum cc)(i->aux ^ 1), &parity);
        struct short_jumps lit = flags_jump8(job, x, parity);
        ccmp_compare(job, i);
        uint8_t *done = x64_jmp8(c);
        flags_land8(job, &lit);
        literal_flags(c, i->aux2);
        x64_patch8(c, done);
        flags_are(job, r, K_SUB);
        if (job->val[r].fmode == F_MAT)
                materialise(job, r);
}

void flags_ccmp_branch(struct compile *job, ref f, enum cc cc, uint8_t *jumps[3])
{
        static const uint16_t holds[16] = {
                /* bit n: condition holds for literal NZCV = n */
                0xf0f0, 0x0f0f, 0xcccc, 0x3333, 0xff00, 0x00ff, 0xaaaa, 0x5555,
                0x0c0c, 0xf3f3, 0xaa55, 0x55aa, 0x0a05, 0xf5fa, 0xffff, 0xffff,
        };
        const struct ir_ins *i = ins_at(job, f);
        struct code *c = code_of(job);
        bool parity, lit = holds[cc] >> i->aux2 & 1;
        load_ccmp_operands(job, i);
        unsigned x = flags_test(job, i->a, (enum cc)(i->aux ^ 1), &parity);
        uint8_t *over = 0, *over2 = 0, *skip = 0;
        if (parity && x == XCC_E)
                skip = x64_jcc8(c, XCC_P);
        if (lit) { /* first condition fails: taken */
                if (parity && x == XCC_NE)
                        jumps[2] = x64_jcc(c, XCC_P);
                jumps[1] = x64_jcc(c, x);
        } else {
                if (parity && x == XCC_NE)
                        over2 = x64_jcc8(c, XCC_P);
                over = x64_jcc8(c, x);
        }
        if (skip)
                x64_patch8(c, skip);
        ccmp_compare(job, i);
        job->eflags_kind = K_SUB;
        job->eflags_ref = f;
        jumps[0] = x64_jcc(c, x86_cc(job, cc, &parity));
        if (over)
                x64_patch8(c, over);
        if (over2)
                x64_patch8(c, over2);
        flags_lost(job);
}

/* d = flags (form of cpu->flags, in d) as bits 31:28. */
void emit_fgetnzcv(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        take_g(job, RAX);
        flags_load(job, i->a);
        x64_mov_rr(c, false, X64_SCRATCH, RAX);
        x64_alu_ri(c, ALU_AND, false, X64_SCRATCH, 0xc000);
        x64_shift(c, 4, false, X64_SCRATCH, 16);
        x64_alu_ri(c, ALU_AND, false, RAX, 0x101); /* C in bit 8, V in bit 0 -> bits 29, 28 */
        x64_rr(c, 0x69, false, RAX, RAX);
        x64_u32(c, (1u << 28) | (1u << 21));
        x64_alu_ri(c, ALU_AND, false, RAX, 0x30000000);
        x64_alu_rr(c, ALU_OR, false, RAX, X64_SCRATCH);
        bind_g(job, r, RAX);
        flags_lost(job);
}

/* Bits 31:28 of a -> the form of cpu->flags. */
void emit_fsetnzcv(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        if (job->val[r].fmode == F_UNUSED)
                return;
        unsigned a = use_g(job, i->a), t = temp_g(job), d = def_g(job, r, NOREG);
        x64_mov_rr(c, false, t, a);
        x64_shift(c, 5, false, t, 16);
        x64_alu_ri(c, ALU_AND, false, t, 0xc000);
        x64_mov_rr(c, false, X64_SCRATCH, a);
        x64_shift(c, 5, false, X64_SCRATCH, 21);
        x64_alu_ri(c, ALU_AND, false, X64_SCRATCH, 0x100);
        x64_alu_rr(c, ALU_OR, false, t, X64_SCRATCH);
        x64_mov_rr(c, false, X64_SCRATCH, a);
        x64_shift(c, 5, false, X64_SCRATCH, 28);
        x64_alu_ri(c, ALU_AND, false, X64_SCRATCH, 1);
        x64_alu_rr(c, ALU_OR, false, t, X64_SCRATCH);
        x64_mov_rr(c, false, d, t);
        flags_lost(job);
}
