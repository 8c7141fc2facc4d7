/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about signals: those that are older than signal sets of 64 bits, and those with times of 64 bits. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "linux/signal.h"
#include "rt/rt.h"
#include "run/thread.h"

enum { HOW_SETMASK = 2 };

/* sigaction(2): handled as rt_sigaction(2) with its structure */
long arm32_sigaction(struct thread *t, const uint64_t a[6])
{
        struct arm32_sigaction new, old;
        struct arm32_old_sigaction g;

        if (a[1]) {
                if (guest_read(&g, a[1], sizeof(g)) < 0)
                        return -EFAULT;
                new = (struct arm32_sigaction){ g.handler, g.flags, g.restorer, { g.mask, 0 } };
        }
        long r = sys_rt_sigaction(t, (const uint64_t[6]){ a[0], a[1] ? (uint64_t) & new : 0, (uint64_t)&old, sizeof(uint64_t) });
        if (r < 0 || !a[2])
                return r;
        g = (struct arm32_old_sigaction){ old.handler, old.mask[0], old.flags, old.restorer };
        return guest_write(a[2], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

/* sigprocmask(2): changes the first 32 signals only */
long arm32_sigprocmask(struct thread *t, const uint64_t a[6])
{
        uint64_t set = 0, old;
        uint32_t first;

        if (a[1]) {
                if (guest_read(&first, a[1], sizeof(first)) < 0)
                        return -EFAULT;
                set = first | ((int)a[0] == HOW_SETMASK ? t->os->sigmask & ~(uint64_t)UINT32_MAX : 0);
        }
        long r = sys_rt_sigprocmask(t, (const uint64_t[6]){ a[0], a[1] ? (uint64_t)&set : 0, (uint64_t)&old, sizeof(set) });
        first = (uint32_t)old;
        return r >= 0 && a[2] && guest_write(a[2], &first, sizeof(first)) < 0 ? -EFAULT : r;
}

/* sigpending(2) */
long arm32_sigpending(struct thread *t, const uint64_t a[6])
{
        return sys_rt_sigpending(t, (const uint64_t[6]){ a[0], sizeof(uint32_t) });
}

/* sigsuspend(2): the set is the third argument itself */
long arm32_sigsuspend(struct thread *t, const uint64_t a[6])
{
        uint64_t set = (uint32_t)a[2];

        return sys_rt_sigsuspend(t, (const uint64_t[6]){ (uint64_t)&set, sizeof(set) });
}

/* rt_sigtimedwait(2) */
long arm32_rt_sigtimedwait_time64(struct thread *t, const uint64_t a[6])
{
        struct __kernel_timespec ts;

        if (a[3] != sizeof(uint64_t))
                return -EINVAL;
        if (a[2] && arm32_get_time(&ts, a[2], true) < 0)
                return -EFAULT;
        return signal_timed_wait(t, a, a[2] ? (const int64_t[2]){ ts.tv_sec, ts.tv_nsec } : NULL);
}
