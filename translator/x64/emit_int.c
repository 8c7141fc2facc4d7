/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code for the integer ops. */
#include "compile.h"

static bool eflags_busy(const struct compile *job)
{
        return job->eflags_ref && job->eflags_until > job->pos;
}

/* Returns the register of operand v when the result may overwrite it, else NOREG. */
static unsigned reusable(const struct compile *job, ref v)
{
        v = resolve(job, v);
        return dies_here(job, v) ? job->val[v].reg : NOREG;
}

/* ---- commutative instructions with two operands: d = d op b ---- */

/* Returns a register for the result of r: that of an operand, where it may be overwritten. */
static unsigned def_either(struct compile *job, ref r)
{
        unsigned reuse = reusable(job, ins_at(job, r)->a);
        return def_g(job, r, reuse != NOREG ? reuse : reusable(job, ins_at(job, r)->b));
}

/* Puts one of the operands, which are in registers a and b, into d. Returns the register of the other. */
static unsigned place_either(struct compile *job, bool w, unsigned d, unsigned a, unsigned b)
{
        if (d == b)
                return a;
        if (d != a)
                x64_mov_rr(code_of(job), w, d, a);
        return b;
}

/* ---- addition and subtraction ---- */

static struct mem lea_sum(unsigned a, unsigned b)
{
        struct mem m = { .base = (uint8_t)a, .index = (uint8_t)b, .scale = 0, .disp = 0 };
        if ((a & 7) == 5 && (b & 7) != 5) { /* RBP and R13 as base need a displacement */
                m.base = (uint8_t)b;
                m.index = (uint8_t)a;
        }
        return m;
}

static void emit_add_imm(struct compile *job, ref r, unsigned a, int32_t imm)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3, alu = job->val[r].force_alu && !eflags_busy(job);
        unsigned d = def_g(job, r, reusable(job, i->a));
        if (d != a && !alu) {
                x64_lea(code_of(job), w, d, (struct mem){ .base = (uint8_t)a, .index = NOREG, .disp = imm });
                return;
        }
        if (eflags_busy(job)) {
                x64_lea(code_of(job), w, d, (struct mem){ .base = (uint8_t)a, .index = NOREG, .disp = imm });
                return;
        }
        if (d != a)
                x64_mov_rr(code_of(job), w, d, a);
        x64_alu_ri(code_of(job), ALU_ADD, w, d, imm);
        flags_made(job, r);
}

void emit_add(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        int32_t imm;
        unsigned a = use_g(job, i->a);
        if (use_imm(job, i->b, i->sz, &imm)) {
                emit_add_imm(job, r, a, imm);
                return;
        }
        unsigned b = use_g(job, i->b), d = def_either(job, r);
        bool busy = eflags_busy(job);
        if (busy || (d != a && d != b && !job->val[r].force_alu)) {
                x64_lea(code_of(job), w, d, lea_sum(a, b));
                return;
        }
        x64_alu_rr(code_of(job), ALU_ADD, w, d, place_either(job, w, d, a, b));
        flags_made(job, r);
}

void emit_sub(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3, busy = eflags_busy(job);
        int32_t imm;
        unsigned a = use_g(job, i->a);
        if (use_imm(job, i->b, i->sz, &imm)) {
                unsigned d = def_g(job, r, reusable(job, i->a));
                /* The least number cannot be negated. It comes here with EFLAGS busy only where they are made again (live.c). */
                if (imm != INT32_MIN && (busy || (d != a && !job->val[r].force_alu))) {
                        x64_lea(code_of(job), w, d, (struct mem){ .base = (uint8_t)a, .index = NOREG, .disp = -imm });
                        return;
                }
                if (d != a)
                        x64_mov_rr(code_of(job), w, d, a);
                x64_alu_ri(code_of(job), ALU_SUB, w, d, imm);
                flags_made(job, r);
                return;
        }
        unsigned b = use_g(job, i->b);
        unsigned d = def_g(job, r, reusable(job, i->a));
        if (d == b && d != a) { /* d = a - d */
                x64_mov_rr(code_of(job), true, X64_SCRATCH, b);
                b = X64_SCRATCH;
        }
        if (d != a)
                x64_mov_rr(code_of(job), w, d, a);
        x64_alu_rr(code_of(job), ALU_SUB, w, d, b);
        flags_made(job, r);
}

