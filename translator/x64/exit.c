/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exits of a region: state goes home (go_home.c), then a jump to the next region or to a stub. And what is put out of
 * line. */
#include "compile.h"

void cold_add(struct compile *job, const struct cold *x)
{
        if (job->ncold == COLD_MAX)
                job->full = true;
        else
                job->cold[job->ncold++] = *x;
}

/* ---- jumps ---- */

/* Pads so that the 5 bytes of a jump do not cross an 8-byte boundary. */
static void align_site(struct code *c)
{
        unsigned at = (uintptr_t)c->p & 7;
        x64_nop(c, at > 3 ? 8 - at : 0);
}

static void call_stub(struct compile *job, const uint8_t *stub)
{
        uint8_t *place = x64_call(code_of(job));
        reloc_stub(job, place, stub);
}

static void add_exit_at(struct compile *job, const uint8_t *at, struct exit_rec rec)
{
        if (job->out.nexits == EXIT_MAX) {
                job->full = true;
                return;
        }
        rec.at = (uint16_t)(at - job->start);
        job->out.exits[job->out.nexits++] = rec;
}

static void add_exit(struct compile *job, struct exit_rec rec)
{
        add_exit_at(job, code_of(job)->p, rec);
}

/* Emits the jump or call of an exit of code that is executed in place. */
__attribute__((noinline)) static void slot_site(struct compile *job, int32_t target, bool is_call)
{
        struct code *c = code_of(job);
        add_exit(job, (struct exit_rec){ .target = target, .is_call = is_call });
        x64_rm(c, 0xff, false, is_call ? 2 : 4, (struct mem){ .base = RIPREL, .index = NOREG });
        reloc_slot(job, c->p - 4, job->out.nexits - 1);
}

static void direct_site(struct compile *job, int32_t target, bool other_mode)
{
        if (job->in_place && !other_mode) {
                slot_site(job, target, false);
                return;
        }
        align_site(code_of(job));
        add_exit(job, (struct exit_rec){ .target = target, .other = other_mode });
        call_stub(job, x64_stubs.link);
}

static void call_site(struct compile *job, int32_t target)
{
        if (job->in_place) {
                slot_site(job, target, true);
                return;
        }
        align_site(code_of(job));
        add_exit(job, (struct exit_rec){ .target = target, .is_call = true });
        call_stub(job, x64_stubs.link_call);
}

/* Emits the question whether there is an asynchronous request, and the jump on that condition. */
static uint8_t *ask_poll(struct compile *job, unsigned xcc)
{
        x64_alu_mi(code_of(job), ALU_CMP, false, cpu_mem(CPU_OFF(poll)), 0);
        return x64_jcc(code_of(job), xcc);
}

/* Adds an exit that is the conditional jump with this rel32. */
static void add_bare(struct compile *job, const uint8_t *rel32, int32_t target, bool leaves)
{
        add_exit_at(job, rel32 - 2, (struct exit_rec){ .target = target, .bare = true, .leaves = leaves });
}

/* Emits a poll, with all state at home. When there is an asynchronous request the cold path leaves for `target`. In place an exit that is
 * not linked does: who links it looks for requests first. */
static void poll_site(struct compile *job, int32_t target, bool other_mode)
{
        uint8_t *j = ask_poll(job, XCC_NE);
        if (job->in_place && !other_mode)
                add_bare(job, j, target, true);
        else
                cold_add(job, &(struct cold){ .jumps = { j }, .target = target, .poll = true });
}

static void poll_exit(struct compile *job, int32_t target)
{
        add_exit(job, (struct exit_rec){ .target = target, .poll = true });
        call_stub(job, x64_stubs.poll);
}

static bool is_in_same_page(const struct compile *job, int32_t target)
{
        enum { PAGE = 4096 };
        return (job->pc + (uint64_t)(int64_t)target) / PAGE == job->pc / PAGE;
}

/* Emits an exit that polls, with all state at home. */
static void polling_site(struct compile *job, int32_t target, bool other_mode)
{
        if (job->in_place && !other_mode && is_in_same_page(job, target)) {
                add_bare(job, ask_poll(job, XCC_E), target, false);
                poll_exit(job, target);
                return;
        }
        poll_site(job, target, other_mode);
        direct_site(job, target, other_mode);
}

/* ---- indirect branches: the target is in RAX, all state at home ---- */

