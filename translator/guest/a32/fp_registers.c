/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of D registers (see lift_fp.h). A word that the region itself has written is found by looking at how its register was
 * made, so that it need not be put together only to be taken apart. */
#include "lift_fp.h"

enum { LOOK_BACK = 64 }; /* instructions among which a word that was taken out before is searched */

static bool may_look(const struct lift *l)
{
        return !(l->ir->opts & IR_OPT_NO_FOLD);
}

/* Returns the operand of an FP op of single precision that may leave above its result what that operand has there, or
 * REF_NONE. */
static ref top_of(const struct ir_ins *i)
{
        switch (i->op) {
        case IR_VFADD:
        case IR_VFSUB:
        case IR_VFMUL:
        case IR_VFDIV: return i->sz == 2 && i->aux == FP_SCALAR ? i->a : REF_NONE;
        case IR_VFMA: return i->sz == 2 && i->aux == FP_SCALAR ? i->c : REF_NONE;
        default: return REF_NONE;
        }
}

static bool inserts_word(const struct ir_ins *i)
{
        return i->op == IR_VINSL && i->sz == 2;
}

/* Returns the value that has the word of v at all, and changes *word to where it is. */
static ref source_of(const struct lift *l, ref v, unsigned *word)
{
        while (may_look(l)) {
                const struct ir_ins *i = &l->ir->ins[v];
                if (inserts_word(i) && i->aux == *word) {
                        v = i->b;
                        *word = i->aux2;
                } else if (inserts_word(i)) {
                        v = i->a;
                } else if (i->op == IR_VZIPL && i->sz == 2) {
                        v = *word ? i->b : i->a;
                        *word = 0;
                } else if (*word && top_of(i) && i->disp & FPO_TOP_KEPT) {
                        v = top_of(i);
                } else {
                        break;
                }
        }
        return v;
}

ref get_word(struct lift *l, unsigned d, unsigned word)
{
        ref v = source_of(l, get_d(l, d), &word);

        if (word == 0)
                return v;
        for (uint32_t k = l->ir->n - 1; may_look(l) && k > v && k + LOOK_BACK > l->ir->n; k--) {
                const struct ir_ins *i = &l->ir->ins[k];
                if (i->op == IR_VDUPL && i->sz == 2 && i->a == v && i->aux == word)
                        return (ref)k;
        }
        return v_imm(l, IR_VDUPL, 2, v, REF_NONE, 0, word, 0);
}

/* v is computed from the register's old value and replaces its low word: the op leaves the other words as they were. */
static bool is_made_in_place(struct lift *l, ref v, ref old)
{
        struct ir_ins *i = &l->ir->ins[v];
        if (!may_look(l) || top_of(i) != old)
                return false;
        i->disp = (i->disp & ~FPO_TOP) | FPO_TOP_KEPT;
        return true;
}

void put_word(struct lift *l, unsigned d, unsigned word, ref v)
{
        ref old = get_d(l, d);
        const struct ir_ins *i = &l->ir->ins[old];

        for (; may_look(l) && inserts_word(i) && i->aux == word; i = &l->ir->ins[old])
                old = i->a;
        if (word || !is_made_in_place(l, v, old)) {
                if (may_look(l) && inserts_word(i) && i->aux2 == 0)
                        v = word ? v2(l, IR_VZIPL, 2, i->b, v) : v2(l, IR_VZIPL, 2, v, i->b);
                else
                        v = v_imm(l, IR_VINSL, 2, old, v, 0, word, 0);
        }
        put_d(l, d, v);
}

ref get_word_g(struct lift *l, unsigned d, unsigned word)
{
        ref v = source_of(l, get_d(l, d), &word);
        const struct ir_ins *i = &l->ir->ins[v];

        if (may_look(l) && word == 0 && i->op == IR_VFROM && i->sz == 2)
                return ir_narrow(l->ir, i->a);
        return v_imm(l, IR_VGET, 2, v, REF_NONE, 0, word, 0);
}

void put_word_g(struct lift *l, unsigned d, unsigned word, ref v)
{
        put_word(l, d, word, v1(l, IR_VFROM, 2, v));
}
