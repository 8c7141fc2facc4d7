/* The translator's own memory among the guest's (see rt.h). A list: there are few pieces, and it is asked by system calls only. */
#include <linux/mman.h>
#include "rt.h"

static struct {
        struct rt_mutex lock;
        struct rt_own *first;
        uint64_t next; /* where the next mapping is wanted; 0: nothing was mapped yet */
} own;

void rt_own_lock(void) { rt_mutex_lock(&own.lock); }
void rt_own_unlock(void) { rt_mutex_unlock(&own.lock); }

static void add(struct rt_own *o, uint64_t start, size_t size) {
        o->start = start;
        o->end = start + ((size + 4095) & ~(size_t) 4095);
        o->next = own.first;
        o->prev = &own.first;
        if (o->next)
                o->next->prev = &o->next;
        own.first = o;
}

void rt_own_add(struct rt_own *o, const void *start, size_t size) {
        rt_own_lock();
        add(o, (uint64_t) (uintptr_t) start, size);
        rt_own_unlock();
}

void rt_own_remove(struct rt_own *o) {
        rt_own_lock();
        *o->prev = o->next;
        if (o->next)
                o->next->prev = o->prev;
        rt_own_unlock();
}

/* The kernel puts a program's mappings below its stack, one under the other, and starts at two thirds of the address space what runs
 * anywhere. The translator's are between, so that they take no place where a growing mapping of the guest's would grow to. Where our
 * own image lies is random, which makes this as random. */
static uint64_t wanted_place(size_t size) {
        enum { RANDOM_BITS = 40, HUGE = 2 << 20 /* as the kernel aligns what may have huge pages */ };
        if (!own.next)
                own.next = RT_OWN_ZONE + ((uint64_t) (uintptr_t) &own & ((UINT64_C(1) << RANDOM_BITS) - 4096));
        uint64_t huge = size >= HUGE ? HUGE : 1, at = (own.next + huge - 1) & ~(huge - 1);
        if (RT_OWN_ZONE + RT_OWN_ZONE_SIZE - at < size)
                return 0; /* wherever there is room */
        own.next = at + ((size + 4095) & ~(size_t) 4095);
        return at;
}

long rt_own_map(struct rt_own *o, size_t at, size_t size, int prot, int flags, int fd) {
        rt_own_lock();
        long p = rt_mmap(wanted_place(size), size, prot, flags, fd, 0);
        if (p >= 0 || p <= -4096)
                add(o ? o : (struct rt_own *) (p + (long) at), (uint64_t) p, size);
        rt_own_unlock();
        return p;
}

bool rt_own_find(uint64_t start, uint64_t end, uint64_t *ret_start, uint64_t *ret_end) {
        bool found = false;
        for (const struct rt_own *o = own.first; o; o = o->next)
                if (start < o->end && end > o->start && (!found || o->start < *ret_start)) {
                        *ret_start = o->start;
                        *ret_end = o->end;
                        found = true;
                }
        return found;
}
