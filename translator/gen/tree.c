/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: the decision tree.
 *
 * Each node looks at a group of adjacent bits and has a successor for each of its values. Of all groups, the one is taken
 * that leaves the least uncertainty: log2 of the number of encodings that are left, averaged over all encodings and the
 * values of the bits that an encoding leaves open. Nodes with the same candidates and known bits are shared.
 */
#include "gendec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SET 3000
#define ROOT_BITS 10
#define NODE_BITS 7
#define LEAF_SIZE 2 /* so many candidates are just tried one after the other */

struct set {
        unsigned n;
        uint16_t op[MAX_SET];
};

struct memo {
        struct memo *link;
        uint32_t known;
        uint16_t where;
        unsigned n;
        uint16_t op[];
};

struct builder {
        const struct table *t;
        struct tree *tree;
        struct memo *memos;
        bool failed;
};

/* Sets *ret to the encodings of `s` that may have value `v` in the bits at `shift`. */
static void narrow(const struct builder *b, const struct set *s, unsigned shift, unsigned width, uint32_t v, struct set *ret)
{
        uint32_t group = ((1u << width) - 1) << shift;
        ret->n = 0;
        for (unsigned i = 0; i < s->n; i++) {
                const struct enc *e = &b->t->enc[s->op[i]];
                if (!((e->match ^ v << shift) & e->mask & group))
                        ret->op[ret->n++] = s->op[i];
        }
}

/* Returns the uncertainty that is left after a look at a group of bits, itself in bits. */
static double uncertainty(const struct builder *b, const struct set *s, unsigned shift, unsigned width)
{
        uint32_t group = ((1u << width) - 1) << shift;
        static unsigned count[1 << ROOT_BITS];
        memset(count, 0, sizeof count[0] << width);
        double sum = 0;
        for (int pass = 0; pass < 2; pass++) {
                for (unsigned i = 0; i < s->n; i++) {
                        const struct enc *e = &b->t->enc[s->op[i]];
                        uint32_t open = group & ~e->mask, v = 0;
                        double share = 1.0 / (1u << __builtin_popcount(open));
                        do {
                                unsigned k = ((e->match & group) | v) >> shift;
                                if (pass)
                                        sum += share * log2(count[k]);
                                else
                                        count[k]++;
                                v = (v - open) & open;
                        } while (v);
                }
        }
        return sum / s->n;
}

/* Finds the best group of bits that are not known yet. Returns false, and leaves both results as they are, when no group tells
 * anything. */
static bool choose(const struct builder *b, const struct set *s, uint32_t known, unsigned *ret_shift, unsigned *ret_width)
{
        double best = log2(s->n) - 0.01;
        unsigned limit = known ? NODE_BITS : ROOT_BITS;
        bool found = false;
        for (unsigned width = 1; width <= limit && (1u << width) <= 4 * s->n; width++)
                for (unsigned shift = 0; shift + width <= 32; shift++) {
                        if (known & ((1u << width) - 1) << shift)
                                continue;
                        double u = uncertainty(b, s, shift, width) + 0.03 * width; /* of groups that are as good, a narrow one */
                        if (u < best) {
                                best = u;
                                *ret_shift = shift;
                                *ret_width = width;
                                found = true;
                        }
                }
        return found;
}

static uint16_t make_leaf(struct builder *b, const struct set *s)
{
        struct tree *tree = b->tree;
        unsigned at = tree->nleaves;
        if (at + s->n + 1 > LEAF) {
                b->failed = true;
                return LEAF;
        }
        for (unsigned i = 0; i < s->n; i++)
                tree->leaves[tree->nleaves++] = (uint16_t)((s->op[i] + 1) | (b->t->enc[s->op[i]].constraint ? CONSTRAINED : 0));
        if (s->n == 0)
                tree->leaves[tree->nleaves++] = 0;
        tree->leaves[tree->nleaves - 1] |= LAST;
        return (uint16_t)(LEAF | at);
}

static uint16_t build(struct builder *b, const struct set *s, uint32_t known);

static uint16_t make_node(struct builder *b, const struct set *s, uint32_t known, unsigned shift, unsigned width)
{
        struct tree *tree = b->tree;
        unsigned index = tree->nodes++, base = tree->nexts;
        tree->nexts += 1u << width;
        if (tree->nodes > sizeof tree->node / sizeof tree->node[0] || tree->nexts > 0x10000) {
                b->failed = true;
                return LEAF;
        }
        tree->node[index] = (struct node){ .base = (uint16_t)base, .shift = (uint8_t)shift, .width = (uint8_t)width };
        struct set *sub = xalloc(sizeof *sub);
        for (uint32_t v = 0; v < 1u << width && !b->failed; v++) {
                narrow(b, s, shift, width, v, sub);
                tree->next[base + v] = build(b, sub, known | ((1u << width) - 1) << shift);
        }
        free(sub);
        return (uint16_t)index;
}

static uint16_t build(struct builder *b, const struct set *s, uint32_t known)
{
        unsigned shift = 0, width = 1; /* of a root whose bits tell nothing apart */
        bool leaf = known && (s->n <= LEAF_SIZE || !choose(b, s, known, &shift, &width));
        for (struct memo *m = b->memos; m; m = m->link)
                if ((leaf || m->known == known) && m->n == s->n && !memcmp(m->op, s->op, s->n * sizeof s->op[0]))
                        return m->where;
        if (!known)
                choose(b, s, known, &shift, &width);
        struct memo *m = xalloc(sizeof *m + s->n * sizeof s->op[0]);
        memcpy(m->op, s->op, s->n * sizeof s->op[0]);
        m->n = s->n;
        m->known = known;
        m->where = leaf ? make_leaf(b, s) : make_node(b, s, known, shift, width);
        m->link = b->memos;
        b->memos = m;
        return m->where;
}

bool build_tree(const struct table *t, struct tree *tree)
{
        struct builder b = { .t = t, .tree = tree };
        struct set *all = xalloc(sizeof *all);
        if (t->n == 0 || t->n > MAX_SET)
                return false;
        for (unsigned i = 0; i < t->n; i++)
                all->op[all->n++] = (uint16_t)i;
        build(&b, all, 0);
        free(all);
        while (b.memos) {
                struct memo *m = b.memos;
                b.memos = m->link;
                free(m);
        }
        return !b.failed;
}
