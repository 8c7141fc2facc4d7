/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Liveness of a region's values, register hints, and how each flags value reaches its consumers: one walk
 * from the end to the beginning. */
#include "compile.h"

struct walk {
        struct compile *job;
        const struct ir_ins *ins;
        ref end;           /* index of the last instruction */
        uint64_t put;      /* slots that have a PUT further on */
        ref avail[64];     /* of those: the last observer before that PUT */
        uint64_t moved;    /* slots whose entry value is PUT in another slot */
        ref moved_end[64]; /* of those: the last observer that sees it there */
        ref nzcv_end;      /* the last observer before the next PUT of NZCV; REF_NONE: there is no such PUT */
};

/* Returns true when j is the ALU instruction that makes the flags of f, before or behind it. With a carry as operand that counts
 * only when they become one x86 instruction: the first of two would take the carry away from the second. */
static bool siblings(const struct ir_ins *ins, ref f, ref j)
{
        bool carry = ins[j].op == IR_ADC || ins[j].op == IR_SBC, near = (j > f ? j - f : f - j) <= SIBLINGS_NEAR;
        return same_alu(&ins[f], &ins[j]) && (near || !carry);
}

bool op_keeps_eflags(const struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        switch (i->op) {
        case IR_NOP:
        case IR_INSN:
        case IR_CONST:
        case IR_PCREL:
        case IR_LIVEIN:
        case IR_LIVEINX:
        case IR_LIVEINF:
        case IR_PUT:
        case IR_LD:
        case IR_LDS:
        case IR_LDV:
        case IR_ST:
        case IR_STV:
        case IR_LDC:
        case IR_LDSC:
        case IR_LDVC:
        case IR_STC:
        case IR_STVC:
        case IR_LDSTATE:
        case IR_STSTATE:
        case IR_SEL:
        case IR_SELX:
        case IR_SETCC:
        case IR_FGETCMP:
        case IR_EXIT_IF:
        case IR_ZEXT:
        case IR_NOT:
        case IR_BSWAP: return true;
        case IR_ADD: return true; /* LEA */
        case IR_SUB:
                return ins_at(job, i->b)->op == IR_CONST && ins_at(job, i->b)->imm == (int32_t)ins_at(job, i->b)->imm &&
                       ins_at(job, i->b)->imm != INT32_MIN;
        case IR_SHL:
        case IR_SHR:
        case IR_SAR: return x64_features.bmi2;
        case IR_SEXT: return true;
        default: return false;
        }
}

/* Returns true when all instructions between f and its consumer `use` leave EFLAGS alone. */
static bool eflags_survive(const struct walk *w, ref f, ref use)
{
        if (use - f > 16 || (w->job->opts & IR_OPT_NO_FUSE))
                return false;
        for (ref j = (ref)(f + 1); j < use; j++) {
                if (x64_asks(w->ins[j].op) && w->ins[j].a != f) /* it makes EFLAGS hold another flags value */
                        return false;
                if (op_keeps_eflags(w->job, j) || siblings(w->ins, f, j))
                        continue;
                /* ADC and its flags are one instruction, if the flags are not wanted in a register. */
                if (siblings(w->ins, use, j) && w->job->val[use].fmode == F_DIRECT)
                        continue;
                if (siblings(w->ins, j, use) && w->job->val[j].fmode <= F_DIRECT)
                        continue;
                return false;
        }
        return true;
}

/* Returns true when flags of this op can be made again from general operands. */
static bool is_remade(unsigned op)
{
        return op == IR_FSUBS || op == IR_FADDS || op == IR_FANDS;
}

static bool only_puts_between(const struct walk *w, ref f, ref use)
{
        for (ref j = (ref)(f + 1); j < use; j++)
                if (w->ins[j].op != IR_PUT && w->ins[j].op != IR_NOP && w->ins[j].op != IR_CONST)
                        return false;
        return true;
}

/* Returns true when FSEL f, of which exit u asks a condition, can be two branches: the flags that it selects are remade from
 * operands, or it selects those of which the condition is asked, and then that tells what u asks. */
static bool is_known_select(const struct walk *w, ref f, const struct ir_ins *u)
{
        const struct ir_ins *s = &w->ins[f];
        bool fcmp = ir_opinfo[w->ins[s->a].op].args[0] == 'x';
        return s->c == s->a && is_remade(w->ins[s->b].op) && !fcmp && flags_implied((enum cc)(s->aux ^ 1), (enum cc)u->aux) >= 0;
}

/* Does an ALU instruction beside f make its flags too? */
static bool has_sibling(const struct walk *w, ref f)
{
        unsigned alu = alu_of(w->ins[f].op);
        for (ref j = f > SIBLINGS_NEAR ? (ref)(f - SIBLINGS_NEAR) : 1; j <= f + SIBLINGS_NEAR && j < w->end; j++)
                if (w->ins[j].op == alu && siblings(w->ins, f, j))
                        return true;
        return false;
}

