/* Liveness of a region's values, register hints, and how each flags value reaches its consumers: one walk
 * from the end to the beginning. */
#include "ra.h"

struct walk {
        struct ra *ra;
        const struct ir_ins *ins;
        ref end;                 /* index of the last instruction */
        ref avail[SLOT_COUNT];   /* last observer before the next PUT of the slot (the end when there is none) */
};

/* The ALU op that makes the flags of this flags op as a side effect on x86. */
static unsigned alu_of(unsigned op) {
        switch (op) {
        case IR_FSUBS: return IR_SUB;
        case IR_FADDS: return IR_ADD;
        case IR_FANDS: return IR_AND;
        case IR_FADCS: return IR_ADC;
        case IR_FSBCS: return IR_SBC;
        default: return IR_NOP;
        }
}

static bool same_operands(const struct ir_ins *x, const struct ir_ins *y) {
        return x->sz == y->sz && x->a == y->a && x->b == y->b && x->c == y->c;
}

/* Are j and f an ALU instruction and its flags, in either order? */
static bool siblings(const struct ir_ins *ins, ref f, ref j) {
        unsigned alu = alu_of(ins[f].op);
        return alu && ins[j].op == alu && same_operands(&ins[f], &ins[j]);
}

bool op_keeps_eflags(const struct ra *ra, ref r) {
        const struct ir_ins *i = &ra->gen.ir->ins[r];
        switch (i->op) {
        case IR_NOP: case IR_INSN: case IR_CONST: case IR_PCREL: case IR_LIVEIN: case IR_LIVEINX: case IR_LIVEINF:
        case IR_PUT: case IR_LD: case IR_LDS: case IR_LDV: case IR_ST: case IR_STV: case IR_LDSTATE: case IR_STSTATE:
        case IR_SEL: case IR_SETCC: case IR_EXIT_IF: case IR_ZEXT: case IR_NOT: case IR_BSWAP:
                return true;
        case IR_ADD:
                return true; /* LEA */
        case IR_SUB:
                return ra->gen.ir->ins[i->b].op == IR_CONST && ra->gen.ir->ins[i->b].imm == (int32_t) ra->gen.ir->ins[i->b].imm &&
                       ra->gen.ir->ins[i->b].imm != INT32_MIN;
        case IR_SHL: case IR_SHR: case IR_SAR:
                return x64_features.bmi2;
        case IR_SEXT:
                return true;
        default:
                return false;
        }
}

/* Do all instructions between f and its consumer `use` leave EFLAGS alone? */
static bool eflags_survive(const struct walk *w, ref f, ref use) {
        if (use - f > 16 || (w->ra->opts & IR_OPT_NO_FUSE))
                return false;
        for (ref j = (ref)(f + 1); j < use; j++) {
                if (op_keeps_eflags(w->ra, j) || siblings(w->ins, f, j))
                        continue;
                /* ADC and its flags are one instruction, if the flags are not wanted in a register. */
                if (siblings(w->ins, use, j) && w->ra->fmode[use] == F_DIRECT)
                        continue;
                if (siblings(w->ins, j, use) && w->ra->fmode[j] <= F_DIRECT)
                        continue;
                return false;
        }
        return true;
}

static bool only_puts_between(const struct walk *w, ref f, ref use) {
        for (ref j = (ref)(f + 1); j < use; j++)
                if (w->ins[j].op != IR_PUT && w->ins[j].op != IR_NOP && w->ins[j].op != IR_CONST)
                        return false;
        return true;
}

static enum fmode choose_fmode(const struct walk *w, ref f, ref use) {
        unsigned op = w->ins[f].op;
        if (op == IR_LIVEINF || op == IR_FSETNZCV)
                return F_MAT;
        const struct ir_ins *u = &w->ins[use];
        if (op == IR_FCCMP && u->op == IR_EXIT_IF && u->a == f && u->b != f && only_puts_between(w, f, use))
                return F_BRANCH;
        bool tested_over = u->op == IR_EXIT_IF && u->b == f && u->a != f; /* another value is tested before it is saved */
        if (!tested_over && eflags_survive(w, f, use))
                return F_DIRECT;
        bool remat = op == IR_FSUBS || op == IR_FADDS || op == IR_FANDS || (ir_opinfo[op].args[0] == 'x');
        return remat ? F_REMAT : F_MAT;
}

