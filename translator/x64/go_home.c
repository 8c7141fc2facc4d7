/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moving guest state home where a region is left. */
#include "compile.h"

/* ---- which slots are not at home ---- */

static bool at_home(const struct compile *job, unsigned slot, const uint8_t *home)
{
        unsigned reg = home[slot];
        ref v = job->cur[slot];
        return reg != NOREG ? job->val[v].reg == reg : job->field[slot] == v;
}

/* Records those of `slots` that are not at home. */
static unsigned snapshot_of(struct compile *job, uint64_t slots, const uint8_t *home)
{
        unsigned first = job->nsnap;
        for (uint64_t left = slots; left; left &= left - 1) {
                unsigned s = (unsigned)__builtin_ctzll(left);
                if (at_home(job, s, home))
                        continue;
                if (job->nsnap == sizeof(job->snap) / sizeof(job->snap[0])) {
                        job->full = true;
                        break;
                }
                job->snap[job->nsnap++] = (struct snap){ .slot = (uint8_t)s, .place = place_of(job, job->cur[s]) };
        }
        return job->nsnap - first;
}

unsigned take_snapshot(struct compile *job)
{
        return snapshot_of(job, job->touched, x64_homes.pin);
}

unsigned take_loop_snapshot(struct compile *job)
{
        return snapshot_of(job, job->touched & ~(job->loop.pairs << 1), job->loop.home);
}

/* ---- moving state home ---- */

struct homing {
        struct compile *job;
        struct snap *snap;
        unsigned n;
        const uint8_t *home;    /* by slot: the register that is its home, or NOREG */
        uint64_t pairs;         /* slots whose value is 128 bits, though 64 count in others */
        uint64_t read, written; /* fields of slots that are read and written on the way */
        /* by class (1: vector): the pins that get another register's value, as a bit mask, and the register that each gets it
         * from */
        uint32_t moves[2];
        uint8_t from[2][16];
        uint32_t high; /* of the pins for vectors that get another register's value: those that get its upper half */
        bool loads;    /* some pins get a constant or what is in memory */
};

/* Returns the opcode that loads what a vector slot is to have. */
static opc load_op(const struct homing *h, unsigned slot)
{
        return h->pairs >> slot & 1 ? MAP_0F | 0x28 : load_slot_op(h->job); /* MOVAPS */
}

/* Loads what is at p: of a vector by `op`, of a general register when that is 0. */
static void load_place(struct code *c, struct compile *job, opc op, struct place p, unsigned reg)
{
        if (p.kind == P_CONST) {
                reloc_const(job, reg, p.value);
        } else if (p.high) {
                struct mem m = place_mem(p);
                m.disp += 8;
                x64_v2m(c, PP_F3 | MAP_0F | 0x7e, reg, m); /* MOVQ */
        } else if (op) {
                x64_v2m(c, op, reg, place_mem(p));
        } else {
                x64_load(c, place_is_wide(p), reg, place_mem(p));
        }
}

static void look_over(struct homing *h)
{
        h->read = h->written = 0;
        h->moves[0] = h->moves[1] = h->high = 0;
        h->loads = false;
        for (unsigned k = 0; k < h->n; k++) {
                const struct snap *s = &h->snap[k];
                unsigned pin = h->home[s->slot];
                bool vector = is_vector_slot(s->slot);
                if (s->place.kind == P_HOME)
                        h->read |= UINT64_C(1) << s->place.n;
                if (pin == NOREG) {
                        h->written |= UINT64_C(1) << s->slot;
                } else if (s->place.kind == P_REG) {
                        h->moves[vector] |= 1u << pin;
                        h->from[vector][pin] = s->place.n;
                        h->high |= (uint32_t)s->place.high << pin;
                } else {
                        h->loads = true;
                }
        }
}

