/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Register allocation: where values are, and moving them (see compile.h). */
#include <string.h>
#include "compile.h"

#define GLOCKED(ra, r) ((ra)->glock >> (r)&1)

static const struct ir_ins *ins_of(const struct ra *ra, ref v)
{
        return &ra->gen.ir->ins[v];
}

static bool is_const(const struct ra *ra, ref v)
{
        return !is_entry(v) && (ins_of(ra, v)->op == IR_CONST || ins_of(ra, v)->op == IR_PCREL);
}

/* Position up to which v must be kept somewhere. */
static ref live_end(const struct ra *ra, ref v)
{
        return ra->val[v].last_use > ra->val[v].state_end ? ra->val[v].last_use : ra->val[v].state_end;
}

bool dies_here(const struct ra *ra, ref v)
{
        v = resolve(ra, v);
        return live_end(ra, v) <= ra->pos;
}

/* ---- set-up ---- */

/* The slots' current values are those that they have on entry. */
static void entry_state(struct ra *ra)
{
        memcpy(ra->cur, x64_entry.cur, sizeof(x64_entry.cur));
        memcpy(ra->field, x64_entry.field, sizeof(x64_entry.field));
        memcpy(ra->gval, x64_entry.gval, sizeof(x64_entry.gval));
        memcpy(ra->xval, x64_entry.xval, sizeof(x64_entry.xval));
}

void ra_begin(struct ra *ra)
{
        unsigned n = ra->gen.ir->n;
        const struct ir_ins *ins = ra->gen.ir->ins;
        for (unsigned v = 0; v < n; v++) {
                bool on_entry = ins[v].op == IR_LIVEIN || ins[v].op == IR_LIVEINX;
                ra->alias[v] = on_entry ? ENTRY(ins[v].disp) : (ref)v;
                __builtin_memcpy(&ra->val[v], &unknown_value, sizeof(unknown_value));
        }
        memcpy(ra->val + IR_MAX, x64_entry.val, sizeof(x64_entry.val));
        memcpy(ra->alias + IR_MAX, x64_entry.cur, sizeof(x64_entry.cur));
        memset(ra->spilled, 0, sizeof(ra->spilled));
        ra->cur[SLOT_FA] = ra->cur[SLOT_FB] = REF_NONE;
        entry_state(ra);
        unlock_all(ra);
        ra->eflags_kind = K_NONE;
        ra->eflags_ref = ra->eflags_until = REF_NONE;
        ra->ncold = ra->nsnap = ra->npool = 0;
        ra->full = false;
        ra->logged_off = ra->insn_off = 0;
        ra->journal_off = 0;
        ra->touched = ra->unnoted = 0;
        ra->exact = false;
        ra->out.nexits = ra->out.ntraps = ra->out.njournal = 0;
}

/* ---- places ---- */

struct place place_of(const struct ra *ra, ref v)
{
        if (ra->val[v].reg != NOREG)
                return (struct place){ .kind = P_REG, .n = ra->val[v].reg };
        if (is_const(ra, v))
                return (struct place){ .kind = P_CONST, .value = v };
        if (ra->val[v].home != 0xff)
                return (struct place){ .kind = P_HOME, .n = ra->val[v].home };
        if (ra->val[v].spill != 0xff)
                return (struct place){ .kind = P_SPILL, .n = ra->val[v].spill };
        return (struct place){ .kind = P_NONE };
}

/* The journal learns where the slots are whose current value is v. */
static void note(struct ra *ra, ref v)
{
        if (!ra->val[v].nslots)
                return;
        for (unsigned s = 0, left = ra->val[v].nslots; s < NSLOT && left; s++)
                if (ra->cur[s] == v) {
                        journal_note(ra, s);
                        left--;
                }
}

static struct mem spill_mem(unsigned k)
{
        return cpu_mem(CPU_OFF(spill) + 16 * (int32_t)k);
}