/* Should the operands of flags f be there at exit u, which leaves what its flags are made from? */
static bool is_source(const struct walk *w, ref f, const struct ir_ins *u)
{
        return leaves_source(u) && is_short_sum(&w->ins[f]) && (u->op != IR_EXIT_IF || u->a != f || !has_sibling(w, f));
}

static enum fmode choose_fmode(const struct walk *w, ref f, ref use)
{
        unsigned op = w->ins[f].op;
        if (op == IR_LIVEINF || op == IR_FSETNZCV)
                return F_MAT;
        const struct ir_ins *u = &w->ins[use];
        if (op == IR_FSEL)
                return u->op == IR_EXIT_IF && u->a == f && u->b != f && only_puts_between(w, f, use) && is_known_select(w, f, u)
                               ? F_BRANCH
                               : F_MAT;
        if (op == IR_FCCMP && u->op == IR_EXIT_IF && u->a == f && u->b != f && only_puts_between(w, f, use))
                return F_BRANCH;
        if (is_source(w, f, u))
                return F_REMAT;
        bool tested_over = u->op == IR_EXIT_IF && u->b == f && u->a != f; /* another value is tested before it is saved */
        tested_over |= u->op == IR_FSEL && u->a != f;                     /* or before it is selected */
        if (!tested_over && eflags_survive(w, f, use))
                return F_DIRECT;
        bool remat = is_remade(op) || ir_opinfo[op].args[0] == 'x';
        return remat ? F_REMAT : F_MAT;
}

/* Notes that operand k of the instruction at `at` is v. REF_NONE has a value record too, which nobody reads. */
static inline void use_operand(struct walk *w, ref v, ref at, unsigned k)
{
        struct compile *job = w->job;
        struct value *x = &job->val[resolve(job, v)];
        if (!x->last_use)
                x->last_use = at;
        job->use_link[at][k] = x->next_use;
        x->next_use = at;
}

/* Notes that v is computed with at `at`, though it is the operand of an earlier instruction. */
static void use_later(struct walk *w, ref v, ref at)
{
        struct compile *job = w->job;
        struct value *x = &job->val[resolve(job, v)];
        if (v && x->last_use < at)
                x->last_use = at;
}

/* Returns true when f is an FP comparison that cannot stay in EFLAGS, because its conditions need both orders of its operands. */
static bool fcmp_conflict(const struct walk *w, ref f)
{
        uint16_t cc = w->job->val[f].fcc;
        return ir_opinfo[w->ins[f].op].args[0] == 'x' && (cc & FCC_SWAP) && (cc & FCC_PLAIN);
}

static void use_flags(struct walk *w, ref f, ref at, unsigned cc);

/* Notes that the instruction at `at` needs flags f, which are made of parts. When it only saves them (`saved`) they need not be
 * computed before. */
static void use_parts(struct walk *w, ref f, ref at, bool saved)
{
        struct value *v = &w->job->val[f];
        const struct ir_ins *i = &w->ins[f];
        if (!v->last_use)
                v->last_use = at;
        if (!saved)
                v->fmode = F_MAT;
        else if (v->fmode == F_UNUSED)
                v->fmode = F_REMAT;
        if (v->fmode != F_REMAT)
                return;
        use_later(w, i->b, at);
        use_later(w, i->c, at);
        if (w->ins[i->a].op != IR_LIVEINF) /* else what it is kept of is where it was */
                use_flags(w, i->a, at, CC_NV);
}

/* Notes that exit or helper r saves flags f. */
static void save_flags(struct walk *w, ref f, ref r)
{
        if (f && is_flags_parts(w->ins[f].op))
                use_parts(w, f, r, true);
        else
                use_flags(w, f, r, CC_NV);
}

/* Notes that the instruction at `at` asks condition cc of flags value f; CC_NV stands for all of NZCV. */
static void use_flags(struct walk *w, ref f, ref at, unsigned cc)
{
        struct compile *job = w->job;
        if (!f)
                return;
        if (is_flags_parts(w->ins[f].op)) {
                use_parts(w, f, at, false);
                return;
        }
        job->reads_flags |= w->ins[f].op == IR_LIVEINF;
        job->val[f].fcc |= (uint16_t)(1u << cc);
        if (!job->val[f].last_use) {
                job->val[f].last_use = at;
                job->val[f].fmode = choose_fmode(w, f, at);
        }
        if (job->val[f].fmode == F_DIRECT && fcmp_conflict(w, f)) {
                job->val[f].fmode = F_REMAT;
                at = job->val[f].last_use;
        }
        if (job->val[f].fmode == F_REMAT) {
                use_later(w, w->ins[f].a, at);
                use_later(w, w->ins[f].b, at);
        }
}

