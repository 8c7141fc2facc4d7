/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which guest pages may be executed, and which mappings grow (see mm.h): disjoint ranges in order of their addresses. Lookups are
 * the translator's, changes come with system calls: both are rare. */
#include <asm/unistd.h>
#include "mm.h"
#include "rt/rt.h"

struct range {
        uint64_t start, end;
        unsigned what; /* enum mm_exec, not 0 */
};

static struct {
        struct rt_mutex lock;
        struct range *r;
        size_t n, room;
} map;

size_t mm_find_range(const void *ranges, size_t size, size_t n, uint64_t addr)
{
        size_t lo = 0, hi = n;
        while (lo < hi) {
                size_t mid = (lo + hi) / 2;
                const uint64_t *range = (const uint64_t *)((const uint8_t *)ranges + mid * size);
                if (range[1] > addr)
                        hi = mid;
                else
                        lo = mid + 1;
        }
        return lo;
}

static size_t find(uint64_t addr)
{
        return mm_find_range(map.r, sizeof(*map.r), map.n, addr);
}

static bool make_room(size_t n)
{
        if (n <= map.room)
                return true;
        size_t room = map.room ? map.room * 2 : 64;
        struct range *r = rt_alloc(room * sizeof(*r));
        if (!r)
                return false;
        if (map.n)
                memcpy(r, map.r, map.n * sizeof(*r));
        rt_free(map.r);
        map.r = r;
        map.room = room;
        return true;
}

/* Puts `with[count]` in the place of the ranges from index k up to end. */
static bool replace(size_t k, size_t end, const struct range *with, size_t count)
{
        size_t n = map.n - (end - k) + count;
        if (!make_room(n))
                return false;
        memmove(map.r + k + count, map.r + end, (map.n - end) * sizeof(*map.r));
        for (size_t i = 0; i < count; i++)
                map.r[k + i] = with[i];
        map.n = n;
        return true;
}

static bool set(uint64_t start, uint64_t end, unsigned what)
{
        struct range with[3], mine = { start, end, what };
        size_t count = 0, k = find(start), last = k;
        while (last < map.n && map.r[last].start < end)
                last++;
        struct range first = last > k ? map.r[k] : mine, behind = last > k ? map.r[last - 1] : mine;
        if (first.start < start && first.what == what)
                mine.start = first.start;
        else if (first.start < start)
                with[count++] = (struct range){ first.start, start, first.what };
        if (behind.end > end && behind.what == what)
                mine.end = behind.end;
        if (what)
                with[count++] = mine;
        if (behind.end > end && behind.what != what)
                with[count++] = (struct range){ end, behind.end, behind.what };
        return replace(k, last, with, count);
}

void mm_exec_set(uint64_t start, uint64_t end, unsigned what)
{
        if (start >= end)
                return;
        rt_mutex_lock(&map.lock);
        bool done = set(start, end, what);
        rt_mutex_unlock(&map.lock);
        if (!done)
                rt_die("out of memory for the list of the guest's executable pages");
}

enum { LOOK = 64 }; /* pages that are looked at together */

static bool all_mapped(uint64_t addr, size_t pages)
{
        uint8_t resident[LOOK];
        return sys_call3(__NR_mincore, addr, pages * PAGE_SIZE, resident) == 0;
}

uint64_t mm_mapped_from(uint64_t addr)
{
        for (size_t n = LOOK; n; n /= 2)
                while (addr >= n * PAGE_SIZE && all_mapped(addr - n * PAGE_SIZE, n))
                        addr -= n * PAGE_SIZE;
        return addr;
}

uint64_t mm_mapped_up_to(uint64_t addr, uint64_t end)
{
        for (size_t n = LOOK; n; n /= 2)
                while (end - addr >= n * PAGE_SIZE && all_mapped(addr, n))
                        addr += n * PAGE_SIZE;
        return addr;
}

/* Returns the range that addr is in, or NULL, and the next one in *ret_next. Pages that the kernel has added to a mapping that
 * grows become part of its range here. */
static struct range *range_of(uint64_t addr, struct range **ret_next)
{
        size_t k = find(addr);
        struct range *r = k < map.n ? &map.r[k] : NULL;
        *ret_next = r;
        if (r && r->start > addr && (r->what & MM_GROWS)) {
                uint64_t lowest = mm_mapped_from(r->start), before = k ? map.r[k - 1].end : 0;
                r->start = lowest > before ? lowest : before;
        }
        return r && r->start <= addr ? r : NULL;
}

unsigned mm_exec_get(uint64_t addr, uint64_t *ret_end)
{
        struct range *next;
        rt_mutex_lock(&map.lock);
        const struct range *r = range_of(addr, &next);
        *ret_end = r ? r->end : next ? next->start : UINT64_MAX;
        unsigned what = r ? r->what : 0;
        rt_mutex_unlock(&map.lock);
        return what;
}

bool mm_may_exec(uint64_t addr)
{
        uint64_t end;
        return mm_exec_get(addr, &end) & MM_EXEC;
}

bool mm_is_fixed(uint64_t addr)
{
        uint64_t end;
        return (mm_exec_get(addr, &end) & MM_FIXED) && !mm_alias(addr);
}

void mm_exec_fork_prepare(void)
{
        rt_mutex_lock(&map.lock);
}
void mm_exec_fork_done(void)
{
        rt_mutex_unlock(&map.lock);
}