/* When this exit reads a field and writes it too, its old value is read first, to the end of cpu->spill. */
static void rescue_sources(struct homing *h)
{
        unsigned used = SPILL_MAX;
        struct code *c = code_of(h->job);
        for (unsigned k = 0; k < h->n; k++) {
                struct snap *s = &h->snap[k];
                if (s->place.kind != P_HOME || !(h->written >> s->place.n & 1))
                        continue;
                bool vector = is_vector_slot(s->slot);
                unsigned t = vector ? X64_VSCRATCH : X64_SCRATCH;
                if (used == sizeof(((struct cpu *)0)->spill) / sizeof(vreg)) {
                        h->job->full = true;
                        return;
                }
                struct place to = { .kind = P_SPILL, .n = (uint8_t)used++ };
                load_place(c, h->job, vector ? load_op(h, s->slot) : 0, s->place, t);
                store_reg(c, vector, t, to);
                s->place = to;
        }
}

static void store_fields(struct homing *h)
{
        struct code *c = code_of(h->job);
        for (unsigned k = 0; k < h->n; k++) {
                struct snap *s = &h->snap[k];
                if (h->home[s->slot] != NOREG)
                        continue;
                bool vector = is_vector_slot(s->slot);
                const struct place home = home_of(s->slot);
                unsigned t = vector ? X64_VSCRATCH : X64_SCRATCH;
                if (s->place.kind == P_REG) {
                        if (s->place.high)
                                x64_v2m(c, MAP_0F | 0x17, s->place.n, place_mem(home)); /* MOVHPS */
                        else
                                store_reg(c, vector, s->place.n, home);
                        continue;
                }
                if (s->place.kind == P_CONST && reloc_store_const(h->job, s->place.value, s->slot))
                        continue;
                load_place(c, h->job, vector ? load_op(h, s->slot) : 0, s->place, t);
                store_reg(c, vector, t, home);
        }
}

static void move_reg(struct code *c, bool vector, bool high, unsigned d, unsigned s)
{
        if (high)
                x64_v3(c, MAP_0F | 0x12, d, x64_features.avx2 ? s : d, s); /* MOVHLPS */
        else if (vector)
                x64_vmov(c, d, s);
        else
                x64_mov_rr(c, true, d, s);
}

/* Moves values among registers of one class, as if all at once: each register d of the set `moves` gets what from[d] has now, or,
 * of the set `high`, its upper half. */
static void move_pins(struct code *c, bool vector, uint32_t moves, uint32_t high, uint8_t from[16])
{
        unsigned scratch = vector ? X64_VSCRATCH : X64_SCRATCH;
        uint8_t readers[16] = { 0 };
        uint32_t ready = moves; /* those whose own value nobody has to read any more */
        for (uint32_t left = moves; left; left &= left - 1)
                readers[from[__builtin_ctz(left)]]++;
        for (uint32_t left = moves; left; left &= left - 1)
                if (readers[__builtin_ctz(left)])
                        ready &= ~(left & -left);
        while (moves) {
                while (ready) {
                        unsigned d = (unsigned)__builtin_ctz(ready), s = from[d];
                        move_reg(c, vector, high >> d & 1, d, s);
                        ready &= ~(1u << d);
                        moves &= ~(1u << d);
                        if (--readers[s] == 0)
                                ready |= moves & 1u << s;
                }
                if (!moves)
                        break;
                unsigned d = (unsigned)__builtin_ctz(moves); /* of a cycle: its value waits in the scratch register */
                move_reg(c, vector, false, scratch, d);
                for (uint32_t left = moves; left; left &= left - 1)
                        if (from[__builtin_ctz(left)] == d)
                                from[__builtin_ctz(left)] = (uint8_t)scratch;
                readers[scratch] = readers[d];
                readers[d] = 0;
                ready = 1u << d;
        }
}

static void load_pins(struct homing *h)
{
        for (unsigned k = 0; k < h->n; k++) {
                const struct snap *s = &h->snap[k];
                unsigned pin = h->home[s->slot];
                if (pin != NOREG && s->place.kind != P_REG)
                        load_place(code_of(h->job), h->job, is_vector_slot(s->slot) ? load_op(h, s->slot) : 0, s->place, pin);
        }
}

static void settle_pins(struct homing *h)
{
        for (unsigned v = 0; v < 2; v++)
                if (h->moves[v])
                        move_pins(code_of(h->job), v, h->moves[v], v ? h->high : 0, h->from[v]);
        if (h->loads)
                load_pins(h);
}