static void store_value(struct ra *ra, ref v, struct mem m)
{
        if (is_vector(ra, v))
                x64_v2m(&ra->gen.code, MAP_0F | 0x29, ra->val[v].reg, m); /* MOVAPS m, x */
        else
                x64_store(&ra->gen.code, true, ra->val[v].reg, m);
}

/* The field of a slot is about to get v: whatever it held is not there any more. */
static void set_field(struct ra *ra, unsigned slot, ref v)
{
        ref old = ra->field[slot];
        ra->field[slot] = v;
        if (ra->val[v].home == 0xff)
                ra->val[v].home = (uint8_t)slot;
        if (old && old != v && ra->val[old].home == slot) {
                ra->val[old].home = 0xff;
                note(ra, old);
        }
}

/* May the field of `slot` be overwritten: is its present value dead or elsewhere too? */
static bool field_is_free(const struct ra *ra, unsigned slot)
{
        ref old = ra->field[slot];
        return !old || ra->val[old].home != slot || ra->val[old].reg != NOREG || ra->val[old].spill != 0xff ||
               is_const(ra, old) || live_end(ra, old) < ra->pos;
}

static void spill_value(struct ra *ra, ref v)
{
        for (unsigned k = 0; k < SPILL_MAX; k++) {
                ref old = ra->spilled[k];
                if (old && ra->val[old].spill == k && live_end(ra, old) >= ra->pos)
                        continue;
                if (old && ra->val[old].spill == k)
                        ra->val[old].spill = 0xff;
                ra->spilled[k] = v;
                ra->val[v].spill = (uint8_t)k;
                store_value(ra, v, spill_mem(k));
                return;
        }
        ra->full = true;
}

/* Puts a copy of v (in a register) into memory: its guest register's field if it has one. */
static void save_value(struct ra *ra, ref v)
{
        ra->out.spills++;
        if (ra->val[v].nslots)
                for (unsigned s = 0; s < SLOT_NZCV; s++)
                        if (ra->cur[s] == v && field_is_free(ra, s)) {
                                store_value(ra, v, slot_mem(s));
                                set_field(ra, s, v);
                                return;
                        }
        spill_value(ra, v);
}

static ref *occupant(struct ra *ra, ref v, unsigned reg)
{
        return is_vector(ra, v) ? &ra->xval[reg] : &ra->gval[reg];
}

/* v leaves its register; it stays available in memory or as a constant. */
static void evict(struct ra *ra, ref v)
{
        unsigned reg = ra->val[v].reg;
        if (live_end(ra, v) >= ra->pos && !is_const(ra, v) && ra->val[v].home == 0xff && ra->val[v].spill == 0xff)
                save_value(ra, v);
        *occupant(ra, v, reg) = REF_NONE;
        ra->val[v].reg = NOREG;
        note(ra, v);
}

/* ---- choosing registers ---- */

static bool is_free(const struct ra *ra, ref v)
{
        return !v || live_end(ra, v) < ra->pos;
}

/* How much it costs to take v's register away: small = cheap. */
static unsigned evict_cost(const struct ra *ra, ref v)
{
        ref next = ra->val[v].next_use;
        unsigned distance = next > ra->pos ? next - ra->pos : ra->val[v].last_use > ra->pos ? 40 : 2000;
        unsigned cost = 4000 - distance;
        if (is_const(ra, v))
                return cost / 4;
        if (ra->val[v].home != 0xff || ra->val[v].spill != 0xff)
                return cost / 2;
        return cost;
}

static unsigned choose(struct ra *ra, const ref *val, uint32_t allowed, uint32_t locked)
{
        static const uint8_t order[16] = { RAX, RCX, RDX, R10, R9, R8, RDI, RSI, R14, R13, R12, RBX, R15, RSP, RBP, R11 };
        bool g = val == ra->gval;
        unsigned best = NOREG, best_cost = ~0u;
        for (unsigned k = 0; k < 16; k++) {
                unsigned r = g ? order[k] : (k + 8) & 15;
                if (!(allowed >> r & 1) || (locked >> r & 1))
                        continue;
                if (is_free(ra, val[r]))
                        return r;
                unsigned cost = evict_cost(ra, val[r]);
                if (cost < best_cost) {
                        best = r;
                        best_cost = cost;
                }
        }
        return best;
}

