/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaving a region: guest state goes home, then on to the next region. */
#include "compile.h"

/* ---- which slots are not at home ---- */

static bool at_home(const struct compile *job, unsigned slot)
{
        unsigned pin = x64_pin(slot);
        ref v = job->cur[slot];
        return pin != NOREG ? job->val[v].reg == pin : job->field[slot] == v;
}

/* Records the places of all slots that are not at home; returns how many there are. */
static unsigned take_snapshot(struct compile *job)
{
        unsigned first = job->nsnap;
        for (uint64_t left = job->touched; left; left &= left - 1) {
                unsigned s = (unsigned)__builtin_ctzll(left);
                if (at_home(job, s))
                        continue;
                if (job->nsnap == sizeof(job->snap) / sizeof(job->snap[0])) {
                        job->full = true;
                        break;
                }
                job->snap[job->nsnap++] = (struct snap){ .slot = (uint8_t)s, .place = place_of(job, job->cur[s]) };
        }
        return job->nsnap - first;
}

/* ---- moving state home ---- */

struct homing {
        struct compile *job;
        struct snap *snap;
        unsigned n;
        uint64_t read, written; /* fields of slots that are read and written on the way */
        /* registers that are homes of slots, by class (1: vector): those that get another register's value, and which */
        uint32_t moves[2];
        uint8_t from[2][16];
        bool loads; /* some get a constant or what is in memory */
};

static struct mem place_mem(struct place p)
{
        return p.kind == P_SPILL ? cpu_mem(CPU_OFF(spill) + 16 * (int32_t)p.n) : slot_mem(p.n);
}

static void load_place(struct code *c, struct compile *job, bool vector, struct place p, unsigned reg)
{
        if (p.kind == P_CONST)
                reloc_const(job, reg, p.value);
        else if (vector)
                x64_v2m(c, MAP_0F | 0x28, reg, place_mem(p));
        else
                x64_load(c, true, reg, place_mem(p));
}

static void store_reg(struct code *c, bool vector, unsigned reg, struct mem m)
{
        if (vector)
                x64_v2m(c, MAP_0F | 0x29, reg, m);
        else
                x64_store(c, true, reg, m);
}

static void look_over(struct homing *h)
{
        h->read = h->written = 0;
        h->moves[0] = h->moves[1] = 0;
        h->loads = false;
        for (unsigned k = 0; k < h->n; k++) {
                const struct snap *s = &h->snap[k];
                unsigned pin = x64_pin(s->slot);
                bool vector = is_vector_slot(s->slot);
                if (s->place.kind == P_HOME)
                        h->read |= UINT64_C(1) << s->place.n;
                if (pin == NOREG) {
                        h->written |= UINT64_C(1) << s->slot;
                } else if (s->place.kind == P_REG) {
                        h->moves[vector] |= 1u << pin;
                        h->from[vector][pin] = s->place.n;
                } else {
                        h->loads = true;
                }
        }
}

/* Fields that are read as sources and written as destinations by this exit are read first, to cpu->save. */
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
                load_place(c, h->job, vector, s->place, t);
                store_reg(c, vector, t, place_mem(to));
                s->place = to;
        }
}

static void store_fields(struct homing *h)
{
        struct code *c = code_of(h->job);
        for (unsigned k = 0; k < h->n; k++) {
                struct snap *s = &h->snap[k];
                if (x64_pin(s->slot) != NOREG)
                        continue;
                bool vector = is_vector_slot(s->slot);
                struct mem m = slot_mem(s->slot);
                unsigned t = vector ? X64_VSCRATCH : X64_SCRATCH;
                if (s->place.kind == P_REG) {
                        store_reg(c, vector, s->place.n, m);
                        continue;
                }
                if (s->place.kind == P_CONST && reloc_store_const(h->job, s->place.value, m))
                        continue;
                load_place(c, h->job, vector, s->place, t);
                store_reg(c, vector, t, m);
        }
}

static void move_reg(struct code *c, bool vector, unsigned d, unsigned s)
{
        if (vector)
                x64_vmov(c, d, s);
        else
                x64_mov_rr(c, true, d, s);
}