/* ---- logic ---- */

static void emit_logic(struct compile *job, ref r, enum alu op)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        int32_t imm;
        unsigned a = use_g(job, i->a);
        if (use_imm(job, i->b, i->sz, &imm)) {
                bool narrow = w && op == ALU_AND && imm >= 0 && !job->val[r].force_alu; /* zero-extends by itself */
                unsigned d = def_g(job, r, reusable(job, i->a));
                if (d != a)
                        x64_mov_rr(code_of(job), w && !narrow, d, a);
                x64_alu_ri(code_of(job), op, w && !narrow, d, imm);
                flags_made(job, r);
                return;
        }
        unsigned b = use_g(job, i->b), d = def_either(job, r);
        x64_alu_rr(code_of(job), op, w, d, place_either(job, w, d, a, b));
        flags_made(job, r);
}

void emit_and(struct compile *job, ref r)
{
        emit_logic(job, r, ALU_AND);
}
void emit_or(struct compile *job, ref r)
{
        emit_logic(job, r, ALU_OR);
}
void emit_xor(struct compile *job, ref r)
{
        emit_logic(job, r, ALU_XOR);
}

void emit_andn(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        unsigned a = use_g(job, i->a), b = use_g(job, i->b);
        if (x64_features.bmi1) {
                unsigned d = def_g(job, r, reusable(job, i->a));
                x64_vex_g(code_of(job), MAP_38 | 0xf2, w, d, b, a);
        } else {
                x64_mov_rr(code_of(job), w, X64_SCRATCH, b);
                x64_rr(code_of(job), 0xf7, w, 2, X64_SCRATCH);
                unsigned d = def_g(job, r, reusable(job, i->a));
                if (d != a)
                        x64_mov_rr(code_of(job), w, d, a);
                x64_alu_rr(code_of(job), ALU_AND, w, d, X64_SCRATCH);
        }
        flags_lost(job);
}

static void emit_unary(struct compile *job, ref r, unsigned digit)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        unsigned a = use_g(job, i->a), d = def_g(job, r, reusable(job, i->a));
        if (d != a)
                x64_mov_rr(code_of(job), w, d, a);
        x64_rr(code_of(job), 0xf7, w, digit, d);
}

void emit_not(struct compile *job, ref r)
{
        emit_unary(job, r, 2);
}

void emit_neg(struct compile *job, ref r)
{
        emit_unary(job, r, 3);
        flags_lost(job);
}

/* ---- multiplication and division ---- */

void emit_mul(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        int32_t imm;
        unsigned a = use_g(job, i->a);
        if (use_imm(job, i->b, i->sz, &imm)) {
                unsigned d = def_g(job, r, NOREG);
                x64_rr(code_of(job), 0x69, w, d, a);
                x64_u32(code_of(job), (uint32_t)imm);
                flags_lost(job);
                return;
        }
        unsigned b = use_g(job, i->b), d = def_either(job, r);
        x64_rr(code_of(job), MAP_0F | 0xaf, w, d, place_either(job, w, d, a, b));
        flags_lost(job);
}

/* Emits MUL or IMUL with one operand: RDX:RAX = RAX * b. */
static void emit_mulh(struct compile *job, ref r, unsigned digit)
{
        const struct ir_ins *i = ins_at(job, r);
        unsigned b = use_g(job, i->b), a = use_g(job, i->a);
        if (b == RAX || b == RDX) {
                x64_mov_rr(code_of(job), true, X64_SCRATCH, b);
                b = X64_SCRATCH;
        }
        if (a != RAX) {
                bool a_in_rdx = a == RDX;
                take_g(job, RAX);
                x64_mov_rr(code_of(job), true, RAX, a_in_rdx ? job->val[resolve(job, i->a)].reg : a);
        } else {
                take_g(job, RAX); /* moves the value if it is needed later; RAX keeps the bits */
        }
        take_g(job, RDX);
        x64_rr(code_of(job), 0xf7, true, digit, b);
        bind_g(job, r, RDX);
        flags_lost(job);
}

