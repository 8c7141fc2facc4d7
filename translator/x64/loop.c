/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions that are loops: their last exit leads to their own beginning.
 *
 * Such a region need not bring its state home at the end of each turn. It has a head, behind what is done before the first turn,
 * and between two turns each slot has a home of this loop's own: as many of those that it writes as there is room for are in host
 * registers, which slots give up that it does not use. Where 64 bits of a vector slot count, the halves of a 128-bit register of
 * the guest are one value in one host register (or in the field of the lower one). Side exits and polls bring all to where other
 * regions look for it.
 */
#include "compile.h"

/* ---- what the region does with its slots ---- */

static bool reads(const struct loop *l, unsigned slot)
{
        return l->in[slot] || (l->pairs >> slot & 1 && l->in[slot + 1]);
}

static bool writes(const struct loop *l, unsigned slot)
{
        return l->last[slot];
}

/* Returns the lowest slot or register of a set, and takes it out. */
static unsigned take_lowest(uint64_t *set)
{
        unsigned lowest = (unsigned)__builtin_ctzll(*set);
        *set &= *set - 1;
        return lowest;
}

static bool is_upper(const struct loop *l, unsigned slot)
{
        return slot && l->pairs >> (slot - 1) & 1;
}

static bool is_loop(const struct compile *job)
{
        const struct ir_ins *end = ins_at(job, (ref)(job->gen.ir->n - 1));
        return end->op == IR_EXIT && end->disp == 0 && !(job->opts & (IR_OPT_NO_LOOP | IR_OPT_NO_DCE));
}

/* Finds the slots' first and last values. Returns false when state must be at home in the middle of the region. */
static bool find_values(struct compile *job)
{
        struct loop *l = &job->loop;
        for (unsigned s = 0; s < 64; s++)
                l->in[s] = l->last[s] = REF_NONE;
        l->written = 0;
        for (ref r = 1; r < job->gen.ir->n; r++) {
                const struct ir_ins *i = ins_at(job, r);
                if (i->op == IR_HELPER_S)
                        return false;
                if (i->disp == SLOT_NZCV)
                        continue;
                if (i->op == IR_LIVEIN || i->op == IR_LIVEINX) {
                        l->in[i->disp] = r;
                } else if (i->op == IR_PUT) {
                        l->last[i->disp] = i->a;
                        l->written |= UINT64_C(1) << i->disp;
                }
        }
        return true;
}

/* ---- pairs ---- */

static bool joins(const struct loop *l, const struct ir_ins *i, unsigned slot)
{
        return i->op == IR_VZIPL && i->sz == 3 && l->in[slot] && l->in[slot + 1] && i->a == l->in[slot] &&
               i->b == l->in[slot + 1];
}

/* Returns the slots whose value on entry is computed with otherwise than as the upper half of a pair's. */
static uint64_t alone(const struct compile *job)
{
        uint64_t slots = 0;
        for (ref r = 1; r < job->gen.ir->n; r++) {
                const struct ir_ins *i = ins_at(job, r);
                const ref operand[3] = { i->a, i->b, i->c };
                for (unsigned k = 0; k < 3 && i->op != IR_PUT; k++) {
                        const struct ir_ins *in = ins_at(job, operand[k] < r ? operand[k] : REF_NONE);
                        if (in->op == IR_LIVEINX && !(in->disp & 1 && joins(&job->loop, i, (unsigned)in->disp - 1)))
                                slots |= UINT64_C(1) << in->disp;
                }
        }
        return slots;
}

/* Returns true when vector `high` is the upper half of `low`. */
static bool is_half(const struct compile *job, ref low, ref high)
{
        const struct ir_ins *l = ins_at(job, low), *h = ins_at(job, high);
        if (low == high)
                return l->op == IR_VDUP || l->op == IR_VDUPL || (l->op == IR_VCONST && l->sz == 4);
        if (h->op == IR_VZIPH && h->sz == 3 && h->a == low && h->b == low)
                return true;
        return l->op == IR_VZIPL && l->sz == 3 && l->b == high;
}

