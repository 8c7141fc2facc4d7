/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of processors and of memory nodes, which have words of 32 bits. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "arm32.h"
#include "rt/rt.h"

enum { SET_SIZE = 1024 }; /* bytes; the kernel's own sets are smaller */

/* ---- processors ---- */

/* sched_getaffinity(2): as many bytes as the kernel's set has, in words of the guest's (kernel/compat.c) */
long arm32_sched_getaffinity(struct thread *t, const uint64_t a[6])
{
        uint64_t set[SET_SIZE / sizeof(uint64_t)] = { 0 };
        uint32_t size = (uint32_t)a[1];
        (void)t;

        if (size & 3)
                return -EINVAL;
        if (size > sizeof(set))
                size = sizeof(set);
        /* The host wants words of 64 bits. Where it refuses less than its set has, it refuses the guest's too. */
        long r = safe_syscall(__NR_sched_getaffinity, a[0], (size + 7) & ~7u, (uint64_t)set, 0, 0, 0);
        if (r < 0)
                return r;
        if ((uint32_t)r > size) {
                if (set[size / 8] >> 32)
                        return -EINVAL; /* there are processors that do not fit */
                r = (long)size;
        }
        return guest_write(a[2], set, (size_t)r) < 0 ? -EFAULT : r;
}

/* ---- memory nodes ---- */

/* Bytes of a set with `bits` bits, in the guest's words. One bit of the number that calls are given is not counted. */
static size_t set_size(uint64_t bits)
{
        return bits > 1 ? (bits - 1 + 31) / 32 * 4 : 0;
}

/* Copies a set, with zeros behind it. Returns the address that the host is to be given, whose words are longer. */
static uint64_t read_set(uint64_t copy[SET_SIZE / sizeof(uint64_t)], uint64_t at, uint64_t bits)
{
        size_t size = set_size((uint32_t)bits);

        if (!at || !size)
                return at;
        if (size > SET_SIZE)
                return at; /* more than the kernel takes: it says so */
        memset(copy, 0, SET_SIZE);
        return guest_read(copy, at, size) < 0 ? UNREADABLE : (uint64_t)copy;
}

/* mbind(2) */
long arm32_mbind(struct thread *t, const uint64_t a[6])
{
        uint64_t set[SET_SIZE / sizeof(uint64_t)];

        return sys_mbind(t, (const uint64_t[6]){ a[0], a[1], a[2], read_set(set, a[3], a[4]), a[4], a[5] });
}

/* set_mempolicy(2) */
long arm32_set_mempolicy(struct thread *t, const uint64_t a[6])
{
        uint64_t set[SET_SIZE / sizeof(uint64_t)];
        (void)t;

        return safe_syscall(__NR_set_mempolicy, a[0], read_set(set, a[1], a[2]), a[2], 0, 0, 0);
}

/* get_mempolicy(2). A 64-bit kernel fills words of its own, but for one bit more than there is, which is a word of the guest's
 * (copy_nodes_to_user() of mm/mempolicy.c). */
long arm32_get_mempolicy(struct thread *t, const uint64_t a[6])
{
        uint64_t set[SET_SIZE / sizeof(uint64_t)] = { 0 }, bits = (uint32_t)a[2];
        size_t size = bits > 1 ? (bits - 1 + 63) / 64 * sizeof(uint64_t) : sizeof(uint32_t);
        (void)t;

        if (!a[1] || size > SET_SIZE)
                return safe_syscall(__NR_get_mempolicy, a[0], a[1], bits, a[3], a[4], 0);
        long r = safe_syscall(__NR_get_mempolicy, a[0], (uint64_t)set, bits, a[3], a[4], 0);
        return r >= 0 && guest_write(a[1], set, size) < 0 ? -EFAULT : r;
}

/* migrate_pages(2) */
long arm32_migrate_pages(struct thread *t, const uint64_t a[6])
{
        uint64_t from[SET_SIZE / sizeof(uint64_t)], to[SET_SIZE / sizeof(uint64_t)];
        (void)t;

        return safe_syscall(__NR_migrate_pages, a[0], a[1], read_set(from, a[2], a[1]), read_set(to, a[3], a[1]), 0, 0);
}

/* move_pages(2): the addresses of pages are an array of pointers */
long arm32_move_pages(struct thread *t, const uint64_t a[6])
{
        enum { MOST = 1 << 20 };
        uint64_t n = (uint32_t)a[1], at = a[2];
        (void)t;

        uint64_t *pages = n && n <= MOST ? rt_alloc(n * sizeof(*pages)) : NULL;
        if (n && n <= MOST && !pages)
                return -ENOMEM;
        if (n > MOST) /* than there are in the address space */
                at = UNREADABLE;
        for (uint64_t k = 0; k < n && at != UNREADABLE; k++)
                if (guest_get_word(&pages[k], a[2], k) < 0)
                        at = UNREADABLE;
        if (n && at != UNREADABLE)
                at = (uint64_t)pages;
        long r = safe_syscall(__NR_move_pages, a[0], n, at, a[3], a[4], a[5]);
        rt_free(pages);
        return r;
}