void emit_umulh(struct compile *job, ref r)
{
        emit_mulh(job, r, 4);
}
void emit_smulh(struct compile *job, ref r)
{
        emit_mulh(job, r, 5);
}

/* Emits a division: the dividend is in RAX, the divisor in the scratch register. Where x86 faults (divisor 0, INT_MIN / -1) Arm
 * has results. */
static void emit_div(struct compile *job, ref r, bool is_signed)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        struct code *c = code_of(job);
        x64_mov_rr(c, w, X64_SCRATCH, use_g(job, i->b));
        unsigned a = use_g(job, i->a);
        if (a != RAX) {
                take_g(job, RAX);
                x64_mov_rr(c, w, RAX, job->val[resolve(job, i->a)].reg != NOREG ? job->val[resolve(job, i->a)].reg : a);
        } else {
                take_g(job, RAX);
        }
        take_g(job, RDX);
        uint8_t *minus_one = 0;
        if (is_signed) { /* x / -1 = -x, with INT_MIN as it is */
                x64_alu_ri(c, ALU_CMP, w, X64_SCRATCH, -1);
                minus_one = x64_jcc8(c, XCC_E);
        }
        x64_rr(c, 0x85, w, X64_SCRATCH, X64_SCRATCH);
        uint8_t *zero = x64_jcc8(c, XCC_E);
        if (is_signed)
                x64_rr(c, 0x99, w, 0, 0), c->p--; /* CDQ/CQO has no ModRM */
        else
                x64_alu_rr(c, ALU_XOR, false, RDX, RDX);
        x64_rr(c, 0xf7, w, is_signed ? 7 : 6, X64_SCRATCH);
        uint8_t *done = x64_jmp8(c), *done2 = 0;
        if (is_signed) {
                x64_patch8(c, minus_one);
                x64_rr(c, 0xf7, w, 3, RAX);
                done2 = x64_jmp8(c);
        }
        x64_patch8(c, zero);
        x64_alu_rr(c, ALU_XOR, false, RAX, RAX);
        x64_patch8(c, done);
        if (done2)
                x64_patch8(c, done2);
        bind_g(job, r, RAX);
        flags_lost(job);
}

void emit_udiv(struct compile *job, ref r)
{
        emit_div(job, r, false);
}
void emit_sdiv(struct compile *job, ref r)
{
        emit_div(job, r, true);
}

/* ---- shifts ---- */

/* Emits a shift by a register without BMI2: the count must be in CL. */
static void shift_cl(struct compile *job, ref r, unsigned digit)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        x64_mov_rr(code_of(job), true, X64_SCRATCH, use_g(job, i->a));
        unsigned b = use_g(job, i->b);
        if (b != RCX) {
                take_g(job, RCX);
                x64_mov_rr(code_of(job), false, RCX, b);
        }
        x64_shift(code_of(job), digit, w, X64_SCRATCH, -1);
        job->glock |= 1u << RCX;
        x64_mov_rr(code_of(job), w, def_g(job, r, reusable(job, i->a)), X64_SCRATCH);
        flags_lost(job);
}

static void emit_shift(struct compile *job, ref r, unsigned digit, opc bmi)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        int32_t imm;
        if (use_imm(job, i->b, 2, &imm)) {
                imm &= w ? 63 : 31;
                unsigned a = use_g(job, i->a), d = def_g(job, r, reusable(job, i->a));
                bool busy = eflags_busy(job);
                if (busy && bmi) {
                        x64_mov_ri(code_of(job), X64_SCRATCH, (uint64_t)imm);
                        x64_vex_g(code_of(job), bmi, w, d, X64_SCRATCH, a);
                        return;
                }
                if (digit == 4 && imm <= 3 && d != a) {
                        x64_lea(code_of(job), w, d, (struct mem){ .base = NOREG, .index = (uint8_t)a, .scale = (uint8_t)imm });
                        return;
                }
                if (d != a)
                        x64_mov_rr(code_of(job), w, d, a);
                x64_shift(code_of(job), digit, w, d, imm);
                flags_lost(job);
                return;
        }
        if (!bmi || !x64_features.bmi2) {
                shift_cl(job, r, digit);
                return;
        }
        unsigned a = use_g(job, i->a), b = use_g(job, i->b);
        x64_vex_g(code_of(job), bmi, w, def_g(job, r, reusable(job, i->a)), b, a);
}

