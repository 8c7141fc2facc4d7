/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compiling the IR of a region: the walk over its instructions, calling the rules of vector and FP ops, helper calls,
 * constants. */
#include "compile.h"
#include "ir/fp_ops.h"
#include "rules.h"

/* ---- rules ---- */

const struct rule x64_rules[IR_OP_COUNT] = {
#define RULE(op, nt_, ns_, flags_) [IR_##op] = { .fn = rule_##op, .nt = nt_, .ns = ns_, .flags = flags_ },
#include "rules_fp.def"
#include "rules_vec.def"
#undef RULE
};

static struct compile *job_of(struct gen *g)
{
        return (struct compile *)g;
}

static char operand_class(const char *args, unsigned k)
{
        for (; *args; args++)
                if (*args != '?' && k-- == 0)
                        return *args;
        return 0;
}

static unsigned load_operand(struct compile *job, ref v, char class)
{
        if (!v || (class != 'g' && class != 'x'))
                return NOREG;
        return class == 'x' ? use_x(job, v) : use_g(job, v);
}

/* Completes the trap records of the rule that has just been emitted, that of instruction i with the registers *r. */
static void finish_traps(struct compile *job, const struct ir_ins *i, const struct regs *r)
{
        const struct ir_opinfo *info = &ir_opinfo[i->op];
        uint8_t cls = info->res == 'X';
        for (unsigned k = 0; k < 3; k++)
                cls |= (uint8_t)((operand_class(info->args, k) == 'x') << (k + 1));
        for (unsigned t = job->rule_traps; t < job->out.ntraps; t++) {
                struct trap_rec *rec = &job->out.traps[t];
                uint16_t at = rec->at;
                *rec = (struct trap_rec){ .at = at,
                                          .end = (uint16_t)(code_of(job)->p - job->start),
                                          .op = i->op,
                                          .sz = i->sz,
                                          .aux = i->aux,
                                          .d = r->d,
                                          .a = r->a,
                                          .b = r->b,
                                          .c = r->c,
                                          .cls = cls,
                                          .disp = i->disp,
                                          .pc = job->insn_off };
        }
}

void x64_rules_call(struct compile *job, const struct ir_ins *i, const struct regs *r)
{
        job->rule_traps = job->out.ntraps;
        x64_rules[i->op].fn(&job->gen, i, r);
        finish_traps(job, i, r);
}

static void forbid_shared(struct compile *job, const char *args, const struct regs *r, bool early)
{
        const uint8_t reg[3] = { r->a, r->b, r->c };
        for (unsigned k = 0; k < 3; k++) {
                char class = operand_class(args, k);
                if (class == 'g' && early)
                        job->gforbid |= 1u << reg[k];
                if (class == 'x' && (early || (!x64_features.avx2 && k > 0)))
                        job->xforbid |= 1u << reg[k];
        }
}

/* Emits a VZIPL.64 whose second operand, a half of a vector, is in memory and nowhere else. Returns false for all others. */
static bool emit_join(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        if (i->op != IR_VZIPL || i->sz != 3 || !job->gen.ir->guest->vector64)
                return false;
        struct place b = place_of(job, resolve(job, i->b));
        if (b.kind != P_HOME && b.kind != P_SPILL)
                return false;
        unsigned a = use_x(job, i->a);
        if (job->val[resolve(job, i->b)].reg != NOREG) /* it is the same value */
                return false;
        unsigned d = def_x(job, r, dies_here(job, i->a) ? a : NOREG);
        x64_v3m(code_of(job), MAP_0F | 0x16, d, a, place_mem(b)); /* MOVHPS */
        return true;
}

static void emit_rule(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        if (emit_join(job, r))
                return;
        const struct ir_opinfo *info = &ir_opinfo[i->op];
        const struct rule *rule = &x64_rules[i->op];
        if (info->res == 'F') {
                emit_compare(job, r);
                return;
        }
        const bool looks = fp_fn_of(i->op) >= 0 && i->disp & FPO_FLUSHES; /* the rule looks at the result */
        struct regs reg = { .d = NOREG };
        reg.a = (uint8_t)load_operand(job, i->a, operand_class(info->args, 0));
        reg.b = (uint8_t)load_operand(job, i->b, operand_class(info->args, 1));
        reg.c = (uint8_t)load_operand(job, i->c, operand_class(info->args, 2));
        for (unsigned k = 0; k < rule->nt; k++)
                reg.t[k] = (uint8_t)temp_x(job);
        for (unsigned k = 0; k < rule->ns; k++)
                reg.s[k] = (uint8_t)temp_g(job);
        forbid_shared(job, info->args, &reg, rule->flags & RULE_EARLY || looks);
        unsigned reuse = i->a && dies_here(job, i->a) ? reg.a : NOREG;
        char first = operand_class(info->args, 0);
        if (info->res == 'X')
                reg.d = (uint8_t)def_x(job, r, first == 'x' ? reuse : NOREG);
        else if (info->res == 'G')
                reg.d = (uint8_t)def_g(job, r, first == 'g' ? reuse : NOREG);
        x64_rules_call(job, i, &reg);
        if (!(rule->flags & RULE_KEEPS) || looks)
                flags_lost(job);
}

