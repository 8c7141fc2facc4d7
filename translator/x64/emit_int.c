/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code for the integer ops. */
#include "compile.h"

#define CODE(ra) (&(ra)->gen.code)

static const struct ir_ins *ins_at(const struct ra *ra, ref r)
{
        return &ra->gen.ir->ins[r];
}

static bool eflags_busy(const struct ra *ra)
{
        return ra->eflags_ref && ra->eflags_until > ra->pos;
}

/* The register of operand v if it may be overwritten by the result, else NOREG. */
static unsigned reusable(const struct ra *ra, ref v)
{
        v = resolve(ra, v);
        return dies_here(ra, v) ? ra->val[v].reg : NOREG;
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

static void emit_add_imm(struct ra *ra, ref r, unsigned a, int32_t imm)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3, alu = ra->val[r].force_alu && !eflags_busy(ra);
        unsigned d = def_g(ra, r, reusable(ra, i->a));
        if (d != a && !alu) {
                x64_lea(CODE(ra), w, d, (struct mem){ .base = (uint8_t)a, .index = NOREG, .disp = imm });
                return;
        }
        if (eflags_busy(ra)) {
                x64_lea(CODE(ra), w, d, (struct mem){ .base = (uint8_t)a, .index = NOREG, .disp = imm });
                return;
        }
        if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        x64_alu_ri(CODE(ra), ALU_ADD, w, d, imm);
        flags_made(ra, r);
}

void emit_add(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        int32_t imm;
        unsigned a = use_g(ra, i->a);
        if (use_imm(ra, i->b, i->sz, &imm)) {
                emit_add_imm(ra, r, a, imm);
                return;
        }
        unsigned b = use_g(ra, i->b), reuse = reusable(ra, i->a);
        unsigned d = def_g(ra, r, reuse != NOREG ? reuse : reusable(ra, i->b));
        bool busy = eflags_busy(ra);
        if (busy || (d != a && d != b && !ra->val[r].force_alu)) {
                x64_lea(CODE(ra), w, d, lea_sum(a, b));
                return;
        }
        if (d == b) {
                b = a;
        } else if (d != a) {
                x64_mov_rr(CODE(ra), w, d, a);
        }
        x64_alu_rr(CODE(ra), ALU_ADD, w, d, b);
        flags_made(ra, r);
}

void emit_sub(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3, busy = eflags_busy(ra);
        int32_t imm;
        unsigned a = use_g(ra, i->a);
        if (use_imm(ra, i->b, i->sz, &imm)) {
                unsigned d = def_g(ra, r, reusable(ra, i->a));
                /* The least number cannot be negated. With EFLAGS busy it is here only where these are made again (live.c). */
                if (imm != INT32_MIN && (busy || (d != a && !ra->val[r].force_alu))) {
                        x64_lea(CODE(ra), w, d, (struct mem){ .base = (uint8_t)a, .index = NOREG, .disp = -imm });
                        return;
                }
                if (d != a)
                        x64_mov_rr(CODE(ra), w, d, a);
                x64_alu_ri(CODE(ra), ALU_SUB, w, d, imm);
                flags_made(ra, r);
                return;
        }
        unsigned b = use_g(ra, i->b);
        unsigned d = def_g(ra, r, reusable(ra, i->a));
        if (d == b && d != a) { /* d = a - d */
                x64_mov_rr(CODE(ra), true, X64_SCRATCH, b);
                b = X64_SCRATCH;
        }
        if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        x64_alu_rr(CODE(ra), ALU_SUB, w, d, b);
        flags_made(ra, r);
}

/* ---- logic ---- */

static void emit_logic(struct ra *ra, ref r, enum alu op)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        int32_t imm;
        unsigned a = use_g(ra, i->a);
        if (use_imm(ra, i->b, i->sz, &imm)) {
                bool narrow = w && op == ALU_AND && imm >= 0 && !ra->val[r].force_alu; /* zero-extends by itself */
                unsigned d = def_g(ra, r, reusable(ra, i->a));
                if (d != a)
                        x64_mov_rr(CODE(ra), w && !narrow, d, a);
                x64_alu_ri(CODE(ra), op, w && !narrow, d, imm);
                flags_made(ra, r);
                return;
        }
        unsigned b = use_g(ra, i->b), reuse = reusable(ra, i->a);
        unsigned d = def_g(ra, r, reuse != NOREG ? reuse : reusable(ra, i->b));
        if (d == b)
                b = a;
        else if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        x64_alu_rr(CODE(ra), op, w, d, b);
        flags_made(ra, r);
}

