/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 data processing on general registers: addition, logic, moves, conditional operations, multiplication, CRC
 * (Arm ARM C4.1: data processing, immediate and register). Bit fields and shifts: lift_bits.c. */
#include "guest/crc_lift.h"
#include "lift_a64.h"

/* ---- addition and subtraction ---- */

/* Writes x + y or x - y (op) to rd, and the flags, too, when `flags` is set. Without flags, register 31 is SP. */
static bool add_sub(struct lift *l, unsigned sz, enum ir_op op, bool flags, ref x, ref y, unsigned rd)
{
        if (flags && rd == 31) {
                put_flags(l, op2(l, op == IR_SUB ? IR_FSUBS : IR_FADDS, sz, x, y));
                return true;
        }
        ref r = op2(l, op, sz, x, y);
        if (flags) {
                put_flags(l, op2(l, op == IR_SUB ? IR_FSUBS : IR_FADDS, sz, x, y));
                put_x(l, rd, r);
        } else {
                put_xsp(l, rd, r);
        }
        return true;
}

LIFT(add_sub_imm)
{
        ref imm = ir_const(l->ir, a->imm);
        return add_sub(l, a->sz, a->op, a->flags, get_xsp(l, a->rn), imm, a->rd);
}

/* Returns register rm, shifted by LSL, LSR, ASR or ROR. */
static ref shifted(struct lift *l, unsigned sz, unsigned rm, unsigned shift, unsigned amount)
{
        static const enum ir_op op[4] = { IR_SHL, IR_SHR, IR_SAR, IR_ROR };
        ref v = get_x(l, rm);
        return amount ? op2k(l, op[shift], sz, v, amount) : v;
}

LIFT(add_sub_reg)
{
        ref x = get_x(l, a->rn), y = shifted(l, a->sz, a->rm, a->shift, a->amount);
        if (!a->flags && a->rd == 31) /* here 31 is the zero register; add_sub would take it for SP */
                return true;
        return add_sub(l, a->sz, a->op, a->flags, x, y, a->rd);
}

/* Returns register rm, extended to width sz as field option says (ExtendReg). Nothing is done to a value that has that width
 * already. */
static ref extended(struct lift *l, unsigned sz, unsigned rm, unsigned option)
{
        ref v = get_x(l, rm);
        unsigned from = option & 3;
        if (from >= sz)
                return v;
        return option & 4 ? sign_extend(l, from, sz, v) : op1(l, IR_ZEXT, from, v);
}

LIFT(add_sub_ext)
{
        ref x = get_xsp(l, a->rn), y = extended(l, a->sz, a->rm, a->option);
        if (a->imm3)
                y = op2k(l, IR_SHL, a->sz, y, a->imm3);
        return add_sub(l, a->sz, a->op, a->flags, x, y, a->rd);
}

LIFT(carry)
{
        ref x = get_x(l, a->rn), y = get_x(l, a->rm), f = get_flags(l);
        if (a->rd != 31)
                put_x(l, a->rd, ir_op(l->ir, a->op, a->sz, x, y, f));
        if (a->flags)
                put_flags(l, ir_op(l->ir, a->op == IR_SBC ? IR_FSBCS : IR_FADCS, a->sz, x, y, f));
        return true;
}

/* ---- PC-relative addresses ---- */

LIFT(adr)
{
        uint64_t from = l->pc & -(uint64_t)a->unit;
        put_x(l, a->rd, ir_pcrel(l->ir, from + (uint64_t)a->imm * a->unit));
        return true;
}

/* ---- logic ---- */

/* DecodeBitMasks: an element of 2 ... 64 bits with imms + 1 ones, rotated right by immr, and repeated. */
uint64_t a64_bit_mask(unsigned sf, unsigned n, unsigned immr, unsigned imms)
{
        unsigned len = 31 - (unsigned)__builtin_clz(n << 6 | (~imms & 0x3fu));
        unsigned size = 1u << len, s = imms & (size - 1), r = immr & (size - 1);
        uint64_t all = ~UINT64_C(0) >> (64 - size);
        uint64_t mask = (UINT64_C(2) << s) - 1;
        if (r)
                mask = (mask >> r | mask << (size - r)) & all;
        for (; size < 64; size *= 2)
                mask |= mask << size;
        return sf ? mask : (uint32_t)mask;
}

