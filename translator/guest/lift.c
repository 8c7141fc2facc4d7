/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lifting a region: where it goes on and where it ends (see lift.h and region_lift.h). */
#include "lift.h"
#include "guest.h"
#include "ir/flags.h"
#include "loop_heads.h"
#include "region_lift.h"

#define MAX_FOLLOW 24 /* guest instructions up to which a region follows unconditional branches */
#define SHORT_WAY 8   /* guest instructions up to which a region that begins where a loop does goes on where another one does */
#define LOOP_MORE 6   /* guest instructions behind the beginning of another region, among which the end of a loop is looked for */

/* Sets the flags that an exit to `target` must save. There are none where the region did not change those parts of NZCV that the
 * code at `target`, if that is known, reads before it overwrites them. */
static void set_flags(struct lift *l, struct ir_ins *exit, uint64_t target, bool known)
{
        exit->b = ir_flags_parts(l->ir, l->ir->cur[SLOT_NZCV], FLAGS_ALL);
        if (!exit->b)
                return;
        if (!known || l->ir->opts & IR_OPT_NO_FLAGS) {
                exit->aux2 |= EXIT_UNASKED;
                return;
        }
        unsigned live = the_guest->flags_live(l->code.fetch, target);
        code_go(&l->code, l->code.addr);
        exit->b = live ? ir_flags_parts(l->ir, exit->b, live & FLAGS_ALL) : REF_NONE;
        if (live & FLAGS_UNASKED)
                exit->aux2 |= EXIT_UNASKED;
}

static ref emit_end(struct lift *l, struct ir_ins ins, uint64_t target, bool known)
{
        ins.sz = 3;
        set_flags(l, &ins, target, known);
        l->ended = true;
        return ir_emit(l->ir, ins);
}

static int32_t relative(const struct lift *l, uint64_t target)
{
        return (int32_t)(target - l->ir->pc);
}

/* Values of cpu->pc at the present instruction, and at the one with which the region goes on. */
static uint64_t this_pc(const struct lift *l)
{
        return l->pc | l->state;
}
static uint64_t next_pc(const struct lift *l)
{
        return l->next | l->state;
}

static bool is_near(const struct lift *l, uint64_t target)
{
        int64_t d = (int64_t)(target - l->ir->pc);
        return d == (int32_t)d;
}

bool lift_is_failed_store(const struct ir *ir, enum cc cc, ref f)
{
        const struct ir_ins *i = &ir->ins[f];
        uint64_t zero;
        ref tested = REF_NONE;
        if (i->op == IR_FNZ || i->op == IR_FNZC)
                tested = i->b;
        else if (i->op == IR_FSUBS && ir_is_const(ir, i->b, &zero) && !zero)
                tested = i->a;
        return cc == CC_NE && ir->ins[tested].op == IR_STX;
}

void lift_exit_if(struct lift *l, enum cc cc, ref f, uint64_t target)
{
        uint64_t next = next_pc(l);
        /* A loop: the way back is the one without a jump. But exclusive stores seldom fail. */
        if (target <= this_pc(l) && !lift_is_failed_store(l->ir, cc, f)) {
                uint64_t t = target;
                cc ^= 1;
                target = next;
                next = t;
        }
        struct ir_ins ins = { .op = IR_EXIT_IF, .sz = 3, .a = f };
        set_flags(l, &ins, target, true);
        ins.disp = relative(l, target);
        ins.aux = (uint8_t)cc;
        ir_emit(l->ir, ins);
        l->side_exits++;
        if (next <= this_pc(l))
                lift_exit(l, next);
}

void lift_exit(struct lift *l, uint64_t target)
{
        bool follow = target > this_pc(l) && (target & the_guest->state_bits) == l->state && l->ir->insns < MAX_FOLLOW &&
                      is_near(l, target);
        if (follow && !(l->ir->opts & IR_OPT_NO_TRACE)) {
                l->next = guest_address(target);
                return;
        }
        if (target == l->ir->pc && the_guest->before_loop)
                the_guest->before_loop(l);
        struct ir_ins ins = { .op = IR_EXIT };
        ins.disp = relative(l, target);
        emit_end(l, ins, target, true);
}