void emit_and(struct ra *ra, ref r)
{
        emit_logic(ra, r, ALU_AND);
}
void emit_or(struct ra *ra, ref r)
{
        emit_logic(ra, r, ALU_OR);
}
void emit_xor(struct ra *ra, ref r)
{
        emit_logic(ra, r, ALU_XOR);
}

void emit_andn(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        unsigned a = use_g(ra, i->a), b = use_g(ra, i->b);
        if (x64_features.bmi1) {
                unsigned d = def_g(ra, r, reusable(ra, i->a));
                x64_vex_g(CODE(ra), MAP_38 | 0xf2, w, d, b, a);
        } else {
                x64_mov_rr(CODE(ra), w, X64_SCRATCH, b);
                x64_rr(CODE(ra), 0xf7, w, 2, X64_SCRATCH);
                unsigned d = def_g(ra, r, reusable(ra, i->a));
                if (d != a)
                        x64_mov_rr(CODE(ra), w, d, a);
                x64_alu_rr(CODE(ra), ALU_AND, w, d, X64_SCRATCH);
        }
        flags_lost(ra);
}

static void emit_unary(struct ra *ra, ref r, unsigned digit)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        unsigned a = use_g(ra, i->a), d = def_g(ra, r, reusable(ra, i->a));
        if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        x64_rr(CODE(ra), 0xf7, w, digit, d);
}

void emit_not(struct ra *ra, ref r)
{
        emit_unary(ra, r, 2);
}

void emit_neg(struct ra *ra, ref r)
{
        emit_unary(ra, r, 3);
        flags_lost(ra);
}

/* ---- multiplication and division ---- */

void emit_mul(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        int32_t imm;
        unsigned a = use_g(ra, i->a);
        if (use_imm(ra, i->b, i->sz, &imm)) {
                unsigned d = def_g(ra, r, NOREG);
                x64_rr(CODE(ra), 0x69, w, d, a);
                x64_u32(CODE(ra), (uint32_t)imm);
                flags_lost(ra);
                return;
        }
        unsigned b = use_g(ra, i->b), reuse = reusable(ra, i->a);
        unsigned d = def_g(ra, r, reuse != NOREG ? reuse : reusable(ra, i->b));
        if (d == b)
                b = a;
        else if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        x64_rr(CODE(ra), MAP_0F | 0xaf, w, d, b);
        flags_lost(ra);
}

/* One-operand MUL/IMUL: RDX:RAX = RAX * b. */
static void emit_mulh(struct ra *ra, ref r, unsigned digit)
{
        const struct ir_ins *i = ins_at(ra, r);
        unsigned b = use_g(ra, i->b), a = use_g(ra, i->a);
        if (b == RAX || b == RDX) {
                x64_mov_rr(CODE(ra), true, X64_SCRATCH, b);
                b = X64_SCRATCH;
        }
        if (a != RAX) {
                bool a_in_rdx = a == RDX;
                take_g(ra, RAX);
                x64_mov_rr(CODE(ra), true, RAX, a_in_rdx ? ra->val[resolve(ra, i->a)].reg : a);
        } else {
                take_g(ra, RAX); /* moves the value if it is needed later; RAX keeps the bits */
        }
        take_g(ra, RDX);
        x64_rr(CODE(ra), 0xf7, true, digit, b);
        bind_g(ra, r, RDX);
        flags_lost(ra);
}

void emit_umulh(struct ra *ra, ref r)
{
        emit_mulh(ra, r, 4);
}
void emit_smulh(struct ra *ra, ref r)
{
        emit_mulh(ra, r, 5);
}

/* Division: dividend in RAX, divisor in scratch; x86's faults (zero divisor, INT_MIN / -1) are Arm's plain results. */
static void emit_div(struct ra *ra, ref r, bool is_signed)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        struct code *c = CODE(ra);
        x64_mov_rr(c, w, X64_SCRATCH, use_g(ra, i->b));
        unsigned a = use_g(ra, i->a);
        if (a != RAX) {
                take_g(ra, RAX);
                x64_mov_rr(c, w, RAX, ra->val[resolve(ra, i->a)].reg != NOREG ? ra->val[resolve(ra, i->a)].reg : a);
        } else {
                take_g(ra, RAX);
        }
        take_g(ra, RDX);
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
        bind_g(ra, r, RAX);
        flags_lost(ra);
}

void emit_udiv(struct ra *ra, ref r)
{
        emit_div(ra, r, false);
}
void emit_sdiv(struct ra *ra, ref r)
{
        emit_div(ra, r, true);
}

/* ---- shifts ---- */