/* ---- flags ---- */

void plan_flags(struct compile *job, ref f, struct cold *x)
{
        x->flags_kind = K_NONE;
        x->remat = 0;
        x->f_mat = (struct place){ .kind = P_NONE };
        x->parts = REF_NONE;
        if (!f)
                return;
        const struct ir_ins *i = ins_at(job, f);
        if (is_flags_parts(i->op) && job->val[f].fmode != F_MAT) {
                x->parts = f;
                x->source &= i->sz == 2;
                x->n = place_of(job, resolve(job, i->b));
                x->c = i->op == IR_FNZC ? place_of(job, resolve(job, i->c)) : (struct place){ .kind = P_NONE };
                f = i->a;
                i = ins_at(job, f);
        }
        if (i->op == IR_LIVEINF && x->parts)
                return;
        if (job->eflags_ref == f && !(x->source && is_short_sum(i) && job->val[f].fmode == F_REMAT)) {
                x->flags_kind = (uint8_t)job->eflags_kind;
        } else if (job->val[f].fmode == F_MAT) {
                x->f_mat = place_of(job, f);
        } else {
                x->remat = i->op;
                x->f_ins = f;
                x->f_a = place_of(job, resolve(job, i->a));
                x->f_b = i->b ? place_of(job, resolve(job, i->b)) : (struct place){ .kind = P_NONE };
        }
}

/* Makes flags again, from integer operands that are still where they were, and leaves them in AX. Overwrites R11. */
static void remake_flags(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        const struct ir_ins *i = ins_at(job, x->f_ins);
        bool w = i->sz == 3;
        if (x->f_a.kind == P_REG)
                x64_mov_rr(c, true, X64_SCRATCH, x->f_a.n);
        else
                load_place(c, job, 0, x->f_a, X64_SCRATCH);
        unsigned b = RAX;
        if (x->f_b.kind == P_REG)
                b = x->f_b.n;
        else
                load_place(c, job, 0, x->f_b, RAX);
        if (i->op == IR_FANDS)
                x64_rr(c, 0x85, w, X64_SCRATCH, b);
        else
                x64_alu_rr(c, i->op == IR_FADDS ? ALU_ADD : ALU_CMP, w, X64_SCRATCH, b);
        flags_to_ax(c, i->op == IR_FSUBS ? K_SUB : K_ADD);
}

static bool remade_fp(const struct compile *job, const struct cold *x)
{
        return ir_opinfo[ins_at(job, x->f_ins)->op].args[0] == 'x';
}

static unsigned vector_operand(struct compile *job, struct place p, unsigned scratch)
{
        if (p.kind == P_REG)
                return p.n;
        load_place(code_of(job), job, load_slot_op(job), p, scratch);
        return scratch;
}

/* Makes flags again by an FP comparison, and leaves them in RAX. When both operands are in memory one is loaded into XMM14, which
 * is saved. */
static void remake_fp_flags(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        const struct ir_ins *i = ins_at(job, x->f_ins);
        struct mem save = cpu_mem(CPU_OFF(save));
        bool both = x->f_a.kind != P_REG && x->f_b.kind != P_REG;
        if (both)
                x64_v2m(c, MAP_0F | 0x29, 14, save);
        struct regs r = { .a = (uint8_t)vector_operand(job, x->f_a, X64_VSCRATCH) };
        r.b = (uint8_t)vector_operand(job, x->f_b, both ? 14 : X64_VSCRATCH);
        x64_rules_call(job, i, &r);
        if (both)
                x64_v2m(c, MAP_0F | 0x28, 14, save);
        flags_to_ax(c, K_FCMP);
}

static unsigned general_operand(struct compile *job, struct place p)
{
        if (p.kind == P_REG)
                return p.n;
        load_place(code_of(job), job, 0, p, X64_SCRATCH);
        return X64_SCRATCH;
}