/* Notes the uses of the flags operands of instruction r, by its op. */
static void use_flag_operands(struct walk *w, ref at)
{
        const struct ir_ins *i = &w->ins[at];
        ref r = at; /* where they are used */
        switch (i->op) {
        case IR_SEL:
        case IR_SELX:
        case IR_SETCC:
        case IR_LDC:
        case IR_LDSC:
        case IR_LDVC:
        case IR_STC:
        case IR_STVC: use_flags(w, i->a, r, i->aux); break;
        case IR_FNZ:
        case IR_FNZC:
                if (w->job->val[r].fmode == F_MAT)
                        use_flags(w, i->a, r, CC_NV);
                break;
        case IR_FSEL:
                if (w->job->val[at].fmode == F_BRANCH)
                        r = w->job->val[at].last_use;
                use_flags(w, i->a, r, i->aux);
                use_flags(w, i->b, r, CC_NV);
                if (w->job->val[at].fmode != F_BRANCH)
                        use_flags(w, i->c, r, CC_NV);
                break;
        case IR_FCCMP: use_flags(w, i->a, w->job->val[r].fmode == F_BRANCH ? w->job->val[r].last_use : r, i->aux); break;
        case IR_EXIT_IF:
                save_flags(w, i->b, r);
                use_flags(w, i->a, r, i->aux);
                break;
        case IR_FADCS:
        case IR_FSBCS:
        case IR_ADC:
        case IR_SBC: use_flags(w, i->c, r, CC_CS); break;
        case IR_FGETCMP:
        case IR_FGETNZCV: use_flags(w, i->a, r, CC_NV); break;
        case IR_EXIT:
        case IR_EXIT_CALL:
        case IR_EXIT_IND:
        case IR_EXIT_CALLR:
        case IR_EXIT_RET:
        case IR_EXIT_SYS: save_flags(w, i->b, r); break;
        default: break;
        }
}

uint8_t x64_traits[IR_OP_COUNT];

/* Returns enum T_* for an op. A '*' among its operands counts as a value: PUT, whose operand may be flags, is passive. */
static uint8_t traits_of(const struct ir_opinfo *info)
{
        uint8_t t = 0;
        unsigned k = 0;
        for (const char *a = info->args; *a; a++)
                if (*a != '?') {
                        t |= (uint8_t)(*a == 'f' ? T_FLAGS : (*a != 'i') << k);
                        k++;
                }
        if (info->flags & OF_EXIT)
                t |= T_FLAGS;
        if (info->res == 'F')
                t |= T_MAKES_FLAGS;
        if ((info->flags & ~(OF_COMM | OF_FPTRAP | OF_ASKS | OF_PARTS)) == OF_PURE)
                t |= T_REMOVABLE;
        if (info->flags & OF_MEM)
                t |= T_MEM;
        return t;
}

void x64_make_traits(void)
{
        for (unsigned op = 0; op < IR_OP_COUNT; op++)
                x64_traits[op] = traits_of(&ir_opinfo[op]);
        static const uint8_t passive[] = { IR_NOP, IR_INSN, IR_PUT, IR_CONST, IR_PCREL, IR_LIVEIN, IR_LIVEINX, IR_LIVEINF };
        for (unsigned k = 0; k < sizeof(passive); k++)
                x64_traits[passive[k]] = T_PASSIVE;
}

static void use_operands(struct walk *w, ref r, unsigned t)
{
        const struct ir_ins *i = &w->ins[r];
        if (t & T_FLAGS)
                use_flag_operands(w, r);
        if (t & T_MAKES_FLAGS && w->job->val[r].fmode == F_BRANCH) {
                if (i->op == IR_FSEL)
                        return;
                use_later(w, i->b, w->job->val[r].last_use);
                use_later(w, i->c, w->job->val[r].last_use);
                return;
        }
        if (t & 1)
                use_operand(w, i->a, r, 0);
        if (t & 2)
                use_operand(w, i->b, r, 1);
        if (t & 4)
                use_operand(w, i->c, r, 2);
}

/* Notes that value v is observed as guest state up to `end`. */
static void state_until(struct walk *w, ref v, ref end)
{
        if (!is_entry(v)) {
                if (end > w->job->val[v].state_end)
                        w->job->val[v].state_end = end;
                return;
        }
        unsigned s = v - IR_MAX;
        if (!(w->moved >> s & 1) || end > w->moved_end[s])
                w->moved_end[s] = end;
        w->moved |= UINT64_C(1) << s;
}

/* A flags value of parts that is in a register stays there as long as it is NZCV: even where nobody asks for it any more, because
 * it is asked for where its parts come from. */