static void use_value(struct walk *w, ref v, ref at, unsigned k) {
        struct ra *ra = w->ra;
        if (!v)
                return;
        v = resolve(ra, v);
        if (!ra->last_use[v])
                ra->last_use[v] = at;
        if (k < 3) {
                ra->use_link[at][k] = ra->next_use[v];
                ra->next_use[v] = at;
        } else if (ra->last_use[v] < at) {
                ra->last_use[v] = at;
        }
}

/* An FP comparison whose conditions want both operand orders, or all of NZCV, cannot stay in EFLAGS. */
static bool fcmp_conflict(const struct walk *w, ref f) {
        uint16_t cc = w->ra->fcc[f];
        return ir_opinfo[w->ins[f].op].args[0] == 'x' && (cc & FCC_SWAP) && (cc & FCC_PLAIN);
}

/* cc: CC_NV when all of NZCV is wanted. */
static void use_flags(struct walk *w, ref f, ref at, unsigned cc) {
        struct ra *ra = w->ra;
        if (!f)
                return;
        ra->fcc[f] |= (uint16_t)(1u << cc);
        if (!ra->last_use[f]) {
                ra->last_use[f] = at;
                ra->fmode[f] = choose_fmode(w, f, at);
        }
        if (ra->fmode[f] == F_DIRECT && fcmp_conflict(w, f)) {
                ra->fmode[f] = F_REMAT;
                at = ra->last_use[f];
        }
        if (ra->fmode[f] == F_REMAT) { /* 3: no link; the operands are read at the consumer */
                use_value(w, w->ins[f].a, at, 3);
                use_value(w, w->ins[f].b, at, 3);
        }
}

/* Flags operands by op: which, and which bits of them. */
static void use_flag_operands(struct walk *w, ref r) {
        const struct ir_ins *i = &w->ins[r];
        switch (i->op) {
        case IR_SEL: case IR_SELX: case IR_SETCC:
                use_flags(w, i->a, r, i->aux);
                break;
        case IR_FCCMP:
                use_flags(w, i->a, w->ra->fmode[r] == F_BRANCH ? w->ra->last_use[r] : r, i->aux);
                break;
        case IR_EXIT_IF:
                use_flags(w, i->b, r, CC_NV);
                use_flags(w, i->a, r, i->aux);
                break;
        case IR_FADCS: case IR_FSBCS: case IR_ADC: case IR_SBC:
                use_flags(w, i->c, r, CC_CS);
                break;
        case IR_FGETNZCV:
                use_flags(w, i->a, r, CC_NV);
                break;
        case IR_EXIT: case IR_EXIT_CALL: case IR_EXIT_IND: case IR_EXIT_CALLR: case IR_EXIT_RET: case IR_EXIT_SYS:
                use_flags(w, i->b, r, CC_NV);
                break;
        default:
                break;
        }
}

/* Is operand k of an op a value that is in a register or memory: no flags? ('*' stands for such a one too: PUT, whose
 * operand may be flags, does not come here.) */
static bool takes_value(unsigned op, unsigned k) {
        static uint8_t known[IR_OP_COUNT]; /* bit 7: looked at */
        if (!known[op]) {
                unsigned n = 0;
                known[op] = 0x80;
                for (const char *a = ir_opinfo[op].args; *a; a++)
                        if (*a != '?')
                                known[op] |= (uint8_t)((*a != 'f' && *a != 'i') << n++);
        }
        return known[op] >> k & 1;
}