static unsigned new_trap(struct compile *job)
{
        if (job->out.ntraps == TRAP_MAX) {
                job->full = true;
                return 0;
        }
        job->out.traps[job->out.ntraps] = (struct trap_rec){ .at = (uint16_t)(code_of(job)->p - job->start) };
        return job->out.ntraps++;
}

void gen_fptrap(struct gen *g)
{
        new_trap(job_of(g));
}

void gen_fpslow_if(struct gen *g, unsigned xcc)
{
        struct compile *job = job_of(g);
        uint8_t *j = x64_jcc(&g->code, xcc);
        unsigned t = new_trap(job);
        cold_add(job, &(struct cold){ .jumps = { j }, .trap = (uint16_t)(t + 1) });
}

/* ---- constants ---- */

static void pool_use(struct compile *job, uint64_t lo, uint64_t hi)
{
        if (job->npool == POOL_MAX) {
                job->full = true;
                return;
        }
        job->pool[job->npool].at = (uint32_t)(code_of(job)->p - job->start) - 4;
        job->pool[job->npool].lo = lo;
        job->pool[job->npool++].hi = hi;
}

static const struct mem pool_mem = { .base = RIPREL, .index = NOREG };

void gen_v3c(struct gen *g, opc op, unsigned d, unsigned a, uint64_t lo, uint64_t hi)
{
        x64_v3m(&g->code, op, d, a, pool_mem);
        pool_use(job_of(g), lo, hi);
}

void gen_v2c(struct gen *g, opc op, unsigned d, uint64_t lo, uint64_t hi)
{
        x64_v2m(&g->code, op, d, pool_mem);
        pool_use(job_of(g), lo, hi);
}

/* Places the pool at the end, each constant once. */
static void emit_pool(struct compile *job)
{
        struct code *c = code_of(job);
        if (!job->npool)
                return;
        while ((uintptr_t)c->p & 15)
                x64_byte(c, 0xcc);
        uint8_t *pool = c->p;
        for (unsigned k = 0; k < job->npool; k++) {
                unsigned j = 0;
                uint8_t *at = pool;
                while (j < k && (job->pool[j].lo != job->pool[k].lo || job->pool[j].hi != job->pool[k].hi))
                        j++;
                if (j < k) {
                        at = job->pool_at[j];
                } else {
                        at = c->p;
                        x64_u32(c, (uint32_t)job->pool[k].lo), x64_u32(c, (uint32_t)(job->pool[k].lo >> 32));
                        x64_u32(c, (uint32_t)job->pool[k].hi), x64_u32(c, (uint32_t)(job->pool[k].hi >> 32));
                }
                job->pool_at[k] = at;
                x64_patch(job->start + job->pool[k].at, at);
        }
}

/* ---- helpers ---- */

static struct mem harg_mem(unsigned k)
{
        return cpu_mem(CPU_OFF(harg) + 16 * (int32_t)k);
}

static void store_args(struct compile *job, const struct ir_ins *i, uint32_t imm)
{
        const ref v[3] = { i->a, i->b, i->c };
        for (unsigned k = 0; k < 3; k++) {
                if (!v[k])
                        continue;
                if (ir_opinfo[ins_at(job, v[k])->op].res == 'X')
                        x64_v2m(code_of(job), MAP_0F | 0x29, use_x(job, v[k]), harg_mem(k + 1));
                else
                        x64_store(code_of(job), true, use_g(job, v[k]), harg_mem(k + 1));
        }
        x64_rm(code_of(job), 0xc7, false, 0, cpu_mem(CPU_OFF(helper_imm)));
        x64_u32(code_of(job), imm);
}

/* Calls a helper through a stub. The code has the helper's offset in the translator's image, which is the same in every
 * process. */
static void call_helper(struct compile *job, helper_fn *fn, const uint8_t *stub)
{
        x64_mov_ri(code_of(job), R11, (uintptr_t)fn - (uintptr_t)__ehdr_start);
        uint8_t *place = x64_call(code_of(job));
        reloc_stub(job, place, stub);
        flags_lost(job);
}

/* Stores bits 15:8 of cpu->mode. */
static void put_mode_at_insn(struct compile *job, uint8_t mode)
{
        x64_rm8(code_of(job), 0xc6, 0, cpu_mem(CPU_OFF(mode) + 1));
        x64_byte(code_of(job), mode);
}

static void helper_make_flags(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)arg, (void)imm;
        x64_make_flags(cpu);
}

uint8_t *look_for_flags(struct compile *job)
{
        struct mem any = cpu_mem(x64_homes.flags_source + (int32_t)offsetof(struct flags_source, any));
        x64_alu_mi(code_of(job), ALU_CMP, false, any, 0);
        return x64_jcc(code_of(job), XCC_NE);
}

