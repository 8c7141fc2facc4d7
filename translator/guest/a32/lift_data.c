/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 data processing: moves, logic, addition, comparison (Arm ARM F5.1), with the shifter before it (E1.2.1). */
#include "divide.h"
#include "lift_a32.h"
#include "write_pc.h"

/* ---- immediates ---- */

static uint32_t rotate_right(uint32_t v, unsigned n)
{
        return n ? v >> n | v << (32 - n) : v;
}

uint32_t a32_expand(unsigned rot, unsigned imm8)
{
        return rotate_right(imm8, 2 * rot);
}

unsigned a32_expand_carry(unsigned rot, unsigned imm8)
{
        return !rot ? CARRY_KEPT : a32_expand(rot, imm8) >> 31 ? CARRY_1 : CARRY_0;
}

uint32_t a32_thumb_expand(unsigned imm12)
{
        static const uint32_t pattern[4] = { 1, 0x00010001, 0x01000100, 0x01010101 };
        uint32_t imm8 = imm12 & 0xff;
        return imm12 >> 10 ? rotate_right(0x80 | (imm8 & 0x7f), imm12 >> 7) : imm8 * pattern[imm12 >> 8];
}

unsigned a32_thumb_expand_carry(unsigned imm12)
{
        return !(imm12 >> 10) ? CARRY_KEPT : a32_thumb_expand(imm12) >> 31 ? CARRY_1 : CARRY_0;
}

/* ---- the shifter ---- */

/* A second operand: what comes out of the shifter, and the carry, in bit 0, or REF_NONE when C is kept. */
struct shifted {
        ref v, carry;
};

static ref carry_in(struct lift *l)
{
        return set_if(l, CC_CS, get_flags(l));
}

/* By enum a32_shift. */
static const uint8_t shift_ops[] = { IR_SHL, IR_SHR, IR_SAR, IR_ROR };

ref a32_shift(struct lift *l, ref v, unsigned shift, unsigned amount)
{
        if (amount)
                return op2k(l, shift_ops[shift], v, amount);
        switch (shift) {
        case SHIFT_LSL: return v;
        case SHIFT_LSR: return ir_const(l->ir, 0);
        case SHIFT_ASR: return op2k(l, IR_SAR, v, 31);
        default: return ir_opi(l->ir, IR_EXTR, W, carry_in(l), v, REF_NONE, 1); /* RRX */
        }
}

static ref shift_carry(struct lift *l, ref v, unsigned shift, unsigned amount)
{
        if (shift == SHIFT_LSL)
                return amount ? op2k(l, IR_SHR, v, 32 - amount) : REF_NONE;
        if (!amount)
                amount = shift == SHIFT_ROR ? 1 : 32;
        return op2k(l, IR_SHR, v, amount - 1);
}

/* The greatest value that n, which has 8 bits, can have, as far as its making shows. */
static uint64_t greatest(const struct lift *l, ref n)
{
        const struct ir_ins *i = &l->ir->ins[n];
        uint64_t v;
        if (ir_is_const(l->ir, n, &v) || (i->op == IR_AND && ir_is_const(l->ir, i->b, &v)))
                return v;
        return 255;
}

/* Returns n, which has 8 bits, but no more than most. */
static ref at_most(struct lift *l, ref n, unsigned most)
{
        ref limit = ir_const(l->ir, most);
        return greatest(l, n) <= most ? n : select_if(l, CC_HI, op2(l, IR_FSUBS, n, limit), limit, n);
}

/* Shifts by n, which has 8 bits. */
static ref shift_value(struct lift *l, ref v, unsigned shift, ref n)
{
        enum ir_op op = shift_ops[shift];
        if (shift == SHIFT_ROR)
                return op2(l, op, v, n);
        if (shift == SHIFT_ASR)
                return op2(l, op, v, at_most(l, n, 31));
        if (greatest(l, n) < 64)
                return greatest(l, n) < 32 ? op2(l, op, v, n) : op2x(l, op, v, n);
        return select_if(l, CC_CC, op2k(l, IR_FSUBS, n, 32), op2(l, op, v, n), ir_const(l->ir, 0));
}