static struct mem ibtc(int32_t field)
{
        return (struct mem){
                .base = RBP, .index = RCX, .scale = (uint8_t)(4 - x64_homes.code_shift), .disp = CPU_OFF(ibtc) + field
        };
}

static void ibtc_lookup(struct compile *job)
{
        struct code *c = code_of(job);
        x64_mov_rr(c, false, RCX, RAX);
        x64_alu_rm(c, ALU_AND, false, RCX, cpu_mem(CPU_OFF(ibtc_mask)));
        x64_alu_rm(c, ALU_CMP, true, RAX, ibtc(0));
}

static void indirect_jump(struct compile *job)
{
        struct code *c = code_of(job);
        reloc_stub(job, ask_poll(job, XCC_NE), x64_stubs.miss);
        ibtc_lookup(job);
        reloc_stub(job, x64_jcc(c, XCC_NE), x64_stubs.miss);
        x64_rm(c, 0xff, false, 4, ibtc(8)); /* JMP [ibtc.code] */
}

/* ---- calls. Between push_return and landing there is a host CALL: it pushes the host return address, which is the landing's.
 * ---- */

/* Returns where call r returns to, relative to the region's pc. */
static int32_t return_of(const struct compile *job, ref r)
{
        return job->insn_off + ins_at(job, r)->aux;
}

/* In place, where to load an address takes two instructions: returns the slot that has it at home, as the guest's link register has the
 * return address. SLOT_NZCV: there is none. */
static unsigned slot_with(const struct compile *job, uint64_t address)
{
        unsigned s = 0;
        for (; s < SLOT_NZCV; s++) {
                ref v = resolve(job, job->cur[s]);
                if (v && !is_entry(v) && ins_at(job, v)->op == IR_PCREL && (uint64_t)ins_at(job, v)->imm == address)
                        break;
        }
        return s;
}

/* Returns a register with the target of a branch: RAX, if it is not in another one already. */
static unsigned use_target(struct compile *job, ref target)
{
        struct value *v = &job->val[resolve(job, target)];
        if (v->reg == NOREG) {
                take_g(job, RAX);
                job->glock &= ~(1u << RAX);
                v->hint = RAX;
        }
        return use_g(job, target);
}

/* The registers that keep what they have while state goes home: RAX may be used for flags, or has the target of the branch. */
static uint32_t kept_registers(void)
{
        uint32_t regs = X64_GALLOC & ~(1u << RAX);
        for (unsigned k = 0; k < x64_homes.npins; k++)
                if (!is_vector_slot(x64_homes.pins[k].slot))
                        regs &= ~(1u << x64_homes.pins[k].reg);
        return regs;
}

/* Returns the slot that push_return takes the address from, SLOT_NZCV: none. To be called before state goes home, for call r to `target`
 * (REF_NONE: a direct one): where there is room the address goes home by a register that has it when it is pushed. */
static unsigned return_slot(struct compile *job, ref r, ref target)
{
        const unsigned slot = job->in_place ? slot_with(job, job->pc + (uint64_t)(int64_t)return_of(job, r)) : SLOT_NZCV;
        if (slot == SLOT_NZCV)
                return slot;
        if (target)
                use_target(job, target);
        load_g_in(job, job->cur[slot], kept_registers());
        return slot;
}

static void push(struct code *c, unsigned reg)
{
        if (reg >= R8)
                x64_byte(c, 0x41);
        x64_one(c, (uint8_t)(0x50 | (reg & 7)));
}

/* Loads a slot that is at home. */
static void load_home(struct compile *job, unsigned reg, unsigned slot)
{
        struct code *c = code_of(job);
        if (x64_pin(slot) != NOREG)
                x64_mov_rr(c, true, reg, x64_pin(slot));
        else
                x64_load(c, place_is_wide(home_of(slot)), reg, slot_mem(slot));
}

/* Pushes the guest return address of call r, by register `reg` or from that slot. All state is at home. */
static void push_return(struct compile *job, ref r, unsigned slot, unsigned reg)
{
        struct code *c = code_of(job);
        const int32_t off = return_of(job, r);
        const unsigned in = slot == SLOT_NZCV ? NOREG : job->val[resolve(job, job->cur[slot])].reg;
        if (in != NOREG && kept_registers() >> in & 1) {
                push(c, in);
                return;
        }
        if (slot != SLOT_NZCV && x64_pin(slot) == NOREG && place_is_wide(home_of(slot))) {
                x64_rm(c, 0xff, false, 6, slot_mem(slot)); /* PUSH */
                return;
        }
        if (slot == SLOT_NZCV)
                reloc_pc(job, reg, off);
        else
                load_home(job, reg, slot);
        push(c, reg);
}

