/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lifters for a32.dec, t16.dec and t32.dec, which print what they are given. */
#include <stdio.h>
#include "a32_args.h"

#define LIFT(name) bool lift_a32_##name(struct lift *l, const a32_args_of_##name *a)

uint32_t a32_rotated(unsigned rot, unsigned imm8)
{
        return rot ? imm8 >> 2 * rot | imm8 << (32 - 2 * rot) : imm8;
}

uint32_t a32_expand(unsigned high, unsigned imm8)
{
        unsigned by = high << 1 | imm8 >> 7, value = 0x80 | imm8;
        if (high < 4)
                return imm8 * (high == 0 ? 1u : high == 1 ? 0x10001u : high == 2 ? 0x1000100u : 0x1010101u);
        return value >> by | value << (32 - by);
}

LIFT(add_reg)
{
        (void)l;
        printf("add_reg rd=%u rn=%u rm=%u flags=%u\n", a->rd, a->rn, a->rm, a->flags);
        return true;
}

LIFT(add_imm)
{
        (void)l;
        printf("add_imm rd=%u rn=%u imm=0x%x flags=%u\n", a->rd, a->rn, a->imm, a->flags);
        return true;
}

LIFT(ldr)
{
        (void)l;
        printf("ldr rt=%u rn=%u offset=%u\n", a->rt, a->rn, a->offset);
        return true;
}

LIFT(ldr_lit)
{
        (void)l;
        printf("ldr_lit rt=%u offset=%d\n", a->rt, a->offset);
        return true;
}

LIFT(b)
{
        (void)l;
        printf("b offset=%d\n", a->offset);
        return true;
}

LIFT(b_cond)
{
        (void)l;
        printf("b_cond cond=%u offset=%d\n", a->cond, a->offset);
        return true;
}

LIFT(bl)
{
        (void)l;
        printf("bl offset=%d\n", a->offset);
        return true;
}

LIFT(exception)
{
        (void)l, (void)a;
        puts("exception");
        return true;
}