static bool is_one_value(const struct compile *job, unsigned slot)
{
        const struct loop *l = &job->loop;
        if (!l->last[slot] && !l->last[slot + 1])
                return l->in[slot] && l->in[slot + 1];
        return l->last[slot] && l->last[slot + 1] && is_half(job, l->last[slot], l->last[slot + 1]);
}

static bool may_be_pair(unsigned slot)
{
        bool pinned = x64_pin(slot) != NOREG, next_pinned = x64_pin(slot + 1) != NOREG;
        return is_vector_slot(slot) && is_vector_slot(slot + 1) && pinned == next_pinned;
}

static void find_pairs(struct compile *job)
{
        struct loop *l = &job->loop;
        for (unsigned s = 0; s < 64; s += 2)
                if (may_be_pair(s) && is_one_value(job, s))
                        l->pairs |= UINT64_C(1) << s;
        if (!l->pairs)
                return;
        l->pairs &= ~(alone(job) >> 1); /* bit s: slot s + 1 is not only an upper half */
        for (ref r = 1; l->pairs && r < job->gen.ir->n; r++) {
                const struct ir_ins *i = ins_at(job, r);
                const struct ir_ins *a = ins_at(job, i->op == IR_VZIPL ? i->a : REF_NONE);
                if (a->op == IR_LIVEINX && l->pairs >> a->disp & 1 && joins(l, i, (unsigned)a->disp))
                        job->alias[r] = ENTRY(a->disp);
        }
}

void loop_look(struct compile *job)
{
        job->loop.pairs = 0;
        job->loop.on = is_loop(job) && find_values(job);
        if (job->loop.on && job->gen.ir->guest->vector64)
                find_pairs(job);
}

/* ---- choosing ---- */

enum { GENERAL, VECTOR }; /* classes of values */

/* Finds how many values of each class are computed with at a time, at most. */
static void find_most_at_a_time(const struct compile *job, int ret_most[2])
{
        int8_t end[2][IR_MAX]; /* how many values of the class are used there for the last time */
        int now[2] = { 0 };
        ret_most[GENERAL] = ret_most[VECTOR] = 0;
        __builtin_memset(end[GENERAL], 0, job->gen.ir->n);
        __builtin_memset(end[VECTOR], 0, job->gen.ir->n);
        for (ref r = 1; r < job->gen.ir->n; r++) {
                const struct ir_ins *i = ins_at(job, r);
                const char result = ir_opinfo[i->op].res;
                now[GENERAL] -= end[GENERAL][r];
                now[VECTOR] -= end[VECTOR][r];
                if ((x64_traits[i->op] & T_PASSIVE) || job->val[r].last_use <= r || (result != 'G' && result != 'X'))
                        continue;
                const unsigned class = result == 'X' ? VECTOR : GENERAL;
                end[class][job->val[r].last_use]++;
                if (++now[class] > ret_most[class])
                        ret_most[class] = now[class];
        }
}

/* How much is gained by a register for a slot without one. It is the most when a turn needs what the turn before made: that would have
 * to go through memory. A slot that is only read gets none: a load costs less than the way in does in a loop of few turns. */
enum gain { NOTHING, SAVES_LOAD, SAVES_STORE, SAVES_BOTH };

static enum gain gain_of(const struct loop *l, unsigned slot)
{
        return is_upper(l, slot) ? NOTHING : (enum gain)((writes(l, slot) ? SAVES_STORE : 0) + (reads(l, slot) ? SAVES_LOAD : 0));
}

/* The registers of a class, by what they are used for. */
struct registers {
        uint64_t free, idle; /* idle: the home of a slot that the loop does not use, or uses as an upper half only */
        int left;            /* how many slots may get one */
};

static struct registers look_at(struct loop *l, bool vector, unsigned wanted)
{
        struct registers r = { .free = vector ? X64_XALLOC : X64_GALLOC };
        for (unsigned k = 0; k < x64_homes.npins; k++) {
                unsigned slot = x64_homes.pins[k].slot, reg = x64_homes.pins[k].reg;
                if (is_vector_slot(slot) != vector)
                        continue;
                r.free &= ~(UINT64_C(1) << reg);
                if (gain_of(l, slot) == NOTHING)
                        r.idle |= UINT64_C(1) << reg;
        }
        r.left = __builtin_popcountll(r.free | r.idle) - (int)wanted;
        return r;
}