/* Emits where call r returns to: drops the guest return address and goes on there. All state is at home, so that RCX has nothing. */
static void landing(struct compile *job, ref r)
{
        x64_one(code_of(job), 0x59); /* POP RCX */
        direct_site(job, return_of(job, r), false);
}

/* ---- the exits ---- */

static void target_to_rax(struct compile *job, ref target)
{
        unsigned t = use_target(job, target);
        if (t == RAX)
                return;
        take_g(job, RAX);
        t = job->val[resolve(job, target)].reg != NOREG ? job->val[resolve(job, target)].reg : t;
        x64_mov_rr(code_of(job), true, RAX, t);
}

/* Returns a slot that has this value, SLOT_NZCV: none. */
static unsigned slot_of(const struct compile *job, ref v)
{
        unsigned s = 0;
        while (s < SLOT_NZCV && (!job->cur[s] || is_vector_slot(s) || resolve(job, job->cur[s]) != resolve(job, v)))
                s++;
        return s;
}

/* Moves the state home at the end of the region, and `target` (REF_NONE: none) to RAX. Flags go home by RAX: so it is loaded from there
 * behind them, where it is a slot's. */
static void end_home(struct compile *job, ref flags, ref target)
{
        const unsigned late = target && flags ? slot_of(job, target) : SLOT_NZCV;
        const bool is_late = late != SLOT_NZCV;
        if (target && !is_late)
                target_to_rax(job, target);
        struct cold x = { .snap = (uint16_t)job->nsnap,
                          .keeps_rax = target && !is_late,
                          .source = leaves_source(ins_at(job, job->pos)) };
        plan_flags(job, flags, &x);
        x.nsnap = (uint16_t)take_snapshot(job);
        go_home(job, &x);
        if (is_late)
                load_home(job, RAX, late);
}

/* Emits the jump of a loop's way back. Returns the one that is taken when it is not. */
static uint8_t *way_back(struct compile *job)
{
        struct code *c = code_of(job);
        align_site(c);
        add_exit(job, (struct exit_rec){ .head = job->loop.head });
        uint8_t *behind = x64_jmp(c);
        x64_patch(behind, c->p);
        return x64_jmp(c);
}

/* Unlinked, the way back goes on behind itself, where the state goes home, as it does when there is an asynchronous request. Flags on
 * entry are made before the head, so that they must be there in each turn. */
static void loop_back(struct compile *job, ref flags)
{
        struct code *c = code_of(job);
        bool source = leaves_source(ins_at(job, job->pos)) && !job->reads_flags;
        struct cold x = { .snap = (uint16_t)job->nsnap, .keeps_rax = true, .source = source };
        plan_flags(job, flags, &x);
        x.nsnap = (uint16_t)take_loop_snapshot(job);
        go_loop_home(job, &x);
        uint8_t *leave = 0, *otherwise;
        if (job->in_place) {
                uint8_t *back = ask_poll(job, XCC_E);
                add_exit_at(job, back - 2, (struct exit_rec){ .head = job->loop.head });
                x64_patch(back, job->start + job->loop.head);
                otherwise = x64_jmp(c);
        } else {
                leave = ask_poll(job, XCC_NE);
                otherwise = way_back(job);
        }
        cold_add(job, &(struct cold){ .jumps = { leave, otherwise }, .snap = job->loop.snap, .nsnap = job->loop.nsnap });
}

void emit_sync(struct compile *job)
{
        end_home(job, job->nzcv, REF_NONE);
}

/* In place, an exit to the same page that has nothing to do before it: the conditional jumps themselves lead to the other region. */
static bool is_bare(const struct compile *job, const struct cold *x)
{
        return job->in_place && !x->other_mode && x->target > 0 && !x->nsnap && !saves_flags(x) &&
               is_in_same_page(job, x->target);
}

static void add_bare_exits(struct compile *job, const struct cold *x)
{
        for (unsigned j = 0; j < 3; j++)
                if (x->jumps[j])
                        add_bare(job, x->jumps[j], x->target, false);
}

