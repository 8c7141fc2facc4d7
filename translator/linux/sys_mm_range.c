/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls about a range of pages that leave mappings where they are: madvise(2), mlock(2) and the like (see sys_mm.c for
 * what they say of the translator's own memory). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include "run/exec.h"
#include "rt/rt.h"
#include "mm.h"
#include "proc.h"
#include "syscalls.h"

#ifndef MADV_GUARD_INSTALL /* Linux 6.13 */
#define MADV_GUARD_INSTALL 102
#endif
enum { NR_MSEAL = 462 };

/* What a call does about addresses where nothing is mapped. */
enum holes {
        PASS_OVER, /* it acts on all pages, and fails then */
        STOP,      /* it acts on the pages before the first, and fails there */
        REFUSE,    /* it fails and does nothing */
};

/* Makes a call whose first two arguments are an address and a size. Its result for a range with holes is `error`. */
static long on_range(long nr, const uint64_t a[6], enum holes holes, int error)
{
        uint64_t at = a[0], end = a[0] + PAGE_UP(a[1]), stop;

        if ((a[0] & (PAGE_SIZE - 1)) || !mm_is_own(a[0], a[1]))
                return safe_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        /* A range without pages: the kernel says only what it thinks of the other arguments. */
        long r = safe_syscall(nr, a[0], 0, a[2], a[3], a[4], a[5]);
        if (r < 0 || holes == REFUSE)
                return r < 0 ? r : error;
        for (;; at = stop) {
                own_memory_lock();
                bool more = mm_next_piece(&at, end, &stop);
                own_memory_unlock();
                if (!more || (holes == STOP && at != a[0]))
                        return error;
                r = safe_syscall(nr, at, stop - at, a[2], a[3], a[4], a[5]);
                if (r < 0 && (r != error || holes == STOP))
                        return r;
        }
}

/* Does that advice make pages go, or others come in their place? */
static bool drops_pages(uint64_t advice)
{
        return advice == MADV_DONTNEED || advice == MADV_FREE || advice == MADV_REMOVE || advice == MADV_DONTNEED_LOCKED ||
               advice == MADV_GUARD_INSTALL;
}

long sys_madvise(struct thread *t, const uint64_t a[6])
{
        uint64_t advice = (uint32_t)a[2];
        (void)t;

        long r = on_range(__NR_madvise, a, PASS_OVER, -ENOMEM);
        if (drops_pages(advice))
                exec_invalidate(a[0], a[0] + PAGE_UP(a[1]));
        return r;
}

/* process_madvise(2). Only the advice that kernels before Linux 6.13 know is passed on; any other could make pages of this
 * process, the translator's too, lose what they hold. It is replaced by a number that no kernel knows, so that the kernel tells
 * other mistakes in the arguments first. */
long sys_process_madvise(struct thread *t, const uint64_t a[6])
{
        enum { UNKNOWN = -1 };
        uint32_t advice = (uint32_t)a[3];
        bool harmless = advice == MADV_COLD || advice == MADV_PAGEOUT || advice == MADV_WILLNEED || advice == MADV_COLLAPSE;
        (void)t;

        return safe_syscall(__NR_process_madvise, a[0], a[1], a[2], harmless ? advice : (uint64_t)UNKNOWN, a[4], 0);
}

long sys_mlock(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return on_range(__NR_mlock, a, STOP, -ENOMEM);
}

long sys_mlock2(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return on_range(__NR_mlock2, a, STOP, -ENOMEM);
}

long sys_munlock(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return on_range(__NR_munlock, a, STOP, -ENOMEM);
}

/* The translator's memory is not for the guest to lock: most of it is room for translations that is never used. What is mapped
 * later is locked by the host, the translator's too, which is little. */
long sys_mlockall(struct thread *t, const uint64_t a[6])
{
        uint32_t flags = (uint32_t)a[0];
        (void)t;

        if (!(flags & MCL_CURRENT) || flags & ~(uint32_t)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
                return safe_syscall(__NR_mlockall, a[0], 0, 0, 0, 0, 0);
        long r = flags & MCL_FUTURE ? safe_syscall(__NR_mlockall, flags & ~(uint32_t)MCL_CURRENT, 0, 0, 0, 0, 0)
                                    : safe_syscall(__NR_munlockall, 0, 0, 0, 0, 0, 0);
        if (r < 0)
                return r;
        if (proc_lock_mappings((int)flags))
                return 0;
        (void)safe_syscall(__NR_munlockall, 0, 0, 0, 0, 0, 0);
        return -ENOMEM;
}

long sys_msync(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return on_range(__NR_msync, a, PASS_OVER, -ENOMEM);
}

long sys_mincore(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return on_range(__NR_mincore, a, STOP, -ENOMEM);
}

long sys_mbind(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return on_range(__NR_mbind, a, REFUSE, -EFAULT);
}

long sys_mseal(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return on_range(NR_MSEAL, a, REFUSE, -ENOMEM);
}

/* remap_file_pages(2) wants one mapping of a file all over its range. */
long sys_remap_file_pages(struct thread *t, const uint64_t a[6])
{
        uint64_t start = PAGE_DOWN(a[0]);
        (void)t;

        if (mm_is_own(start, a[1]))
                return -EINVAL;
        long r = safe_syscall(__NR_remap_file_pages, a[0], a[1], a[2], a[3], a[4], 0);
        exec_invalidate(start, start + PAGE_UP(a[1]));
        return r;
}
