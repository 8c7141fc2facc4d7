/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a region's journal, and rebuilding guest state from it (see journal.h). */
#include "journal.h"
#include "compile.h"

/* ---- writing ---- */

/* Begins an entry: writes its head and returns where the rest goes. There is room for the longest entry. */
static uint8_t *begin(struct compile *job, uint8_t what)
{
        enum { LONGEST = 3 + 1 + 1 + 8 };
        uint32_t here = (uint32_t)(job->gen.code.p - job->start), d = here - job->journal_off;
        if (job->out.njournal > JOURNAL_MAX - LONGEST) {
                job->full = true;
                job->out.njournal = 0;
        }
        uint8_t *p = job->out.journal + job->out.njournal;
        job->journal_off = here;
        if (d < 255) {
                *p++ = (uint8_t)d;
        } else {
                *p++ = 255;
                __builtin_memcpy(p, &d, 2);
                p += 2;
        }
        *p++ = what;
        return p;
}

static void finish(struct compile *job, const uint8_t *p)
{
        job->out.njournal = (uint32_t)(p - job->out.journal);
}

static uint8_t high_place(struct place p)
{
        return (uint8_t)(p.kind == P_REG    ? J_HIGH_REG + p.n
                         : p.kind == P_HOME ? J_HIGH_FIELD + p.n - SLOT_V0
                                            : J_HIGH_SPILL + p.n);
}

/* Puts where the value of constant v, or of none (REF_NONE), is to be had. */
static uint8_t *put_const(struct compile *job, uint8_t *p, ref v)
{
        int64_t k = v ? ins_at(job, v)->imm : 0;
        int32_t distance;
        if (v && reloc_distance(job, v, &distance)) {
                *p++ = J_PCREL;
                __builtin_memcpy(p, &distance, 4);
                return p + 4;
        }
        *p++ = J_CONST;
        __builtin_memcpy(p, &k, 8);
        return p + 8;
}

static void put_place(struct compile *job, unsigned slot)
{
        ref v = job->cur[slot];
        struct place place = place_of(job, v);
        uint8_t *p = begin(job, (uint8_t)slot);
        if (place.high) {
                *p++ = high_place(place);
        } else if (place.kind == P_REG) {
                *p++ = (uint8_t)(is_vector(job, v) ? 16 + place.n : place.n);
        } else if (place.kind == P_HOME) {
                *p++ = (uint8_t)(J_FIELD + place.n);
        } else if (place.kind == P_SPILL) {
                *p++ = (uint8_t)(J_SPILL + place.n);
        } else {
                p = put_const(job, p, place.kind == P_CONST ? v : REF_NONE);
        }
        finish(job, p);
}

void journal_note(struct compile *job, unsigned slot)
{
        if (slot < 64) {
                job->touched |= UINT64_C(1) << slot;
                if (!job->exact) {
                        job->unnoted |= UINT64_C(1) << slot;
                        return;
                }
        }
        put_place(job, slot);
}

void journal_exact(struct compile *job)
{
        for (; job->unnoted; job->unnoted &= job->unnoted - 1)
                put_place(job, (unsigned)__builtin_ctzll(job->unnoted));
        job->exact = true;
        if (job->logged_mode != job->insn_mode) {
                uint8_t *m = begin(job, J_MODE);
                *m++ = job->insn_mode;
                finish(job, m);
                job->logged_mode = job->insn_mode;
        }
        if (job->logged_off == job->insn_off)
                return;
        uint8_t *p = begin(job, J_PC);
        __builtin_memcpy(p, &job->insn_off, 4);
        finish(job, p + 4);
        job->logged_off = job->insn_off;
}

static void put_kind(struct compile *job, enum fkind kind, unsigned sz)
{
        uint8_t *p = begin(job, J_KIND);
        *p++ = (uint8_t)kind;
        *p++ = (uint8_t)sz;
        finish(job, p);
}

static void set_operand(struct compile *job, unsigned slot, ref v)
{
        if (job->cur[slot])
                job->val[job->cur[slot]].nslots--;
        job->cur[slot] = resolve(job, v);
        job->val[job->cur[slot]].nslots++;
        journal_note(job, slot);
}

/* Notes how flags value f, which is not made of parts, is to be found. */
static void put_flags(struct compile *job, ref f)
{
        const struct ir_ins *i = ins_at(job, f);
        bool fcmp = ir_opinfo[i->op].args[0] == 'x';
        switch (job->val[f].fmode) {
        case F_DIRECT:
                if (job->eflags_ref == f)
                        put_kind(job, job->eflags_kind, i->sz);
                else
                        put_kind(job, kind_of(i->op), i->sz);
                break;
        case F_REMAT:
                set_operand(job, SLOT_FA, i->a);
                set_operand(job, SLOT_FB, i->b);
                put_kind(job, fcmp ? K_OF_FCMP : i->op == IR_FSUBS ? K_OF_SUB : i->op == IR_FADDS ? K_OF_ADD : K_OF_AND, i->sz);
                break;
        case F_MAT:
                put_kind(job, K_NONE, 0);
                ra_put(job, SLOT_NZCV, i->op == IR_LIVEINF ? ENTRY(SLOT_NZCV) : f);
                break;
        default: break;
        }
}

