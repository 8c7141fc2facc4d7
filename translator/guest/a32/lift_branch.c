/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 branches, and what writes the pc (Arm ARM F1.4, E1.2.3). */
#include "lift_mem.h"
#include "write_pc.h"

/* ---- branches to where the instruction says ---- */

/* Goes to `target` when cc holds. */
static void branch_if(struct lift *l, enum cc cc, ref f, uint64_t target)
{
        lift_exit_if(l, cc, f, target);
        l->held_cc = (uint8_t)(cc ^ 1);
        l->held_flags = f;
}

/* Can a direct exit go to `target`? It tells how far that is in 32 bits with a sign, and cannot wrap around. */
static bool is_near(const struct lift *l, uint64_t target)
{
        int64_t distance = (int64_t)(target - l->ir->pc);
        return distance == (int32_t)distance;
}

/* Goes to `target`, which moves with the code. */
static void go_to(struct lift *l, enum ir_op kind, uint64_t target)
{
        if (!is_near(l, target))
                lift_exit_ind(l, kind, ir_const(l->ir, target));
        else if (kind == IR_EXIT_CALLR)
                lift_exit_call(l, target);
        else
                lift_exit(l, target);
}

/* Goes to `target` when the instruction's condition holds. */
static void branch(struct lift *l, uint64_t target)
{
        uint8_t cc = l->cc;

        l->cc = CC_AL;
        if (cc == CC_AL)
                go_to(l, IR_EXIT_IND, target);
        else
                branch_if(l, (enum cc)cc, l->cc_flags, target);
}

static uint64_t target_of(const struct lift *l, int32_t offset)
{
        return (uint32_t)(l->pc + (uint32_t)offset) | l->state;
}

LIFT(b)
{
        branch(l, target_of(l, a->offset));
        return true;
}

LIFT(b_cond)
{
        a32_take_condition(l);
        ref f = get_flags(l);
        if (f == l->held_flags && a->cond == l->held_cc)
                lift_exit(l, target_of(l, a->offset));
        else if (f != l->held_flags || a->cond != (l->held_cc ^ 1u))
                branch_if(l, (enum cc)a->cond, f, target_of(l, a->offset));
        return true;
}

LIFT(cbz)
{
        a32_take_condition(l);
        ref f = op2k(l, IR_FSUBS, get_r(l, a->rn), 0);
        lift_exit_if(l, (enum cc)a->cc, f, target_of(l, a->offset));
        return true;
}

/* ---- calls ---- */

void a32_put_return_address(struct lift *l)
{
        put_r(l, REG_LR, ir_pcrel(l->ir, (uint32_t)l->next | l->state));
}

LIFT(bl)
{
        uint64_t target = target_of(l, a->offset);

        a32_take_condition(l);
        if (a->exchange)
                target = (target & ~UINT64_C(3)) | (l->state ^ 1);
        a32_put_return_address(l);
        go_to(l, IR_EXIT_CALLR, target);
        return true;
}

LIFT(blx)
{
        a32_take_condition(l);
        ref to = get_r(l, a->rm); /* it may be lr */
        a32_put_return_address(l);
        a32_exchange(l, IR_EXIT_CALLR, to);
        return true;
}

/* ---- branches to where registers or memory say ---- */

LIFT(bx)
{
        a32_take_condition(l);
        a32_exchange(l, a->rm == REG_LR ? IR_EXIT_RET : IR_EXIT_IND, get_r(l, a->rm));
        return true;
}

LIFT(table_branch)
{
        a32_take_condition(l);
        ref count = a32_load(l, a->sz, get_r(l, a->rn), get_r(l, a->rm), a->sz, 0);
        ref offset = op2k(l, IR_SHL, count, 1);
        lift_exit_ind(l, IR_EXIT_IND, op2(l, IR_ADD, offset, ir_pcrel(l->ir, pc_value(l) | 1)));
        return true;
}

/* ---- IT ---- */

/* Is there room for the instructions of an IT block in this region? It must not end within. */
static bool block_fits(const struct lift *l)
{
        enum { BLOCK = 4 };
        return l->ir->n < IR_FULL - BLOCK * (IR_MAX - IR_FULL) / 2 && l->ir->insns + BLOCK <= l->max_insns;
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

/* ---- writing the pc ---- */

/* Has lr just been given the address behind this instruction, as calls did before BLX? */
static bool is_old_call(const struct lift *l)
{
        const struct ir_ins *lr = &l->ir->ins[l->ir->cur[SLOT_R14]];
        return lr->op == IR_PCREL && (uint64_t)lr->imm == ((uint32_t)l->next | l->state);
}

static bool lift_kernel_function(struct lift *l, uint64_t target)
{
        return code_hooks->lift_kernel_function && code_hooks->lift_kernel_function(l, target);
}

void a32_exchange(struct lift *l, enum ir_op kind, ref v)
{
        const struct ir_ins *to = &l->ir->ins[v];
        uint64_t target = (uint32_t)to->imm;
        bool moves = to->op == IR_CONST && l->ir->in_place; /* the region does, the target does not */
        bool is_known = (to->op == IR_PCREL || (to->op == IR_CONST && !moves)) && is_near(l, target);

        a32_take_condition(l);
        if (is_old_call(l))
                kind = IR_EXIT_CALLR;
        if (to->op == IR_CONST && lift_kernel_function(l, target)) {
                if (kind != IR_EXIT_CALLR)
                        lift_exit_ind(l, IR_EXIT_RET, get_r(l, REG_LR));
                return;
        }
        if (is_known && to->op == IR_CONST) /* an exit's distance would be another one where the region is moved to */
                l->ir->movable = false;
        if (is_known)
                go_to(l, kind, target);
        else
                lift_exit_ind(l, kind, v);
}

void a32_alu_write_pc(struct lift *l, enum ir_op kind, ref v)
{
        if (is_thumb(l))
                v = op2k(l, IR_OR, v, 1);
        a32_exchange(l, kind, v);
}
