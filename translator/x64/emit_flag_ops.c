/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code for ops that make flags values, or integers from them. How a flags value reaches its consumers is decided in live.c. */
#include "flags.h"

/* Returns true when an ALU instruction that follows soon makes f's flags too. */
static bool sibling_follows(const struct compile *job, ref f)
{
        const unsigned alu = alu_of(ins_at(job, f)->op);
        for (ref j = (ref)(f + 1); alu && j <= f + SIBLINGS_NEAR && j < job->gen.ir->n; j++)
                if (ins_at(job, j)->op == alu && flags_siblings(job, f, j))
                        return job->val[j].force_alu && !is_dead(job, j, x64_traits[ins_at(job, j)->op]);
        return false;
}

/* An FP comparison is made in any case: it may raise Invalid. */
void emit_compare(struct compile *job, ref f)
{
        if ((job->val[f].fmode != F_DIRECT && !flags_is_fcmp(job, f)) || job->eflags_ref == f || sibling_follows(job, f))
                return;
        flags_compare(job, f, flags_is_fcmp(job, f) && (job->val[f].fcc & FCC_SWAP));
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
                flags_keep(job, r);
}

/* RAX = C and V of a, N and Z as b has them, and for FNZC bit 0 of c. */
void emit_fnz(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        if (job->val[r].fmode != F_MAT)
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
        } else if (flags_is_fcmp(job, f)) {
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
        if (job->val[r].fmode != F_MAT)
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
        flags_compare_general(job, i->aux3 ? IR_FADDS : IR_FSUBS, i->sz, i->b, i->c);
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
                flags_keep(job, r);
}

/* For each condition: bit n tells whether it holds for NZCV = n. */
static const uint16_t holds[16] = {
        0xf0f0, 0x0f0f, 0xcccc, 0x3333, 0xff00, 0x00ff, 0xaaaa, 0x5555,
        0x0c0c, 0xf3f3, 0xaa55, 0x55aa, 0x0a05, 0xf5fa, 0xffff, 0xffff,
};

int flags_implied(enum cc given, enum cc asked)
{
        if (!(holds[given] & ~holds[asked]))
                return 1;
        return holds[given] & holds[asked] ? -1 : 0;
}

/* Emits an exit on condition cc of FSEL f: when its own condition fails that is known, else the flags are remade. */
static void select_branch(struct compile *job, const struct ir_ins *i, enum cc cc, uint8_t *jumps[3])
{
        struct code *c = code_of(job);
        bool parity;
        load_flag_operands(job, i->b);
        unsigned x = flags_test(job, i->a, (enum cc)(i->aux ^ 1), &parity);
        uint8_t *over = 0;
        if (flags_implied((enum cc)(i->aux ^ 1), cc))
                jumps[1] = x64_jcc(c, x);
        else
                over = x64_jcc8(c, x);
        jumps[0] = x64_jcc(c, flags_test(job, i->b, cc, &parity));
        if (over)
                x64_patch8(c, over);
        flags_lost(job);
}

static void ccmp_branch(struct compile *job, ref f, enum cc cc, uint8_t *jumps[3])
{
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
        jumps[0] = x64_jcc(c, flags_x86_cc(job, cc, &parity));
        if (over)
                x64_patch8(c, over);
        if (over2)
                x64_patch8(c, over2);
        flags_lost(job);
}

void flags_branch(struct compile *job, ref f, enum cc cc, uint8_t *jumps[3])
{
        const struct ir_ins *i = ins_at(job, f);
        if (i->op == IR_FSEL)
                select_branch(job, i, cc, jumps);
        else
                ccmp_branch(job, f, cc, jumps);
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

/* EFLAGS stay as they are. */
void emit_fgetcmp(struct compile *job, ref r)
{
        ref f = ins_at(job, r)->a;
        struct code *c = code_of(job);
        take_g(job, RAX);
        if (job->eflags_ref != f)
                flags_compare(job, f, job->val[f].fcc & FCC_SWAP);
        x64_mov_ri(c, RAX, job->eflags_kind == K_FCMP_SWAP ? FCMP_SWAP : FCMP_PLAIN);
        x64_one(c, 0x9f); /* LAHF */
        bind_g(job, r, RAX);
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
