/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 exclusives, ordered loads and stores, and SWP (Arm ARM E2.10, F2.10).
 *
 * x86 orders everything but a store with a later load. So LDA and the acquire of a load are plain, and a store-release that must
 * stay before later load-acquires is an exchange. Every atomic is locked, which orders it with all around it. An exclusive store
 * compares the value in memory with the one that the exclusive load saw. */
#include "lift_mem.h"

static ref get_address(struct lift *l, unsigned rn, unsigned offset)
{
        return ir_address(l->ir, op2k(l, IR_ADD, get_r(l, rn), offset));
}

/* The address of an access of 1 << sz bytes, which must be a multiple of them. */
static ref get_aligned(struct lift *l, unsigned sz, unsigned rn, unsigned offset)
{
        ref a = get_address(l, rn, offset);
        if (sz)
                ir_emit(l->ir, (struct ir_ins){ .op = IR_ALIGN, .sz = (uint8_t)sz, .a = a, .aux = 1 });
        return a;
}

/* ---- ordered ---- */

LIFT(lda)
{
        if (a->rt == REG_PC)
                return false;
        a32_take_condition(l);
        put_r(l, a->rt, a32_load(l, a->sz, get_aligned(l, a->sz, a->rn, 0), REF_NONE, 0, 0));
        return true;
}

LIFT(stl)
{
        a32_take_condition(l);
        struct ir_ins ins = { .op = IR_STREL, .sz = (uint8_t)a->sz, .a = get_aligned(l, a->sz, a->rn, 0) };
        ins.c = a32_data_order(l, a->sz, get_r(l, a->rt));
        ir_emit(l->ir, ins);
        return true;
}

/* ---- exclusive ---- */

LIFT(ldrex)
{
        if (a->rt == REG_PC)
                return false;
        a32_take_condition(l);
        ref v = ir_op(l->ir, IR_LDX, a->sz, get_aligned(l, a->sz, a->rn, a->offset), REF_NONE, REF_NONE);
        v = a32_data_order(l, a->sz, v);
        put_r(l, a->rt, v);
        if (a->sz == 3)
                put_r(l, a->rt2, a32_high(l, v));
        return true;
}

/* Removes a barrier in front of the exclusive load that belongs to exclusive store `at`, when there is no other access between: the
 * store is a locked instruction and finds the value that the load has found, or fails. So it is as if the load had happened then. */
static void drop_barrier_before(struct ir *ir, ref at)
{
        bool loaded = false;

        for (ref r = at - 1; r && at - r < 48; r--) {
                struct ir_ins *i = &ir->ins[r];
                if (i->op == IR_FENCE && loaded) {
                        *i = (struct ir_ins){ .op = IR_NOP };
                        return;
                }
                if (i->op == IR_LDX && i->a == ir->ins[at].a)
                        loaded = true;
                else if ((ir_opinfo[i->op].flags & ~OF_COMM) != OF_PURE && i->op != IR_PUT && i->op != IR_INSN &&
                         i->op != IR_ALIGN)
                        return;
        }
}

LIFT(strex)
{
        a32_take_condition(l);
        ref v = get_r(l, a->rt);
        if (a->sz == 3)
                v = a32_join(l, v, get_r(l, a->rt2));
        v = a32_data_order(l, a->sz, v);
        ref failed = ir_op(l->ir, IR_STX, a->sz, get_address(l, a->rn, a->offset), v, REF_NONE);
        drop_barrier_before(l->ir, failed);
        put_r(l, a->rd, failed);
        return true;
}

LIFT(clrex)
{
        (void)a;
        ir_st_state(l->ir, 3, ir_const(l->ir, ~UINT64_C(0)), offsetof(struct cpu, excl_addr));
        return true;
}

LIFT(swp)
{
        a32_take_condition(l);
        struct ir_ins ins = { .op = IR_ATOMIC, .sz = (uint8_t)a->sz, .a = get_aligned(l, a->sz, a->rn, 0), .aux = AT_SWP };
        ins.b = a32_data_order(l, a->sz, get_r(l, a->rt2));
        put_r(l, a->rt, a32_data_order(l, a->sz, ir_emit(l->ir, ins)));
        return true;
}
