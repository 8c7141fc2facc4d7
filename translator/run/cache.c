/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code cache (see cache.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/resource.h>
#include "cache.h"
#include "code_index.h"
#include "code_memory.h"
#include "guest/code.h"
#include "guest/loop_heads.h"
#include "settings.h"
#include "unit.h"
#include "rt/rt.h"

#define DEFAULT_BYTES (UINT64_C(64) << 20)
#define TABLE_SIZE 128u /* entries of the table of regions at first */
#define CHUNK 256u      /* bytes of code for which there is an index */
#define CODE_SLACK (X64_REGION_MAX + 1025)
#define BYTES_A_REGION 128u /* of code, which is less than most regions have: limits how many regions there may be */
#define META_FIRST 8u       /* metadata's first offset that is used: 0 means none */
#define MIN_BYTES ((4u * CODE_SLACK + 4095) & ~4095u)
#define USUAL 1024u       /* bytes of code and of metadata that few regions exceed */
#define STUBS (8u << 10)  /* bytes of code that the stubs take, about */
#define AHEAD (64u << 10) /* bytes of fresh memory that are asked for at once */

struct cache_stats cache_stats;

struct entry {
        uint64_t key;
        struct region *region; /* NULL: empty */
};

/* Where a region is: the offset of its code in the cache, and that of its record in the metadata, in units of 8 bytes. */
struct position {
        uint32_t code, meta;
};

static struct {
        struct code_memory code;
        uint8_t *base, *end, *start; /* where code is written; start: behind the stubs */
        uint8_t *p;                  /* next free byte there */
        struct code_arena meta;      /* regions, their records, and the index of guest code */
        uint8_t *ready, *meta_ready; /* up to here the kernel was asked for memory of code, of metadata */
        struct position *order;      /* in address order: regions are only ever added at the end */
        uint32_t *chunk;             /* the first region that ends behind the start of each CHUNK bytes of code */
        uint32_t nregions, max_regions;
        struct entry first_table[TABLE_SIZE];
        struct entry *table; /* open addressing, linear probing; never more than half full */
        uint32_t size, used; /* of the table; size: a power of two */
        void (*each_dropped)(struct region *);
        bool drops_for_good;
} cache;

static void *map(size_t bytes, struct own_memory *own)
{
        long p = own_memory_map(own, 0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
        return rt_failed(p) ? NULL : (void *)p;
}

static void forget(void)
{
        cache.p = cache.start;
        cache.meta.p = cache.meta.start + META_FIRST;
        __atomic_store_n(&cache.nregions, 0, __ATOMIC_RELEASE);
        cache.used = 0;
        memset(cache.table, 0, cache.size * sizeof(cache.table[0]));
        code_index_forget();
        loop_heads_forget();
}

static void make_stubs(void)
{
        struct code c = { .p = cache.base };
        rt_populate(c.p, c.p + STUBS, true);
        x64_make_stubs(&c, the_guest->registers);
        cache.start = (uint8_t *)(((uintptr_t)c.p + 63) & ~(uintptr_t)63);
        cache.p = cache.start;
}

static void unmap(void *p, size_t bytes, struct own_memory *own)
{
        if (!p)
                return;
        own_memory_remove(own);
        (void)rt_munmap(p, bytes);
}

/* Room for `bytes` of code and what belongs to them. Returns 0 or a negative errno, and then nothing is mapped. */
static int map_all(size_t bytes)
{
        static struct own_memory own[3];
        int r = code_memory_map(&cache.code, bytes, run_settings.off & RUN_NO_WX);
        if (r < 0)
                return r;
        cache.max_regions = (uint32_t)(bytes / BYTES_A_REGION);
        const size_t order = cache.max_regions * sizeof(cache.order[0]), chunk = bytes / CHUNK * sizeof(cache.chunk[0]);
        cache.meta.start = map(2 * bytes, &own[0]);
        cache.order = map(order, &own[1]);
        cache.chunk = map(chunk, &own[2]);
        if (cache.meta.start && cache.order && cache.chunk)
                return 0;
        unmap(cache.meta.start, 2 * bytes, &own[0]);
        unmap(cache.order, order, &own[1]);
        unmap(cache.chunk, chunk, &own[2]);
        code_memory_unmap(&cache.code);
        return -ENOMEM;
}

/* Returns the usual size of the cache in bytes of code. All of the cache takes about three times that. Where hard limits
 * (RLIMIT_AS, RLIMIT_DATA: setrlimit(2)) leave little memory, most of it is for the guest. Soft limits do not matter: they are
 * raised by what the translator takes (linux/limits.h). */
static size_t usual_bytes(void)
{
        static const unsigned limits[] = { RLIMIT_AS, RLIMIT_DATA };
        size_t bytes = DEFAULT_BYTES;
        for (unsigned k = 0; k < 2; k++) {
                struct rlimit64 r;
                if (sys_call4(__NR_prlimit64, 0, limits[k], 0, &r) == 0 && r.rlim_max / 24 < bytes)
                        bytes = r.rlim_max / 24;
        }
        return bytes;
}

int cache_init(size_t bytes)
{
        if (!bytes)
                bytes = usual_bytes();
        int r;
        do {
                if (bytes < MIN_BYTES)
                        bytes = MIN_BYTES;
                bytes = (bytes + 4095) & ~(size_t)4095;
                r = map_all(bytes);
        } while (r == -ENOMEM && bytes > MIN_BYTES && (bytes /= 2));
        if (r < 0)
                return r;
        cache.base = cache.code.write;
        cache.table = cache.first_table;
        cache.size = TABLE_SIZE;
        cache.end = cache.base + bytes;
        cache.meta.end = cache.meta.start + 2 * bytes;
        cache.meta.p = cache.meta.start + META_FIRST;
        make_stubs();
        cache.ready = cache.base;
        cache.meta_ready = cache.meta.start;
        return 0;
}

size_t cache_code_bytes(void)
{
        return cache.code.bytes;
}

uint8_t *cache_exec(const uint8_t *written)
{
        return (uint8_t *)(uintptr_t)written - cache.code.shift;
}

/* ---- the table of regions ---- */

/* Returns the entry with that key, or the empty one where it belongs. */
static struct entry *probe(uint64_t key)
{
        /* What begins in the same 64 bytes of guest code is in one cache line mostly. */
        uint32_t k = (uint32_t)((key >> 6) * UINT64_C(0x9e3779b97f4a7c15) >> 32) * 4 + (key >> 4 & 3);
        for (;; k++) {
                struct entry *e = &cache.table[k & (cache.size - 1)];
                if (!e->region || e->key == key)
                        return e;
        }
}

struct region *cache_find(struct loc loc)
{
        if (!cache.used)
                return NULL;
        struct region *r = probe(loc_key(loc))->region;
        return r && !r->dead && loc_equal(r->loc, loc) ? r : NULL;
}

/* Makes the table twice as large. Returns false when there is no memory. */
static bool grow_table(void)
{
        struct entry *old = cache.table, *new = rt_alloc(2 * cache.size * sizeof(*new));
        uint32_t n = cache.size;
        if (!new)
                return false;
        cache.table = new;
        cache.size = 2 * n;
        for (uint32_t k = 0; k < n; k++)
                if (old[k].region)
                        *probe(old[k].key) = old[k];
        if (old != cache.first_table)
                rt_free(old);
        return true;
}

/* Returns true when the region takes the place of one that is dead. */
static bool add_to_table(struct region *r)
{
        struct entry *e = probe(loc_key(r->loc));
        const bool again = e->region;
        if (again)
                e->region->was = 0;
        else
                cache.used++;
        *e = (struct entry){ .key = loc_key(r->loc), .region = r };
        return again;
}

/* ---- adding ---- */

/* Makes memory ready that will be written next, up to p: one call that asks for many pages costs much less than as many page
 * faults. */
static void get_ready(uint8_t **ready, const uint8_t *p, const uint8_t *end)
{
        if (p < *ready)
                return;
        size_t n = (size_t)(end - *ready) < AHEAD ? (size_t)(end - *ready) : AHEAD;
        rt_populate(*ready, *ready + n, true);
        *ready += n;
}

bool cache_room(struct code *ret)
{
        *ret = (struct code){ .p = cache.p };
        get_ready(&cache.ready, cache.p + USUAL, cache.end);
        get_ready(&cache.meta_ready, cache.meta.p + USUAL, cache.meta.end);
        if (cache.used >= cache.size / 2 && !grow_table())
                return false;
        return cache.end - cache.p > CODE_SLACK && cache.nregions < cache.max_regions &&
               cache.meta.end - cache.meta.p > 2 * CODE_SLACK;
}

static void *meta_copy(const void *from, size_t n)
{
        uint8_t *p = cache.meta.p;
        cache.meta.p += (n + 7) & ~(size_t)7;
        memcpy(p, from, n);
        return p;
}

/* Adds the region, which is the last one in address order. Its code ends at cache.p and begins behind free_before. */
static void add_to_order(struct region *r, const uint8_t *free_before)
{
        uint32_t n = cache.nregions;
        cache.order[n].code = (uint32_t)(r->code - cache_exec(cache.base));
        cache.order[n].meta = (uint32_t)(((uint8_t *)r - cache.meta.start) / 8);
        size_t first = ((size_t)(free_before - cache.base) + CHUNK - 1) / CHUNK;
        for (size_t k = first; k * CHUNK < (size_t)(cache.p - cache.base); k++)
                cache.chunk[k] = n;
        __atomic_store_n(&cache.nregions, n + 1, __ATOMIC_RELEASE);
}

/* Lists the region under the lines of guest code that it depends on: their addresses, and the numbers by which memory that may be
 * mapped more than once is known. */
static void add_to_index(struct region *r, const struct guest_deps *deps)
{
        code_index_add(&cache.meta, r, deps->line, deps->n);
        uint64_t page = UINT64_MAX, alias = 0; /* the page of the last line, and its number */
        for (unsigned k = 0; k < deps->n; k++) {
                uint64_t in_page = deps->line[k] & 4095;
                if (deps->line[k] - in_page != page) {
                        page = deps->line[k] - in_page;
                        alias = code_hooks->alias(page);
                }
                if (alias)
                        code_index_add(&cache.meta, r, &(uint64_t){ alias + in_page }, 1);
        }
}

/* A copy of the guest code that a region depends on. */
struct kept_code {
        uint32_t n;
        struct kept_line {
                uint64_t addr;
                uint8_t bytes[FETCH_LINE];
        } line[];
};

static struct kept_code *kept_code(uint32_t place)
{
        return (struct kept_code *)(cache.meta.start + (size_t)place * 8);
}

/* Keeps the code in the metadata. Returns its place, or 0 when there is no room or the region cannot come back: whoever writes memory that
 * is mapped more than once can do so elsewhere (add_to_index). */
static uint32_t keep_code(const struct guest_deps *deps)
{
        const size_t size = sizeof(struct kept_code) + deps->n * sizeof(struct kept_line);
        if (!deps->bytes || (size_t)(cache.meta.end - cache.meta.p) < 2 * CODE_SLACK + size)
                return 0;
        for (unsigned k = 0; k < deps->n; k++)
                if (code_hooks->alias(deps->line[k]))
                        return 0;
        struct kept_code *kept = (struct kept_code *)cache.meta.p;
        cache.meta.p += size;
        kept->n = deps->n;
        for (unsigned k = 0; k < deps->n; k++) {
                kept->line[k].addr = deps->line[k];
                memcpy(kept->line[k].bytes, deps->bytes[k], FETCH_LINE);
        }
        return (uint32_t)(((uint8_t *)kept - cache.meta.start) / 8);
}

static bool is_there(const struct kept_code *kept)
{
        guest_code_begin();
        for (unsigned k = 0; k < kept->n; k++) {
                const struct kept_line *line = &kept->line[k];
                const uint8_t *is = guest_code_fetch(line->addr);
                if (!is || memcmp(is, line->bytes, FETCH_LINE) != 0 || code_hooks->alias(line->addr))
                        return false;
        }
        return true;
}

struct region *cache_add(struct loc loc, const struct guest_deps *deps, uint8_t *entry, const struct region_out *out,
                         const struct code *code)
{
        struct region *r = (struct region *)cache.meta.p;
        if ((size_t)(cache.meta.end - cache.meta.p) < 2 * CODE_SLACK + code_index_room(2 * deps->n))
                return NULL;
        cache.meta.p += (sizeof(*r) + 7) & ~(size_t)7;
        *r = (struct region){ .loc = loc, .code = cache_exec(entry), .code_size = out->code_size };
        r->exits = meta_copy(out->exits, out->nexits * sizeof(out->exits[0]));
        r->nexits = out->nexits;
        r->traps = meta_copy(out->traps, out->ntraps * sizeof(out->traps[0]));
        r->ntraps = out->ntraps;
        r->journal = meta_copy(out->journal, out->njournal);
        r->njournal = out->njournal;
        const uint8_t *free_before = cache.p;
        cache.p = code->p;
        add_to_order(r, free_before);
        const bool again = add_to_table(r);
        add_to_index(r, deps);
        if (again) /* what was dropped once may be dropped often: programs that make code write it beside what they execute */
                r->was = keep_code(deps);
        cache_stats.regions++;
        cache_stats.host_bytes += out->code_size;
        cache_stats.metadata_bytes = (uint64_t)(cache.meta.p - cache.meta.start);
        return r;
}

bool cache_contains(const uint8_t *host)
{
        return host >= cache_exec(cache.base) && host < cache_exec(cache.end);
}

struct region *cache_region_at(const uint8_t *host)
{
        uint32_t n = __atomic_load_n(&cache.nregions, __ATOMIC_ACQUIRE);
        if (!n || host < cache_exec(cache.start) || host >= cache_exec(cache.p))
                return NULL;
        uint32_t at = (uint32_t)(host - cache_exec(cache.base)),
                 k = at < cache.order[0].code + CHUNK ? 0 : cache.chunk[at / CHUNK];
        while (k + 1 < n && cache.order[k + 1].code <= at)
                k++;
        struct region *r = (struct region *)(cache.meta.start + (size_t)cache.order[k].meta * 8);
        return host >= r->code && host < r->code + r->code_size ? r : NULL;
}

/* ---- linking ---- */

/* Rewrites the 5 bytes at `at` in one store: they lie within one aligned 8-byte word (x64/exit.c). */
static void write_jump(uint8_t *at, uint8_t opcode, const uint8_t *target)
{
        uint64_t *word = (uint64_t *)((uintptr_t)(at + cache.code.shift) & ~(uintptr_t)7);
        unsigned shift = 8 * (unsigned)((uintptr_t)at & 7);
        uint64_t mask = UINT64_C(0xffffffffff) << shift;
        uint64_t insn = opcode | (uint64_t)(uint32_t)(int32_t)(target - (at + 5)) << 8;
        __atomic_store_n(word, (*word & ~mask) | insn << shift, __ATOMIC_RELEASE);
}

/* Exits are chained by number: the offset in the metadata, in words of 4 bytes, + 1. */
static uint32_t exit_id(const struct exit_rec *e)
{
        return (uint32_t)(((const uint8_t *)e - cache.meta.start) / 4) + 1;
}
static struct exit_rec *exit_of(uint32_t id)
{
        return (struct exit_rec *)(cache.meta.start + (size_t)(id - 1) * 4);
}

static bool can_link(const struct region *from, const struct exit_rec *e)
{
        return !from->dead && !e->site && !e->other; /* another thread may have come this way just before */
}

static void link_to(struct region *from, struct exit_rec *e, const uint8_t *to)
{
        e->site = from->code + e->at;
        write_jump(e->site, e->is_call ? 0xe8 : 0xe9, to);
        cache_stats.links++;
}

void cache_link(struct region *from, struct exit_rec *e, struct region *to)
{
        if (!can_link(from, e) || to->dead || (e->head && to != from))
                return;
        e->next = to->incoming;
        to->incoming = exit_id(e);
        link_to(from, e, to->code + e->head);
}

void cache_link_code(struct region *from, struct exit_rec *e, uint8_t *to)
{
        const int64_t distance = to - (from->code + e->at + 5);
        if (can_link(from, e) && !e->head && distance == (int32_t)distance)
                link_to(from, e, to);
}

void cache_link_slot(uint64_t *slot, uint8_t *unlinked, struct region *to)
{
        if (to->dead || (size_t)(cache.meta.end - cache.meta.p) < 2 * CODE_SLACK)
                return;
        const int32_t distance = (int32_t)((uint8_t *)slot - unlinked);
        const struct exit_rec rec = { .slot = true, .site = (uint8_t *)slot, .target = distance, .next = to->incoming };
        to->incoming = exit_id(meta_copy(&rec, sizeof(rec)));
        __atomic_store_n(slot, (uint64_t)(uintptr_t)to->code, __ATOMIC_RELEASE);
        cache_stats.links++;
}

static void unlink_exit(const struct exit_rec *e)
{
        if (e->slot)
                __atomic_store_n((uint64_t *)e->site, (uint64_t)(uintptr_t)(e->site - e->target), __ATOMIC_RELEASE);
        else if (e->head)
                write_jump(e->site, 0xe9, e->site + 5);
        else
                write_jump(e->site, 0xe8, cache_exec(e->is_call ? x64_stubs.link_call : x64_stubs.link));
}

static void unlink_incoming(struct region *r)
{
        for (uint32_t id = r->incoming; id;) {
                struct exit_rec *e = exit_of(id);
                unlink_exit(e);
                id = e->next;
                e->next = 0;
                e->site = NULL;
        }
        r->incoming = 0;
}

/* ---- dropping ---- */

bool cache_depends_on(uint64_t start, uint64_t end)
{
        return code_index_any(&cache.meta, start, end);
}

static void drop(struct region *r)
{
        if (cache.drops_for_good)
                r->was = 0;
        if (r->dead)
                return;
        r->dead = true;
        unlink_incoming(r);
        cache.each_dropped(r);
}

unsigned cache_kill(uint64_t start, uint64_t end, bool for_good, void (*each)(struct region *))
{
        cache.each_dropped = each;
        cache.drops_for_good = for_good;
        unsigned n = code_index_take(&cache.meta, start, end, drop);
        cache_stats.killed += n;
        return n;
}

struct region *cache_revive(struct loc loc)
{
        struct region *r = cache.used ? probe(loc_key(loc))->region : NULL;
        if (!r || !r->dead || !r->was || !loc_equal(r->loc, loc) || !is_there(kept_code(r->was)))
                return NULL;
        r->dead = false; /* the index still has it */
        cache_stats.revived++;
        return r;
}

void cache_reset(void)
{
        forget();
        unit_forget();
        cache_stats.resets++;
}

bool cache_after_fork(void)
{
        if (!code_memory_renew(&cache.code))
                return false;
        make_stubs();
        cache.ready = cache.base;
        cache_reset();
        return true;
}
