/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memory is behind guest pages (see mm.h): disjoint ranges in order of their addresses. */
#include <asm/stat.h>
#include <asm/unistd.h>
#include "mm.h"
#include "run/exec.h"
#include "rt/rt.h"

enum {
        OBJECT_BITS = 11,
        OFFSET_BITS = 36,
};
#define FIRST_ALIAS (UINT64_C(1) << 47) /* behind all addresses of a guest */

struct range {
        uint64_t start, end;
        struct mm_memory is; /* at start */
};

static struct {
        struct rt_mutex lock;
        struct range *r;
        size_t n, room;
        bool shared; /* there is, or was, one that is shared */
} map;

static size_t find(uint64_t addr)
{
        return mm_find_range(map.r, sizeof(*map.r), map.n, addr);
}

static void make_room(size_t n)
{
        size_t room = map.room ? map.room * 2 : 64;

        if (n <= map.room)
                return;
        struct range *r = rt_alloc(room * sizeof(*r));
        if (!r)
                rt_die("out of memory for the list of what the guest has mapped");
        if (map.n)
                memcpy(r, map.r, map.n * sizeof(*r));
        rt_free(map.r);
        map.r = r;
        map.room = room;
}

static void insert(size_t k, struct range r)
{
        make_room(map.n + 1);
        memmove(map.r + k + 1, map.r + k, (map.n - k) * sizeof(*map.r));
        map.r[k] = r;
        __atomic_store_n(&map.n, map.n + 1, __ATOMIC_RELAXED);
}

/* The part of a range that lies behind `end` stays. */
static struct range behind(const struct range *r, uint64_t end)
{
        struct range rest = { end, r->end, r->is };
        rest.is.offset += end - r->start;
        return rest;
}

/* Forgets what is behind the pages [start, end). */
static void cut(uint64_t start, uint64_t end)
{
        size_t k = find(start), last;

        if (k < map.n && map.r[k].start < start) {
                struct range rest = behind(&map.r[k], end);
                map.r[k].end = start;
                k++;
                if (rest.start < rest.end) {
                        insert(k, rest);
                        return;
                }
        }
        for (last = k; last < map.n && map.r[last].end <= end; last++)
                ;
        memmove(map.r + k, map.r + last, (map.n - last) * sizeof(*map.r));
        __atomic_store_n(&map.n, map.n - (last - k), __ATOMIC_RELAXED);
        if (k < map.n && map.r[k].start < end)
                map.r[k] = behind(&map.r[k], end);
}

void mm_memory_set(uint64_t start, uint64_t end, struct mm_memory is)
{
        if (start >= end || (!is.object && !__atomic_load_n(&map.n, __ATOMIC_RELAXED)))
                return;
        rt_mutex_lock(&map.lock);
        cut(start, end);
        if (is.object)
                insert(find(start), (struct range){ start, end, is });
        if (is.shared)
                __atomic_store_n(&map.shared, true, __ATOMIC_RELAXED);
        rt_mutex_unlock(&map.lock);
}

static struct mm_memory memory_at(uint64_t addr)
{
        struct mm_memory is = { 0 };

        if (!__atomic_load_n(&map.n, __ATOMIC_RELAXED))
                return is;
        rt_mutex_lock(&map.lock);
        size_t k = find(addr);
        if (k < map.n && map.r[k].start <= addr)
                is = behind(&map.r[k], addr).is;
        rt_mutex_unlock(&map.lock);
        return is;
}

/* Objects that get the same number, and offsets that are too large, drop more than they must, and nothing less. */
uint64_t mm_alias(uint64_t addr)
{
        if (!__atomic_load_n(&map.shared, __ATOMIC_RELAXED)) /* as in most processes */
                return 0;
        struct mm_memory is = memory_at(addr);
        uint64_t number = is.object * UINT64_C(0x9e3779b97f4a7c15) >> (64 - OBJECT_BITS);

        return is.shared ? FIRST_ALIAS | number << OFFSET_BITS | (is.offset & ((UINT64_C(1) << OFFSET_BITS) - 1)) : 0;
}

void mm_memory_moved(uint64_t from, uint64_t old, uint64_t to, uint64_t new, bool stay)
{
        struct mm_memory is = memory_at(from);

        if (!stay)
                mm_memory_set(from, from + old, MM_NOTHING);
        mm_memory_set(to, to + new, is);
}

/* ---- objects: where two get the same number, more translations are dropped than must be ---- */

/* Never 0, which is nothing. */
static uint64_t file_object(const struct stat *s)
{
        uint64_t object = (s->st_ino ^ s->st_dev << 32) & INT64_MAX;

        return object ? object : 1;
}

struct mm_memory mm_file(int fd, uint64_t offset, bool shared)
{
        struct stat s = { 0 };

        (void)sys_call2(__NR_fstat, fd, &s);
        return (struct mm_memory){ file_object(&s), offset, shared };
}

struct mm_memory mm_nameless(void)
{
        static uint64_t number;

        return (struct mm_memory){ UINT64_MAX - __atomic_fetch_add(&number, 1, __ATOMIC_RELAXED), 0, true };
}

struct mm_memory mm_segment(uint64_t id)
{
        return (struct mm_memory){ (uint32_t)id | UINT64_C(1) << 63, 0, true };
}

static bool is_segment(const struct mm_memory *m)
{
        return m->object >> 32 == UINT64_C(1) << 31;
}

bool mm_segment_piece(uint64_t addr, struct mm_memory *of, uint64_t *at, uint64_t *ret_end)
{
        bool found = false;

        rt_mutex_lock(&map.lock);
        for (size_t k = find(*at); k < map.n && !found; k++) {
                const struct range *r = &map.r[k];
                found = is_segment(&r->is) && r->start - addr == r->is.offset && (!of->object || of->object == r->is.object);
                if (found) {
                        *of = r->is;
                        *at = r->start;
                        *ret_end = r->end;
                }
        }
        rt_mutex_unlock(&map.lock);
        return found;
}

/* Who changes the list holds mm_lock(). The list's own lock is for translating threads, which ask while they hold the cache's
 * lock; it must not be held here, because exec_invalidate() takes the cache's lock. */
void mm_file_truncated(const struct stat *s, uint64_t left)
{
        const uint64_t object = file_object(s);

        mm_lock();
        for (size_t k = 0; k < map.n; k++) {
                const struct range *r = &map.r[k];
                uint64_t size = left > r->is.offset ? left - r->is.offset : 0;
                if (r->is.object == object && size < r->end - r->start)
                        exec_invalidate(r->start + size, r->end);
        }
        mm_unlock();
}

void mm_memory_fork_prepare(void)
{
        rt_mutex_lock(&map.lock);
}

void mm_memory_fork_done(void)
{
        rt_mutex_unlock(&map.lock);
}
