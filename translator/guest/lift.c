/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lifting a region: where it goes on and where it ends (see lift.h). */
#include "lift.h"
#include "a64_decode.h"
#include "code.h"
#include "flags_dead.h"
#include "region_lift.h"

#define MAX_SIDE_EXITS 5 /* conditional branches that a region passes */
#define MAX_FOLLOW 24    /* guest instructions up to which a region follows unconditional branches */

/* NZCV as an exit must save it: REF_NONE when the region did not change it, or the target does not need it. */
static ref flags_for(struct lift *l, uint64_t target, bool known)
{
        ref f = l->ir->cur[SLOT_NZCV];
        if (!f || l->ir->ins[f].op == IR_LIVEINF)
                return REF_NONE;
        if (known && !(l->ir->opts & IR_OPT_NO_FLAGS)) {
                bool dead = a64_flags_dead(l->code.fetch, target);
                code_go(&l->code, l->code.addr);
                if (dead)
                        return REF_NONE;
        }
        return f;
}

static ref emit_end(struct lift *l, struct ir_ins ins, uint64_t target, bool known)
{
        ins.sz = 3;
        ins.b = flags_for(l, target, known);
        l->ended = true;
        return ir_emit(l->ir, ins);
}

static int32_t relative(const struct lift *l, uint64_t target)
{
        return (int32_t)(target - l->ir->pc);
}

static bool is_near(const struct lift *l, uint64_t target)
{
        int64_t d = (int64_t)(target - l->ir->pc);
        return d == (int32_t)d;
}

void lift_exit_if(struct lift *l, enum cc cc, ref f, uint64_t target)
{
        uint64_t next = l->pc + 4;
        if (target <= l->pc) { /* a loop: its way back is the straight one */
                uint64_t t = target;
                cc ^= 1;
                target = next;
                next = t;
        }
        struct ir_ins ins = { .op = IR_EXIT_IF, .sz = 3, .a = f, .b = flags_for(l, target, true) };
        ins.disp = relative(l, target);
        ins.aux = (uint8_t)cc;
        ir_emit(l->ir, ins);
        l->side_exits++;
        if (next <= l->pc)
                lift_exit(l, next);
}

void lift_exit(struct lift *l, uint64_t target)
{
        bool follow = target > l->pc && l->ir->insns < MAX_FOLLOW && is_near(l, target);
        if (follow && !(l->ir->opts & IR_OPT_NO_TRACE)) {
                l->next = target;
                return;
        }
        struct ir_ins ins = { .op = IR_EXIT };
        ins.disp = relative(l, target);
        emit_end(l, ins, target, true);
}

void lift_exit_call(struct lift *l, uint64_t target)
{
        struct ir_ins ins = { .op = IR_EXIT_CALL };
        ins.disp = relative(l, target);
        emit_end(l, ins, target, true);
}

void lift_exit_ind(struct lift *l, enum ir_op kind, ref target)
{
        emit_end(l, (struct ir_ins){ .op = (uint8_t)kind, .a = ir_narrow(l->ir, target) }, 0, false);
}

void lift_exit_sys(struct lift *l, enum exit_reason why, uint64_t pc)
{
        struct ir_ins ins = { .op = IR_EXIT_SYS };
        ins.disp = relative(l, pc);
        ins.aux = (uint8_t)why;
        emit_end(l, ins, 0, false);
}

/* One guest instruction. */
static void lift_one(struct lift *l)
{
        struct ir *ir = l->ir;
        enum a64_op op;
        struct ir_ins mark = { .op = IR_INSN, .sz = 3 };
        mark.disp = relative(l, l->pc);
        ir_emit(ir, mark);
        ir->insns++;
        l->next = l->pc + 4;
        if (l->insn >> 16 == 0 && code_hooks->lift_vdso(l))
                return;
        if (!a64_lift(l, l->insn, &op)) {
                l->undefined = true;
                lift_exit_sys(l, EXIT_UDF, l->pc);
        }
}

enum lift_result lift_region(struct ir *ir, uint64_t pc, uint32_t mode, unsigned max_insns, fetch_fn *fetch,
                             uint64_t *ret_undefined)
{
        struct lift l = { .ir = ir, .pc = pc, .mode = mode, .code = { .fetch = fetch, .addr = pc } };
        ir_begin(ir, pc);
        if (pc & 3)
                return LIFT_MISALIGNED;
        for (;;) {
                if (!code_read32(&l.code, &l.insn)) {
                        if (l.pc == pc)
                                return LIFT_FAULT;
                        break;
                }
                lift_one(&l);
                if (l.ended)
                        break;
                l.pc = l.next;
                if (l.code.addr != l.pc)
                        code_go(&l.code, l.pc);
                bool full = ir->n >= IR_FULL || ir->insns >= max_insns || l.side_exits >= MAX_SIDE_EXITS;
                if (full || (l.side_exits && (ir->opts & IR_OPT_NO_TRACE)))
                        break;
        }
        *ret_undefined = l.undefined ? l.pc : 0;
        if (!l.ended) {
                struct ir_ins ins = { .op = IR_EXIT };
                ins.disp = relative(&l, l.pc);
                emit_end(&l, ins, l.pc, true);
        }
        return LIFT_OK;
}
