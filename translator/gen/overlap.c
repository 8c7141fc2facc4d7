/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: no word may match two encodings, and no constraint may be unsatisfiable. */
#include "gendec.h"

#define MAX_ENUMERATED 24 /* bits */

/* Looks for a word that has the fixed bits `match` and satisfies both constraints, among all values of the
 * bits `free`, which are all that the constraints can see. Returns 1 and the word, 0 (none), or -1 (too many). */
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

static void check_pair(struct table *t, const struct enc *a, const struct enc *b)
{
        if ((a->match ^ b->match) & a->mask & b->mask)
                return;
        uint32_t word, free = (a->used | b->used) & ~(a->mask | b->mask);
        int r = find_word(a, b, a->match | b->match, free, &word);
        if (r < 0)
                complain(t, b, "too many bits in the constraints to tell it from %s (%s:%u)", a->name, a->file, a->line);
        else if (r > 0)
                complain(t, b, "overlaps %s (%s:%u): both match %0*x", a->name, a->file, a->line, (int)t->width / 4, word);
}

void check_overlaps(struct table *t)
{
        for (unsigned i = 0; i < t->n; i++) {
                const struct enc *e = &t->enc[i];
                uint32_t word;
                if (e->expr && find_word(e, e, e->match, e->used, &word) == 0)
                        complain(t, e, "the constraint never holds");
                for (unsigned j = 0; j < i; j++)
                        check_pair(t, &t->enc[j], e);
        }
}
