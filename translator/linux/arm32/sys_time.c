/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks and sleeping, with times of 32 bits, and with those of 64 bits whose nanoseconds may have rubbish above. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/timex.h>
#include "arm32.h"
#include "linux/host_clock.h"
#include "rt/rt.h"

/* ---- clocks ---- */

static long gettime(const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;
        long r = host_clock_gettime((int)a[0], &ts);

        return r < 0 ? r : arm32_put_time(a[1], &ts, wide);
}

/* clock_gettime(2) */
long arm32_clock_gettime(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return gettime(a, false);
}

long arm32_clock_gettime64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return gettime(a, true);
}

static long settime(const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;
        uint64_t at = arm32_time_argument(&ts, a[1], wide);

        return safe_syscall(__NR_clock_settime, a[0], at ? at : UNREADABLE, 0, 0, 0, 0);
}

/* clock_settime(2) */
long arm32_clock_settime(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return settime(a, false);
}

long arm32_clock_settime64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return settime(a, true);
}

/* clock_getres(2) */
long arm32_clock_getres(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_clock_getres, a, { 1, ARM32_OUT, guest_abi->timespec });
}

/* sched_rr_get_interval(2) */
long arm32_sched_rr_get_interval(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_sched_rr_get_interval, a, { 1, ARM32_OUT, guest_abi->timespec });
}

static void timeval_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_timeval *g = guest;

        *(struct __kernel_old_timeval *)host = (struct __kernel_old_timeval){ .tv_sec = g->sec, .tv_usec = g->usec };
}

static void timeval_to_guest(void *restrict guest, const void *restrict host)
{
        const struct __kernel_old_timeval *h = host;

        *(struct arm32_timeval *)guest = (struct arm32_timeval){ (int32_t)h->tv_sec, (int32_t)h->tv_usec };
}

#define TIMEVAL \
        { \
                sizeof(struct arm32_timeval), timeval_to_host, timeval_to_guest \
        }

/* gettimeofday(2). The second argument, struct timezone, is the same. */
long arm32_gettimeofday(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_gettimeofday, a, { 0, ARM32_OUT, TIMEVAL });
}

/* settimeofday(2) */
long arm32_settimeofday(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_settimeofday, a, { 0, ARM32_IN, TIMEVAL });
}

/* ---- adjusting ---- */

/* Members of struct timex that are long, beside those of the same name here. */
#define TIMEX_LONGS(MEMBER) \
        MEMBER(offset) \
        MEMBER(freq) \
        MEMBER(maxerror) \
        MEMBER(esterror) \
        MEMBER(constant) \
        MEMBER(precision) \
        MEMBER(tolerance) \
        MEMBER(tick) \
        MEMBER(ppsfreq) \
        MEMBER(jitter) \
        MEMBER(stabil) \
        MEMBER(jitcnt) \
        MEMBER(calcnt) \
        MEMBER(errcnt) \
        MEMBER(stbcnt)

static void timex_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_timex *g = guest;
        struct __kernel_timex *h = host;

        *h = (struct __kernel_timex){ .modes = g->modes, .status = g->status, .shift = g->shift, .tai = g->tai };
        h->time.tv_sec = g->time.sec;
        h->time.tv_usec = g->time.usec;
#define MEMBER(name) h->name = g->name;
        TIMEX_LONGS(MEMBER)
#undef MEMBER
}

static void timex_to_guest(void *restrict guest, const void *restrict host)
{
        const struct __kernel_timex *h = host;
        struct arm32_timex *g = guest;

        *g = (struct arm32_timex){ .modes = h->modes, .status = h->status, .shift = h->shift, .tai = h->tai };
        g->time.sec = (int32_t)h->time.tv_sec;
        g->time.usec = (int32_t)h->time.tv_usec;
#define MEMBER(name) g->name = (int32_t)h->name;
        TIMEX_LONGS(MEMBER)
#undef MEMBER
}

_Static_assert(sizeof(struct __kernel_timex) <= ARM32_PART_SIZE, "struct timex");
#define TIMEX \
        { \
                sizeof(struct arm32_timex), timex_to_host, timex_to_guest \
        }

/* adjtimex(2) */
long arm32_adjtimex(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_adjtimex, a, { 0, ARM32_IN | ARM32_OUT, TIMEX });
}

/* clock_adjtime(2) */
long arm32_clock_adjtime(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_clock_adjtime, a, { 1, ARM32_IN | ARM32_OUT, TIMEX });
}

/* ---- sleeping ---- */

/* Sleeps as clock_nanosleep(2) does. Where that was interrupted, the kernel may have told how much is left: then *ret_left is it, else
 * its tv_nsec is -1. */
static long sleep_with(long nr, uint64_t clock, uint64_t flags, uint64_t request, struct __kernel_timespec *ret_left)
{
        ret_left->tv_nsec = -1;
        if (nr == __NR_nanosleep)
                return safe_syscall(nr, request, (uint64_t)ret_left, 0, 0, 0, 0);
        return safe_syscall(nr, clock, flags, request, (uint64_t)ret_left, 0, 0);
}

/* `left` is 0, or where the guest wants to know how much is left. */
static long sleep_for(long nr, const uint64_t clock_and_flags[2], uint64_t request, uint64_t left, bool wide)
{
        struct __kernel_timespec ts, rest;
        uint64_t at = arm32_time_argument(&ts, request, wide);
        long r = sleep_with(nr, clock_and_flags[0], clock_and_flags[1], at ? at : UNREADABLE, &rest);

        if (left && rest.tv_nsec != -1 && arm32_put_time(left, &rest, wide) < 0)
                return -EFAULT;
        return r;
}

/* nanosleep(2) */
long arm32_nanosleep(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return sleep_for(__NR_nanosleep, (uint64_t[2]){ 0, 0 }, a[0], a[1], false);
}

/* clock_nanosleep(2) */
long arm32_clock_nanosleep(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return sleep_for(__NR_clock_nanosleep, a, a[2], a[3], false);
}

long arm32_clock_nanosleep_time64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return sleep_for(__NR_clock_nanosleep, a, a[2], a[3], true);
}