/* The slot whose home is register `reg` gives it up. */
static void give_up(struct loop *l, bool vector, unsigned reg)
{
        for (unsigned k = 0; k < x64_homes.npins; k++)
                if (x64_homes.pins[k].reg == reg && is_vector_slot(x64_homes.pins[k].slot) == vector)
                        l->home[x64_homes.pins[k].slot] = NOREG;
}

/* most: how many values of the class are computed with at a time. */
static void choose_homes(struct compile *job, bool vector, int most)
{
        struct loop *l = &job->loop;
        const unsigned wanted = (unsigned)most + (vector ? 2 : 1); /* and a rule's temporaries */
        struct registers regs = look_at(l, vector, wanted);
        for (enum gain gain = SAVES_BOTH; gain >= SAVES_STORE; gain--)
                for (uint64_t written = l->written; written && regs.left > 0;) {
                        unsigned s = take_lowest(&written);
                        bool without = is_vector_slot(s) == vector && x64_pin(s) == NOREG;
                        if (!without || gain_of(l, s) != gain)
                                continue;
                        bool free = regs.free;
                        l->home[s] = (uint8_t)take_lowest(free ? &regs.free : &regs.idle);
                        if (!free)
                                give_up(l, vector, l->home[s]);
                        regs.left--;
                }
        while (regs.idle && (unsigned)__builtin_popcountll(regs.free) < wanted) {
                unsigned reg = take_lowest(&regs.idle);
                give_up(l, vector, reg);
                regs.free |= UINT64_C(1) << reg;
        }
}

/* ---- the way in ---- */

static ref *occupant(struct compile *job, unsigned slot, unsigned reg)
{
        return is_vector_slot(slot) ? &job->xval[reg] : &job->gval[reg];
}

/* Notes where a slot's value on entry is: in a register, or (NOREG) in its field. In both where a register was loaded and the loop
 * does not write the slot. */
static void is_in(struct compile *job, unsigned slot, unsigned reg, bool in_field)
{
        struct value *v = &job->val[ENTRY(slot)];
        if (v->reg != NOREG)
                *occupant(job, slot, v->reg) = REF_NONE;
        if (reg != NOREG)
                *occupant(job, slot, reg) = ENTRY(slot);
        v->reg = (uint8_t)reg;
        v->home = in_field ? (uint8_t)slot : 0xff;
        job->field[slot] = in_field ? ENTRY(slot) : REF_NONE;
        journal_note(job, slot);
}

static void store_given_up(struct compile *job)
{
        for (unsigned k = 0; k < x64_homes.npins; k++) {
                unsigned slot = x64_homes.pins[k].slot, reg = x64_homes.pins[k].reg;
                if (job->loop.home[slot] == reg || is_upper(&job->loop, slot))
                        continue;
                store_reg(code_of(job), is_vector_slot(slot), reg, home_of(slot));
                is_in(job, slot, NOREG, true);
        }
}

/* Returns true when the first turn needs what the slot has on entry. */
static bool is_seen(const struct compile *job, unsigned slot)
{
        return job->val[ENTRY(slot)].last_use || job->val[ENTRY(slot)].state_end;
}

/* The upper half of a pair is a part of the value of the slot before it. */
static void join(struct compile *job, unsigned slot)
{
        struct value *low = &job->val[ENTRY(slot)], *high = &job->val[ENTRY(slot + 1)];
        is_in(job, slot + 1, NOREG, x64_pin(slot) == NOREG && !writes(&job->loop, slot));
        high->home = 0xff;
        high->half = HALF_LAZY;
        low->half = HALF_BASE;
        low->nslots++;
        if (high->state_end > low->state_end)
                low->state_end = high->state_end;
        if (low->reg != NOREG) /* its field has the lower half only */
                low->home = 0xff;
}

static void join_pinned(struct compile *job, unsigned slot)
{
        unsigned reg = x64_pin(slot);
        if (is_seen(job, slot) || is_seen(job, slot + 1))
                x64_v3(code_of(job), MAP_0F | 0x16, reg, reg, x64_pin(slot + 1)); /* MOVLHPS */
        journal_note(job, slot);
        join(job, slot);
}

