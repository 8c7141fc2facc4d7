/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of D registers (see lift_fp.h). A word that the region itself has written is found by looking at how its register was
 * made, so that it need not be put together only to be taken apart. */
#include "a32.h"
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

/* ---- loops ---- */

/* Returns which words of its operand k an instruction reads, bit 0 for the low one; not those that are only part of its result's
 * other words, which source_of() finds. */
static unsigned words_read(const struct ir_ins *i, unsigned k)
{
        bool scalar = i->sz == 2 && (i->aux == FP_SCALAR || i->op == IR_VFTOI);
        switch (i->op) {
        case IR_VINSL: return i->sz != 2 ? 3 : k == 0 ? 0 : 1u << i->aux2;
        case IR_VDUPL:
        case IR_VGET: return i->sz == 2 ? 1u << i->aux : 3;
        case IR_STV: return i->sz == 2 ? 1 : 3;
        case IR_VFADD:
        case IR_VFSUB:
        case IR_VFMUL:
        case IR_VFDIV:
        case IR_VFSQRT:
        case IR_VFMA:
        case IR_VFCMP:
        case IR_VFRINT:
        case IR_VFWIDEN:
        case IR_VFTOI: return scalar ? 1 : 3;
        default: return 3;
        }
}

/* Is this word of v the one that the register has when the region is entered? */
static bool is_entry_word(const struct lift *l, ref v, unsigned word, enum slot slot, unsigned entry_word)
{
        v = source_of(l, v, &word);
        return l->ir->ins[v].op == IR_LIVEINX && l->ir->ins[v].disp == (int32_t)slot && word == entry_word;
}

static bool reads_entry_word(const struct lift *l, const struct ir_ins *i, enum slot slot, unsigned word)
{
        const ref operand[3] = { i->a, i->b, i->c };
        for (unsigned k = 0; k < 3; k++) {
                if (!operand[k] || ir_opinfo[l->ir->ins[operand[k]].op].res != 'X')
                        continue;
                unsigned words = i->op == IR_PUT ? 3 : words_read(i, k);
                for (unsigned w = 0; w < 2; w++)
                        if (words >> w & 1 && is_entry_word(l, operand[k], w, slot, word))
                                return true;
        }
        return false;
}

/* Returns true when the region reads the word that a register has on entry, moves it, or can be left with it. */
static bool needs_entry_word(const struct lift *l, enum slot slot, unsigned word)
{
        ref cur = REF_NONE;
        for (ref r = 1; r < l->ir->n; r++) {
                const struct ir_ins *i = &l->ir->ins[r];
                if (i->op == IR_PUT && i->disp == (int32_t)slot)
                        cur = i->a;
                else if (reads_entry_word(l, i, slot, word))
                        return true;
                if (ir_opinfo[i->op].flags & (OF_EXIT | OF_SYNC) && (!cur || is_entry_word(l, cur, word, slot, word)))
                        return true;
        }
        return false;
}

/* Returns a value with this word of v; its other word may be anything. */
static ref only_word(struct lift *l, ref v, unsigned word, enum slot slot)
{
        if (is_entry_word(l, v, word, slot, word))
                return source_of(l, v, &word);
        unsigned at = word;
        v = source_of(l, v, &at);
        return at == word && !at ? v : v_imm(l, IR_VDUPL, 2, v, REF_NONE, 0, at, 0);
}

static bool is_put_together(const struct ir_ins *i)
{
        return inserts_word(i) || (i->op == IR_VZIPL && i->sz == 2) || (top_of(i) && i->disp & FPO_TOP_KEPT);
}

void a32_before_loop(struct lift *l)
{
        for (unsigned d = 0; d < 16 && may_look(l); d++) {
                enum slot slot = (enum slot)(SLOT_V0 + d);
                ref v = l->ir->cur[slot];
                if (!v || !is_put_together(&l->ir->ins[v]))
                        continue;
                bool low = needs_entry_word(l, slot, 0), high = needs_entry_word(l, slot, 1);
                if (low != high)
                        ir_put(l->ir, slot, only_word(l, v, high, slot));
        }
}