static void visit_put_flags(struct walk *w, ref r, const struct ir_ins *i)
{
        if (is_flags_parts(w->ins[i->a].op))
                state_until(w, i->a, w->nzcv_end ? w->nzcv_end : w->end);
        w->nzcv_end = i->b ? i->b : r;
}

/* The high half of a value that is guest state only is not computed: the value itself lives as long as its half. Returns false for
 * all other instructions. */
static bool leave_half(struct walk *w, ref r)
{
        const struct ir_ins *i = &w->ins[r];
        struct value *v = &w->job->val[r];
        if (i->op != IR_VZIPH || i->sz != 3 || i->a != i->b || v->last_use || v->half == HALF_BASE)
                return false;
        if (!w->job->gen.ir->guest->vector64 || w->job->opts & IR_OPT_NO_DCE)
                return false;
        v->half = HALF_LAZY;
        v->hint = NOREG;
        ref whole = resolve(w->job, i->a);
        w->job->val[whole].half = HALF_BASE;
        state_until(w, whole, v->state_end);
        return true;
}

static void visit_put(struct walk *w, ref r)
{
        const struct ir_ins *i = &w->ins[r];
        struct compile *job = w->job;
        unsigned slot = (unsigned)i->disp;
        if (slot == SLOT_NZCV) {
                visit_put_flags(w, r, i);
                return;
        }
        ref v = resolve(job, i->a), end = w->put >> slot & 1 ? w->avail[slot] : w->end;
        if (end > r) {
                state_until(w, v, end);
                unsigned pin = x64_pin(slot);
                if (pin != NOREG)
                        job->val[v].hint = (uint8_t)pin;
        }
        w->avail[slot] = i->b;
        w->put |= UINT64_C(1) << slot;
}

/* Sets how long entry values live: up to the last observer before the first PUT of their slot. Those of slots without a PUT live
 * to the end, as they do by x64_entry. */
static void settle_entry(struct walk *w)
{
        for (uint64_t left = w->put; left; left &= left - 1) {
                unsigned s = (unsigned)__builtin_ctzll(left);
                ref end = w->avail[s];
                if (w->moved >> s & 1 && w->moved_end[s] > end)
                        end = w->moved_end[s];
                w->job->val[ENTRY(s)].state_end = end;
        }
}

/* All slots' values are observed, and get new ones, which count as the entry values from there on: those live to the end.
 * The helper sees NZCV too, whose value is looked for here so that its last use is the first one to be met. */
static void visit_sync(struct walk *w, ref r)
{
        w->put = w->moved = ~UINT64_C(0);
        for (unsigned s = 0; s < 64; s++) {
                w->avail[s] = r;
                w->moved_end[s] = w->end;
        }
        w->nzcv_end = r;
        for (ref j = (ref)(r - 1); j > 0; j--)
                if (w->ins[j].op == IR_PUT && w->ins[j].disp == SLOT_NZCV) {
                        save_flags(w, w->ins[j].a, r);
                        break;
                }
}

/* When flags value r stays in EFLAGS, the ALU instruction beside it makes both. */
static void settle_flags(struct walk *w, ref r)
{
        struct compile *job = w->job;
        const unsigned alu = alu_of(w->ins[r].op);
        if (job->val[r].fmode != F_DIRECT || !alu)
                return;
        const unsigned first = r > SIBLINGS_NEAR ? r - SIBLINGS_NEAR : 1;
        const unsigned end = r + SIBLINGS_NEAR < w->end ? r + SIBLINGS_NEAR + 1 : w->end;
        for (unsigned j = first; j < end; j++)
                if (w->ins[j].op == alu && siblings(w->ins, r, (ref)j))
                        job->val[j].force_alu = 1;
}

void live_analyse(struct compile *job)
{
        struct walk w;
        const struct ir_ins *ins = job->gen.ir->ins;
        job->reads_flags = false;
        w.job = job;
        w.ins = ins;
        w.end = (ref)(job->gen.ir->n - 1);
        w.put = w.moved = 0;
        w.nzcv_end = REF_NONE;
        const struct ir_ins *i = &ins[w.end];
        for (ref r = w.end; i > ins; i--, r--) {
                const unsigned op = i->op, t = x64_traits[op];
                if (op == IR_PUT)
                        visit_put(&w, r);
                if (t & T_PASSIVE)
                        continue;
                if (is_dead(job, r, t))
                        continue;
                if (leave_half(&w, r))
                        continue;
                if (op == IR_HELPER_S)
                        visit_sync(&w, r);
                if (t & T_MAKES_FLAGS)
                        settle_flags(&w, r);
                use_operands(&w, r, t);
        }
        settle_entry(&w);
}
