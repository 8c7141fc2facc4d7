/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IR of a region -> host code: the walk over the instructions, rules of vector and FP ops, helper calls, constants. */
#include "compile.h"
#include "rules.h"

#define CODE(ra) (&(ra)->gen.code)

/* ---- rules ---- */

#define RULE(op, nt_, ns_, flags_) rule_fn rule_##op;
#include "rules_fp.def"
#include "rules_vec.def"
#undef RULE

const struct rule x64_rules[IR_OP_COUNT] = {
#define RULE(op, nt_, ns_, flags_) [IR_##op] = { .fn = rule_##op, .nt = nt_, .ns = ns_, .flags = flags_ },
#include "rules_fp.def"
#include "rules_vec.def"
#undef RULE
};

static struct ra *ra_of(struct gen *g)
{
        return (struct ra *)g;
}

static char operand_class(const char *args, unsigned k)
{
        for (; *args; args++)
                if (*args != '?' && k-- == 0)
                        return *args;
        return 0;
}

static unsigned load_operand(struct ra *ra, ref v, char class)
{
        if (!v || (class != 'g' && class != 'x'))
                return NOREG;
        return class == 'x' ? use_x(ra, v) : use_g(ra, v);
}

/* Trap records of the rule that was just emitted: what they need to know of it. */
static void finish_traps(struct ra *ra, const struct ir_ins *i, const struct regs *r)
{
        const struct ir_opinfo *info = &ir_opinfo[i->op];
        uint8_t cls = info->res == 'X';
        for (unsigned k = 0; k < 3; k++)
                cls |= (uint8_t)((operand_class(info->args, k) == 'x') << (k + 1));
        for (unsigned t = ra->rule_traps; t < ra->out.ntraps; t++) {
                struct trap_rec *rec = &ra->out.traps[t];
                uint16_t at = rec->at;
                *rec = (struct trap_rec){ .at = at,
                                          .end = (uint16_t)(CODE(ra)->p - ra->start),
                                          .op = i->op,
                                          .sz = i->sz,
                                          .aux = i->aux,
                                          .d = r->d,
                                          .a = r->a,
                                          .b = r->b,
                                          .c = r->c,
                                          .cls = cls,
                                          .disp = i->disp,
                                          .pc = ra->insn_off };
        }
}

void x64_rules_call(struct ra *ra, const struct ir_ins *i, const struct regs *r)
{
        ra->rule_traps = ra->out.ntraps;
        x64_rules[i->op].fn(&ra->gen, i, r);
        finish_traps(ra, i, r);
}

static void forbid_shared(struct ra *ra, const struct rule *rule, const char *args, const struct regs *r)
{
        const uint8_t reg[3] = { r->a, r->b, r->c };
        bool early = rule->flags & RULE_EARLY;
        for (unsigned k = 0; k < 3; k++) {
                char class = operand_class(args, k);
                if (class == 'g' && early)
                        ra->gforbid |= 1u << reg[k];
                if (class == 'x' && (early || (!x64_features.avx2 && k > 0)))
                        ra->xforbid |= 1u << reg[k];
        }
}

static void emit_rule(struct ra *ra, ref r)
{
        const struct ir_ins *i = &ra->gen.ir->ins[r];
        const struct ir_opinfo *info = &ir_opinfo[i->op];
        const struct rule *rule = &x64_rules[i->op];
        if (info->res == 'F') {
                emit_compare(ra, r);
                return;
        }
        struct regs reg = { .d = NOREG };
        reg.a = (uint8_t)load_operand(ra, i->a, operand_class(info->args, 0));
        reg.b = (uint8_t)load_operand(ra, i->b, operand_class(info->args, 1));
        reg.c = (uint8_t)load_operand(ra, i->c, operand_class(info->args, 2));
        for (unsigned k = 0; k < rule->nt; k++)
                reg.t[k] = (uint8_t)temp_x(ra);
        for (unsigned k = 0; k < rule->ns; k++)
                reg.s[k] = (uint8_t)temp_g(ra);
        forbid_shared(ra, rule, info->args, &reg);
        unsigned reuse = i->a && dies_here(ra, i->a) ? reg.a : NOREG;
        char first = operand_class(info->args, 0);
        if (info->res == 'X')
                reg.d = (uint8_t)def_x(ra, r, first == 'x' ? reuse : NOREG);
        else if (info->res == 'G')
                reg.d = (uint8_t)def_g(ra, r, first == 'g' ? reuse : NOREG);
        x64_rules_call(ra, i, &reg);
        if (!(rule->flags & RULE_KEEPS))
                flags_lost(ra);
}

