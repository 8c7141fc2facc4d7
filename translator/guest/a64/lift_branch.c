/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 branches and exception-generating instructions (Arm ARM C4.1: branches, exceptions and system). */
#include "lift_a64.h"

static uint64_t target(const struct lift *l, int32_t offset)
{
        return l->pc + (uint64_t)(int64_t)offset;
}

LIFT(b)
{
        lift_exit(l, target(l, a->offset));
        return true;
}

LIFT(b_cond)
{
        if (a->cond >= CC_AL)
                lift_exit(l, target(l, a->offset));
        else
                lift_exit_if(l, (enum cc)a->cond, get_flags(l), target(l, a->offset));
        return true;
}

static void put_return_address(struct lift *l)
{
        put_x(l, 30, ir_pcrel(l->ir, l->pc + 4));
}

LIFT(bl)
{
        put_return_address(l);
        lift_exit_call(l, target(l, a->offset));
        return true;
}

LIFT(br)
{
        lift_exit_ind(l, IR_EXIT_IND, get_x(l, a->rn));
        return true;
}

LIFT(blr)
{
        ref to = get_x(l, a->rn); /* it may be X30 */
        put_return_address(l);
        lift_exit_ind(l, IR_EXIT_CALLR, to);
        return true;
}

LIFT(ret)
{
        lift_exit_ind(l, IR_EXIT_RET, get_x(l, a->rn));
        return true;
}

LIFT(cbz)
{
        ref f = op2k(l, IR_FSUBS, a->sz, get_x(l, a->rt), 0);
        lift_exit_if(l, (enum cc)a->cc, f, target(l, a->offset));
        return true;
}

/* A sign bit is tested as the sign of the number. For other bits above bit 31 the mask does not fit an x86 immediate. */
LIFT(tbz)
{
        unsigned bit = a->bit;
        ref x = get_x(l, a->rt), f;
        enum cc cc = a->set ? CC_NE : CC_EQ;
        if (bit == 31 || bit == 63) {
                f = op2k(l, IR_FSUBS, bit == 31 ? 2 : 3, x, 0);
                cc = a->set ? CC_MI : CC_PL;
        } else if (bit < 31) {
                f = op2k(l, IR_FANDS, 2, x, UINT64_C(1) << bit);
        } else {
                f = op2k(l, IR_FANDS, 2, op2k(l, IR_SHR, 3, x, bit), 1);
        }
        lift_exit_if(l, cc, f, target(l, a->offset));
        return true;
}

LIFT(svc)
{
        (void)a;
        lift_exit_sys(l, EXIT_SVC, l->pc + 4);
        return true;
}

LIFT(brk)
{
        (void)a;
        lift_exit_sys(l, EXIT_BRK, l->pc);
        return true;
}

LIFT(udf)
{
        (void)l;
        (void)a;
        return false;
}
