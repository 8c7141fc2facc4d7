/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which regions depend on which guest code (see code_index.h). */
#include "cache.h"
#include "code_index.h"
#include "guest/code.h"

enum {
        LEVELS = 4,
        LEVEL_BITS = 10,
        FANOUT = 1 << LEVEL_BITS,
        GRANULE_BITS = 8,
        LINES = (1 << GRANULE_BITS) / FETCH_LINE, /* of a granule */
        ADDRESS_BITS = GRANULE_BITS + LEVELS * LEVEL_BITS,
};
#define GRANULE (UINT64_C(1) << GRANULE_BITS)
#define ADDRESS_END (UINT64_C(1) << ADDRESS_BITS)

/* Numbers are places in the arena, 0 = nothing: children at the upper levels, the first entry of the list at the last one. */
struct node {
        uint32_t child[FANOUT];
};

struct entry {
        uint32_t next;
        uint32_t region : 32 - LINES;
        uint32_t lines : LINES; /* of the granule, one bit each, that the region depends on */
};

static struct node root;

static void *at(const struct code_arena *a, uint32_t place)
{
        return a->start + (size_t)place * 8;
}
static uint32_t place_of(const struct code_arena *a, const void *p)
{
        return (uint32_t)((size_t)((const uint8_t *)p - a->start) / 8);
}

static void *allocate(struct code_arena *a, size_t bytes)
{
        void *p = a->p;
        a->p += bytes;
        return p;
}

/* Bytes of guest addresses that one child of a node of this level is for; level 0 is the root. */
static uint64_t span(unsigned level)
{
        return GRANULE << LEVEL_BITS * (LEVELS - 1 - level);
}
static unsigned index_in(unsigned level, uint64_t address)
{
        return (unsigned)(address / span(level)) % FANOUT;
}

size_t code_index_room(unsigned n)
{
        return n * (sizeof(struct entry) + (LEVELS - 1) * sizeof(struct node));
}

/* The list of a granule. Memory of the arena was used before, so nodes are cleared before they are seen. */
static uint32_t *list_of(struct code_arena *a, uint64_t address)
{
        struct node *n = &root;
        for (unsigned level = 0; level < LEVELS - 1; level++) {
                uint32_t *child = &n->child[index_in(level, address)];
                if (!*child) {
                        struct node *new = allocate(a, sizeof(*new));
                        *new = (struct node){ 0 };
                        __atomic_store_n(child, place_of(a, new), __ATOMIC_RELEASE);
                }
                n = at(a, *child);
        }
        return &n->child[index_in(LEVELS - 1, address)];
}

void code_index_add(struct code_arena *arena, struct region *r, const uint64_t *line, unsigned n)
{
        for (unsigned k = 0; k < n; k++) {
                uint32_t *list = list_of(arena, line[k]), me = place_of(arena, r);
                uint32_t bit = 1u << line[k] / FETCH_LINE % LINES;
                struct entry *e = *list ? at(arena, *list) : NULL;
                if (!e || e->region != me) { /* lines of a granule mostly come one behind the other */
                        e = allocate(arena, sizeof(*e));
                        *e = (struct entry){ .next = *list, .region = me };
                        __atomic_store_n(list, place_of(arena, e), __ATOMIC_RELEASE);
                }
                e->lines |= bit;
        }
}

/* The node at a place that was read without a lock: while another thread forgets everything it may be anything. NULL: none. */
static struct node *node_at(const struct code_arena *a, uint32_t place)
{
        return place && (size_t)place * 8 <= (size_t)(a->end - a->start) - sizeof(struct node) ? at(a, place) : NULL;
}

/* The first address from `address` on that one of the node's children is for which is not empty, and that child; behind all of
 * them, or from `end` on: NULL. */
static uint64_t next_child(const struct code_arena *a, struct node *n, unsigned level, uint64_t address, uint64_t end,
                           uint32_t **ret)
{
        for (unsigned k = index_in(level, address); k < FANOUT && address < end; k++) {
                uint32_t place = __atomic_load_n(&n->child[k], __ATOMIC_ACQUIRE);
                if (level == LEVELS - 1 ? place : node_at(a, place) != NULL) {
                        *ret = &n->child[k];
                        return address;
                }
                address = (address / span(level) + 1) * span(level);
        }
        *ret = NULL;
        return address;
}

/* The first address from `address` on that belongs to a granule with a list, which is *ret_list; ADDRESS_END: none before `end`.
 * Needs no lock. */
static uint64_t next_list(const struct code_arena *a, uint64_t address, uint64_t end, uint32_t **ret_list)
{
        while (address < end) {
                struct node *n = &root;
                unsigned level = 0;
                while (level < LEVELS - 1) {
                        struct node *child = node_at(a, __atomic_load_n(&n->child[index_in(level, address)], __ATOMIC_ACQUIRE));
                        if (!child)
                                break;
                        n = child;
                        level++;
                }
                address = next_child(a, n, level, address, end, ret_list);
                if (level == LEVELS - 1 && *ret_list)
                        return address;
        }
        return ADDRESS_END;
}

/* Rounds to whole lines. False: there is nothing in between that could have been translated. */
static bool whole_lines(uint64_t *start, uint64_t *end)
{
        *start -= *start % FETCH_LINE;
        if (*end > ADDRESS_END)
                *end = ADDRESS_END;
        return *start < *end;
}

/* The lines of the granule at `granule` that [start, end) touches. */
static uint32_t lines_between(uint64_t granule, uint64_t start, uint64_t end)
{
        uint32_t from = start > granule ? (uint32_t)(start - granule) / FETCH_LINE : 0;
        uint32_t to = end < granule + GRANULE ? (uint32_t)(end - granule + FETCH_LINE - 1) / FETCH_LINE : LINES;
        return ((1u << to) - 1) & ~((1u << from) - 1);
}

bool code_index_any(const struct code_arena *arena, uint64_t start, uint64_t end)
{
        uint32_t *list;
        return whole_lines(&start, &end) && next_list(arena, start, end, &list) < end;
}

/* What was dropped by way of another granule goes out of the list too. */
static unsigned take_from(struct code_arena *a, uint32_t *list, uint32_t lines, void (*drop)(struct region *))
{
        unsigned n = 0;
        while (*list) {
                struct entry *e = at(a, *list);
                struct region *r = at(a, e->region);
                if (!r->dead && (e->lines & lines)) {
                        drop(r);
                        n++;
                }
                if (r->dead)
                        __atomic_store_n(list, e->next, __ATOMIC_RELEASE);
                else
                        list = &e->next;
        }
        return n;
}

unsigned code_index_take(struct code_arena *arena, uint64_t start, uint64_t end, void (*drop)(struct region *))
{
        unsigned n = 0;
        uint32_t *list;
        if (!whole_lines(&start, &end))
                return 0;
        for (uint64_t a = start; (a = next_list(arena, a, end, &list)) < end; a = (a / GRANULE + 1) * GRANULE)
                n += take_from(arena, list, lines_between(a & ~(GRANULE - 1), start, end), drop);
        return n;
}

void code_index_forget(void)
{
        root = (struct node){ 0 };
}