void emit_shl(struct compile *job, ref r)
{
        emit_shift(job, r, 4, PP_66 | MAP_38 | 0xf7);
}
void emit_shr(struct compile *job, ref r)
{
        emit_shift(job, r, 5, PP_F2 | MAP_38 | 0xf7);
}
void emit_sar(struct compile *job, ref r)
{
        emit_shift(job, r, 7, PP_F3 | MAP_38 | 0xf7);
}

void emit_ror(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        int32_t imm;
        if (!use_imm(job, i->b, 2, &imm)) {
                shift_cl(job, r, 1);
                return;
        }
        unsigned a = use_g(job, i->a), d = def_g(job, r, reusable(job, i->a));
        if (d != a)
                x64_mov_rr(code_of(job), w, d, a);
        x64_shift(code_of(job), 1, w, d, imm & (w ? 63 : 31));
        flags_lost(job);
}

/* (a:b) >> disp is SHRD with the destination b. */
void emit_extr(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        unsigned a = use_g(job, i->a), b = use_g(job, i->b);
        if (a == b) {
                unsigned d = def_g(job, r, reusable(job, i->a));
                if (d != a)
                        x64_mov_rr(code_of(job), w, d, a);
                x64_shift(code_of(job), 1, w, d, i->disp);
        } else {
                x64_mov_rr(code_of(job), w, X64_SCRATCH, b);
                x64_rri8(code_of(job), MAP_0F | 0xac, w, a, X64_SCRATCH, (uint8_t)i->disp);
                x64_mov_rr(code_of(job), w, def_g(job, r, reusable(job, i->b)), X64_SCRATCH);
        }
        flags_lost(job);
}

/* ---- extensions and bits ---- */

void emit_zext(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        unsigned a = use_g(job, i->a), d = def_g(job, r, reusable(job, i->a));
        if (i->sz == 0)
                x64_rr8(code_of(job), MAP_0F | 0xb6, d, a);
        else if (i->sz == 1)
                x64_rr(code_of(job), MAP_0F | 0xb7, false, d, a);
        else
                x64_mov_rr(code_of(job), false, d, a);
}

void emit_sext(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        unsigned a = use_g(job, i->a), d = def_g(job, r, reusable(job, i->a));
        if (i->aux == 2)
                x64_rr(code_of(job), w ? 0x63 : 0x8b, w, d, a);
        else if (i->aux == 1)
                x64_rr(code_of(job), MAP_0F | 0xbf, w, d, a);
        else if (w)
                x64_rr(code_of(job), MAP_0F | 0xbe, true, d, a);
        else
                x64_rr8(code_of(job), MAP_0F | 0xbe, d, a);
}

void emit_clz(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        struct code *c = code_of(job);
        unsigned a = use_g(job, i->a);
        if (x64_features.lzcnt) {
                x64_rr(c, PP_F3 | MAP_0F | 0xbd, w, def_g(job, r, reusable(job, i->a)), a);
        } else { /* BSR leaves the register alone when the operand is 0 */
                x64_mov_ri(c, X64_SCRATCH, w ? 127 : 63);
                unsigned d = def_g(job, r, reusable(job, i->a));
                x64_rr(c, MAP_0F | 0xbd, w, d, a);
                x64_rr(c, MAP_0F | 0x44, w, d, X64_SCRATCH); /* CMOVE */
                x64_alu_ri(c, ALU_XOR, w, d, w ? 63 : 31);
        }
        flags_lost(job);
}

static void emit_bswap_reg(struct code *c, bool w, unsigned d)
{
        unsigned rex = 0x40 | (unsigned)w << 3 | d >> 3;
        if (rex != 0x40)
                x64_byte(c, (uint8_t)rex);
        x64_byte(c, 0x0f);
        x64_byte(c, (uint8_t)(0xc8 | (d & 7)));
}