void make_flags(struct compile *job)
{
        call_helper(job, helper_make_flags, x64_stubs.helper);
}

/* At the entry of a region that reads NZCV. */
static void have_flags_made(struct compile *job)
{
        uint8_t *j = look_for_flags(job);
        cold_add(job, &(struct cold){ .jumps = { j }, .back = code_of(job)->p });
}

void emit_helper_sync(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        store_args(job, i, (uint32_t)i->disp);
        emit_sync(job);
        reloc_pc(job, RAX, job->insn_off);
        x64_store(code_of(job), true, RAX, cpu_mem(CPU_OFF(helper_pc)));
        if (job->insn_mode)
                put_mode_at_insn(job, job->insn_mode);
        call_helper(job, ir_helpers[i->aux3], x64_stubs.helper_sync);
        if (job->insn_mode)
                put_mode_at_insn(job, 0);
        ra_flush(job);
}

/* The result that a helper left becomes value r. */
static void take_result(struct compile *job, ref r)
{
        if (ir_opinfo[ins_at(job, r)->op].res == 'G')
                x64_load(code_of(job), true, def_g(job, r, NOREG), harg_mem(0));
        else
                x64_v2m(code_of(job), MAP_0F | 0x28, def_x(job, r, NOREG), harg_mem(0));
}

void emit_helper(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        store_args(job, i, (uint32_t)i->disp);
        call_helper(job, ir_helpers[i->aux3], x64_stubs.helper);
        take_result(job, r);
}

/* ---- the walk ---- */

emit_fn *const x64_emitters[IR_OP_COUNT] = {
#define EMIT(op, fn) [IR_##op] = fn,
#include "emitters.def"
#undef EMIT
#define RULE(op, nt, ns, flags) [IR_##op] = emit_rule,
#include "rules_fp.def"
#include "rules_vec.def"
#undef RULE
};

static inline void consume_link(struct compile *job, ref r, ref v, unsigned k)
{
        struct value *x = &job->val[resolve(job, v)];
        if (x->next_use == r)
                x->next_use = job->use_link[r][k];
}

static void consume_links(struct compile *job, ref r, unsigned t)
{
        const struct ir_ins *i = ins_at(job, r);
        if (t & 1)
                consume_link(job, r, i->a, 0);
        if (t & 2)
                consume_link(job, r, i->b, 1);
        if (t & 4)
                consume_link(job, r, i->c, 2);
}

static void emit_put(struct compile *job, const struct ir_ins *i)
{
        if (i->disp == SLOT_NZCV) {
                job->nzcv = i->a;
                journal_flags(job, i->a);
        } else {
                ra_put(job, (unsigned)i->disp, i->a);
        }
}

/* Emits instruction r, which is not passive, but may be dead. */
static void emit_ins(struct compile *job, ref r, unsigned t)
{
        if (is_dead(job, r, t) || job->val[r].half == HALF_LAZY)
                return;
        if (t & T_MEM)
                journal_exact(job);
        consume_links(job, r, t);
        x64_emitters[ins_at(job, r)->op](job, r); /* there is one: tests/translator-unit looks at all ops */
        job->exact = false;
        unlock_all(job);
}

static void emit_all(struct compile *job)
{
        const struct ir_ins *i = &job->gen.ir->ins[1], *end = &job->gen.ir->ins[job->gen.ir->n];
        for (ref r = 1; i < end; i++, r++) {
                const unsigned t = x64_traits[i->op];
                if (i->op == IR_INSN) {
                        job->insn_off = i->disp;
                        job->insn_mode = i->aux;
                } else if (i->op == IR_PUT || !(t & T_PASSIVE)) {
                        if (!has_room(job))
                                return;
                        job->pos = r;
                        if (i->op == IR_PUT)
                                emit_put(job, i);
                        else
                                emit_ins(job, r, t);
                }
        }
}

uint8_t *x64_compile(struct compile *job, const struct ir *ir, struct code *code, const struct region_out **ret_out)
{
        while (!ir->in_place && (uintptr_t)code->p & 15)
                x64_byte(code, 0xcc);
        job->gen.code = (struct code){ .p = code->p };
        job->gen.ir = ir;
        job->start = code->p;
        job->pc = ir->pc;
        job->opts = ir->opts;
        job->list_relocs = job->out.movable = ir->movable;
        job->in_place = ir->in_place;
        job->out.nrelocs = 0;
        job->out.spills = 0;
        ra_begin(job);
        loop_look(job);
        live_analyse(job);
        if (job->reads_flags && x64_homes.flags_source)
                have_flags_made(job);
        loop_enter(job);
        emit_all(job);
        emit_cold(job);
        emit_pool(job);
        uint8_t *entry = job->start;
        job->out.code_size = (uint32_t)(job->gen.code.p - job->start);
        job->out.insns = job->gen.code.insns;
        *code = job->gen.code;
        *ret_out = &job->out;
        if (job->full || job->out.code_size > X64_REGION_MAX)
                return 0;
        return entry;
}