static void use_operands(struct walk *w, ref r) {
        const struct ir_ins *i = &w->ins[r];
        use_flag_operands(w, r);
        if (ir_opinfo[i->op].res == 'F' && w->ra->fmode[r] == F_BRANCH) {
                use_value(w, i->b, w->ra->last_use[r], 3);
                use_value(w, i->c, w->ra->last_use[r], 3);
                return;
        }
        if (i->a && takes_value(i->op, 0))
                use_value(w, i->a, r, 0);
        if (i->b && takes_value(i->op, 1))
                use_value(w, i->b, r, 1);
        if (i->c && takes_value(i->op, 2))
                use_value(w, i->c, r, 2);
}

static void visit_put(struct walk *w, ref r) {
        const struct ir_ins *i = &w->ins[r];
        struct ra *ra = w->ra;
        unsigned slot = (unsigned) i->disp;
        if (slot == SLOT_NZCV)
                return;
        ref v = resolve(ra, i->a), end = w->avail[slot];
        if (end > r) {
                if (end > ra->state_end[v])
                        ra->state_end[v] = end;
                unsigned pin = x64_pin(slot);
                if (pin != NOREG)
                        ra->hint[v] = (uint8_t) pin;
        }
        w->avail[slot] = i->b;
}

/* The helper sees NZCV, whose value is looked for here so that its last use is the first one to be met. */
static void visit_sync(struct walk *w, ref r) {
        for (unsigned s = 0; s < SLOT_COUNT; s++) {
                if (w->avail[s] > w->ra->state_end[ENTRY(s)])
                        w->ra->state_end[ENTRY(s)] = w->avail[s];
                w->avail[s] = r;
        }
        for (ref j = (ref)(r - 1); j > 0; j--)
                if (w->ins[j].op == IR_PUT && w->ins[j].disp == SLOT_NZCV) {
                        use_flags(w, w->ins[j].a, r, CC_NV);
                        break;
                }
}

/* The ALU instruction beside a flags value that stays in EFLAGS makes both. */
static void settle_flags(struct walk *w, ref r) {
        struct ra *ra = w->ra;
        if (ra->fmode[r] != F_DIRECT)
                return;
        for (ref j = r > 3 ? (ref)(r - 3) : 1; j < r; j++)
                if (siblings(w->ins, r, j))
                        ra->force_alu[j] = 1;
        for (ref j = (ref)(r + 1); j <= r + 3 && j < w->end; j++)
                if (siblings(w->ins, r, j))
                        ra->force_alu[j] = 1;
}

static bool is_dead(const struct walk *w, ref r) {
        const struct ir_opinfo *info = &ir_opinfo[w->ins[r].op];
        if ((info->flags & ~(OF_COMM | OF_FPTRAP)) != OF_PURE || (w->ra->opts & IR_OPT_NO_DCE && info->res != 'F'))
                return false;
        return !w->ra->last_use[r] && !w->ra->state_end[r];
}

void live_analyse(struct ra *ra) {
        struct walk w = { .ra = ra, .ins = ra->gen.ir->ins, .end = (ref)(ra->gen.ir->n - 1) };
        for (unsigned s = 0; s < SLOT_COUNT; s++)
                w.avail[s] = w.end;
        for (ref r = w.end; r > 0; r--) {
                const struct ir_ins *i = &w.ins[r];
                if (i->op == IR_PUT) {
                        visit_put(&w, r);
                        continue;
                }
                if (i->op == IR_INSN || i->op == IR_LIVEIN || i->op == IR_LIVEINX || is_dead(&w, r))
                        continue;
                if (i->op == IR_HELPER_S)
                        visit_sync(&w, r);
                if (ir_opinfo[i->op].res == 'F')
                        settle_flags(&w, r);
                use_operands(&w, r);
        }
        for (unsigned s = 0; s < SLOT_COUNT; s++)
                if (w.avail[s] > ra->state_end[ENTRY(s)])
                        ra->state_end[ENTRY(s)] = w.avail[s];
}
