/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 branches, and what writes the pc (Arm ARM F1.4, E1.2.3). */
#include "lift_a32.h"
#include "write_pc.h"

/* Goes to `target` where the instruction's condition holds. */
static void branch(struct lift *l, uint64_t target)
{
        uint8_t cc = l->cc;

        if (cc == CC_AL) {
                lift_exit(l, target);
                return;
        }
        l->cc = CC_AL;
        lift_exit_if(l, (enum cc)cc, l->cc_flags, target);
        l->held_cc = cc ^ 1;
        l->held_flags = l->cc_flags;
}

LIFT(b)
{
        branch(l, (uint32_t)(l->pc + (uint32_t)a->offset) | l->state);
        return true;
}

/* ---- IT ---- */

/* Is there room for the instructions of an IT block in this region? It must not end within. */
static bool block_fits(const struct lift *l)
{
        enum { BLOCK = 4 };
        return l->ir->n < IR_FULL - BLOCK * (IR_MAX - IR_FULL) / 2 && l->ir->insns + BLOCK < l->max_insns &&
               l->side_exits + BLOCK < l->max_side_exits;
}

/* The block begins a region, where it would not fit into this one. */
LIFT(it)
{
        if (l->ir->insns > 1 && !block_fits(l))
                lift_exit(l, l->pc | l->state);
        else
                l->it = (uint8_t)a->it;
        return true;
}

/* The instructions behind ISB are fetched anew: this region, which may be older than a change of them, ends here. */
LIFT(isb)
{
        (void)a;
        lift_exit_sys(l, EXIT_NEXT, l->next | l->state);
        return true;
}

/* ---- writing the pc ---- */

void a32_exchange(struct lift *l, enum ir_op kind, ref v)
{
        a32_take_condition(l);
        lift_exit_ind(l, kind, v);
}

void a32_alu_write_pc(struct lift *l, enum ir_op kind, ref v)
{
        if (is_thumb(l))
                v = op2k(l, IR_OR, v, 1);
        a32_exchange(l, kind, v);
}

void a32_put_return_address(struct lift *l)
{
        put_r(l, REG_LR, ir_pcrel(l->ir, l->next | l->state));
}