static void vacate(struct ra *ra, ref *val, unsigned reg)
{
        ref v = val[reg];
        if (!v)
                return;
        if (live_end(ra, v) < ra->pos) {
                ra->val[v].reg = NOREG;
                val[reg] = REF_NONE;
        } else {
                evict(ra, v);
        }
}

unsigned temp_g(struct ra *ra)
{
        unsigned r = choose(ra, ra->gval, X64_GALLOC, ra->glock);
        if (r == NOREG) {
                ra->full = true;
                return RAX;
        }
        vacate(ra, ra->gval, r);
        ra->glock |= 1u << r;
        return r;
}

unsigned temp_x(struct ra *ra)
{
        unsigned r = choose(ra, ra->xval, X64_XALLOC, ra->xlock);
        if (r == NOREG) {
                ra->full = true;
                return 0;
        }
        vacate(ra, ra->xval, r);
        ra->xlock |= 1u << r;
        return r;
}

/* v moves from its register to register `to`, which is empty. */
static void move_g(struct ra *ra, ref v, unsigned to)
{
        unsigned from = ra->val[v].reg;
        x64_mov_rr(&ra->gen.code, true, to, from);
        ra->gval[from] = REF_NONE;
        ra->gval[to] = v;
        ra->val[v].reg = (uint8_t)to;
        note(ra, v);
}

void take_g(struct ra *ra, unsigned reg)
{
        ref v = ra->gval[reg];
        ra->glock |= 1u << reg;
        if (!v || live_end(ra, v) < ra->pos) {
                vacate(ra, ra->gval, reg);
                return;
        }
        if (ra->val[v].last_use >= ra->pos) { /* still computed with: try to keep it in a register */
                unsigned to = choose(ra, ra->gval, X64_GALLOC, ra->glock);
                if (to != NOREG && is_free(ra, ra->gval[to])) {
                        vacate(ra, ra->gval, to);
                        move_g(ra, v, to);
                        return;
                }
        }
        evict(ra, v);
}

static void assign(struct ra *ra, ref v, unsigned reg)
{
        *occupant(ra, v, reg) = v;
        ra->val[v].reg = (uint8_t)reg;
}

void bind_g(struct ra *ra, ref v, unsigned reg)
{
        assign(ra, v, reg);
}

/* ---- operands ---- */

static void load_value(struct ra *ra, ref v, unsigned reg)
{
        struct place p = place_of(ra, v);
        struct code *c = &ra->gen.code;
        if (p.kind == P_CONST) {
                reloc_const(ra, reg, v);
        } else {
                struct mem m = p.kind == P_SPILL ? spill_mem(p.n) : slot_mem(p.n);
                if (is_vector(ra, v))
                        x64_v2m(c, MAP_0F | 0x28, reg, m);
                else
                        x64_load(c, true, reg, m);
        }
        assign(ra, v, reg);
}

unsigned use_g(struct ra *ra, ref v)
{
        v = resolve(ra, v);
        if (ra->val[v].reg == NOREG) {
                unsigned hint = ra->val[v].hint;
                unsigned r;
                if (hint != NOREG && !GLOCKED(ra, hint) && is_free(ra, ra->gval[hint])) {
                        r = hint;
                        vacate(ra, ra->gval, r);
                } else {
                        r = temp_g(ra);
                }
                load_value(ra, v, r);
        }
        ra->glock |= 1u << ra->val[v].reg;
        return ra->val[v].reg;
}

unsigned use_x(struct ra *ra, ref v)
{
        v = resolve(ra, v);
        if (ra->val[v].reg == NOREG)
                load_value(ra, v, temp_x(ra));
        ra->xlock |= 1u << ra->val[v].reg;
        return ra->val[v].reg;
}

