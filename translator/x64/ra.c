/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Register allocation: where values are, and moving them (see compile.h). */
#include <string.h>
#include "compile.h"

#define GLOCKED(job, r) ((job)->glock >> (r)&1)

static bool is_const(const struct compile *job, ref v)
{
        return !is_entry(v) && (ins_at(job, v)->op == IR_CONST || ins_at(job, v)->op == IR_PCREL);
}

/* Returns the position up to which v must be kept somewhere. */
static ref live_end(const struct compile *job, ref v)
{
        return job->val[v].last_use > job->val[v].state_end ? job->val[v].last_use : job->val[v].state_end;
}

bool dies_here(const struct compile *job, ref v)
{
        v = resolve(job, v);
        return live_end(job, v) <= job->pos;
}

/* ---- set-up ---- */

/* The slots' current values are those that they have on entry. */
static void entry_state(struct compile *job)
{
        memcpy(job->cur, x64_entry.cur, sizeof(x64_entry.cur));
        memset(job->cur + SLOT_COUNT, 0, sizeof(job->cur) - sizeof(x64_entry.cur));
        job->nzcv = REF_NONE;
        memcpy(job->field, x64_entry.field, sizeof(x64_entry.field));
        memcpy(job->gval, x64_entry.gval, sizeof(x64_entry.gval));
        memcpy(job->xval, x64_entry.xval, sizeof(x64_entry.xval));
}

/* Nothing is known of the values of the region's instructions. Four at a time: there is room behind the last one. The compiler must be
 * told to copy each as a whole. */
static void forget_values(struct compile *job)
{
        const unsigned n = job->gen.ir->n;
        const struct ir_ins *ins = job->gen.ir->ins;
        uint64_t numbers = UINT64_C(0x0003000200010000);
        for (unsigned v = 0; v < n; v += 4, numbers += UINT64_C(0x0004000400040004)) {
                for (unsigned k = 0; k < 4; k++)
                        __builtin_memcpy(&job->val[v + k], &unknown_value, sizeof(unknown_value));
                __builtin_memcpy(&job->alias[v], &numbers, sizeof(numbers));
        }
        for (unsigned v = 1; v < n; v++)
                if (ins[v].op == IR_LIVEIN || ins[v].op == IR_LIVEINX)
                        job->alias[v] = ENTRY(ins[v].disp);
}

void ra_begin(struct compile *job)
{
        forget_values(job);
        memcpy(job->val + IR_MAX, x64_entry.val, sizeof(x64_entry.val));
        memcpy(job->alias + IR_MAX, x64_entry.cur, sizeof(x64_entry.cur));
        memset(job->spilled, 0, sizeof(job->spilled));
        entry_state(job);
        unlock_all(job);
        job->eflags_kind = K_NONE;
        job->eflags_ref = job->eflags_until = REF_NONE;
        job->ncold = job->nsnap = job->npool = 0;
        job->full = false;
        job->logged_off = job->insn_off = 0;
        job->logged_mode = job->insn_mode = 0;
        job->journal_off = 0;
        job->touched = job->unnoted = 0;
        job->exact = false;
        job->out.nexits = job->out.ntraps = job->out.njournal = 0;
}

/* ---- places ---- */

struct place place_of(const struct compile *job, ref v)
{
        if (job->val[v].half == HALF_LAZY) {
                struct place p = place_of(job, whole_of(job, v));
                p.high = true;
                return p;
        }
        if (job->val[v].reg != NOREG)
                return (struct place){ .kind = P_REG, .n = job->val[v].reg };
        if (is_const(job, v))
                return (struct place){ .kind = P_CONST, .value = v };
        if (job->val[v].home != 0xff)
                return (struct place){ .kind = P_HOME, .n = job->val[v].home };
        if (job->val[v].spill != 0xff)
                return (struct place){ .kind = P_SPILL, .n = job->val[v].spill };
        return (struct place){ .kind = P_NONE };
}

static inline void note_if(struct compile *job, unsigned slot, ref v)
{
        if (job->cur[slot] == v || whole_of(job, job->cur[slot]) == v)
                journal_note(job, slot);
}

/* Tells the journal that v, which may be the current value of slots, has moved. */
static void note(struct compile *job, ref v)
{
        if (!job->val[v].nslots)
                return;
        /* Slots that were not touched have their entry values, or are the upper half of their neighbour's. */
        uint64_t slots = job->touched;
        if (is_entry(v) && v < ENTRY(64))
                slots |= UINT64_C(3) << (v - IR_MAX);
        for (; slots; slots &= slots - 1)
                note_if(job, (unsigned)__builtin_ctzll(slots), v);
        for (unsigned s = 64; s < NSLOT; s++)
                note_if(job, s, v);
}