void emit_exit_if(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        struct cold x = { .snap = (uint16_t)job->nsnap, .target = i->disp, .source = leaves_source(i) };
        x.other_mode = i->aux2 & EXIT_OTHER_MODE;
        if (job->val[i->a].fmode == F_BRANCH) {
                flags_branch(job, i->a, (enum cc)i->aux, x.jumps);
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
        if (is_bare(job, &x))
                add_bare_exits(job, &x);
        else
                cold_add(job, &x);
}

void emit_exit_direct(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        if (job->loop.on) {
                loop_back(job, i->b);
                return;
        }
        end_home(job, i->b, REF_NONE);
        if (i->disp <= job->insn_off)
                polling_site(job, i->disp, false);
        else
                direct_site(job, i->disp, false);
}

void emit_exit_call(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        const unsigned slot = return_slot(job, r, REF_NONE);
        end_home(job, i->b, REF_NONE);
        if (i->disp <= job->insn_off)
                poll_site(job, i->disp, false);
        if (job->opts & IR_OPT_NO_RETSTACK) {
                direct_site(job, i->disp, false);
                return;
        }
        push_return(job, r, slot, RAX);
        call_site(job, i->disp);
        landing(job, r);
}

void emit_exit_callr(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        const unsigned slot = return_slot(job, r, i->a);
        end_home(job, i->b, i->a);
        if (job->opts & IR_OPT_NO_RETSTACK) {
                indirect_jump(job);
                return;
        }
        push_return(job, r, slot, RCX);
        uint8_t *poll = ask_poll(job, XCC_NE);
        ibtc_lookup(job);
        uint8_t *miss = x64_jcc(c, XCC_NE);
        x64_rm(c, 0xff, false, 2, ibtc(8)); /* CALL [ibtc.code] */
        const uint8_t *land = c->p;
        landing(job, r);
        cold_add(job, &(struct cold){ .jumps = { poll, miss }, .stub = x64_stubs.miss, .landing = land });
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
        reloc_stub(job, x64_jcc(c, XCC_NE), x64_stubs.ret_miss);
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

/* Goes on with the call's landing as host return address, as the call would. */
static void cold_to_stub(struct compile *job, const struct cold *x)
{
        struct code *c = code_of(job);
        c->p += 7; /* LEA RCX, [RIP + landing] */
        int32_t rel = (int32_t)(x->landing - c->p);
        static const uint8_t lea[3] = { 0x48, 0x8d, 0x0d };
        __builtin_memcpy(c->p - 7, lea, 3);
        __builtin_memcpy(c->p - 4, &rel, 4);
        x64_one(c, 0x51); /* PUSH RCX */
        uint8_t *j = x64_jmp(c);
        reloc_stub(job, j, x->stub);
}

void cold_align(struct compile *job, uint8_t *jump, unsigned reg, unsigned size)
{
        cold_add(job, &(struct cold){ .jumps = { jump }, .size = (uint8_t)size, .reg = (uint8_t)reg });
}

/* Looks whether the first and the last byte of the access are in the same 16 bytes, and traps if not. The fault handler
 * (run/fault.c) knows what is behind the UD2: the number of the address's register, and how far back the jump is that came
 * here. */
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

void emit_cold(struct compile *job)
{
        struct code *c = code_of(job);
        for (unsigned k = 0; k < job->ncold && has_room(job); k++) { /* ncold grows: a backward side exit adds its poll */
                struct cold x = job->cold[k];
                for (unsigned j = 0; j < 3; j++)
                        if (x.jumps[j])
                                x64_patch(x.jumps[j], c->p);
                if (x.trap) {
                        job->out.traps[x.trap - 1].at = (uint16_t)(c->p - job->start);
                        x64_byte(c, 0x0f); /* UD2 */
                        x64_byte(c, 0x0b);
                } else if (x.back) {
                        make_flags(job);
                        x64_patch(x64_jmp(c), x.back);
                } else if (x.size) {
                        cold_to_align(job, &x);
                } else if (x.stub) {
                        cold_to_stub(job, &x);
                } else if (x.poll) {
                        poll_exit(job, x.target);
                } else {
                        go_home(job, &x);
                        if (x.target <= 0)
                                polling_site(job, x.target, x.other_mode);
                        else
                                direct_site(job, x.target, x.other_mode);
                }
        }
}
