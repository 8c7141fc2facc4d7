/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 exceptions, hints, barriers, and the registers of coprocessor 15 that programs may use under Linux. */
#include "guest/clock.h"
#include "guest/loc.h"
#include "lift_a32.h"

/* The region ends with `why`. pc: the thread's, where execution goes on with ITSTATE `it`. */
static bool leave(struct lift *l, enum exit_reason why, uint64_t pc, uint8_t it)
{
        if (it)
                a32_put_mode(l, it);
        lift_exit_sys(l, why, pc | l->state);
        return true;
}

static bool leave_behind(struct lift *l, enum exit_reason why)
{
        return leave(l, why, l->next, a32_it_advance(l->it));
}

/* ---- exceptions ---- */

LIFT(svc)
{
        (void)a;
        a32_take_condition(l);
        return leave_behind(l, EXIT_SVC);
}

LIFT(brk)
{
        (void)a;
        a32_take_condition(l);
        return leave(l, EXIT_BRK, l->pc, l->it);
}

/* ---- hints and barriers ---- */

LIFT(nop)
{
        (void)l;
        (void)a;
        return true;
}

/* Is the last access that was emitted, loads left out, one that orders all before it with all behind it? A locked instruction of x86
 * does; an exclusive store is one when it has not failed. */
static bool is_ordered_already(const struct ir *ir)
{
        for (ref r = (ref)(ir->n - 1); r && ir->n - r < 32; r--) {
                const struct ir_ins *i = &ir->ins[r];
                switch (i->op) {
                case IR_FENCE:
                case IR_ATOMIC:
                case IR_CAS: return true;
                case IR_EXIT_IF:
                        if (lift_is_failed_store(ir, (enum cc)i->aux, i->a))
                                return true;
                        break;
                case IR_INSN:
                case IR_PUT:
                case IR_LDSTATE:
                case IR_LD:
                case IR_LDS: break;
                default:
                        if (ir_opinfo[i->op].flags & ~(OF_COMM | OF_ASKS))
                                return false;
                }
        }
        return false;
}

/* Loads (1) and stores (2) alone are ordered on x86 anyway. */
LIFT(barrier)
{
        if ((a->option & 3) != 1 && (a->option & 3) != 2 && !is_ordered_already(l->ir))
                ir_emit(l->ir, (struct ir_ins){ .op = IR_FENCE, .sz = 3 });
        return true;
}

/* The instructions behind ISB are fetched anew: this region, which may be older than a change of them, ends here. */
LIFT(isb)
{
        (void)a;
        a32_take_condition(l);
        return leave_behind(l, EXIT_NEXT);
}

/* ---- state ---- */

/* The region ends here, because translations of what follows depend on CPSR.E (enum mode). */
LIFT(setend)
{
        if (!(l->mode & MODE_BE) == !a->big)
                return true;
        a32_take_condition(l);
        uint32_t mode = (l->mode ^ MODE_BE) | (uint32_t)a32_it_advance(l->it) << MODE_IT_SHIFT;
        ir_st_state(l->ir, 2, ir_const(l->ir, mode), offsetof(struct cpu, mode));
        lift_exit_sys(l, EXIT_NEXT, l->next | l->state);
        return true;
}

LIFT(get_tpidruro)
{
        put_r(l, a->rt, ir_ld_state(l->ir, 2, offsetof(struct cpu, tpidr)));
        return true;
}

LIFT(get_tpidrurw)
{
        put_r(l, a->rt, ir_ld_state(l->ir, 2, offsetof(struct cpu, tpidrurw)));
        return true;
}

LIFT(set_tpidrurw)
{
        ir_st_state(l->ir, 3, get_r(l, a->rt), offsetof(struct cpu, tpidrurw));
        return true;
}

LIFT(get_constant)
{
        put_r(l, a->rt, ir_const(l->ir, a->value));
        return true;
}

LIFT(get_cntvct)
{
        ref v = ir_helper_g(l->ir, helper_cntvct, REF_NONE, REF_NONE, REF_NONE, 0);
        put_r(l, a->rt, v);
        put_r(l, a->rt2, a32_high(l, v));
        return true;
}