void journal_flags(struct compile *job, ref f)
{
        const struct ir_ins *i = ins_at(job, f);
        if (!f) {
                put_kind(job, K_NONE, 0);
                ra_put(job, SLOT_NZCV, ENTRY(SLOT_NZCV));
                return;
        }
        if (!is_flags_parts(i->op) || job->val[f].fmode == F_MAT) {
                put_flags(job, f);
                return;
        }
        put_flags(job, i->a);
        set_operand(job, SLOT_FN, i->b);
        if (i->op == IR_FNZC)
                set_operand(job, SLOT_FC, i->c);
        uint8_t *p = begin(job, J_PARTS);
        *p++ = i->op == IR_FNZC ? J_OF_NZC : J_OF_NZ;
        *p++ = i->sz;
        finish(job, p);
}

/* ---- reading: async-signal-safe ---- */

struct replay {
        const uint8_t *p, *end;
        uint8_t place[NSLOT];
        const uint8_t *constant[NSLOT]; /* where the bytes of J_CONST and J_PCREL are */
        int32_t pc;
        uint8_t kind, sz, mode;
        uint8_t parts, parts_sz;
        bool touched[NSLOT];
};

static uint64_t get_bytes(const uint8_t *p, unsigned n)
{
        uint64_t v = 0;
        for (unsigned k = 0; k < n; k++)
                v |= (uint64_t)p[k] << 8 * k;
        return v;
}

static void replay_entry(struct replay *r)
{
        uint8_t what = *r->p++;
        if (what == J_PC) {
                r->pc = (int32_t)get_bytes(r->p, 4);
                r->p += 4;
        } else if (what == J_KIND) {
                r->kind = r->p[0];
                r->sz = r->p[1];
                r->parts = 0;
                r->p += 2;
        } else if (what == J_PARTS) {
                r->parts = r->p[0];
                r->parts_sz = r->p[1];
                r->p += 2;
        } else if (what == J_MODE) {
                r->mode = *r->p++;
        } else {
                r->touched[what] = true;
                r->place[what] = *r->p++;
                if (r->place[what] == J_CONST || r->place[what] == J_PCREL) {
                        r->constant[what] = r->p;
                        r->p += r->place[what] == J_CONST ? 8 : 4;
                }
        }
}

static void replay_until(struct replay *r, uint32_t off)
{
        uint32_t at = 0;
        while (r->p < r->end) {
                uint32_t d = *r->p;
                unsigned n = 1;
                if (d == 255) {
                        d = (uint32_t)get_bytes(r->p + 1, 2);
                        n = 3;
                }
                if (at + d > off)
                        return;
                at += d;
                r->p += n;
                replay_entry(r);
        }
}

struct sources {
        const struct cpu *old; /* fields as they were when the fault happened */
        const uint64_t *gpr;
        const vreg *xmm;
        uint64_t region_pc;
};

static char *slot_field(const struct cpu *cpu, unsigned slot)
{
        return (char *)(uintptr_t)&cpu->x[CPU_BASE] + x64_homes.disp[slot];
}

static size_t slot_bytes(unsigned slot)
{
        return is_vector_slot(slot) ? sizeof(vreg) : sizeof(uint64_t);
}

static uint64_t near_pc(uint64_t region_pc, int32_t distance)
{
        uint64_t v = region_pc + (uint64_t)(int64_t)distance;
        return x64_homes.addr32 ? (uint32_t)v : v;
}

static vreg fetch(const struct replay *r, unsigned slot, const struct sources *s)
{
        uint8_t p = r->place[slot];
        vreg v = { .d = { 0, 0 } };
        if (p == J_CONST)
                v.d[0] = get_bytes(r->constant[slot], 8);
        else if (p == J_PCREL)
                v.d[0] = near_pc(s->region_pc, (int32_t)get_bytes(r->constant[slot], 4));
        else if (p >= J_HIGH_FIELD)
                __builtin_memcpy(&v, slot_field(s->old, p - J_HIGH_FIELD + SLOT_V0) + 8, 8);
        else if (p >= J_HIGH_SPILL)
                v.d[0] = s->old->spill[p - J_HIGH_SPILL].d[1];
        else if (p >= J_SPILL)
                v = s->old->spill[p - J_SPILL];
        else if (p >= J_HIGH_REG)
                v.d[0] = s->xmm[p - J_HIGH_REG].d[1];
        else if (p >= J_FIELD)
                __builtin_memcpy(&v, slot_field(s->old, p - J_FIELD), slot_bytes(p - J_FIELD));
        else if (p >= 16)
                v = s->xmm[p - 16];
        else
                v.d[0] = s->gpr[p];
        return v;
}