/* By a register without BMI2: the count goes through CL. */
static void shift_cl(struct ra *ra, ref r, unsigned digit)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        x64_mov_rr(CODE(ra), true, X64_SCRATCH, use_g(ra, i->a));
        unsigned b = use_g(ra, i->b);
        if (b != RCX) {
                take_g(ra, RCX);
                x64_mov_rr(CODE(ra), false, RCX, b);
        }
        x64_shift(CODE(ra), digit, w, X64_SCRATCH, -1);
        ra->glock |= 1u << RCX;
        x64_mov_rr(CODE(ra), w, def_g(ra, r, reusable(ra, i->a)), X64_SCRATCH);
        flags_lost(ra);
}

static void emit_shift(struct ra *ra, ref r, unsigned digit, opc bmi)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        int32_t imm;
        if (use_imm(ra, i->b, 2, &imm)) {
                imm &= w ? 63 : 31;
                unsigned a = use_g(ra, i->a), d = def_g(ra, r, reusable(ra, i->a));
                bool busy = eflags_busy(ra);
                if (busy && bmi) {
                        x64_mov_ri(CODE(ra), X64_SCRATCH, (uint64_t)imm);
                        x64_vex_g(CODE(ra), bmi, w, d, X64_SCRATCH, a);
                        return;
                }
                if (digit == 4 && imm <= 3 && d != a) {
                        x64_lea(CODE(ra), w, d, (struct mem){ .base = NOREG, .index = (uint8_t)a, .scale = (uint8_t)imm });
                        return;
                }
                if (d != a)
                        x64_mov_rr(CODE(ra), w, d, a);
                x64_shift(CODE(ra), digit, w, d, imm);
                flags_lost(ra);
                return;
        }
        if (!bmi || !x64_features.bmi2) {
                shift_cl(ra, r, digit);
                return;
        }
        unsigned a = use_g(ra, i->a), b = use_g(ra, i->b);
        x64_vex_g(CODE(ra), bmi, w, def_g(ra, r, reusable(ra, i->a)), b, a);
}

void emit_shl(struct ra *ra, ref r)
{
        emit_shift(ra, r, 4, PP_66 | MAP_38 | 0xf7);
}
void emit_shr(struct ra *ra, ref r)
{
        emit_shift(ra, r, 5, PP_F2 | MAP_38 | 0xf7);
}
void emit_sar(struct ra *ra, ref r)
{
        emit_shift(ra, r, 7, PP_F3 | MAP_38 | 0xf7);
}

void emit_ror(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        int32_t imm;
        if (!use_imm(ra, i->b, 2, &imm)) {
                shift_cl(ra, r, 1);
                return;
        }
        unsigned a = use_g(ra, i->a), d = def_g(ra, r, reusable(ra, i->a));
        if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        x64_shift(CODE(ra), 1, w, d, imm & (w ? 63 : 31));
        flags_lost(ra);
}

/* (a:b) >> disp: SHRD with the destination b. */
void emit_extr(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        unsigned a = use_g(ra, i->a), b = use_g(ra, i->b);
        if (a == b) {
                unsigned d = def_g(ra, r, reusable(ra, i->a));
                if (d != a)
                        x64_mov_rr(CODE(ra), w, d, a);
                x64_shift(CODE(ra), 1, w, d, i->disp);
        } else {
                x64_mov_rr(CODE(ra), w, X64_SCRATCH, b);
                x64_rri8(CODE(ra), MAP_0F | 0xac, w, a, X64_SCRATCH, (uint8_t)i->disp);
                x64_mov_rr(CODE(ra), w, def_g(ra, r, reusable(ra, i->b)), X64_SCRATCH);
        }
        flags_lost(ra);
}

/* ---- extensions and bits ---- */

void emit_zext(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        unsigned a = use_g(ra, i->a), d = def_g(ra, r, reusable(ra, i->a));
        if (i->sz == 0)
                x64_rr8(CODE(ra), MAP_0F | 0xb6, d, a);
        else if (i->sz == 1)
                x64_rr(CODE(ra), MAP_0F | 0xb7, false, d, a);
        else
                x64_mov_rr(CODE(ra), false, d, a);
}

void emit_sext(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        unsigned a = use_g(ra, i->a), d = def_g(ra, r, reusable(ra, i->a));
        if (i->aux == 2)
                x64_rr(CODE(ra), w ? 0x63 : 0x8b, w, d, a);
        else if (i->aux == 1)
                x64_rr(CODE(ra), MAP_0F | 0xbf, w, d, a);
        else if (w)
                x64_rr(CODE(ra), MAP_0F | 0xbe, true, d, a);
        else
                x64_rr8(CODE(ra), MAP_0F | 0xbe, d, a);
}