/* The carry of it. In 64 bits shifts by up to 63 give the right one, and larger ones the same as 63. */
static ref shift_value_carry(struct lift *l, ref v, unsigned shift, ref n, ref result)
{
        ref by = at_most(l, n, 63), carry;
        switch (shift) {
        case SHIFT_LSL: carry = op2xk(l, IR_SHR, op2x(l, IR_SHL, v, by), 32); break;
        case SHIFT_LSR: carry = op2x(l, IR_SHR, op2xk(l, IR_SHL, v, 1), by); break;
        case SHIFT_ASR: carry = op2x(l, IR_SAR, op2xk(l, IR_SHL, sign_extend_x(l, 2, v), 1), by); break;
        default: carry = op2k(l, IR_SHR, result, 31); break;
        }
        return select_if(l, CC_EQ, op2k(l, IR_FSUBS, n, 0), carry_in(l), carry);
}

static struct shifted shift_by(struct lift *l, ref v, unsigned shift, ref n, bool want_carry)
{
        struct shifted s = { REF_NONE, REF_NONE };
        uint64_t k;

        n = zero_extend(l, 0, n);
        if (ir_is_const(l->ir, n, &k) && k && k < 32)
                return (struct shifted){ a32_shift(l, v, shift, (unsigned)k), shift_carry(l, v, shift, (unsigned)k) };
        s.v = shift_value(l, v, shift, n);
        if (want_carry)
                s.carry = shift_value_carry(l, v, shift, n, s.v);
        return s;
}

/* ---- data processing ---- */

enum kind { LOGIC, SUM, SUM_WITH_CARRY };

/* By enum a32_alu. The operands of sums may be exchanged. Flags of sums are those that op `flags` makes. */
static const struct alu {
        uint8_t kind, op, flags;
        bool has_n, has_d, exchange, invert;
} alus[] = {
        [ALU_AND] = { LOGIC, IR_AND, .has_n = true, .has_d = true },
        [ALU_EOR] = { LOGIC, IR_XOR, .has_n = true, .has_d = true },
        [ALU_SUB] = { SUM, IR_SUB, IR_FSUBS, .has_n = true, .has_d = true },
        [ALU_RSB] = { SUM, IR_SUB, IR_FSUBS, .has_n = true, .has_d = true, .exchange = true },
        [ALU_ADD] = { SUM, IR_ADD, IR_FADDS, .has_n = true, .has_d = true },
        [ALU_ADC] = { SUM_WITH_CARRY, IR_ADC, IR_FADCS, .has_n = true, .has_d = true },
        [ALU_SBC] = { SUM_WITH_CARRY, IR_SBC, IR_FSBCS, .has_n = true, .has_d = true },
        [ALU_RSC] = { SUM_WITH_CARRY, IR_SBC, IR_FSBCS, .has_n = true, .has_d = true, .exchange = true },
        [ALU_TST] = { LOGIC, IR_AND, .has_n = true },
        [ALU_TEQ] = { LOGIC, IR_XOR, .has_n = true },
        [ALU_CMP] = { SUM, IR_SUB, IR_FSUBS, .has_n = true },
        [ALU_CMN] = { SUM, IR_ADD, IR_FADDS, .has_n = true },
        [ALU_ORR] = { LOGIC, IR_OR, .has_n = true, .has_d = true },
        [ALU_MOV] = { LOGIC, .has_d = true },
        [ALU_BIC] = { LOGIC, IR_ANDN, .has_n = true, .has_d = true },
        [ALU_MVN] = { LOGIC, .has_d = true, .invert = true },
        [ALU_ORN] = { LOGIC, IR_OR, .has_n = true, .has_d = true, .invert = true },
};

