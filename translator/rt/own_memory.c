/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The translator's own memory among the guest's (see rt.h). It is a list, because there are few pieces and only system calls ask
 * for them. */
#include <asm/unistd.h>
#include <linux/mman.h>
#include "rt.h"

static struct {
        struct rt_mutex lock;
        struct own_memory *first;
        uint64_t next; /* where the next mapping is wanted; 0: nothing was mapped yet */
        uint64_t bytes, data;
        own_memory_watcher *watcher;
} own;

static uint64_t whole_pages(size_t size)
{
        return (size + 4095) & ~(uint64_t)4095;
}

void own_memory_lock(void)
{
        rt_mutex_lock(&own.lock);
}
void own_memory_unlock(void)
{
        rt_mutex_unlock(&own.lock);
}

void own_memory_watch(own_memory_watcher *f)
{
        own.watcher = f;
        f(own.bytes, own.data);
}

static void change(int64_t bytes, int64_t data)
{
        own.bytes += (uint64_t)bytes;
        own.data += (uint64_t)data;
        if (own.watcher)
                own.watcher(own.bytes, own.data);
}

static void count(const struct own_memory *o, int sign)
{
        int64_t bytes = sign * (int64_t)(o->end - o->start);
        change(bytes, o->is_data ? bytes : 0);
}

void own_memory_expect(int64_t bytes)
{
        own_memory_lock();
        change(bytes, 0);
        own_memory_unlock();
}

static void list(struct own_memory *o)
{
        o->next = own.first;
        o->prev = &own.first;
        if (o->next)
                o->next->prev = &o->next;
        own.first = o;
}

void own_memory_add(struct own_memory *o, const void *start, size_t size)
{
        o->start = (uint64_t)(uintptr_t)start;
        o->end = o->start + whole_pages(size);
        own_memory_lock();
        list(o);
        count(o, 1);
        own_memory_unlock();
}

void own_memory_remove(struct own_memory *o)
{
        own_memory_lock();
        *o->prev = o->next;
        if (o->next)
                o->next->prev = o->prev;
        if (own.next == o->end)
                own.next = o->start;
        count(o, -1);
        own_memory_unlock();
}

void own_memory_cut(struct own_memory *o, uint64_t start, uint64_t end, struct own_memory *rest)
{
        const int64_t bytes = (int64_t)(end - start);
        own_memory_lock();
        *rest = *o;
        rest->start = end;
        o->end = start;
        list(rest);
        (void)rt_munmap((void *)start, end - start);
        change(-bytes, o->is_data ? -bytes : 0);
        own_memory_unlock();
}

/* Returns where a new mapping of the translator's is wanted. The kernel puts a program's mappings below its stack, one under the
 * other, and programs that can be anywhere at two thirds of the address space. The translator's are between, so that no mapping
 * of the guest's that grows meets them. The first place depends on where our own image lies, and so is as random as that. */
static uint64_t wanted_place(size_t size)
{
        enum { RANDOM_BITS = 40 };
        if (!own.next)
                own.next = OWN_MEMORY_ZONE + ((uint64_t)(uintptr_t)&own & ((UINT64_C(1) << RANDOM_BITS) - 4096));
        uint64_t at = own.next;
        if (OWN_MEMORY_ZONE + OWN_MEMORY_ZONE_SIZE - at < size)
                at = OWN_MEMORY_ZONE; /* where a place is taken, the kernel chooses another */
        own.next = at + whole_pages(size);
        return at;
}

/* The record that is in a mapping is written at once, and soon what is beside it. */
static void get_ready(const struct own_memory *record, const uint8_t *end)
{
        enum { USUAL = 2 * 4096 };
        const uint8_t *p = (const uint8_t *)record;
        rt_populate(p, end - p < USUAL ? end : p + USUAL, true);
}

long own_memory_map(struct own_memory *o, size_t at, size_t size, int prot, int flags, int fd)
{
        struct own_memory new = { .end = whole_pages(size), .is_data = (prot & PROT_WRITE) && (flags & MAP_PRIVATE) };
        own_memory_lock();
        count(&new, 1); /* first, because that raises limits */
        long p = rt_mmap(wanted_place(size), size, prot, flags, fd, 0);
        if (rt_failed(p)) {
                count(&new, -1);
        } else {
                new.start = (uint64_t)p;
                new.end += new.start;
                if (!o) {
                        o = (struct own_memory *)(p + (long)at);
                        get_ready(o, (const uint8_t *)new.end);
                }
                *o = new;
                list(o);
        }
        own_memory_unlock();
        return p;
}

bool own_memory_find(uint64_t start, uint64_t end, uint64_t *ret_start, uint64_t *ret_end)
{
        bool found = false;
        for (const struct own_memory *o = own.first; o; o = o->next)
                if (start < o->end && end > o->start && (!found || o->start < *ret_start)) {
                        *ret_start = o->start;
                        *ret_end = o->end;
                        found = true;
                }
        return found;
}

/* Returns how many pages of [start, end) are in memory. */
static uint64_t resident(uint64_t start, uint64_t end)
{
        enum { CHUNK = 4096 };
        uint64_t page[CHUNK / 8] = { 0 }; /* a byte each, of which bit 0 counts */
        uint64_t sum = 0;
        for (uint64_t n; start < end; start += n << 12) {
                n = (end - start) >> 12 < CHUNK ? (end - start) >> 12 : CHUNK;
                if (sys_call3(__NR_mincore, start, n << 12, page) < 0)
                        continue;
                if (n % 8)
                        memset((uint8_t *)page + n, 0, 8 - n % 8);
                for (uint64_t k = 0; k < (n + 7) / 8; k++)
                        sum += (uint64_t)__builtin_popcountll(page[k] & UINT64_C(0x0101010101010101));
        }
        return sum;
}

uint64_t own_memory_resident(void)
{
        uint64_t pages = 0;
        own_memory_lock();
        for (const struct own_memory *o = own.first; o; o = o->next)
                if (o->is_data)
                        pages += resident(o->start, o->end);
        own_memory_unlock();
        return pages << 12;
}
