/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which regions depend on which guest code (see code_index.h). */
#include "cache.h"
#include "code_index.h"
#include "guest/code.h"
#include "rt/rt.h"

enum {
        LEVELS = 4,
        LEVEL_BITS = 10,
        FANOUT = 1 << LEVEL_BITS,
        GRANULE_BITS = 8,
        LINES = (1 << GRANULE_BITS) / FETCH_LINE, /* in a granule */
        ADDRESS_BITS = GRANULE_BITS + LEVELS * LEVEL_BITS,
};
#define GRANULE (UINT64_C(1) << GRANULE_BITS)
#define ADDRESS_END (UINT64_C(1) << ADDRESS_BITS)

/* Children are places in the arena, 0 = nothing: of nodes, or, at the last level, of the first entry of a list. */
struct node {
        uint32_t child[FANOUT];
};

struct entry {
        uint32_t next;
        uint32_t region : 32 - LINES;
        uint32_t lines : LINES; /* of the granule, one bit each, that the region depends on */
};

static struct node root RT_MEDIUM;

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

/* Returns how many bytes of guest addresses one child of a node of this level is for. The root has level 0. */
static unsigned span_bits(unsigned level)
{
        return GRANULE_BITS + LEVEL_BITS * (LEVELS - 1 - level);
}
static uint64_t span(unsigned level)
{
        return UINT64_C(1) << span_bits(level);
}
static unsigned index_in(unsigned level, uint64_t address)
{
        return (unsigned)(address >> span_bits(level)) % FANOUT;
}

size_t code_index_room(unsigned n)
{
        return n * (sizeof(struct entry) + (LEVELS - 1) * sizeof(struct node));
}

/* Returns where the list of the granule at `address` begins; makes the nodes that lead to it. A new node is cleared before others
 * see it, because the arena's memory was used before. */
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

/* Returns the region's entry in a list, which is the first one of it. */
static struct entry *entry_of(struct code_arena *a, const struct region *r, uint32_t *list)
{
        const uint32_t me = place_of(a, r);
        struct entry *e = *list ? at(a, *list) : NULL;
        if (!e || e->region != me) {
                e = allocate(a, sizeof(*e));
                *e = (struct entry){ .next = *list, .region = me };
                __atomic_store_n(list, place_of(a, e), __ATOMIC_RELEASE);
        }
        return e;
}

void code_index_add(struct code_arena *arena, struct region *r, const uint64_t *line, unsigned n)
{
        struct entry *e = NULL;
        for (unsigned k = 0; k < n; k++) { /* consecutive lines are mostly in the same granule, and in the same entry then */
                if (!k || line[k] / GRANULE != line[k - 1] / GRANULE)
                        e = entry_of(arena, r, list_of(arena, line[k]));
                e->lines |= 1u << line[k] / FETCH_LINE % LINES;
        }
}

/* Returns the node at a place that was read without a lock, or NULL when there is none. The place may be any number, while
 * another thread forgets everything. */
static struct node *node_at(const struct code_arena *a, uint32_t place)
{
        return place && (size_t)place * 8 <= (size_t)(a->end - a->start) - sizeof(struct node) ? at(a, place) : NULL;
}

/* Looks in a node of this level for the first child that is not empty and is for addresses from `address` on. Returns the first
 * such address, with the child in *ret; *ret is NULL when there is none in the node or below `end`. */
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

/* Returns the first address from `address` on whose granule has a list, with the list in *ret_list; ADDRESS_END: there is none
 * before `end`. Needs no lock. */
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

/* Rounds [*start, *end) to whole lines. Returns false when nothing in it can have been translated. */
static bool whole_lines(uint64_t *start, uint64_t *end)
{
        *start -= *start % FETCH_LINE;
        if (*end > ADDRESS_END)
                *end = ADDRESS_END;
        return *start < *end;
}

/* Returns the lines that [start, end) touches in the granule at `granule`, one bit each. */
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

/* Drops the regions of a list that depend on `lines`. Takes those that are dead out of it, unless they may come back: of these there is one
 * at most for each place where a region can begin. Returns how many were not dead before. */
static unsigned take_from(struct code_arena *a, uint32_t *list, uint32_t lines, void (*drop)(struct region *))
{
        unsigned n = 0;
        while (*list) {
                struct entry *e = at(a, *list);
                struct region *r = at(a, e->region);
                if (e->lines & lines) {
                        n += !r->dead;
                        drop(r);
                }
                if (r->dead && !r->was)
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
