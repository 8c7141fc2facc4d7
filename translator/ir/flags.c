/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flags values that are made of parts of others, and how those who need only a part get around them (see flags.h). */
#include "flags.h"

enum {
        LOOK_BACK = 32,      /* instructions among which a test is looked for that has been made already */
        DIFFERENCE_OF_0 = 6, /* NZCV of a difference that is 0, as FCCMP has it */
};

static bool is_parts(const struct ir_ins *i)
{
        return i->op == IR_FNZ || i->op == IR_FNZC;
}

/* Returns flags whose N and Z are those of r & k (k is REF_NONE: r). */
static ref test_of(struct ir *ir, unsigned sz, ref r, ref k)
{
        struct ir_ins t = { .op = IR_FANDS, .sz = (uint8_t)sz, .a = r, .b = k ? k : r };
        const struct ir_ins made = ir->ins[r];
        bool from_and = !k && made.op == IR_AND && made.sz == sz; /* whose flags a lifter may have asked for */
        for (uint32_t n = ir->n - 1, end = n > LOOK_BACK ? n - LOOK_BACK : 0; n > end; n--) {
                const struct ir_ins *i = &ir->ins[n];
                if (i->op != t.op || i->sz != t.sz)
                        continue;
                if ((i->a == t.a && i->b == t.b) || (from_and && i->a == made.a && i->b == made.b))
                        return (ref)n;
        }
        return ir_emit(ir, t);
}

/* Condition *cc is asked of flags *f: makes both what is asked of a value that has the needed part itself. */
static void ask_part(struct ir *ir, uint8_t *cc, ref *f)
{
        while (*cc < CC_HI && is_parts(&ir->ins[*f])) {
                const struct ir_ins i = ir->ins[*f];
                bool nz = *cc < CC_CS || *cc == CC_MI || *cc == CC_PL, carry = *cc == CC_CS || *cc == CC_CC;
                if (nz) {
                        *f = test_of(ir, i.sz, i.b, REF_NONE);
                } else if (carry && i.op == IR_FNZC) {
                        *f = test_of(ir, 2, i.c, ir_const(ir, 1));
                        *cc = *cc == CC_CS ? CC_NE : CC_EQ;
                } else {
                        *f = i.a;
                }
        }
}

/* Returns flags that have the C of f. */
static ref carry_of(struct ir *ir, ref f)
{
        while (ir->ins[f].op == IR_FNZ)
                f = ir->ins[f].a;
        if (ir->ins[f].op != IR_FNZC)
                return f;
        ref bit = ir_op(ir, IR_AND, 2, ir->ins[f].c, ir_const(ir, 1), REF_NONE);
        return ir_op(ir, IR_FADDS, 2, bit, ir_const(ir, 0xffffffff), REF_NONE);
}

/* Parts of parts: the lower one's that are needed are taken over. */
static void merge_parts(struct ir *ir, struct ir_ins *i)
{
        while (is_parts(&ir->ins[i->a])) {
                const struct ir_ins below = ir->ins[i->a];
                if (i->op == IR_FNZ && below.op == IR_FNZC) {
                        i->op = IR_FNZC;
                        i->c = below.c;
                }
                i->a = below.a;
        }
}

/* Are these flags those of a difference of 0 where NE fails of them? */
static bool is_difference(const struct ir_ins *f)
{
        return f->op == IR_FSUBS || (f->op == IR_FCCMP && f->aux2 == DIFFERENCE_OF_0 && !f->aux3);
}

/* When NE fails of the flags of a subtraction, these are those of 0: FSEL becomes FCCMP. */
static void select_by_literal(struct ir *ir, struct ir_ins *i)
{
        const struct ir_ins asked = ir->ins[i->a], yes = ir->ins[i->b];
        if (i->a != i->c || i->aux != CC_NE || !is_difference(&asked) || (yes.op != IR_FSUBS && yes.op != IR_FADDS))
                return;
        *i = (struct ir_ins){ .op = IR_FCCMP, .sz = yes.sz, .a = i->a, .b = yes.a, .c = yes.b };
        i->aux = CC_NE;
        i->aux2 = DIFFERENCE_OF_0;
        i->aux3 = yes.op == IR_FADDS;
}

void ir_flags_fold(struct ir *ir, struct ir_ins *i)
{
        switch (i->op) {
        case IR_FNZ:
        case IR_FNZC: merge_parts(ir, i); break;
        case IR_ADC:
        case IR_SBC:
        case IR_FADCS:
        case IR_FSBCS: i->c = carry_of(ir, i->c); break;
        case IR_FSEL:
                select_by_literal(ir, i);
                if (i->op != IR_FSEL)
                        break;
                __attribute__((fallthrough));
        default: ask_part(ir, &i->aux, &i->a); break;
        }
}

ref ir_flags_parts(struct ir *ir, ref f, unsigned parts)
{
        while (f && is_parts(&ir->ins[f])) {
                const struct ir_ins i = ir->ins[f];
                unsigned own = i.op == IR_FNZ ? FLAGS_NZ : FLAGS_NZ | FLAGS_C;
                if (!(parts & ~(unsigned)FLAGS_NZ))
                        return test_of(ir, i.sz, i.b, REF_NONE);
                if (parts & own)
                        return f;
                f = i.a;
        }
        return f && ir->ins[f].op != IR_LIVEINF ? f : REF_NONE;
}

ref ir_flags_nz(struct ir *ir, unsigned sz, ref f, ref r)
{
        return ir_op(ir, IR_FNZ, sz, f, r, REF_NONE);
}

ref ir_flags_nzc(struct ir *ir, unsigned sz, ref f, ref r, ref c)
{
        return ir_op(ir, IR_FNZC, sz, f, r, c);
}

ref ir_flags_select(struct ir *ir, struct ir_when when, ref yes, ref no)
{
        if (when.cc >= CC_AL || yes == no)
                return yes;
        struct ir_ins i = { .op = IR_FSEL, .sz = 3, .a = when.flags, .b = yes, .c = no };
        i.aux = (uint8_t)when.cc;
        return ir_emit(ir, i);
}