static unsigned new_trap(struct ra *ra)
{
        if (ra->out.ntraps == TRAP_MAX) {
                ra->full = true;
                return 0;
        }
        ra->out.traps[ra->out.ntraps] = (struct trap_rec){ .at = (uint16_t)(CODE(ra)->p - ra->start) };
        return ra->out.ntraps++;
}

void gen_fptrap(struct gen *g)
{
        new_trap(ra_of(g));
}

void gen_fpslow_if(struct gen *g, unsigned xcc)
{
        struct ra *ra = ra_of(g);
        uint8_t *j = x64_jcc(&g->code, xcc);
        unsigned t = new_trap(ra);
        if (ra->ncold == COLD_MAX) {
                ra->full = true;
                return;
        }
        ra->cold[ra->ncold++] = (struct cold){ .jumps = { j }, .trap = (uint16_t)(t + 1) };
}

/* ---- constants ---- */

static void pool_use(struct ra *ra, uint64_t lo, uint64_t hi)
{
        if (ra->npool == POOL_MAX) {
                ra->full = true;
                return;
        }
        ra->pool[ra->npool].at = (uint32_t)(CODE(ra)->p - ra->start) - 4;
        ra->pool[ra->npool].lo = lo;
        ra->pool[ra->npool++].hi = hi;
}

static const struct mem pool_mem = { .base = RIPREL, .index = NOREG };

void gen_v3c(struct gen *g, opc op, unsigned d, unsigned a, uint64_t lo, uint64_t hi)
{
        x64_v3m(&g->code, op, d, a, pool_mem);
        pool_use(ra_of(g), lo, hi);
}

void gen_v2c(struct gen *g, opc op, unsigned d, uint64_t lo, uint64_t hi)
{
        x64_v2m(&g->code, op, d, pool_mem);
        pool_use(ra_of(g), lo, hi);
}

/* Places the pool at the end, each constant once. */
static void emit_pool(struct ra *ra)
{
        struct code *c = CODE(ra);
        if (!ra->npool)
                return;
        while ((uintptr_t)c->p & 15)
                x64_byte(c, 0xcc);
        uint8_t *pool = c->p;
        for (unsigned k = 0; k < ra->npool; k++) {
                unsigned j = 0;
                uint8_t *at = pool;
                while (j < k && (ra->pool[j].lo != ra->pool[k].lo || ra->pool[j].hi != ra->pool[k].hi))
                        j++;
                if (j < k) {
                        at = ra->pool_at[j];
                } else {
                        at = c->p;
                        x64_u32(c, (uint32_t)ra->pool[k].lo), x64_u32(c, (uint32_t)(ra->pool[k].lo >> 32));
                        x64_u32(c, (uint32_t)ra->pool[k].hi), x64_u32(c, (uint32_t)(ra->pool[k].hi >> 32));
                }
                ra->pool_at[k] = at;
                x64_patch(ra->start + ra->pool[k].at, at);
        }
}

/* ---- helpers ---- */

static struct mem harg_mem(unsigned k)
{
        return cpu_mem(CPU_OFF(harg) + 16 * (int32_t)k);
}

static void store_args(struct ra *ra, const struct ir_ins *i)
{
        const ref v[3] = { i->a, i->b, i->c };
        for (unsigned k = 0; k < 3; k++) {
                if (!v[k])
                        continue;
                if (ir_opinfo[ra->gen.ir->ins[v[k]].op].res == 'X')
                        x64_v2m(CODE(ra), MAP_0F | 0x29, use_x(ra, v[k]), harg_mem(k + 1));
                else
                        x64_store(CODE(ra), true, use_g(ra, v[k]), harg_mem(k + 1));
        }
        x64_rm(CODE(ra), 0xc7, false, 0, cpu_mem(CPU_OFF(helper_imm)));
        x64_u32(CODE(ra), (uint32_t)i->disp);
}

/* Helpers are told by their place in the translator's image: the same in every process. */
static void call_helper(struct ra *ra, const struct ir_ins *i, const uint8_t *stub)
{
        x64_mov_ri(CODE(ra), R11, (uintptr_t)ir_helpers[i->aux3] - (uintptr_t)__ehdr_start);
        uint8_t *place = x64_call(CODE(ra));
        reloc_stub(ra, place, stub);
        flags_lost(ra);
}