static void load_pair(struct compile *job, unsigned slot)
{
        struct code *c = code_of(job);
        unsigned reg = job->loop.home[slot], t = reg == NOREG ? X64_VSCRATCH : reg;
        if (is_seen(job, slot) || is_seen(job, slot + 1)) {
                x64_v2m(c, load_slot_op(job), t, slot_mem(slot));
                x64_v3m(c, MAP_0F | 0x16, t, t, slot_mem(slot + 1)); /* MOVHPS */
                if (reg == NOREG)
                        x64_v2m(c, MAP_0F | 0x29, t, slot_mem(slot)); /* MOVAPS */
        }
        is_in(job, slot, reg, reg == NOREG || !writes(&job->loop, slot));
        join(job, slot);
}

static void load_slot(struct compile *job, unsigned slot)
{
        unsigned reg = job->loop.home[slot];
        if (is_vector_slot(slot) && is_seen(job, slot))
                x64_v2m(code_of(job), load_slot_op(job), reg, slot_mem(slot));
        else if (is_seen(job, slot))
                x64_load(code_of(job), place_is_wide(home_of(slot)), reg, slot_mem(slot));
        is_in(job, slot, reg, !writes(&job->loop, slot));
}

/* What is in registers is stored or joined before registers are loaded. */
static void fill_homes(struct compile *job)
{
        const struct loop *l = &job->loop;
        store_given_up(job);
        for (uint64_t pairs = l->pairs; pairs;) {
                unsigned s = take_lowest(&pairs);
                if (x64_pin(s) != NOREG)
                        join_pinned(job, s);
        }
        for (uint64_t slots = l->pairs | l->written; slots;) {
                unsigned s = take_lowest(&slots);
                if (x64_pin(s) != NOREG || is_upper(l, s))
                        continue;
                if (l->pairs >> s & 1)
                        load_pair(job, s);
                else if (l->home[s] != NOREG)
                        load_slot(job, s);
        }
}

/* What is a slot's last value is best made where the next turn looks for it. */
static void give_hints(struct compile *job)
{
        const struct loop *l = &job->loop;
        for (uint64_t written = l->written; written;) {
                unsigned s = take_lowest(&written);
                ref v = resolve(job, l->last[s]);
                if (!is_entry(v) && !is_upper(l, s) && l->home[s] != NOREG)
                        job->val[v].hint = l->home[s];
        }
}

/* Moves all code, in which nothing depends on where it is yet, so that the loop begins with a cache line. The region still
 * begins at a multiple of 16, on which what is aligned in it depends; in place it begins anywhere. */
static void align_head(struct compile *job)
{
        struct code *c = code_of(job);
        if (!job->in_place)
                x64_nop(c, -(uintptr_t)c->p & 15);
        const size_t head = (size_t)(c->p - job->start), by = -(uintptr_t)c->p & (X64_LOOP_ALIGN - 1);
        for (size_t k = head; by && k-- > 0;)
                job->start[by + k] = job->start[k];
        for (size_t k = 0; k < by; k++)
                job->start[k] = 0xcc;
        for (unsigned k = 0; k < job->ncold; k++) { /* where flags are looked for that have to be made */
                job->cold[k].jumps[0] += by;
                job->cold[k].back += by;
        }
        job->start += by;
        c->p += by;
        job->loop.head = (uint16_t)head;
}

void loop_enter(struct compile *job)
{
        struct loop *l = &job->loop;
        if (!is_loop(job))
                return;
        if (!l->on) {
                align_head(job);
                return;
        }
        int most[2];
        find_most_at_a_time(job, most);
        __builtin_memcpy(l->home, x64_homes.pin, sizeof(l->home));
        choose_homes(job, false, most[GENERAL]);
        choose_homes(job, true, most[VECTOR]);
        fill_homes(job);
        give_hints(job);
        l->on = job->touched;
        if (l->on && code_of(job)->p == job->start)
                x64_nop(code_of(job), 1); /* a head at 0 means none (struct exit_rec) */
        align_head(job);
        l->snap = (uint16_t)job->nsnap;
        l->nsnap = (uint16_t)take_snapshot(job);
}
