/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 multiplication and division (Arm ARM F5.1). An accumulator that is register 15 is none. */
#include "lift_a32.h"

enum { NO_REG = 15 };

/* ---- words ---- */

LIFT(mul)
{
        ref v = op2(l, IR_MUL, get_r(l, a->rn), get_r(l, a->rm));
        if (a->ra != NO_REG)
                v = op2(l, a->op, get_r(l, a->ra), v);
        if (sets_flags(l, a->flags))
                put_flags(l, op2(l, IR_FNZ, get_flags(l), v));
        put_r(l, a->rd, v);
        return true;
}

LIFT(divide)
{
        put_r(l, a->rd, op2(l, a->op, get_r(l, a->rn), get_r(l, a->rm)));
        return true;
}

/* ---- results of 64 bits ---- */

/* Registers as a signed or unsigned value of 64 bits. */
static ref extended(struct lift *l, unsigned r, bool u)
{
        ref v = get_r(l, r);
        return u ? v : sign_extend_x(l, 2, v);
}

static ref get_long(struct lift *l, unsigned lo, unsigned hi)
{
        return a32_join(l, get_r(l, lo), get_r(l, hi));
}

static void put_long(struct lift *l, unsigned lo, unsigned hi, ref v)
{
        ref high = a32_high(l, v);
        put_r(l, lo, v);
        put_r(l, hi, high);
}

/* N and Z of 64 bits are those of the upper half with a bit below its sign set when the lower half is not 0. */
static ref long_flags(struct lift *l, ref v)
{
        ref low = op2(l, IR_OR, op2k(l, IR_SHR, v, 1), op2k(l, IR_AND, v, 1));
        return op2(l, IR_FNZ, get_flags(l), op2(l, IR_OR, a32_high(l, v), low));
}

LIFT(mull)
{
        ref v = op2x(l, IR_MUL, extended(l, a->rn, a->u), extended(l, a->rm, a->u));
        if (a->add)
                v = op2x(l, IR_ADD, get_long(l, a->lo, a->hi), v);
        if (sets_flags(l, a->flags))
                put_flags(l, long_flags(l, v));
        put_long(l, a->lo, a->hi, v);
        return true;
}

LIFT(umaal)
{
        ref v = op2x(l, IR_MUL, get_r(l, a->rn), get_r(l, a->rm));
        v = op2x(l, IR_ADD, op2x(l, IR_ADD, v, get_r(l, a->lo)), get_r(l, a->hi));
        put_long(l, a->lo, a->hi, v);
        return true;
}

LIFT(mul_top)
{
        ref v = op2x(l, IR_MUL, extended(l, a->rn, false), extended(l, a->rm, false));
        if (a->ra != NO_REG)
                v = op2x(l, a->op, op2xk(l, IR_SHL, get_r(l, a->ra), 32), v);
        if (a->round)
                v = op2xk(l, IR_ADD, v, 0x80000000);
        put_r(l, a->rd, a32_high(l, v));
        return true;
}

/* ---- products of halfwords ---- */

/* A halfword of v, extended to 32 bits, or to 64. */
static ref half(struct lift *l, ref v, bool top)
{
        return top ? op2k(l, IR_SAR, v, 16) : sign_extend(l, 1, v);
}
static ref half_x(struct lift *l, ref v, bool top)
{
        return top ? op2xk(l, IR_SAR, sign_extend_x(l, 2, v), 16) : sign_extend_x(l, 1, v);
}

/* Writes v, which has 32 bits, and is added to ra. CPSR.Q is set when the sum has more bits. */
static bool accumulate(struct lift *l, unsigned rd, unsigned ra, ref v)
{
        if (ra != NO_REG) {
                ref to = get_r(l, ra), sum = op2(l, IR_ADD, v, to);
                saturated(l, set_if(l, CC_VS, op2(l, IR_FADDS, v, to)));
                v = sum;
        }
        put_r(l, rd, v);
        return true;
}

LIFT(mul_half)
{
        ref v = op2(l, IR_MUL, half(l, get_r(l, a->rn), a->top_n), half(l, get_r(l, a->rm), a->top_m));
        return accumulate(l, a->rd, a->ra, v);
}

LIFT(mul_word)
{
        ref v = op2x(l, IR_MUL, extended(l, a->rn, false), half_x(l, get_r(l, a->rm), a->top_m));
        return accumulate(l, a->rd, a->ra, op2xk(l, IR_SHR, v, 16));
}

LIFT(mull_half)
{
        ref v = op2x(l, IR_MUL, half_x(l, get_r(l, a->rn), a->top_n), half_x(l, get_r(l, a->rm), a->top_m));
        put_long(l, a->lo, a->hi, op2x(l, IR_ADD, get_long(l, a->lo, a->hi), v));
        return true;
}

/* The sum or difference of the products of halfwords. */
static ref two_products(struct lift *l, unsigned rn, unsigned rm, bool swap, enum ir_op op)
{
        ref n = get_r(l, rn), m = get_r(l, rm);
        ref low = op2x(l, IR_MUL, half_x(l, n, false), half_x(l, m, swap));
        return op2x(l, op, low, op2x(l, IR_MUL, half_x(l, n, true), half_x(l, m, !swap)));
}

LIFT(dual)
{
        ref v = two_products(l, a->rn, a->rm, a->swap, a->op);
        if (a->ra != NO_REG)
                v = op2x(l, IR_ADD, v, extended(l, a->ra, false));
        saturated(l, set_if(l, CC_NE, op2x(l, IR_FSUBS, v, sign_extend_x(l, 2, v))));
        put_r(l, a->rd, v);
        return true;
}

LIFT(dual_long)
{
        ref v = two_products(l, a->rn, a->rm, a->swap, a->op);
        put_long(l, a->lo, a->hi, op2x(l, IR_ADD, get_long(l, a->lo, a->hi), v));
        return true;
}
