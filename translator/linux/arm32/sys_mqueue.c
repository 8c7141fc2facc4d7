/* SPDX-License-Identifier: GPL-2.0-or-later */
/* POSIX message queues. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mqueue.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "rt/rt.h"

static void attr_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_mq_attr *g = guest;

        *(struct mq_attr *)host = (struct mq_attr){
                .mq_flags = g->flags,
                .mq_maxmsg = g->maxmsg,
                .mq_msgsize = g->msgsize,
                .mq_curmsgs = g->curmsgs,
        };
}

static void attr_to_guest(void *restrict guest, const void *restrict host)
{
        const struct mq_attr *h = host;

        *(struct arm32_mq_attr *)guest = (struct arm32_mq_attr){
                .flags = (int32_t)h->mq_flags,
                .maxmsg = (int32_t)h->mq_maxmsg,
                .msgsize = (int32_t)h->mq_msgsize,
                .curmsgs = (int32_t)h->mq_curmsgs,
        };
}

#define ATTR \
        { \
                sizeof(struct arm32_mq_attr), attr_to_host, attr_to_guest \
        }

/* mq_open(2) */
long arm32_mq_open(struct thread *t, const uint64_t a[6])
{
        struct arm32_mq_attr g;
        struct mq_attr h;

        if (!a[3] || !(a[1] & O_CREAT)) /* only a new queue's attributes are looked at */
                return sys_mq_open(t, (const uint64_t[6]){ a[0], a[1], a[2], 0 });
        if (guest_read(&g, a[3], sizeof(g)) < 0)
                return sys_mq_open(t, (const uint64_t[6]){ a[0], a[1], a[2], UNREADABLE });
        attr_to_host(&h, &g);
        return sys_mq_open(t, (const uint64_t[6]){ a[0], a[1], a[2], (uint64_t)&h });
}

/* mq_getattr(3), mq_setattr(3) */
long arm32_mq_getsetattr(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_mq_getsetattr, a, { 1, ARM32_IN, ATTR }, { 2, ARM32_OUT, ATTR });
}

/* mq_notify(2). Where a C library's thread is to be told, the value is a pointer to what comes on a socket: the host's kernel reads
 * it. */
long arm32_mq_notify(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return ARM32_CALL(__NR_mq_notify, a, { 1, ARM32_IN, { sizeof(struct arm32_sigevent), arm32_sigevent_to_host, NULL } });
}

/* A call with an optional time in a[4] */
static long timed(long nr, const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;

        return safe_syscall(nr, a[0], a[1], a[2], a[3], arm32_time_argument(&ts, a[4], wide), 0);
}

/* mq_timedsend(2) */
long arm32_mq_timedsend(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return timed(__NR_mq_timedsend, a, false);
}

long arm32_mq_timedsend_time64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return timed(__NR_mq_timedsend, a, true);
}

/* mq_timedreceive(2) */
long arm32_mq_timedreceive(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return timed(__NR_mq_timedreceive, a, false);
}

long arm32_mq_timedreceive_time64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return timed(__NR_mq_timedreceive, a, true);
}