void lift_exit_call(struct lift *l, uint64_t target)
{
        struct ir_ins ins = { .op = IR_EXIT_CALL };
        ins.aux = (uint8_t)(l->next - l->pc); /* behind which it returns */
        ins.disp = relative(l, target);
        emit_end(l, ins, target, true);
}

void lift_exit_ind(struct lift *l, enum ir_op kind, ref target)
{
        struct ir_ins ins = { .op = (uint8_t)kind, .a = ir_narrow(l->ir, target) };
        ins.aux = kind == IR_EXIT_CALLR ? (uint8_t)(l->next - l->pc) : 0;
        emit_end(l, ins, 0, false);
}

void lift_exit_sys(struct lift *l, enum exit_reason why, uint64_t pc)
{
        struct ir_ins ins = { .op = IR_EXIT_SYS };
        ins.disp = relative(l, pc);
        ins.aux = (uint8_t)why;
        emit_end(l, ins, 0, false);
}

void lift_undefined(struct lift *l)
{
        l->undefined = true;
        lift_exit_sys(l, EXIT_UDF, this_pc(l));
}

/* Notes where another region begins. Returns false when none does. */
static bool find_end(struct lift *l)
{
        bool (*const begins_at)(uint64_t pc) = l->ir->begins_at;
        const uint64_t head = loop_head_from(l->pc, l->state);
        l->look = begins_at ? 0 : head;
        const bool loop = head == l->pc && (!l->may_loop || l->ir->insns > SHORT_WAY);
        if (!loop && !(begins_at && begins_at(this_pc(l))))
                return false;
        l->end = (struct lift_end){ .pc = l->pc, .n = l->ir->n, .insns = l->ir->insns, .flags = l->ir->cur[SLOT_NZCV] };
        l->look = 0;
        return true;
}

bool lift_passes(struct lift *l)
{
        if (!l->end.n && !find_end(l))
                return true;
        return l->may_loop && l->ir->insns < l->end.insns + LOOP_MORE;
}

/* Takes the region back to where another one begins. A loop stays as it is: it is more than its parts (x64/loop.c). */
static void end_at_other(struct lift *l)
{
        struct ir *ir = l->ir;
        const struct ir_ins *last = &ir->ins[ir->n - 1];
        if (!l->end.n || (l->ended && last->op == IR_EXIT && !last->disp))
                return;
        ir->n = l->end.n;
        ir->insns = l->end.insns;
        ir->cur[SLOT_NZCV] = l->end.flags;
        l->pc = l->end.pc;
        l->ended = l->undefined = false;
}

bool lift_region(struct ir *ir, struct loc loc, unsigned max_insns, fetch_fn *fetch, uint64_t *ret_undefined)
{
        struct lift l = { .ir = ir, .pc = loc_address(loc), .state = loc.pc & the_guest->state_bits, .mode = loc.mode };
        ir_begin(ir, loc.pc);
        if (l.pc % guest_unit())
                return false;
        l.code = (struct code_reader){ .fetch = fetch, .addr = l.pc };
        l.max_insns = max_insns;
        l.max_side_exits = ir->opts & IR_OPT_NO_TRACE ? 1 : the_guest->max_side_exits;
        l.may_loop = ir->begins_at || loop_begins_at(l.pc, l.state);
        the_guest->lift(&l);
        if (!ir->insns)
                return false;
        end_at_other(&l);
        *ret_undefined = l.undefined ? this_pc(&l) : 0;
        if (!l.ended) {
                struct ir_ins ins = { .op = IR_EXIT };
                ins.disp = relative(&l, this_pc(&l));
                emit_end(&l, ins, this_pc(&l), true);
        }
        return true;
}
