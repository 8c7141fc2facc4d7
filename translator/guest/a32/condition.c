/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditional execution (see condition.h). */
#include "guest/loc.h"
#include "condition.h"
#include "rt/rt.h"

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
        uint16_t unit, second;

        for (uint8_t it = a32_it_advance(l->it); it && to; it = a32_it_advance(it)) {
                if (!code_read16(&code, &unit))
                        break;
                if (a32_thumb_condition(it, (uint32_t)unit << 16) == CC_AL)
                        to = 0;
                if (a32_thumb_units(unit) == 2 && !code_read16(&code, &second))
                        break;
                to += to ? 2 * a32_thumb_units(unit) : 0;
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

bool a32_prefers_exit(struct lift *l)
{
        if (l->cc == CC_AL)
                return false;
        if (l->it)
                return same_to_the_end(l->it) && a32_it_advance(a32_it_advance(a32_it_advance(l->it)));
        return behind_run(l) - l->next >= 4 * LONG_RUN;
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

void a32_take_condition(struct lift *l)
{
        if (l->cc == CC_AL)
                return;
        ref f = flags(l);
        uint64_t to = !l->it ? behind_run(l) : same_to_the_end(l->it) ? behind_block(l) : 0;
        if (!to) {
                exit_into_block(l, f);
        } else {
                lift_exit_if(l, (enum cc)(l->cc ^ 1), f, to | l->state);
        }
        l->held_cc = l->cc;
        l->held_flags = f;
        l->cc = CC_AL;
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

void a32_lift_conditional(struct lift *l, a32_lift_fn *fn)
{
        struct before before;

        if (l->cc != CC_AL && l->held_flags && l->held_flags == l->ir->cur[SLOT_NZCV]) {
                if (l->cc == (l->held_cc ^ 1))
                        return;
                if (l->cc == l->held_cc)
                        l->cc = CC_AL;
        }
        if (l->cc == CC_AL) {
                lift_always(l, fn);
                return;
        }
        save(l, &before);
        uint8_t cc = l->cc;
        l->cc_flags = flags(l);
        if (fn(l) && (l->cc == CC_AL || only_selects(l->ir, before.n)))
                return;
        restore(l, &before);
        l->cc = cc;
        a32_take_condition(l);
        lift_always(l, fn);
}