void emit_clz(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        struct code *c = CODE(ra);
        unsigned a = use_g(ra, i->a);
        if (x64_features.lzcnt) {
                x64_rr(c, PP_F3 | MAP_0F | 0xbd, w, def_g(ra, r, reusable(ra, i->a)), a);
        } else { /* BSR leaves the register alone for 0 */
                x64_mov_ri(c, X64_SCRATCH, w ? 127 : 63);
                unsigned d = def_g(ra, r, reusable(ra, i->a));
                x64_rr(c, MAP_0F | 0xbd, w, d, a);
                x64_rr(c, MAP_0F | 0x44, w, d, X64_SCRATCH); /* CMOVE */
                x64_alu_ri(c, ALU_XOR, w, d, w ? 63 : 31);
        }
        flags_lost(ra);
}

static void emit_bswap_reg(struct code *c, bool w, unsigned d)
{
        unsigned rex = 0x40 | (unsigned)w << 3 | d >> 3;
        if (rex != 0x40)
                x64_byte(c, (uint8_t)rex);
        x64_byte(c, 0x0f);
        x64_byte(c, (uint8_t)(0xc8 | (d & 7)));
}

void emit_bswap(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        unsigned a = use_g(ra, i->a), d = def_g(ra, r, reusable(ra, i->a));
        if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        emit_bswap_reg(CODE(ra), w, d);
}

/* d = (d & mask) << n | (d >> n) & mask, with scratch t */
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

void emit_rev16(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        unsigned a = use_g(ra, i->a), m = temp_g(ra), d = def_g(ra, r, reusable(ra, i->a));
        if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        swap_groups(CODE(ra), w, d, X64_SCRATCH, m, UINT64_C(0x00ff00ff00ff00ff), 8);
        flags_lost(ra);
}

void emit_rbit(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        unsigned a = use_g(ra, i->a), m = temp_g(ra), d = def_g(ra, r, reusable(ra, i->a));
        if (d != a)
                x64_mov_rr(CODE(ra), w, d, a);
        emit_bswap_reg(CODE(ra), w, d);
        swap_groups(CODE(ra), w, d, X64_SCRATCH, m, UINT64_C(0x0f0f0f0f0f0f0f0f), 4);
        swap_groups(CODE(ra), w, d, X64_SCRATCH, m, UINT64_C(0x3333333333333333), 2);
        swap_groups(CODE(ra), w, d, X64_SCRATCH, m, UINT64_C(0x5555555555555555), 1);
        flags_lost(ra);
}

/* d = a with a field of b: rotate a so that the field is at the bottom, SHRD it in, rotate back. */
void emit_bfi(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        bool w = i->sz == 3;
        int bits = w ? 64 : 32, lsb = i->disp, width = i->aux;
        struct code *c = CODE(ra);
        unsigned a = use_g(ra, i->a), b = use_g(ra, i->b);
        x64_mov_rr(c, w, X64_SCRATCH, a);
        if (lsb)
                x64_shift(c, 1, w, X64_SCRATCH, lsb);
        x64_rri8(c, MAP_0F | 0xac, w, b, X64_SCRATCH, (uint8_t)width);
        if ((lsb + width) % bits)
                x64_shift(c, 0, w, X64_SCRATCH, (lsb + width) % bits);
        x64_mov_rr(c, w, def_g(ra, r, reusable(ra, i->a)), X64_SCRATCH);
        flags_lost(ra);
}

/* CRC-32C is an instruction (SSE4.2); plain CRC-32 is folded with PCLMULQDQ only in helpers, so its lifter calls one
 * and IR_CRC32 never gets here unless the host cannot do better. */
void emit_crc32c(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        struct code *c = CODE(ra);
        unsigned a = use_g(ra, i->a), b = use_g(ra, i->b);
        x64_mov_rr(c, false, X64_SCRATCH, a);
        if (i->aux == 0)
                x64_rr8(c, PP_F2 | MAP_38 | 0xf0, X64_SCRATCH, b);
        else if (i->aux == 1)
                x64_byte(c, 0x66), x64_rr(c, PP_F2 | MAP_38 | 0xf1, false, X64_SCRATCH, b);
        else
                x64_rr(c, PP_F2 | MAP_38 | 0xf1, i->aux == 3, X64_SCRATCH, b);
        x64_mov_rr(c, false, def_g(ra, r, reusable(ra, i->a)), X64_SCRATCH);
}

void emit_ldstate(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        int32_t off = i->disp - (int32_t)offsetof(struct cpu, x[16]);
        x64_load(CODE(ra), i->sz == 3, def_g(ra, r, NOREG), cpu_mem(off));
}

void emit_ststate(struct ra *ra, ref r)
{
        const struct ir_ins *i = ins_at(ra, r);
        int32_t off = i->disp - (int32_t)offsetof(struct cpu, x[16]);
        x64_store(CODE(ra), i->sz == 3, use_g(ra, i->a), cpu_mem(off));
}