static void store_value(struct compile *job, ref v, struct place p)
{
        store_reg(code_of(job), is_vector(job, v), job->val[v].reg, p);
}

/* Notes that the field of a slot gets v. What it held before is not there any more. */
static void set_field(struct compile *job, unsigned slot, ref v)
{
        ref old = job->field[slot];
        job->field[slot] = v;
        if (job->val[v].home == 0xff)
                job->val[v].home = (uint8_t)slot;
        if (old && old != v && job->val[old].home == slot) {
                job->val[old].home = 0xff;
                note(job, old);
        }
}

/* Returns true when the field of a slot may be overwritten, because its present value is dead or somewhere else too. */
static bool field_is_free(const struct compile *job, unsigned slot)
{
        ref old = job->field[slot];
        return !old || job->val[old].home != slot || job->val[old].reg != NOREG || job->val[old].spill != 0xff ||
               is_const(job, old) || live_end(job, old) < job->pos;
}

static void spill_value(struct compile *job, ref v)
{
        for (unsigned k = 0; k < SPILL_MAX; k++) {
                ref old = job->spilled[k];
                if (old && job->val[old].spill == k && live_end(job, old) >= job->pos)
                        continue;
                if (old && job->val[old].spill == k)
                        job->val[old].spill = 0xff;
                job->spilled[k] = v;
                job->val[v].spill = (uint8_t)k;
                store_value(job, v, (struct place){ .kind = P_SPILL, .n = (uint8_t)k });
                return;
        }
        job->full = true;
}

/* Stores v, which is in a register: in the field of a guest register whose current value it is, if that is free. */
static void save_value(struct compile *job, ref v)
{
        job->out.spills++;
        if (job->val[v].nslots)
                for (unsigned s = 0; s < SLOT_NZCV; s++)
                        if (job->cur[s] == v && field_is_free(job, s)) {
                                store_value(job, v, home_of(s));
                                set_field(job, s, v);
                                return;
                        }
        spill_value(job, v);
}

static ref *occupant(struct compile *job, ref v, unsigned reg)
{
        return is_vector(job, v) ? &job->xval[reg] : &job->gval[reg];
}

/* Takes v out of its register. If it is still needed it is kept in memory, or is a constant. */
static void evict(struct compile *job, ref v)
{
        unsigned reg = job->val[v].reg;
        if (live_end(job, v) >= job->pos && !is_const(job, v) && job->val[v].home == 0xff && job->val[v].spill == 0xff)
                save_value(job, v);
        *occupant(job, v, reg) = REF_NONE;
        job->val[v].reg = NOREG;
        note(job, v);
}

/* ---- choosing registers ---- */

static bool is_free(const struct compile *job, ref v)
{
        return !v || live_end(job, v) < job->pos;
}

/* Returns what it costs to take v's register away; the cheapest is taken. */
static unsigned evict_cost(const struct compile *job, ref v)
{
        ref next = job->val[v].next_use;
        unsigned distance = next > job->pos ? next - job->pos : job->val[v].last_use > job->pos ? 40 : 2000;
        unsigned cost = 4000 - distance;
        if (is_const(job, v))
                return cost / 4;
        if (job->val[v].home != 0xff || job->val[v].spill != 0xff)
                return cost / 2;
        return cost;
}

static unsigned choose(struct compile *job, const ref *val, uint32_t allowed, uint32_t locked)
{
        static const uint8_t orders[2][16] = {
                { 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7 },
                { RAX, RCX, RDX, R10, R9, R8, RDI, RSI, R14, R13, R12, RBX, R15, RSP, RBP, R11 },
        };
        const uint8_t *order = orders[val == job->gval];
        unsigned best = NOREG, best_cost = ~0u;
        allowed &= ~locked;
        for (unsigned k = 0; k < 16; k++) {
                unsigned r = order[k];
                if (!(allowed >> r & 1))
                        continue;
                if (is_free(job, val[r]))
                        return r;
                unsigned cost = evict_cost(job, val[r]);
                if (cost < best_cost) {
                        best = r;
                        best_cost = cost;
                }
        }
        return best;
}

static void vacate(struct compile *job, ref *val, unsigned reg)
{
        ref v = val[reg];
        if (!v)
                return;
        if (live_end(job, v) < job->pos) {
                job->val[v].reg = NOREG;
                val[reg] = REF_NONE;
        } else {
                evict(job, v);
        }
}

unsigned temp_g(struct compile *job)
{
        unsigned r = choose(job, job->gval, X64_GALLOC, job->glock);
        if (r == NOREG) {
                job->full = true;
                return RAX;
        }
        vacate(job, job->gval, r);
        job->glock |= 1u << r;
        return r;
}