static uint32_t from_eflags(uint64_t e, bool invert_c)
{
        uint32_t c = (e & 1) ^ invert_c;
        return (uint32_t)(e >> 7 & 1) << 15 | (uint32_t)(e >> 6 & 1) << 14 | c << 8 | (uint32_t)(e >> 11 & 1);
}

static uint32_t flags_of_fcmp(bool less, bool equal, bool unordered)
{
        return unordered ? 0x101 : less ? 0x8000 : equal ? 0x4100 : 0x100;
}

static uint32_t from_eflags_fcmp(uint64_t e, bool swap)
{
        bool cf = e & 1, zf = e >> 6 & 1, pf = e >> 2 & 1;
        return flags_of_fcmp(swap ? !cf && !zf : cf, zf, pf);
}

/* Order of two IEEE numbers of 32 or 64 bits, without floating-point instructions. */
static uint32_t flags_of_order(uint64_t a, uint64_t b, unsigned sz)
{
        unsigned top = sz == 3 ? 63 : 31;
        uint64_t mask = sz == 3 ? ~UINT64_C(0) >> 1 : 0x7fffffff, inf = sz == 3 ? UINT64_C(0x7ff) << 52 : 0x7f800000;
        uint64_t ma = a & mask, mb = b & mask;
        if (ma > inf || mb > inf)
                return flags_of_fcmp(false, false, true);
        int64_t x = a >> top & 1 ? -(int64_t)ma : (int64_t)ma, y = b >> top & 1 ? -(int64_t)mb : (int64_t)mb;
        return flags_of_fcmp(x < y, x == y, false);
}

static uint32_t find_flags(const struct replay *r, const struct sources *s, uint64_t eflags)
{
        uint64_t a = 0, b = 0;
        if (r->kind >= K_OF_SUB) {
                a = fetch(r, SLOT_FA, s).d[0];
                b = fetch(r, SLOT_FB, s).d[0];
        }
        switch (r->kind) {
        case K_SUB: return from_eflags(eflags, true);
        case K_ADD: return from_eflags(eflags, false);
        case K_FCMP: return from_eflags_fcmp(eflags, false);
        case K_FCMP_SWAP: return from_eflags_fcmp(eflags, true);
        case K_OF_SUB: return cpu_flags_of_sum(a, ~b, 1, r->sz);
        case K_OF_ADD: return cpu_flags_of_sum(a, b, 0, r->sz);
        case K_OF_AND: return cpu_flags_of_sum(a & b, 0, 0, r->sz);
        case K_OF_FCMP: return flags_of_order(a, b, r->sz);
        default: return r->touched[SLOT_NZCV] ? (uint32_t)fetch(r, SLOT_NZCV, s).d[0] & 0xc101 : s->old->flags;
        }
}

/* Returns `flags` with the parts replaced that are made from other operands. */
static uint32_t with_parts(const struct replay *r, const struct sources *s, uint32_t flags)
{
        if (!r->parts)
                return flags;
        uint64_t n = fetch(r, SLOT_FN, s).d[0];
        flags = (flags & 0x101) | (cpu_flags_of_sum(n, 0, 0, r->parts_sz) & 0xc000);
        if (r->parts == J_OF_NZC)
                flags = (flags & 0xc001) | (uint32_t)(fetch(r, SLOT_FC, s).d[0] & 1) << 8;
        return flags;
}

void x64_recover(struct cpu *cpu, uint64_t region_pc, const uint8_t *journal, uint32_t njournal, uint32_t off,
                 const uint64_t gpr[16], const vreg *xmm, uint64_t eflags)
{
        struct replay r = { .p = journal, .end = journal + njournal };
        struct sources s = { .old = cpu, .gpr = gpr, .xmm = xmm, .region_pc = region_pc };
        vreg v[SLOT_NZCV];
        x64_make_flags(cpu);
        for (unsigned k = 0; k < SLOT_COUNT; k++) {
                unsigned pin = x64_pin(k);
                r.place[k] = (uint8_t)(pin == NOREG ? J_FIELD + k : is_vector_slot(k) ? 16 + pin : pin);
        }
        replay_until(&r, off);
        uint32_t flags = with_parts(&r, &s, find_flags(&r, &s, eflags));
        for (unsigned k = 0; k < SLOT_NZCV; k++)
                if (x64_homes.class[k] != SLOT_ABSENT)
                        v[k] = fetch(&r, k, &s);
        for (unsigned k = 0; k < SLOT_NZCV; k++)
                if (x64_homes.class[k] != SLOT_ABSENT)
                        __builtin_memcpy(slot_field(cpu, k), &v[k], slot_bytes(k));
        cpu->flags = flags;
        cpu->mode = mode_at_insn(cpu->mode, r.mode);
        cpu->pc = region_pc + (uint64_t)(int64_t)r.pc;
}