/* Is the carry of the shifter wanted? */
static bool wants_carry(const struct lift *l, unsigned alu, unsigned flags)
{
        return alus[alu].kind == LOGIC && sets_flags(l, flags);
}

static ref result_of(struct lift *l, const struct alu *alu, ref x, ref y)
{
        if (alu->kind == SUM_WITH_CARRY)
                return ir_op(l->ir, alu->op, W, x, y, get_flags(l));
        if (alu->invert)
                y = op1(l, IR_NOT, y);
        return alu->has_n ? op2(l, alu->op, x, y) : y;
}

/* N and Z of a logical result; C is what the shifter makes, V is kept. */
static ref flags_of(struct lift *l, const struct alu *alu, ref x, ref y, ref result, ref carry)
{
        switch (alu->kind) {
        case SUM: return op2(l, alu->flags, x, y);
        case SUM_WITH_CARRY: return ir_op(l->ir, alu->flags, W, x, y, get_flags(l));
        default: break;
        }
        if (alu->op == IR_AND && l->ir->ins[result].op == IR_AND) /* what N and Z are asked of, by ir/flags.c */
                op2(l, IR_FANDS, x, y);
        return carry ? ir_op(l->ir, IR_FNZC, W, get_flags(l), result, carry) : op2(l, IR_FNZ, get_flags(l), result);
}

/* The operation on rn and s. */
static bool process(struct lift *l, unsigned op, unsigned rd, unsigned rn, struct shifted s, unsigned flags)
{
        const struct alu *alu = &alus[op];
        bool set = sets_flags(l, flags), writes_pc = alu->has_d && rd == REG_PC;
        ref x = alu->has_n ? get_r(l, rn) : REF_NONE, y = s.v;

        if (set && writes_pc) /* returns from an exception */
                return false;
        if (alu->exchange) {
                ref t = x;
                x = y;
                y = t;
        }
        ref v = alu->has_d || alu->kind == LOGIC ? result_of(l, alu, x, y) : REF_NONE;
        if (set)
                put_flags(l, flags_of(l, alu, x, y, v, s.carry));
        if (writes_pc)
                a32_alu_write_pc(l, op == ALU_MOV && y == get_r(l, REG_LR) ? IR_EXIT_RET : IR_EXIT_IND, v);
        else if (alu->has_d)
                put_r(l, rd, v);
        return true;
}

LIFT(alu_imm)
{
        struct shifted s = { .v = ir_const(l->ir, a->imm) };
        if (a->carry != CARRY_KEPT)
                s.carry = ir_const(l->ir, a->carry == CARRY_1);
        return process(l, a->alu, a->rd, a->rn, s, a->flags);
}

LIFT(alu_reg)
{
        if (a->alu == ALU_CMP && !a->amount && !a->shift && l->cc == CC_AL && !in_it(l) && a32_divide_at_once(l, a->rn, a->rm))
                return true;
        ref m = get_r(l, a->rm);
        struct shifted s = { .v = a32_shift(l, m, a->shift, a->amount) };
        if (wants_carry(l, a->alu, a->flags))
                s.carry = shift_carry(l, m, a->shift, a->amount);
        return process(l, a->alu, a->rd, a->rn, s, a->flags);
}

LIFT(alu_rsr)
{
        struct shifted s = shift_by(l, get_r(l, a->rm), a->shift, get_r(l, a->rs), wants_carry(l, a->alu, a->flags));
        return process(l, a->alu, a->rd, a->rn, s, a->flags);
}

LIFT(movt)
{
        ref imm = ir_const(l->ir, a->imm16);
        put_r(l, a->rd, insert_bits(l, get_r(l, a->rd), imm, 16, 16));
        return true;
}

LIFT(adr)
{
        put_r(l, a->rd, ir_pcrel(l->ir, (uint32_t)((pc_value(l) & ~UINT64_C(3)) + (uint32_t)a->offset)));
        return true;
}