unsigned temp_x(struct compile *job)
{
        unsigned r = choose(job, job->xval, X64_XALLOC, job->xlock);
        if (r == NOREG) {
                job->full = true;
                return 0;
        }
        vacate(job, job->xval, r);
        job->xlock |= 1u << r;
        return r;
}

/* Moves v from its register to register `to`, which is empty. */
static void move_g(struct compile *job, ref v, unsigned to)
{
        unsigned from = job->val[v].reg;
        x64_mov_rr(code_of(job), true, to, from);
        job->gval[from] = REF_NONE;
        job->gval[to] = v;
        job->val[v].reg = (uint8_t)to;
        note(job, v);
}

/* Returns the pin that v has to be in when the region is left, as the current value of a slot, or NOREG. */
static unsigned pin_for(const struct compile *job, ref v)
{
        for (unsigned k = 0; job->val[v].nslots && k < x64_homes.npins; k++)
                if (job->cur[x64_homes.pins[k].slot] == v)
                        return x64_homes.pins[k].reg;
        return NOREG;
}

/* Returns a free general register, `pin` if that is one, or NOREG. */
static unsigned free_or(struct compile *job, unsigned pin)
{
        if (pin != NOREG && !GLOCKED(job, pin) && is_free(job, job->gval[pin]))
                return pin;
        unsigned r = choose(job, job->gval, X64_GALLOC, job->glock);
        return r != NOREG && is_free(job, job->gval[r]) ? r : NOREG;
}

void take_g(struct compile *job, unsigned reg)
{
        ref v = job->gval[reg];
        job->glock |= 1u << reg;
        if (!v || live_end(job, v) < job->pos) {
                vacate(job, job->gval, reg);
                return;
        }
        unsigned pin = pin_for(job, v);
        if (job->val[v].last_use >= job->pos || pin != NOREG) { /* still computed with, or at home in a register: is one free? */
                unsigned to = free_or(job, pin);
                if (to != NOREG) {
                        vacate(job, job->gval, to);
                        move_g(job, v, to);
                        return;
                }
        }
        evict(job, v);
}

static void assign(struct compile *job, ref v, unsigned reg)
{
        *occupant(job, v, reg) = v;
        job->val[v].reg = (uint8_t)reg;
}

void bind_g(struct compile *job, ref v, unsigned reg)
{
        assign(job, v, reg);
}

/* ---- operands ---- */

/* Returns true when an entry value is 128 bits, though 64 count in others. */
static bool is_pair(const struct compile *job, ref v)
{
        unsigned slot = v - IR_MAX;
        return job->loop.on && slot < 64 && job->loop.pairs >> slot & 1;
}

static void load_value(struct compile *job, ref v, unsigned reg)
{
        struct place p = place_of(job, v);
        struct code *c = code_of(job);
        if (p.kind == P_CONST) {
                reloc_value(job, reg, v);
        } else {
                struct mem m = place_mem(p);
                if (is_vector(job, v))
                        x64_v2m(c, is_entry(v) && !is_pair(job, v) ? load_slot_op(job) : MAP_0F | 0x28, reg, m);
                else
                        x64_load(c, place_is_wide(p), reg, m);
        }
        assign(job, v, reg);
}

unsigned use_g(struct compile *job, ref v)
{
        v = resolve(job, v);
        if (job->val[v].reg == NOREG) {
                unsigned hint = job->val[v].hint;
                unsigned r;
                if (hint != NOREG && !GLOCKED(job, hint) && is_free(job, job->gval[hint])) {
                        r = hint;
                        vacate(job, job->gval, r);
                } else {
                        r = temp_g(job);
                }
                load_value(job, v, r);
        }
        job->glock |= 1u << job->val[v].reg;
        return job->val[v].reg;
}

void load_g_in(struct compile *job, ref v, uint32_t regs)
{
        v = resolve(job, v);
        for (unsigned r = 0; job->val[v].reg == NOREG && r < 16; r++)
                if (regs >> r & 1 && !GLOCKED(job, r) && is_free(job, job->gval[r])) {
                        vacate(job, job->gval, r);
                        load_value(job, v, r);
                }
        if (job->val[v].reg != NOREG)
                job->glock |= 1u << job->val[v].reg;
}

unsigned use_x(struct compile *job, ref v)
{
        v = resolve(job, v);
        if (job->val[v].reg == NOREG)
                load_value(job, v, temp_x(job));
        job->xlock |= 1u << job->val[v].reg;
        return job->val[v].reg;
}

