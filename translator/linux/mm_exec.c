/* Which guest pages may be executed (see mm.h): disjoint ranges in order of their addresses. Lookups are the translator's, changes
 * come with system calls: both are rare. */
#include "mm.h"
#include "../runtime/exec_thread.h"
#include "../runtime/rt.h"

struct range {
        uint64_t start, end;
};

static struct {
        struct rt_mutex lock;
        struct range *r;
        size_t n, room;
} map;

/* Index of the first range that ends behind addr. */
static size_t find(uint64_t addr) {
        size_t lo = 0, hi = map.n;
        while (lo < hi) {
                size_t mid = (lo + hi) / 2;
                if (map.r[mid].end > addr)
                        hi = mid;
                else
                        lo = mid + 1;
        }
        return lo;
}

static bool make_room(size_t n) {
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
static bool replace(size_t k, size_t end, const struct range *with, size_t count) {
        size_t n = map.n - (end - k) + count;
        if (!make_room(n))
                return false;
        memmove(map.r + k + count, map.r + end, (map.n - end) * sizeof(*map.r));
        for (size_t i = 0; i < count; i++)
                map.r[k + i] = with[i];
        map.n = n;
        return true;
}

static bool set(uint64_t start, uint64_t end, bool may) {
        struct range with[3];
        size_t count = 0, k = find(start), last = k;
        while (last < map.n && map.r[last].start < end)
                last++;
        struct range mine = { start, end };
        if (last > k && map.r[k].start < start) {
                if (may)
                        mine.start = map.r[k].start;
                else
                        with[count++] = (struct range) { map.r[k].start, start };
        }
        uint64_t behind = last > k ? map.r[last - 1].end : 0;
        if (may) {
                mine.end = behind > end ? behind : end;
                with[count++] = mine;
        } else if (behind > end) {
                with[count++] = (struct range) { end, behind };
        }
        return replace(k, last, with, count);
}

void mm_exec_set(uint64_t start, uint64_t end, bool may) {
        if (start >= end)
                return;
        rt_mutex_lock(&map.lock);
        bool done = set(start, end, may);
        rt_mutex_unlock(&map.lock);
        if (!done)
                rt_die("out of memory for the list of the guest's executable pages");
}

bool mm_may_exec(uint64_t addr) {
        rt_mutex_lock(&map.lock);
        size_t k = find(addr);
        bool may = k < map.n && map.r[k].start <= addr;
        rt_mutex_unlock(&map.lock);
        return may;
}

void mm_exec_fork_prepare(void) { rt_mutex_lock(&map.lock); }
void mm_exec_fork_done(void) { rt_mutex_unlock(&map.lock); }
