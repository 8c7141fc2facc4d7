/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: no word may match two encodings, unless a group says which of them is taken; each encoding must match some word. */
#include "gendec.h"

#define MAX_ENUMERATED 24 /* bits */

/* Looks for a word that has the fixed bits `match` and satisfies the constraints of a and b, among all values of the bits `free`,
 * which are all that the constraints can see. Returns 1 and the word, 0 (there is none), or -1 (too many bits to try). */
static int find_word(const struct enc *a, const struct enc *b, uint32_t match, uint32_t free, uint32_t *ret_word)
{
        if (__builtin_popcount(free) > MAX_ENUMERATED)
                return -1;
        uint32_t v = 0;
        do {
                if (expr_holds(a, match | v) && expr_holds(b, match | v)) {
                        *ret_word = match | v;
                        return 1;
                }
                v = (v - free) & free; /* the next subset of `free` */
        } while (v);
        return 0;
}

/* Does the innermost group that is around both encodings say that the first match is taken? */
static bool may_overlap(const struct table *t, const struct enc *a, const struct enc *b)
{
        unsigned i = a->group, j = b->group;
        while (i != j) {
                if (i > j)
                        i = t->group[i].parent;
                else
                        j = t->group[j].parent;
        }
        return t->group[i].first_match;
}

bool in_first_match(const struct table *t, const struct enc *e)
{
        unsigned i = e->group;
        while (i && !t->group[i].first_match)
                i = t->group[i].parent;
        return i != 0;
}

/* Complains when a and b, of which a comes first in the table, may match the same word. */
static void check_pair(struct table *t, const struct enc *a, const struct enc *b)
{
        if ((a->match ^ b->match) & a->mask & b->mask)
                return;
        if (may_overlap(t, a, b)) {
                if (!a->constraint && !(a->mask & ~b->mask))
                        complain(t, b, "%s (%s:%u), which comes first, matches all of its words", a->name, a->file, a->line);
                return;
        }
        uint32_t word, free = (a->used | b->used) & ~(a->mask | b->mask);
        int r = find_word(a, b, a->match | b->match, free, &word);
        if (r < 0)
                complain(t, b, "too many bits in the constraints to tell it from %s (%s:%u)", a->name, a->file, a->line);
        else if (r > 0)
                complain(t, b, "overlaps %s (%s:%u): both match %08x", a->name, a->file, a->line, word);
}

/* In a stream of units, complains when %second does not tell the encoding's length. */
static void check_length(struct table *t, const struct enc *e)
{
        bool second = false;
        for (const struct second *s = t->second; s < t->second + t->nseconds; s++) {
                second |= !(s->mask & ~e->mask) && !((s->match ^ e->match) & s->mask);
                if (e->bits == 16 && !((s->match ^ e->match) & s->mask & e->mask))
                        complain(t, e, "a second unit would follow (%s:%u)", s->file, s->line);
        }
        if (e->bits == 32 && !second)
                complain(t, e, "no %%second says that a second unit follows");
}

void check_overlaps(struct table *t)
{
        for (unsigned i = 0; i < t->n; i++) {
                const struct enc *e = &t->enc[i];
                uint32_t word;
                if (e->constraint && find_word(e, e, e->match, e->used, &word) == 0)
                        complain(t, e, "the constraint never holds");
                for (unsigned j = 0; j < i; j++)
                        check_pair(t, &t->enc[j], e);
                if (t->width == 16)
                        check_length(t, e);
        }
}
