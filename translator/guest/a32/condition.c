/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditional execution (see condition.h). */
#include "guest/loc.h"
#include "condition.h"
#include "rt/rt.h"
#include "thumb.h"

enum {
        RUN_MAX = 16, /* instructions with the same condition that are looked at */
        LONG_RUN = 3, /* so many behind one make a side exit worth while */
};

static ref flags(struct lift *l)
{
        return ir_get(l->ir, SLOT_NZCV);
}

void a32_put_mode(struct lift *l, uint8_t it)
{
        ir_st_state(l->ir, 2, ir_const(l->ir, l->mode | (uint32_t)it << MODE_IT_SHIFT), offsetof(struct cpu, mode));
}

/* ---- where it goes on when the condition fails ---- */

/* A32: behind the instructions with the same condition that follow, because nothing has changed when they are reached. */
static uint64_t behind_run(struct lift *l)
{
        struct code_reader code = l->code;
        uint64_t to = l->next;
        uint32_t word;

        for (unsigned k = 0; k < RUN_MAX && code_read32(&code, &word) && word >> 28 == l->cc; k++)
                to += 4;
        code_go(&l->code, l->code.addr);
        return to;
}

/* T32: behind the IT block; 0 when it has BKPT, which is done in any case. */
static uint64_t behind_block(struct lift *l)
{
        struct code_reader code = l->code;
        uint64_t to = l->next;
        uint32_t insn;
        unsigned bytes;

        for (uint8_t it = a32_it_advance(l->it); it && to; it = a32_it_advance(it)) {
                bytes = a32_read_thumb(&code, &insn);
                if (!bytes)
                        break;
                to = a32_thumb_condition(it, insn) == CC_AL ? 0 : to + bytes;
        }
        code_go(&l->code, l->code.addr);
        return to;
}

/* Returns true when the instructions that are left in the IT block have the same condition. */
static bool same_to_the_end(uint8_t it)
{
        uint8_t cond = it >> 4;
        for (it = a32_it_advance(it); it; it = a32_it_advance(it))
                if (it >> 4 != cond)
                        return false;
        return true;
}

/* The condition fails, and others in the IT block may hold: the region at the next instruction is entered with ITSTATE. */
static void exit_into_block(struct lift *l, ref f)
{
        struct ir_ins ins = { .op = IR_EXIT_IF, .sz = 3, .a = f, .b = flags(l) };

        a32_put_mode(l, a32_it_advance(l->it));
        ins.disp = (int32_t)((l->next | l->state) - l->ir->pc);
        ins.aux = l->cc ^ 1;
        ins.aux2 = EXIT_OTHER_MODE;
        ir_emit(l->ir, ins);
        a32_put_mode(l, 0);
        l->side_exits++;
}

/* Puts the rest of the instruction behind a side exit to `to`; 0: to what is left of the IT block. */
static void take(struct lift *l, uint64_t to)
{
        ref f = flags(l);

        if (!to) {
                exit_into_block(l, f);
        } else {
                lift_exit_if(l, (enum cc)(l->cc ^ 1), f, to | l->state);
        }
        l->held_cc = l->cc;
        l->held_flags = f;
        l->cc = CC_AL;
}

void a32_take_condition(struct lift *l)
{
        if (l->cc != CC_AL)
                take(l, !l->it ? behind_run(l) : same_to_the_end(l->it) ? behind_block(l) : 0);
}

void a32_take_condition_of_many(struct lift *l)
{
        if (l->cc == CC_AL)
                return;
        if (l->it) {
                if (same_to_the_end(l->it) && a32_it_advance(a32_it_advance(a32_it_advance(l->it))))
                        take(l, behind_block(l));
                return;
        }
        uint64_t to = behind_run(l);
        if (to - l->next >= 4 * LONG_RUN)
                take(l, to);
}

/* ---- conditions as values ---- */

/* Flags as FCCMP has them (bits 3:0 = NZCV): does cc hold? */
static bool holds_for(unsigned cc, unsigned nzcv)
{
        bool n = nzcv & 8, z = nzcv & 4, c = nzcv & 2, v = nzcv & 1;
        const bool even[7] = { z, c, n, v, c && !z, n == v, !z && n == v };
        return even[cc >> 1] != (cc & 1);
}

/* Returns 1 when cc holds for flags f, else 0. Where f are those of one comparison or of another it is put together of what both
 * say, for such flags are dear as a whole. */
static ref ask(struct lift *l, unsigned cc, ref f)
{
        const struct ir_ins i = l->ir->ins[f];
        struct ir_ins set = { .op = IR_SETCC, .sz = 3, .a = f };
        bool select = i.op == IR_FSEL && i.a == i.c && i.aux >> 1 == cc >> 1;

        set.aux = (uint8_t)cc;
        if (!select && i.op != IR_FCCMP)
                return ir_emit(l->ir, set);
        bool otherwise = select ? cc != i.aux : holds_for(cc, i.aux2); /* what cc is when the second comparison is not made */
        ref second = select ? i.b : ir_op(l->ir, i.aux3 ? IR_FADDS : IR_FSUBS, i.sz, i.b, i.c, REF_NONE);
        ref first = ask(l, otherwise ? i.aux ^ 1u : i.aux, i.a);
        return ir_op(l->ir, otherwise ? IR_OR : IR_AND, 2, first, ask(l, cc, second), REF_NONE);
}