static bool and_flags(struct lift *l, unsigned sz, ref x, ref y, unsigned rd)
{
        put_flags(l, op2(l, IR_FANDS, sz, x, y));
        if (rd != 31)
                put_x(l, rd, op2(l, IR_AND, sz, x, y));
        return true;
}

LIFT(logic_imm)
{
        if (a->flags)
                return and_flags(l, a->sz, get_x(l, a->rn), ir_const(l->ir, a->mask), a->rd);
        put_xsp(l, a->rd, op2k(l, a->op, a->sz, get_x(l, a->rn), a->mask));
        return true;
}

LIFT(logic_reg)
{
        ref x = a->flags ? REF_NONE : get_x(l, a->rn), y = shifted(l, a->sz, a->rm, a->shift, a->amount);
        if (a->invert)
                y = op1(l, IR_NOT, a->sz, y);
        if (a->flags)
                return and_flags(l, a->sz, get_x(l, a->rn), y, a->rd);
        put_x(l, a->rd, op2(l, a->op, a->sz, x, y));
        return true;
}

/* ---- moves of constants ---- */

static bool move_wide(struct lift *l, unsigned rd, unsigned sz, uint64_t v)
{
        put_x(l, rd, ir_const(l->ir, sz == 3 ? v : (uint32_t)v));
        return true;
}

LIFT(movz)
{
        return move_wide(l, a->rd, a->sz, (uint64_t)a->imm16 << a->shift);
}

LIFT(movn)
{
        return move_wide(l, a->rd, a->sz, ~((uint64_t)a->imm16 << a->shift));
}

LIFT(movk)
{
        ref imm = ir_const(l->ir, a->imm16);
        put_x(l, a->rd, ir_opi(l->ir, IR_BFI, a->sz, get_x(l, a->rd), imm, REF_NONE, disp_aux(a->shift, 16)));
        return true;
}

/* ---- conditional operations ---- */

/* Writes the flags of x - y (x + y when negative) if the condition holds, else those in nzcv. */
static bool compare_if(struct lift *l, unsigned sz, unsigned cond, unsigned nzcv, bool negative, ref x, ref y)
{
        if (cond >= CC_AL) {
                put_flags(l, op2(l, negative ? IR_FADDS : IR_FSUBS, sz, x, y));
                return true;
        }
        uint64_t imm = (uint64_t)cond << 32 | (uint64_t)nzcv << 40 | (uint64_t)negative << 48; /* aux, aux2, aux3 */
        put_flags(l, ir_opi(l->ir, IR_FCCMP, sz, get_flags(l), x, y, (int64_t)imm));
        return true;
}

LIFT(ccmp_reg)
{
        return compare_if(l, a->sz, a->cond, a->nzcv, a->negative, get_x(l, a->rn), get_x(l, a->rm));
}

LIFT(ccmp_imm)
{
        return compare_if(l, a->sz, a->cond, a->nzcv, a->negative, get_x(l, a->rn), ir_const(l->ir, a->imm5));
}

static ref select_if(struct lift *l, unsigned sz, unsigned cond, ref x, ref y)
{
        if (cond >= CC_AL)
                return cut(l, sz, x);
        return ir_opi(l->ir, IR_SEL, sz, get_flags(l), x, y, disp_aux(0, cond));
}

/* Returns 1 when the condition does not hold, else 0. CSET is a CSINC of zero registers, with the inverse condition. */
static ref set_unless(struct lift *l, unsigned cond)
{
        return ir_opi(l->ir, IR_SETCC, 3, get_flags(l), REF_NONE, REF_NONE, disp_aux(0, cond ^ 1));
}

LIFT(csel)
{
        put_x(l, a->rd, select_if(l, a->sz, a->cond, get_x(l, a->rn), get_x(l, a->rm)));
        return true;
}

LIFT(csinc)
{
        if (a->rn == 31 && a->rm == 31 && a->cond < CC_AL) {
                put_x(l, a->rd, set_unless(l, a->cond));
                return true;
        }
        ref y = op2k(l, IR_ADD, a->sz, get_x(l, a->rm), 1);
        put_x(l, a->rd, select_if(l, a->sz, a->cond, get_x(l, a->rn), y));
        return true;
}