/* Parallel moves among registers of one class: each d of the set `moves` gets what from[d] has now. */
static void move_pins(struct code *c, bool vector, uint32_t moves, uint8_t from[16])
{
        unsigned scratch = vector ? X64_VSCRATCH : X64_SCRATCH;
        uint8_t readers[16] = { 0 };
        uint32_t ready = moves; /* those that nobody reads any more */
        for (uint32_t left = moves; left; left &= left - 1)
                readers[from[__builtin_ctz(left)]]++;
        for (uint32_t left = moves; left; left &= left - 1)
                if (readers[__builtin_ctz(left)])
                        ready &= ~(left & -left);
        while (moves) {
                while (ready) {
                        unsigned d = (unsigned)__builtin_ctz(ready), s = from[d];
                        move_reg(c, vector, d, s);
                        ready &= ~(1u << d);
                        moves &= ~(1u << d);
                        if (--readers[s] == 0)
                                ready |= moves & 1u << s;
                }
                if (!moves)
                        break;
                unsigned d = (unsigned)__builtin_ctz(moves); /* of a cycle: waits in the scratch register */
                move_reg(c, vector, scratch, d);
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
                unsigned pin = x64_pin(s->slot);
                if (pin != NOREG && s->place.kind != P_REG)
                        load_place(code_of(h->job), h->job, is_vector_slot(s->slot), s->place, pin);
        }
}

static void settle_pins(struct homing *h)
{
        for (unsigned v = 0; v < 2; v++)
                if (h->moves[v])
                        move_pins(code_of(h->job), v, h->moves[v], h->from[v]);
        if (h->loads)
                load_pins(h);
}

/* ---- flags ---- */