bool use_imm(struct ra *ra, ref v, unsigned sz, int32_t *ret)
{
        v = resolve(ra, v);
        if (is_entry(v) || ins_of(ra, v)->op != IR_CONST)
                return false;
        int64_t k = ins_of(ra, v)->imm;
        if (sz <= 2)
                k = (int32_t)k;
        *ret = (int32_t)k;
        return k == (int32_t)k;
}

/* ---- results ---- */

/* Register `reg` may take a result now: its occupant is dead, or dies as an operand of this instruction. */
static bool available(const struct ra *ra, const ref *val, unsigned reg, uint32_t lock)
{
        ref v = val[reg];
        if ((val == ra->gval ? ra->gforbid : ra->xforbid) >> reg & 1)
                return false;
        if (!v)
                return !(lock >> reg & 1);
        return live_end(ra, v) <= ra->pos && (live_end(ra, v) < ra->pos || ra->val[v].last_use <= ra->pos);
}

static unsigned def_reg(struct ra *ra, ref v, ref *val, unsigned reuse, uint32_t allowed, uint32_t *lock)
{
        unsigned h = ra->val[v].hint, r = NOREG;
        if (h != NOREG && (allowed >> h & 1) && available(ra, val, h, *lock))
                r = h;
        else if (reuse != NOREG && available(ra, val, reuse, *lock))
                r = reuse;
        if (r == NOREG) {
                r = choose(ra, val, allowed, *lock);
                if (r == NOREG) {
                        ra->full = true;
                        r = RAX;
                }
                vacate(ra, val, r);
        } else if (val[r]) {
                ra->val[val[r]].reg = NOREG;
                val[r] = REF_NONE;
        }
        *lock |= 1u << r;
        return r;
}

unsigned def_g(struct ra *ra, ref v, unsigned reuse)
{
        unsigned r = def_reg(ra, v, ra->gval, reuse, X64_GALLOC, &ra->glock);
        assign(ra, v, r);
        return r;
}

unsigned def_x(struct ra *ra, ref v, unsigned reuse)
{
        unsigned r = def_reg(ra, v, ra->xval, reuse, X64_XALLOC, &ra->xlock);
        assign(ra, v, r);
        return r;
}

void unlock_all(struct ra *ra)
{
        ra->glock = ra->xlock = ra->gforbid = ra->xforbid = 0;
}

/* ---- guest state ---- */

void ra_put(struct ra *ra, unsigned slot, ref v)
{
        ref old = ra->cur[slot];
        v = resolve(ra, v);
        if (old == v)
                return;
        if (old)
                ra->val[old].nslots--;
        ra->cur[slot] = v;
        ra->val[v].nslots++;
        /* A value that is only in another guest register's field gets a register, so that no exit needs to copy
         * between fields (unless it is evicted again). One that is nowhere was not computed, because nobody sees it. */
        enum place_kind where = (enum place_kind)place_of(ra, v).kind;
        if (slot < SLOT_NZCV && (where == P_HOME || where == P_SPILL)) {
                if (is_vector(ra, v))
                        use_x(ra, v);
                else
                        use_g(ra, v);
                unlock_all(ra);
        }
        journal_note(ra, slot);
}

void ra_flush(struct ra *ra)
{
        for (unsigned r = 0; r < 16; r++) {
                if (ra->gval[r])
                        ra->val[ra->gval[r]].reg = NOREG;
                if (ra->xval[r])
                        ra->val[ra->xval[r]].reg = NOREG;
        }
        for (unsigned s = 0; s < NSLOT; s++)
                if (ra->cur[s])
                        ra->val[ra->cur[s]].nslots = 0;
        ra->cur[SLOT_FA] = ra->cur[SLOT_FB] = REF_NONE;
        entry_state(ra);
        for (unsigned s = 0; s < SLOT_COUNT; s++) {
                struct value *v = &ra->val[ENTRY(s)];
                v->reg = x64_entry.val[s].reg;
                v->home = x64_entry.val[s].home;
                v->spill = 0xff;
                v->nslots = 1;
                journal_note(ra, s);
        }
}