LIFT(csinv)
{
        if (a->rn == 31 && a->rm == 31 && a->cond < CC_AL) {
                put_x(l, a->rd, op1(l, IR_NEG, a->sz, set_unless(l, a->cond)));
                return true;
        }
        ref y = op1(l, IR_NOT, a->sz, get_x(l, a->rm));
        put_x(l, a->rd, select_if(l, a->sz, a->cond, get_x(l, a->rn), y));
        return true;
}

LIFT(csneg)
{
        ref y = op1(l, IR_NEG, a->sz, get_x(l, a->rm));
        put_x(l, a->rd, select_if(l, a->sz, a->cond, get_x(l, a->rn), y));
        return true;
}

/* ---- flags (FEAT_FLAGM) ---- */

enum { FLAG_N = 8, FLAG_Z = 4, FLAG_C = 2, FLAG_V = 1 };

/* Writes the flags that are in mask from bits 31:28 of v; the others keep their values. */
static bool put_some_flags(struct lift *l, unsigned mask, ref v)
{
        uint64_t written = (uint64_t)mask << 28, kept = UINT32_MAX ^ written;
        if (!mask)
                return true;
        if (mask != (FLAG_N | FLAG_Z | FLAG_C | FLAG_V)) {
                ref old = op1(l, IR_FGETNZCV, 2, get_flags(l));
                v = op2(l, IR_OR, 2, op2k(l, IR_AND, 2, old, kept), op2k(l, IR_AND, 2, v, written));
        }
        put_flags(l, op1(l, IR_FSETNZCV, 2, v));
        return true;
}

LIFT(cfinv)
{
        (void)a;
        ref old = op1(l, IR_FGETNZCV, 2, get_flags(l));
        return put_some_flags(l, FLAG_C, op2k(l, IR_XOR, 2, old, (uint64_t)FLAG_C << 28));
}

LIFT(rmif)
{
        ref v = get_x(l, a->rn);
        unsigned right = (a->imm6 - 28) & 63; /* bits imm6 + 3 ... imm6 go to 31 ... 28 */
        return put_some_flags(l, a->mask, right ? op2k(l, IR_ROR, 3, v, right) : v);
}

/* N and Z are of the low 32 - shift bits of rn, V tells that the bit above them differs from their sign. With all below zero, x + x
 * has these flags, if x has that bit as its sign. */
LIFT(setf)
{
        ref x = op2k(l, IR_SHL, 2, get_x(l, a->rn), a->shift - 1);
        ref sum = op1(l, IR_FGETNZCV, 2, op2(l, IR_FADDS, 2, x, x));
        return put_some_flags(l, FLAG_N | FLAG_Z | FLAG_V, sum);
}

/* ---- multiplication and division ---- */

static bool multiply_add(struct lift *l, unsigned sz, enum ir_op op, unsigned ra, ref x, ref y, unsigned rd)
{
        put_x(l, rd, op2(l, op, sz, get_x(l, ra), op2(l, IR_MUL, sz, x, y)));
        return true;
}

LIFT(madd)
{
        return multiply_add(l, a->sz, a->op, a->ra, get_x(l, a->rn), get_x(l, a->rm), a->rd);
}

LIFT(maddl)
{
        ref x = get_x(l, a->rn), y = get_x(l, a->rm);
        x = a->u ? op1(l, IR_ZEXT, 2, x) : sign_extend(l, 2, 3, x);
        y = a->u ? op1(l, IR_ZEXT, 2, y) : sign_extend(l, 2, 3, y);
        return multiply_add(l, 3, a->op, a->ra, x, y, a->rd);
}

/* ---- one and two operands that are one op: shifts by a register, too, which are by its value modulo the width like the IR's
 * ---- */

LIFT(unary)
{
        put_x(l, a->rd, op1(l, a->op, a->sz, get_x(l, a->rn)));
        return true;
}

LIFT(binary)
{
        put_x(l, a->rd, op2(l, a->op, a->sz, get_x(l, a->rn), get_x(l, a->rm)));
        return true;
}

/* ---- CRC ---- */

LIFT(crc32)
{
        put_x(l, a->rd, lift_crc32(l->ir, false, a->sz, get_x(l, a->rn), get_x(l, a->rm)));
        return true;
}

LIFT(crc32c)
{
        put_x(l, a->rd, lift_crc32(l->ir, true, a->sz, get_x(l, a->rn), get_x(l, a->rm)));
        return true;
}