/* What an exit has to do so that cpu->flags holds flags value f (REF_NONE: nothing). */
static void plan_flags(struct compile *job, ref f, struct cold *x)
{
        x->flags_kind = K_NONE;
        x->remat = 0;
        x->f_mat = (struct place){ .kind = P_NONE };
        if (!f)
                return;
        const struct ir_ins *i = ins_at(job, f);
        if (job->eflags_ref == f) {
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

/* R11 and RAX may be used: RAX was pushed. Operands are still where they were. */
static void remake_flags(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        const struct ir_ins *i = ins_at(job, x->f_ins);
        bool w = i->sz == 3;
        if (x->f_a.kind == P_REG)
                x64_mov_rr(c, true, X64_SCRATCH, x->f_a.n);
        else
                load_place(c, job, false, x->f_a, X64_SCRATCH);
        unsigned b = RAX;
        if (x->f_b.kind == P_REG)
                b = x->f_b.n;
        else
                load_place(c, job, false, x->f_b, RAX);
        if (i->op == IR_FANDS)
                x64_rr(c, 0x85, w, X64_SCRATCH, b);
        else
                x64_alu_rr(c, i->op == IR_FADDS ? ALU_ADD : ALU_CMP, w, X64_SCRATCH, b);
        flags_to_rax(c, i->op == IR_FSUBS ? K_SUB : K_ADD);
}

static bool remade_fp(const struct compile *job, const struct cold *x)
{
        return ir_opinfo[ins_at(job, x->f_ins)->op].args[0] == 'x';
}

static unsigned vector_operand(struct compile *job, struct place p, unsigned scratch)
{
        if (p.kind == P_REG)
                return p.n;
        load_place(code_of(job), job, true, p, scratch);
        return scratch;
}

/* FP comparison again; when both operands are in memory one goes through XMM14, which is saved around. */
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
        flags_to_rax(c, K_FCMP);
}

static void save_flags(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        struct mem flags = cpu_mem(CPU_OFF(flags));
        if (x->f_mat.kind == P_REG) {
                x64_store(c, false, x->f_mat.n, flags);
                return;
        }
        if (x->f_mat.kind != P_NONE) {
                load_place(c, job, false, x->f_mat, X64_SCRATCH);
                x64_store(c, false, X64_SCRATCH, flags);
                return;
        }
        if (x->flags_kind == K_NONE && !x->remat)
                return;
        x64_one(c, 0x50); /* PUSH RAX */
        if (x->flags_kind != K_NONE)
                flags_to_rax(c, (enum fkind)x->flags_kind);
        else if (remade_fp(job, x))
                remake_fp_flags(job, x);
        else
                remake_flags(job, x);
        x64_store(c, false, RAX, flags);
        x64_one(c, 0x58); /* POP RAX */
}

static void go_home(struct compile *job, const struct cold *x)
{
        save_flags(job, x); /* first: its operands may be in fields that are written next */
        if (!x->nsnap)
                return;
        struct homing h;
        h.job = job;
        h.snap = &job->snap[x->snap];
        h.n = x->nsnap;
        look_over(&h);
        if (h.read & h.written)
                rescue_sources(&h);
        if (h.written)
                store_fields(&h);
        settle_pins(&h);
}

/* ---- jumps ---- */

/* Pads so that the 5 bytes of a jump do not cross an 8-byte boundary. */
static void align_site(struct code *c)
{
        static const uint8_t nop[5][4] = { { 0 }, { 0x90 }, { 0x66, 0x90 }, { 0x0f, 0x1f, 0x00 }, { 0x0f, 0x1f, 0x40, 0x00 } };
        unsigned at = (uintptr_t)c->p & 7, pad = at > 3 ? 8 - at : 0;
        for (unsigned k = 0; k < pad; k++)
                x64_byte(c, nop[pad][k]);
}

static void call_stub(struct compile *job, const uint8_t *stub)
{
        uint8_t *place = x64_call(code_of(job));
        reloc_stub(job, place, stub);
}

static void add_exit(struct compile *job, int32_t target, bool is_call, bool poll)
{
        if (job->out.nexits == EXIT_MAX) {
                job->full = true;
                return;
        }
        job->out.exits[job->out.nexits++] = (struct exit_rec){
                .at = (uint32_t)(code_of(job)->p - job->start),
                .target = target,
                .is_call = is_call,
                .poll = poll,
        };
}

static void direct_site(struct compile *job, int32_t target)
{
        align_site(code_of(job));
        add_exit(job, target, false, false);
        call_stub(job, x64_stubs.link);
}

/* Asks for asynchronous requests; the cold path leaves for `target` with all state at home. */
static void poll_site(struct compile *job, int32_t target)
{
        struct code *c = code_of(job);
        x64_alu_mi(c, ALU_CMP, false, cpu_mem(CPU_OFF(poll)), 0);
        uint8_t *j = x64_jcc(c, XCC_NE);
        if (job->ncold == COLD_MAX) {
                job->full = true;
                return;
        }
        job->cold[job->ncold++] = (struct cold){ .jumps = { j }, .target = target, .poll = true };
}

/* ---- indirect branches: the target is in RAX, all state at home ---- */

static struct mem ibtc(int32_t field)
{
        return (struct mem){
                .base = RBP, .index = RCX, .scale = (uint8_t)(4 - x64_homes.code_shift), .disp = CPU_OFF(ibtc) + field
        };
}

static void cold_jump(struct compile *job, uint8_t *j, const uint8_t *stub)
{
        if (job->ncold == COLD_MAX) {
                job->full = true;
                return;
        }
        job->cold[job->ncold++] = (struct cold){ .jumps = { j }, .stub = stub };
}

static void ibtc_lookup(struct compile *job)
{
        struct code *c = code_of(job);
        x64_mov_rr(c, false, RCX, RAX);
        x64_alu_ri(c, ALU_AND, false, RCX, ((1 << IBTC_BITS) - 1) << x64_homes.code_shift);
        x64_alu_rm(c, ALU_CMP, true, RAX, ibtc(0));
}

static void indirect_jump(struct compile *job)
{
        struct code *c = code_of(job);
        x64_alu_mi(c, ALU_CMP, false, cpu_mem(CPU_OFF(poll)), 0);
        cold_jump(job, x64_jcc(c, XCC_NE), x64_stubs.miss);
        ibtc_lookup(job);
        cold_jump(job, x64_jcc(c, XCC_NE), x64_stubs.miss);
        x64_rm(c, 0xff, false, 4, ibtc(8)); /* JMP [ibtc.code] */
}

/* Behind a call: drop the guest return address and go on there. */
static void landing(struct compile *job, int32_t ret)
{
        x64_lea(code_of(job), true, RSP, (struct mem){ .base = RSP, .index = NOREG, .disp = 8 });
        direct_site(job, ret);
}

static void push_return(struct compile *job, int32_t ret)
{
        reloc_pc(job, RAX, ret);
        x64_one(code_of(job), 0x50); /* PUSH RAX */
}

/* ---- the exits ---- */

/* The state goes home at the end of the region; `target` (REF_NONE: none) goes to RAX. */
static void end_home(struct compile *job, ref flags, ref target)
{
        if (target) {
                unsigned t = use_g(job, target);
                if (t != RAX) {
                        take_g(job, RAX);
                        t = job->val[resolve(job, target)].reg != NOREG ? job->val[resolve(job, target)].reg : t;
                        x64_mov_rr(code_of(job), true, RAX, t);
                }
        }
        struct cold x = { .snap = (uint16_t)job->nsnap };
        plan_flags(job, flags, &x);
        x.nsnap = (uint16_t)take_snapshot(job);
        go_home(job, &x);
}

void emit_sync(struct compile *job)
{
        ref f = job->cur[SLOT_NZCV];
        end_home(job, f < IR_MAX ? f : REF_NONE, REF_NONE);
}

void emit_exit_if(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        struct cold x = { .snap = (uint16_t)job->nsnap, .target = i->disp };
        if (job->val[i->a].fmode == F_BRANCH) {
                flags_ccmp_branch(job, i->a, (enum cc)i->aux, x.jumps);
        } else {
                bool parity;
                unsigned xcc = flags_test(job, i->a, (enum cc)i->aux, &parity);
                uint8_t *over = parity && xcc == XCC_E ? x64_jcc8(c, XCC_P) : 0;
                if (parity && xcc == XCC_NE)
                        x.jumps[1] = x64_jcc(c, XCC_P);
                x.jumps[0] = x64_jcc(c, xcc);
                if (over)
                        x64_patch8(c, over);
        }
        plan_flags(job, i->b, &x);
        x.nsnap = (uint16_t)take_snapshot(job);
        if (job->ncold == COLD_MAX) {
                job->full = true;
                return;
        }
        job->cold[job->ncold++] = x;
}

void emit_exit_direct(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        end_home(job, i->b, REF_NONE);
        if (i->disp <= job->insn_off)
                poll_site(job, i->disp);
        direct_site(job, i->disp);
}

void emit_exit_call(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        int32_t ret = job->insn_off + 4;
        struct code *c = code_of(job);
        end_home(job, i->b, REF_NONE);
        if (i->disp <= job->insn_off)
                poll_site(job, i->disp);
        if (job->opts & IR_OPT_NO_RETSTACK) {
                direct_site(job, i->disp);
                return;
        }
        push_return(job, ret);
        align_site(c);
        add_exit(job, i->disp, true, false);
        call_stub(job, x64_stubs.link_call);
        landing(job, ret);
}

void emit_exit_callr(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        end_home(job, i->b, i->a);
        if (job->opts & IR_OPT_NO_RETSTACK) {
                indirect_jump(job);
                return;
        }
        reloc_pc(job, RCX, job->insn_off + 4);
        x64_one(c, 0x51); /* PUSH RCX */
        x64_alu_mi(c, ALU_CMP, false, cpu_mem(CPU_OFF(poll)), 0);
        uint8_t *poll = x64_jcc(c, XCC_NE);
        ibtc_lookup(job);
        uint8_t *miss = x64_jcc(c, XCC_NE);
        x64_rm(c, 0xff, false, 2, ibtc(8)); /* CALL [ibtc.code] */
        const uint8_t *land = c->p;
        landing(job, job->insn_off + 4);
        if (job->ncold == COLD_MAX) {
                job->full = true;
                return;
        }
        job->cold[job->ncold++] = (struct cold){ .jumps = { poll, miss }, .stub = x64_stubs.miss, .landing = land };
}

void emit_exit_ret(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        end_home(job, i->b, i->a);
        if (job->opts & IR_OPT_NO_RETSTACK) {
                indirect_jump(job);
                return;
        }
        x64_alu_rm(c, ALU_CMP, true, RAX, (struct mem){ .base = RSP, .index = NOREG, .disp = 8 });
        cold_jump(job, x64_jcc(c, XCC_NE), x64_stubs.ret_miss);
        x64_one(c, 0xc3);
}

void emit_exit_sys(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        end_home(job, i->b, REF_NONE);
        reloc_pc(job, RAX, i->disp);
        x64_store(c, true, RAX, cpu_mem(CPU_OFF(pc)));
        x64_mov_ri(c, RAX, i->aux);
        uint8_t *j = x64_jmp(c);
        reloc_stub(job, j, x64_stubs.exit);
}

void emit_exit_ind(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        end_home(job, i->b, i->a);
        indirect_jump(job);
}

/* ---- the cold part ---- */

static void cold_to_stub(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        if (x->landing) {  /* the miss continues as the call would: with the landing as return address */
                c->p += 7; /* LEA RCX, [RIP + landing] */
                int32_t rel = (int32_t)(x->landing - c->p);
                static const uint8_t lea[3] = { 0x48, 0x8d, 0x0d };
                __builtin_memcpy(c->p - 7, lea, 3);
                __builtin_memcpy(c->p - 4, &rel, 4);
                x64_one(c, 0x51); /* PUSH RCX */
        }
        uint8_t *j = x64_jmp(c);
        reloc_stub(job, j, x->stub);
}

void cold_align(struct compile *job, uint8_t *jump, unsigned reg, unsigned size)
{
        if (job->ncold == COLD_MAX) {
                job->full = true;
                return;
        }
        job->cold[job->ncold++] = (struct cold){ .jumps = { jump }, .size = (uint8_t)size, .reg = (uint8_t)reg };
}

/* First and last byte must be in the same 16 bytes. The fault handler (run/fault.c) knows what is behind the UD2: the number
 * of the address's register, and how far back the jump is that came here. */
static void cold_to_align(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        const uint8_t *back = x->jumps[0] + 4;
        if (x->size < 16) {
                x64_lea(c, false, X64_SCRATCH, (struct mem){ .base = x->reg, .index = NOREG, .disp = x->size - 1 });
                x64_alu_rr(c, ALU_XOR, false, X64_SCRATCH, x->reg);
                x64_rr8(c, 0xf6, 0, X64_SCRATCH);
                x64_byte(c, 16);
                x64_patch(x64_jcc(c, XCC_E), back);
        }
        const uint8_t *ud2 = c->p;
        x64_byte(c, 0x0f), x64_byte(c, 0x0b), x64_byte(c, x->reg);
        x64_u32(c, (uint32_t)(ud2 - x->jumps[0]));
}

static void cold_to_poll(struct compile *job, const struct cold *x)
{
        add_exit(job, x->target, false, true);
        call_stub(job, x64_stubs.poll);
}

void emit_cold(struct compile *job)
{
        struct code *c = code_of(job);
        for (unsigned k = 0; k < job->ncold && has_room(job); k++) { /* grows: a backward side exit adds its poll */
                struct cold x = job->cold[k];
                for (unsigned j = 0; j < 3; j++)
                        if (x.jumps[j])
                                x64_patch(x.jumps[j], c->p);
                if (x.trap) {
                        job->out.traps[x.trap - 1].at = (uint16_t)(c->p - job->start);
                        x64_byte(c, 0x0f); /* UD2 */
                        x64_byte(c, 0x0b);
                } else if (x.size) {
                        cold_to_align(job, &x);
                } else if (x.stub) {
                        cold_to_stub(job, &x);
                } else if (x.poll) {
                        cold_to_poll(job, &x);
                } else {
                        go_home(job, &x);
                        if (x.target <= 0)
                                poll_site(job, x.target);
                        direct_site(job, x.target);
                }
        }
}