/* Replaces N and Z, perhaps C, of cpu->flags. INC sets N and Z by its result and keeps C. Their operands may be in RAX. */
static void save_parts(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        const struct ir_ins *i = ins_at(job, x->parts);
        struct mem nzc = cpu_mem(CPU_OFF(flags) + 1);
        bool w = i->sz == 3;
        x64_one(c, 0x50); /* PUSH RAX */
        if (i->op == IR_FNZC) {
                x64_rr(c, MAP_0F | 0xba, false, 4, general_operand(job, x->c)); /* BT r, 0 */
                x64_byte(c, 0);
        }
        unsigned n = general_operand(job, x->n);
        x64_lea(c, w, X64_SCRATCH, (struct mem){ .base = (uint8_t)n, .index = NOREG, .disp = -1 });
        if (i->op == IR_FNZ) {
                x64_rm(c, 0x8a, false, 4 /* AH */, nzc); /* MOV AH, m */
                x64_one(c, 0x9e);                        /* SAHF */
        }
        x64_rr(c, 0xff, w, 0, X64_SCRATCH);      /* INC */
        x64_one(c, 0x9f);                        /* LAHF */
        x64_rm(c, 0x88, false, 4 /* AH */, nzc); /* MOV m, AH */
        x64_one(c, 0x58);                        /* POP RAX */
}

/* Does RAX have what will be read when the flags are saved? */
static bool needs_rax(const struct compile *job, const struct cold *x)
{
        for (unsigned k = 0; k < x->nsnap; k++) {
                const struct snap *s = &job->snap[x->snap + k];
                if (s->place.kind == P_REG && s->place.n == RAX && !is_vector_slot(s->slot))
                        return true;
        }
        return x->keeps_rax || x->parts;
}

static void save_whole_flags(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        struct mem flags = cpu_mem(CPU_OFF(flags));
        if (x->f_mat.kind == P_REG) {
                x64_store(c, false, x->f_mat.n, flags);
                return;
        }
        if (x->f_mat.kind != P_NONE) {
                load_place(c, job, 0, x->f_mat, X64_SCRATCH);
                x64_store(c, false, X64_SCRATCH, flags);
                return;
        }
        const bool keeps = needs_rax(job, x);
        if (keeps)
                x64_one(c, 0x50); /* PUSH RAX */
        if (x->flags_kind != K_NONE)
                flags_to_ax(c, (enum fkind)x->flags_kind);
        else if (remade_fp(job, x))
                remake_fp_flags(job, x);
        else
                remake_flags(job, x);
        x64_byte(c, 0x66); /* 16 bits */
        x64_store(c, false, RAX, flags);
        if (keeps)
                x64_one(c, 0x58); /* POP RAX */
}

static struct mem source_mem(size_t field)
{
        return cpu_mem(x64_homes.flags_source + (int32_t)field);
}

/* Stores the low 32 bits of an operand of flags. */
static void store_operand(struct compile *job, struct place p, struct mem m)
{
        struct code *c = code_of(job);
        if (p.kind == P_CONST && is_plain_const(job, p.value)) {
                x64_rm(c, 0xc7, false, 0, m);
                x64_u32(c, (uint32_t)ins_at(job, p.value)->imm);
                return;
        }
        if (p.kind != P_REG)
                load_place(c, job, 0, p, X64_SCRATCH);
        x64_store(c, false, p.kind == P_REG ? p.n : X64_SCRATCH, m);
}

/* Stores what NZCV is made from: the `any` of struct flags_source. */
static void store_says(struct compile *job, uint32_t says)
{
        x64_rm(code_of(job), 0xc7, false, 0, source_mem(offsetof(struct flags_source, any)));
        x64_u32(code_of(job), says);
}

/* Are there flags to be saved that are not those on entry, not counting parts? */
static bool saves_whole(const struct cold *x)
{
        return x->f_mat.kind != P_NONE || x->flags_kind != K_NONE || x->remat;
}

/* Stores what n and c of struct flags_source are, and adds to *says how it says so. */
static void store_parts(struct compile *job, const struct cold *x, struct flags_source *says)
{
        says->nz = 1;
        store_operand(job, x->n, source_mem(offsetof(struct flags_source, n)));
        if (ins_at(job, x->parts)->op != IR_FNZC)
                return;
        says->carry = 1;
        store_operand(job, x->c, source_mem(offsetof(struct flags_source, c)));
}