bool use_imm(struct compile *job, ref v, unsigned sz, int32_t *ret)
{
        v = resolve(job, v);
        if (is_entry(v) || ins_at(job, v)->op != IR_CONST)
                return false;
        int64_t k = ins_at(job, v)->imm;
        if (sz <= 2)
                k = (int32_t)k;
        *ret = (int32_t)k;
        return k == (int32_t)k;
}

/* ---- results ---- */

/* Returns true when register `reg` may take a result now: what it holds is dead, or dies as an operand of this instruction. */
static bool available(const struct compile *job, const ref *val, unsigned reg, uint32_t lock)
{
        ref v = val[reg];
        if ((val == job->gval ? job->gforbid : job->xforbid) >> reg & 1)
                return false;
        if (!v)
                return !(lock >> reg & 1);
        return live_end(job, v) <= job->pos && (live_end(job, v) < job->pos || job->val[v].last_use <= job->pos);
}

static unsigned def_reg(struct compile *job, ref v, ref *val, unsigned reuse, uint32_t allowed, uint32_t *lock)
{
        unsigned h = job->val[v].hint, r = NOREG;
        if (h != NOREG && (allowed >> h & 1) && available(job, val, h, *lock))
                r = h;
        else if (reuse != NOREG && available(job, val, reuse, *lock))
                r = reuse;
        if (r == NOREG) {
                r = choose(job, val, allowed, *lock);
                if (r == NOREG) {
                        job->full = true;
                        r = RAX;
                }
                vacate(job, val, r);
        } else if (val[r]) {
                job->val[val[r]].reg = NOREG;
                val[r] = REF_NONE;
        }
        *lock |= 1u << r;
        return r;
}

unsigned def_g(struct compile *job, ref v, unsigned reuse)
{
        unsigned r = def_reg(job, v, job->gval, reuse, X64_GALLOC, &job->glock);
        assign(job, v, r);
        return r;
}

unsigned def_x(struct compile *job, ref v, unsigned reuse)
{
        unsigned r = def_reg(job, v, job->xval, reuse, X64_XALLOC, &job->xlock);
        assign(job, v, r);
        return r;
}

void unlock_all(struct compile *job)
{
        job->glock = job->xlock = job->gforbid = job->xforbid = 0;
}

void forbid_seen(struct compile *job, ref but)
{
        but = resolve(job, but);
        for (unsigned r = 0; r < 16; r++) {
                ref g = job->gval[r], x = job->xval[r];
                if (g && g != but && live_end(job, g) >= job->pos)
                        job->gforbid |= 1u << r;
                if (x && x != but && live_end(job, x) >= job->pos)
                        job->xforbid |= 1u << r;
        }
}

/* ---- guest state ---- */

/* Counts a slot more or less whose current value is v, which may be REF_NONE. */
static void count_slots(struct compile *job, ref v, int by)
{
        if (!v)
                return;
        job->val[v].nslots = (uint8_t)(job->val[v].nslots + by);
        if (whole_of(job, v) != v)
                job->val[whole_of(job, v)].nslots = (uint8_t)(job->val[whole_of(job, v)].nslots + by);
}

void ra_put(struct compile *job, unsigned slot, ref v)
{
        ref old = job->cur[slot];
        v = resolve(job, v);
        if (old == v)
                return;
        count_slots(job, old, -1);
        job->cur[slot] = v;
        count_slots(job, v, 1);
        /* A value that is only in another guest register's field gets a register, so that no exit needs to copy
         * between fields (unless it is evicted again). One that is nowhere was not computed, because nobody sees it. */
        if (slot < SLOT_NZCV && job->val[v].reg == NOREG && (job->val[v].home != 0xff || job->val[v].spill != 0xff) &&
            !is_const(job, v)) {
                if (is_vector(job, v))
                        use_x(job, v);
                else
                        use_g(job, v);
                unlock_all(job);
        }
        journal_note(job, slot);
}

void ra_flush(struct compile *job)
{
        for (unsigned r = 0; r < 16; r++) {
                if (job->gval[r])
                        job->val[job->gval[r]].reg = NOREG;
                if (job->xval[r])
                        job->val[job->xval[r]].reg = NOREG;
        }
        for (unsigned s = 0; s < NSLOT; s++)
                if (job->cur[s])
                        job->val[job->cur[s]].nslots = job->val[whole_of(job, job->cur[s])].nslots = 0;
        entry_state(job);
        for (unsigned s = 0; s < SLOT_COUNT; s++) {
                struct value *v = &job->val[ENTRY(s)];
                v->reg = x64_entry.val[s].reg;
                v->home = x64_entry.val[s].home;
                v->spill = 0xff;
                v->nslots = 1;
                journal_note(job, s);
        }
        journal_flags(job, REF_NONE);
}