void emit_bswap(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        unsigned a = use_g(job, i->a), d = def_g(job, r, reusable(job, i->a));
        if (d != a)
                x64_mov_rr(code_of(job), w, d, a);
        emit_bswap_reg(code_of(job), w, d);
}

/* Emits d = (d & mask) << n | (d >> n) & mask. Overwrites t and m. */
static void swap_groups(struct code *c, bool w, unsigned d, unsigned t, unsigned m, uint64_t mask, int n)
{
        x64_mov_ri(c, m, w ? mask : (uint32_t)mask);
        x64_mov_rr(c, w, t, d);
        x64_alu_rr(c, ALU_AND, w, d, m);
        x64_shift(c, 5, w, t, n);
        x64_alu_rr(c, ALU_AND, w, t, m);
        x64_shift(c, 4, w, d, n);
        x64_alu_rr(c, ALU_OR, w, d, t);
}

void emit_rev16(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        unsigned a = use_g(job, i->a), m = temp_g(job), d = def_g(job, r, reusable(job, i->a));
        if (d != a)
                x64_mov_rr(code_of(job), w, d, a);
        swap_groups(code_of(job), w, d, X64_SCRATCH, m, UINT64_C(0x00ff00ff00ff00ff), 8);
        flags_lost(job);
}

void emit_rbit(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        unsigned a = use_g(job, i->a), m = temp_g(job), d = def_g(job, r, reusable(job, i->a));
        if (d != a)
                x64_mov_rr(code_of(job), w, d, a);
        emit_bswap_reg(code_of(job), w, d);
        swap_groups(code_of(job), w, d, X64_SCRATCH, m, UINT64_C(0x0f0f0f0f0f0f0f0f), 4);
        swap_groups(code_of(job), w, d, X64_SCRATCH, m, UINT64_C(0x3333333333333333), 2);
        swap_groups(code_of(job), w, d, X64_SCRATCH, m, UINT64_C(0x5555555555555555), 1);
        flags_lost(job);
}

/* Puts a field of b into a: a is rotated so that the field is at the bottom, SHRD shifts b in, and it is rotated back. */
void emit_bfi(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        bool w = i->sz == 3;
        int bits = w ? 64 : 32, lsb = i->disp, width = i->aux;
        struct code *c = code_of(job);
        unsigned a = use_g(job, i->a), b = use_g(job, i->b);
        x64_mov_rr(c, w, X64_SCRATCH, a);
        if (lsb)
                x64_shift(c, 1, w, X64_SCRATCH, lsb);
        x64_rri8(c, MAP_0F | 0xac, w, b, X64_SCRATCH, (uint8_t)width);
        if ((lsb + width) % bits)
                x64_shift(c, 0, w, X64_SCRATCH, (lsb + width) % bits);
        x64_mov_rr(c, w, def_g(job, r, reusable(job, i->a)), X64_SCRATCH);
        flags_lost(job);
}

/* CRC-32C is an instruction of SSE4.2. Plain CRC-32 has none, and no IR op: its lifter calls a helper. */
void emit_crc32c(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        unsigned a = use_g(job, i->a), b = use_g(job, i->b);
        x64_mov_rr(c, false, X64_SCRATCH, a);
        if (i->aux == 0)
                x64_rr8(c, PP_F2 | MAP_38 | 0xf0, X64_SCRATCH, b);
        else if (i->aux == 1)
                x64_byte(c, 0x66), x64_rr(c, PP_F2 | MAP_38 | 0xf1, false, X64_SCRATCH, b);
        else
                x64_rr(c, PP_F2 | MAP_38 | 0xf1, i->aux == 3, X64_SCRATCH, b);
        x64_mov_rr(c, false, def_g(job, r, reusable(job, i->a)), X64_SCRATCH);
}

void emit_ldstate(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        int32_t off = CPU_OFF_AT(i->disp);
        x64_load(code_of(job), i->sz == 3, def_g(job, r, NOREG), cpu_mem(off));
}

void emit_ststate(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        int32_t off = CPU_OFF_AT(i->disp);
        x64_store(code_of(job), i->sz == 3, use_g(job, i->a), cpu_mem(off));
}