/* The same for a sum. */
static void store_sum(struct compile *job, const struct cold *x, struct flags_source *says)
{
        bool is_const = x->f_b.kind == P_CONST && is_plain_const(job, x->f_b.value), sub = x->remat == IR_FSUBS;
        uint32_t b = is_const ? (uint32_t)ins_at(job, x->f_b.value)->imm : UINT32_MAX;

        if (sub && !b) { /* C is 1, V is 0 */
                says->sum = SUM_SUB_0;
                if (!x->parts)
                        store_operand(job, x->f_a, source_mem(offsetof(struct flags_source, n)));
                return;
        }
        store_operand(job, x->f_a, source_mem(offsetof(struct flags_source, a)));
        if (b <= UINT8_MAX) {
                says->sum = sub ? SUM_SUB_BYTE : SUM_ADD_BYTE;
                says->byte = (uint8_t)b;
                return;
        }
        says->sum = sub ? SUM_SUB : SUM_ADD;
        store_operand(job, x->f_b, source_mem(offsetof(struct flags_source, b)));
}

/* Stores that n counts, and c, if there is a carry. What else is said stays. */
static void add_parts(struct compile *job, bool carry)
{
        struct code *c = code_of(job);
        x64_rm8(c, 0xc6, 0, source_mem(offsetof(struct flags_source, nz)));
        x64_byte(c, 1);
        if (!carry)
                return;
        x64_rm8(c, 0xc6, 0, source_mem(offsetof(struct flags_source, carry)));
        x64_byte(c, 1);
}

/* Stores what flags are made from. Those that are no sum are saved, and the parts of others with it. Parts of the flags on entry
 * leave as it is where the rest of these comes from. */
static void store_source(struct compile *job, const struct cold *x)
{
        bool sum = x->remat && is_short_sum(ins_at(job, x->f_ins)), some = saves_whole(x);
        struct flags_source says = { 0 };

        if (sum)
                store_sum(job, x, &says);
        else if (some)
                save_whole_flags(job, x);
        if (x->parts)
                store_parts(job, x, &says);
        if (some)
                store_says(job, says.any);
        else if (x->parts)
                add_parts(job, ins_at(job, x->parts)->op == IR_FNZC);
}

/* Parts of the flags on entry are to be replaced: these have to be there. */
static void make_entry_flags(struct compile *job)
{
        uint8_t *make = look_for_flags(job), *over = x64_jmp(code_of(job));
        x64_patch(make, code_of(job)->p);
        make_flags(job);
        x64_patch(over, code_of(job)->p);
}

bool saves_flags(const struct cold *x)
{
        return saves_whole(x) || x->parts;
}

static void save_flags(struct compile *job, const struct cold *x)
{
        if (x->source) {
                store_source(job, x);
                return;
        }
        if (saves_whole(x)) {
                save_whole_flags(job, x);
                if (x64_homes.flags_source)
                        store_says(job, 0);
        } else if (x->parts && x64_homes.flags_source) {
                make_entry_flags(job);
        }
        if (x->parts)
                save_parts(job, x);
}

static void move_home(struct compile *job, const struct cold *x, const uint8_t *home, uint64_t pairs)
{
        save_flags(job, x); /* first: its operands may be in fields that are written next */
        if (!x->nsnap)
                return;
        struct homing h;
        h.job = job;
        h.snap = &job->snap[x->snap];
        h.n = x->nsnap;
        h.home = home;
        h.pairs = pairs;
        look_over(&h);
        if (h.read & h.written)
                rescue_sources(&h);
        if (h.written)
                store_fields(&h);
        settle_pins(&h);
}

void go_home(struct compile *job, const struct cold *x)
{
        move_home(job, x, x64_homes.pin, 0);
}

void go_loop_home(struct compile *job, const struct cold *x)
{
        move_home(job, x, job->loop.home, job->loop.pairs);
}
