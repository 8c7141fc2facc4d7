/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 data processing: moves, logic, addition (Arm ARM F5.1). */
#include "lift_a32.h"

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

/* ---- moves ---- */

static bool sets_flags(const struct lift *l, unsigned flags)
{
        return flags == FLAGS_SET || (flags == FLAGS_OUTSIDE_IT && !in_it(l));
}

/* N and Z of a logical result; C is what the shifter makes, V is kept. */
static void put_logic_flags(struct lift *l, ref r, unsigned carry)
{
        ref old = get_flags(l), f;
        if (carry == CARRY_KEPT)
                f = op2(l, IR_FNZ, old, r);
        else
                f = ir_op(l->ir, IR_FNZC, W, old, r, ir_const(l->ir, carry == CARRY_1));
        put_flags(l, f);
}

LIFT(mov_imm)
{
        ref v = ir_const(l->ir, a->imm);
        if (sets_flags(l, a->flags))
                put_logic_flags(l, v, a->carry);
        put_r(l, a->rd, v);
        return true;
}