/* Has the next instruction the same condition, or its inverse? */
static bool next_asks_too(struct lift *l)
{
        struct code_reader code = l->code;
        uint32_t word;

        if (l->it)
                return a32_it_advance(l->it);
        bool asks = code_read32(&code, &word) && word >> 29 == l->cc >> 1;
        code_go(&l->code, l->code.addr);
        return asks;
}

/* Is it better to ask f for a condition once than in each selection? When x86 cannot make it again from its operands. */
static bool is_dear(struct lift *l, ref f)
{
        switch (l->ir->ins[f].op) {
        case IR_FSEL:
        case IR_FCCMP: return true;
        case IR_FADCS:
        case IR_FSBCS: return next_asks_too(l);
        case IR_LIVEINF: return l->cc >= CC_HI && next_asks_too(l);
        default: return false;
        }
}

/* Says what selections are to ask. */
static void prepare_selection(struct lift *l)
{
        ref f = l->cc_flags = flags(l);
        bool known = l->asked_of == f && l->asked_cc >> 1 == l->cc >> 1;

        l->sel_cc = l->cc;
        l->sel_flags = f;
        if (!known && !is_dear(l, f))
                return;
        if (!known) {
                l->asked_of = f;
                l->asked_cc = l->cc;
                l->asked_flags = ir_op(l->ir, IR_FSUBS, 2, ask(l, l->cc, f), ir_const(l->ir, 0), REF_NONE);
        }
        l->sel_flags = l->asked_flags;
        l->sel_cc = l->cc == l->asked_cc ? CC_NE : CC_EQ;
}

/* ---- selection ---- */

/* What lifting an instruction changes, to be undone. */
struct before {
        uint32_t n;
        ref last_observer, cur[SLOT_COUNT], const_hash[64];
        unsigned side_exits;
        uint64_t next;
        bool ended;
};

static void save(const struct lift *l, struct before *b)
{
        b->n = l->ir->n;
        b->last_observer = l->ir->last_observer;
        memcpy(b->cur, l->ir->cur, sizeof(b->cur));
        memcpy(b->const_hash, l->ir->const_hash, sizeof(b->const_hash));
        b->side_exits = l->side_exits;
        b->next = l->next;
        b->ended = l->ended;
}

static void restore(struct lift *l, const struct before *b)
{
        l->ir->n = b->n;
        l->ir->last_observer = b->last_observer;
        memcpy(l->ir->cur, b->cur, sizeof(b->cur));
        memcpy(l->ir->const_hash, b->const_hash, sizeof(b->const_hash));
        l->side_exits = b->side_exits;
        l->next = b->next;
        l->ended = b->ended;
}

/* Did what was emitted from instruction n on only compute values, put them into registers, and access memory where it asked for
 * the condition? */
static bool only_selects(const struct ir *ir, uint32_t n)
{
        for (; n < ir->n; n++) {
                unsigned op = ir->ins[n].op, flags = ir_opinfo[op].flags;
                bool asks = (flags & OF_ASKS) && !(flags & OF_EXIT);
                if ((flags & ~(OF_COMM | OF_PARTS)) != OF_PURE && !asks && op != IR_PUT && op != IR_LDSTATE)
                        return false;
        }
        return true;
}

static void lift_always(struct lift *l, a32_lift_fn *fn)
{
        if (fn(l))
                return;
        if (l->it)
                a32_put_mode(l, l->it);
        lift_undefined(l);
}

/* The instruction has a condition. */
static __attribute__((noinline)) void lift_when(struct lift *l, a32_lift_fn *fn)
{
        struct before before;

        if (l->held_flags && l->held_flags == l->ir->cur[SLOT_NZCV]) {
                if (l->cc == (l->held_cc ^ 1))
                        return;
                if (l->cc == l->held_cc)
                        l->cc = CC_AL;
        }
        if (l->cc == CC_AL) {
                lift_always(l, fn);
                return;
        }
        prepare_selection(l);
        save(l, &before);
        uint8_t cc = l->cc;
        if (fn(l) && (l->cc == CC_AL || only_selects(l->ir, before.n)))
                return;
        restore(l, &before);
        l->cc = cc;
        a32_take_condition(l);
        lift_always(l, fn);
}

void a32_lift_conditional(struct lift *l, a32_lift_fn *fn)
{
        if (l->cc == CC_AL)
                lift_always(l, fn);
        else
                lift_when(l, fn); /* not inlined: this would save the registers that it needs */
}
