/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers: their settings have times of 32 bits, or of 64 bits whose nanoseconds may have rubbish above. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "rt/rt.h"

/* ---- settings ---- */

static void itimerspec_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_itimerspec *g = guest;
        struct __kernel_itimerspec *h = host;

        arm32_timespec_to_host(&h->it_interval, &g->interval);
        arm32_timespec_to_host(&h->it_value, &g->value);
}

static void itimerspec_to_guest(void *restrict guest, const void *restrict host)
{
        const struct __kernel_itimerspec *h = host;
        struct arm32_itimerspec *g = guest;

        arm32_timespec_to_guest(&g->interval, &h->it_interval);
        arm32_timespec_to_guest(&g->value, &h->it_value);
}

static void itimerspec64_to_host(void *restrict host, const void *restrict guest)
{
        struct __kernel_itimerspec *h = host;

        memcpy(h, guest, sizeof(*h));
        h->it_interval.tv_nsec = (uint32_t)h->it_interval.tv_nsec;
        h->it_value.tv_nsec = (uint32_t)h->it_value.tv_nsec;
}

static void itimerval_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_itimerval *g = guest;

        *(struct __kernel_old_itimerval *)host = (struct __kernel_old_itimerval){
                .it_interval = { g->interval.sec, g->interval.usec },
                .it_value = { g->value.sec, g->value.usec },
        };
}

static void itimerval_to_guest(void *restrict guest, const void *restrict host)
{
        const struct __kernel_old_itimerval *h = host;

        *(struct arm32_itimerval *)guest = (struct arm32_itimerval){
                .interval = { (int32_t)h->it_interval.tv_sec, (int32_t)h->it_interval.tv_usec },
                .value = { (int32_t)h->it_value.tv_sec, (int32_t)h->it_value.tv_usec },
        };
}

#define ITIMERSPEC \
        { \
                sizeof(struct arm32_itimerspec), itimerspec_to_host, itimerspec_to_guest \
        }
#define ITIMERSPEC64 \
        { \
                sizeof(struct __kernel_itimerspec), itimerspec64_to_host, NULL \
        }
#define ITIMERVAL \
        { \
                sizeof(struct arm32_itimerval), itimerval_to_host, itimerval_to_guest \
        }

/* ---- timers of a process ---- */

/* timer_create(2). Without an event the timer sends SIGALRM. */
long arm32_timer_create(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_timer_create, a, { 1, ARM32_IN, { sizeof(struct arm32_sigevent), arm32_sigevent_to_host, NULL } });
}

/* timer_settime(2) */
long arm32_timer_settime(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_timer_settime, a, { 2, ARM32_IN, ITIMERSPEC }, { 3, ARM32_OUT, ITIMERSPEC });
}

long arm32_timer_settime64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_timer_settime, a, { 2, ARM32_IN, ITIMERSPEC64 });
}

/* timer_gettime(2) */
long arm32_timer_gettime(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_timer_gettime, a, { 1, ARM32_OUT, ITIMERSPEC });
}

/* setitimer(2) */
long arm32_setitimer(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_setitimer, a, { 1, ARM32_IN, ITIMERVAL }, { 2, ARM32_OUT, ITIMERVAL });
}

/* getitimer(2) */
long arm32_getitimer(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_getitimer, a, { 1, ARM32_OUT, ITIMERVAL });
}

/* ---- timers that are descriptors ---- */

/* timerfd_settime(2) */
long arm32_timerfd_settime(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_timerfd_settime, a, { 2, ARM32_IN, ITIMERSPEC }, { 3, ARM32_OUT, ITIMERSPEC });
}

long arm32_timerfd_settime64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_timerfd_settime, a, { 2, ARM32_IN, ITIMERSPEC64 });
}

/* timerfd_gettime(2) */
long arm32_timerfd_gettime(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_timerfd_gettime, a, { 1, ARM32_OUT, ITIMERSPEC });
}