void emit_helper_sync(struct ra *ra, ref r)
{
        const struct ir_ins *i = &ra->gen.ir->ins[r];
        store_args(ra, i);
        emit_sync(ra);
        reloc_pc(ra, RAX, ra->insn_off);
        x64_store(CODE(ra), true, RAX, cpu_mem(CPU_OFF(helper_pc)));
        call_helper(ra, i, x64_stubs.helper_sync);
        ra_flush(ra);
}

void emit_helper(struct ra *ra, ref r)
{
        const struct ir_ins *i = &ra->gen.ir->ins[r];
        store_args(ra, i);
        call_helper(ra, i, x64_stubs.helper);
        if (i->op == IR_HELPER_G)
                x64_load(CODE(ra), true, def_g(ra, r, NOREG), harg_mem(0));
        else
                x64_v2m(CODE(ra), MAP_0F | 0x28, def_x(ra, r, NOREG), harg_mem(0));
}

/* ---- the walk ---- */

static emit_fn *const emitters[IR_OP_COUNT] = {
#define EMIT(op, fn) [IR_##op] = fn,
#include "emitters.def"
#undef EMIT
#define RULE(op, nt, ns, flags) [IR_##op] = emit_rule,
#include "rules_fp.def"
#include "rules_vec.def"
#undef RULE
};

static inline void consume_link(struct ra *ra, ref r, ref v, unsigned k)
{
        struct value *x = &ra->val[resolve(ra, v)];
        if (x->next_use == r)
                x->next_use = ra->use_link[r][k];
}

static void consume_links(struct ra *ra, ref r, unsigned t)
{
        const struct ir_ins *i = &ra->gen.ir->ins[r];
        if (t & 1)
                consume_link(ra, r, i->a, 0);
        if (t & 2)
                consume_link(ra, r, i->b, 1);
        if (t & 4)
                consume_link(ra, r, i->c, 2);
}

static void emit_passive(struct ra *ra, const struct ir_ins *i)
{
        if (i->op == IR_INSN) {
                ra->insn_off = i->disp;
        } else if (i->op == IR_PUT) {
                ra_put(ra, (unsigned)i->disp, i->a);
                if (i->disp == SLOT_NZCV)
                        journal_flags(ra, i->a);
        }
}

static void emit_ins(struct ra *ra, ref r)
{
        const struct ir_ins *i = &ra->gen.ir->ins[r];
        unsigned t = x64_traits[i->op];
        ra->pos = r;
        if (t & T_PASSIVE) {
                emit_passive(ra, i);
                return;
        }
        if (is_dead(ra, r, t))
                return;
        if (t & T_MEM)
                journal_exact(ra);
        consume_links(ra, r, t);
        if (emitters[i->op])
                emitters[i->op](ra, r);
        else
                ra->full = true; /* no rule: caught by the table test of tests/translator-unit */
        ra->exact = false;
        unlock_all(ra);
}

static struct ra the_ra;

uint8_t *x64_compile(const struct ir *ir, struct code *code, const struct region_out **ret_out)
{
        struct ra *ra = &the_ra;
        while ((uintptr_t)code->p & 15)
                x64_byte(code, 0xcc);
        ra->gen.code = (struct code){ .p = code->p };
        ra->gen.ir = ir;
        ra->start = code->p;
        ra->pc = ir->pc;
        ra->opts = ir->opts;
        ra->list_relocs = ra->out.movable = ir->movable;
        ra->list_pcs = ir->movable && !x64_is_fixed(ir->pc);
        ra->out.nrelocs = 0;
        ra->out.spills = 0;
        ra_begin(ra);
        live_analyse(ra);
        for (ref r = 1; r < ir->n && has_room(ra); r++)
                emit_ins(ra, r);
        emit_cold(ra);
        emit_pool(ra);
        uint8_t *entry = ra->start;
        ra->out.code_size = (uint32_t)(ra->gen.code.p - ra->start);
        ra->out.insns = ra->gen.code.insns;
        *code = ra->gen.code;
        *ret_out = &ra->out;
        if (ra->full || ra->out.code_size > X64_REGION_MAX)
                return 0;
        return entry;
}
