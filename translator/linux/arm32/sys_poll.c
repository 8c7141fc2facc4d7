/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for files: times, and sets of descriptors, which have words of 32 bits. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "rt/rt.h"

/* ---- sets of descriptors ---- */

/* Copies of the three sets of select(2), where the guest's are not as long as the host's kernel takes them to be. */
struct sets {
        uint64_t at[3]; /* what the host is given */
        uint8_t *block;
        size_t size; /* bytes of one of the guest's; one of the host's has four more */
        uint8_t few[3 * 128];
};

/* Returns 0 or a negative errno. */
static long sets_begin(struct sets *s, const uint64_t a[6])
{
        enum { MOST = 1 << 20 }; /* descriptors that a process can have; the kernel looks at no more */
        int n = (int)a[0];
        bool even = n <= 0 || n > MOST || (n + 31) / 32 % 2 == 0;

        s->block = NULL;
        memcpy(s->at, &a[1], sizeof(s->at));
        if (even)
                return 0;
        s->size = (size_t)(n + 31) / 32 * 4;
        uint8_t *to = 3 * (s->size + 4) <= sizeof(s->few) ? s->few : (s->block = rt_alloc(3 * (s->size + 4)));
        if (!to)
                return -ENOMEM;
        for (unsigned k = 0; k < 3; k++, to += s->size + 4) {
                if (!a[1 + k])
                        continue;
                s->at[k] = guest_read(to, a[1 + k], s->size) < 0 ? UNREADABLE : (uint64_t)to;
                memset(to + s->size, 0, 4);
        }
        return 0;
}

/* Gives the guest what the call has put into the copies. `r` is the call's result. */
static long sets_done(struct sets *s, const uint64_t a[6], long r)
{
        for (unsigned k = 0; k < 3 && r >= 0; k++)
                if (s->at[k] != a[1 + k] && guest_write(a[1 + k], (const void *)s->at[k], s->size) < 0)
                        r = -EFAULT;
        rt_free(s->block);
        return r;
}

/* ---- select ---- */

/* select(2). What is left of the time is written back, as far as that is possible. */
long arm32_select(struct thread *t, const uint64_t a[6])
{
        struct arm32_timeval g;
        struct __kernel_old_timeval h;
        struct sets s;
        (void)t;

        if (a[4]) {
                if (guest_read(&g, a[4], sizeof(g)) < 0)
                        return -EFAULT;
                h = (struct __kernel_old_timeval){ .tv_sec = g.sec, .tv_usec = g.usec };
        }
        long r = sets_begin(&s, a);
        if (r < 0)
                return r;
        r = safe_syscall(__NR_select, a[0], s.at[0], s.at[1], s.at[2], a[4] ? (uint64_t)&h : 0, 0);
        r = sets_done(&s, a, r);
        if (a[4]) {
                g = (struct arm32_timeval){ (int32_t)h.tv_sec, (int32_t)h.tv_usec };
                (void)guest_write(a[4], &g, sizeof(g));
        }
        return r;
}

/* pselect6(2) */
static long pselect6(struct thread *t, const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;
        struct sets s;

        if (a[4] && arm32_get_time(&ts, a[4], wide) < 0)
                return -EFAULT;
        long r = sets_begin(&s, a);
        if (r < 0)
                return r;
        r = sys_pselect6(t, (const uint64_t[6]){ a[0], s.at[0], s.at[1], s.at[2], a[4] ? (uint64_t)&ts : 0, a[5] });
        r = sets_done(&s, a, r);
        if (a[4])
                (void)arm32_put_time(a[4], &ts, wide);
        return r;
}

long arm32_pselect6(struct thread *t, const uint64_t a[6])
{
        return pselect6(t, a, false);
}

long arm32_pselect6_time64(struct thread *t, const uint64_t a[6])
{
        return pselect6(t, a, true);
}

/* ---- poll, epoll ---- */

/* ppoll(2) */
static long ppoll(struct thread *t, const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;

        if (!a[2])
                return sys_ppoll(t, a);
        if (arm32_get_time(&ts, a[2], wide) < 0)
                return -EFAULT;
        long r = sys_ppoll(t, (const uint64_t[6]){ a[0], a[1], (uint64_t)&ts, a[3], a[4] });
        (void)arm32_put_time(a[2], &ts, wide);
        return r;
}

long arm32_ppoll(struct thread *t, const uint64_t a[6])
{
        return ppoll(t, a, false);
}

long arm32_ppoll_time64(struct thread *t, const uint64_t a[6])
{
        return ppoll(t, a, true);
}

/* epoll_wait(2) */
long arm32_epoll_wait(struct thread *t, const uint64_t a[6])
{
        return sys_epoll_pwait(t, (const uint64_t[6]){ a[0], a[1], a[2], a[3], 0, 0 });
}

/* epoll_pwait2(2) */
long arm32_epoll_pwait2(struct thread *t, const uint64_t a[6])
{
        struct __kernel_timespec ts;

        if (a[3] && arm32_get_time(&ts, a[3], true) < 0)
                return -EFAULT;
        return sys_epoll_pwait2(t, (const uint64_t[6]){ a[0], a[1], a[2], a[3] ? (uint64_t)&ts : 0, a[4], a[5] });
}
