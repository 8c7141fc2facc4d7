/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest pages that may be mapped more than once (see mm.h): disjoint ranges in order of their addresses. */
#include <asm/stat.h>
#include <asm/unistd.h>
#include "mm.h"
#include "../runtime/exec_thread.h"
#include "../runtime/rt.h"

enum {
        OBJECT_BITS = 11,
        OFFSET_BITS = 36,
};
#define FIRST_ALIAS (UINT64_C(1) << 47) /* behind all addresses of a guest */

struct range {
        uint64_t start, end;
        uint64_t alias; /* of start */
};

static struct {
        struct rt_mutex lock;
        struct range *r;
        size_t n, room;
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
                rt_die("out of memory for the list of the guest's shared pages");
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

/* What is there of [start, end) goes; of a range that goes on behind it, the rest stays. */
static void cut(uint64_t start, uint64_t end)
{
        size_t k = find(start), last;

        if (k < map.n && map.r[k].start < start) {
                struct range rest = { end, map.r[k].end, map.r[k].alias + (end - map.r[k].start) };
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
        if (k < map.n && map.r[k].start < end) {
                map.r[k].alias += end - map.r[k].start;
                map.r[k].start = end;
        }
}

void mm_shared_set(uint64_t start, uint64_t end, uint64_t alias)
{
        if (start >= end || (!alias && !__atomic_load_n(&map.n, __ATOMIC_RELAXED)))
                return;
        rt_mutex_lock(&map.lock);
        cut(start, end);
        if (alias)
                insert(find(start), (struct range) { start, end, alias });
        rt_mutex_unlock(&map.lock);
}

uint64_t mm_shared_alias(uint64_t addr)
{
        uint64_t alias = 0;

        if (!__atomic_load_n(&map.n, __ATOMIC_RELAXED))
                return 0;
        rt_mutex_lock(&map.lock);
        size_t k = find(addr);
        if (k < map.n && map.r[k].start <= addr)
                alias = map.r[k].alias + (addr - map.r[k].start);
        rt_mutex_unlock(&map.lock);
        return alias;
}

void mm_shared_moved(uint64_t from, uint64_t old, uint64_t to, uint64_t new, bool stay)
{
        uint64_t alias = mm_shared_alias(from);

        if (!stay)
                mm_shared_set(from, from + old, 0);
        mm_shared_set(to, to + new, alias);
}

/* Objects that get the same number, and offsets that are too large, drop more than they must, and nothing less. */
static uint64_t alias_of(uint64_t object, uint64_t offset)
{
        uint64_t number = object * UINT64_C(0x9e3779b97f4a7c15) >> (64 - OBJECT_BITS);

        return FIRST_ALIAS | number << OFFSET_BITS | (offset & ((UINT64_C(1) << OFFSET_BITS) - 1));
}

uint64_t mm_file_alias(int fd, uint64_t offset)
{
        struct stat s;

        if (sys_call2(__NR_fstat, fd, &s) < 0)
                return alias_of(0, offset);
        return alias_of(s.st_ino ^ s.st_dev << 32, offset);
}

uint64_t mm_nameless_alias(void)
{
        static uint64_t number;

        return alias_of(UINT64_MAX - __atomic_fetch_add(&number, 1, __ATOMIC_RELAXED), 0);
}

uint64_t mm_segment_alias(uint64_t id)
{
        return alias_of(id | UINT64_C(1) << 63, 0);
}

void mm_shared_fork_prepare(void)
{
        rt_mutex_lock(&map.lock);
}

void mm_shared_fork_done(void)
{
        rt_mutex_unlock(&map.lock);
}
