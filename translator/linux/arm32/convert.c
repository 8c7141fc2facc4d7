/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures for struct abi, and what all handlers convert with. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <linux/eventpoll.h>
#include <linux/time_types.h>
#include <linux/uio.h>
#include "arm32.h"
#include "linux/signal.h"
#include "rt/rt.h"

/* ---- structures ---- */

/* Member by member, because programs call stat(2) a lot and the compiler would clear the whole structure of an initializer first. */
void arm32_stat64_to_guest(void *restrict guest, const void *restrict host)
{
        const struct stat *s = host;
        struct arm32_stat64 *g = guest;

        g->dev = s->st_dev;
        g->pad0 = 0;
        g->ino32 = (uint32_t)s->st_ino;
        g->mode = s->st_mode;
        g->nlink = (uint32_t)s->st_nlink;
        g->uid = s->st_uid;
        g->gid = s->st_gid;
        g->rdev = s->st_rdev;
        g->pad3 = 0;
        g->size = s->st_size;
        g->blksize = (uint32_t)s->st_blksize;
        g->pad4 = 0;
        g->blocks = (uint64_t)s->st_blocks;
        g->atime = (uint32_t)s->st_atime;
        g->atime_nsec = (uint32_t)s->st_atime_nsec;
        g->mtime = (uint32_t)s->st_mtime;
        g->mtime_nsec = (uint32_t)s->st_mtime_nsec;
        g->ctime = (uint32_t)s->st_ctime;
        g->ctime_nsec = (uint32_t)s->st_ctime_nsec;
        g->ino = s->st_ino;
}

/* linux/eventpoll.h: packed on x86-64 only */
struct epoll_event_of_guest {
        uint32_t events, pad;
        uint64_t data;
};

void arm32_epoll_event_to_host(void *restrict host, const void *restrict guest)
{
        const struct epoll_event_of_guest *g = guest;

        *(struct epoll_event *)host = (struct epoll_event){ .events = g->events, .data = g->data };
}

void arm32_epoll_event_to_guest(void *restrict guest, const void *restrict host)
{
        const struct epoll_event *h = host;

        *(struct epoll_event_of_guest *)guest = (struct epoll_event_of_guest){ .events = h->events, .data = h->data };
}

/* A length that is negative as a signed number is one on the host too, where the kernel refuses it. */
void arm32_iovec_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_iovec *g = guest;

        *(struct iovec *)host = (struct iovec){ .iov_base = (void *)(uint64_t)g->base, .iov_len = arm32_long(g->len) };
}

void arm32_iovec_to_guest(void *restrict guest, const void *restrict host)
{
        const struct iovec *h = host;

        *(struct arm32_iovec *)guest = (struct arm32_iovec){ (uint32_t)(uint64_t)h->iov_base, (uint32_t)h->iov_len };
}

void arm32_timespec_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_timespec *g = guest;

        *(struct __kernel_timespec *)host = (struct __kernel_timespec){ .tv_sec = g->sec, .tv_nsec = g->nsec };
}

void arm32_timespec_to_guest(void *restrict guest, const void *restrict host)
{
        const struct __kernel_timespec *h = host;

        *(struct arm32_timespec *)guest = (struct arm32_timespec){ (int32_t)h->tv_sec, (int32_t)h->tv_nsec };
}

void arm32_sigaction_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_sigaction *g = guest;

        *(struct guest_sigaction *)host = (struct guest_sigaction){
                .handler = g->handler,
                .flags = g->flags,
                .restorer = g->restorer,
                .mask = arm32_pair(g->mask[0], g->mask[1]),
        };
}

void arm32_sigaction_to_guest(void *restrict guest, const void *restrict host)
{
        const struct guest_sigaction *h = host;

        *(struct arm32_sigaction *)guest = (struct arm32_sigaction){
                .handler = (uint32_t)h->handler,
                .flags = (uint32_t)h->flags,
                .restorer = (uint32_t)h->restorer,
                .mask = { (uint32_t)h->mask, (uint32_t)(h->mask >> 32) },
        };
}

void arm32_stack_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_stack *g = guest;

        *(struct linux_stack *)host = (struct linux_stack){ .sp = g->sp, .flags = (uint32_t)g->flags, .size = g->size };
}

void arm32_stack_to_guest(void *restrict guest, const void *restrict host)
{
        const struct linux_stack *h = host;

        *(struct arm32_stack *)guest = (struct arm32_stack){ (uint32_t)h->sp, (int32_t)h->flags, (uint32_t)h->size };
}

/* ---- calls with structures ---- */

long arm32_call(long nr, const uint64_t a[6], const struct arm32_part *parts, unsigned n)
{
        uint64_t h[6], copy[ARM32_PARTS][ARM32_PART_SIZE / sizeof(uint64_t)];

        memcpy(h, a, sizeof(h));
        for (unsigned k = 0; k < n; k++) {
                const struct arm32_part *p = &parts[k];
                if (!a[p->arg])
                        continue;
                h[p->arg] = (uint64_t)copy[k];
                if ((p->way & ARM32_IN) && abi_read(&p->as, copy[k], 0, a[p->arg]) < 0)
                        h[p->arg] = UNREADABLE;
        }
        long r = safe_syscall(nr, h[0], h[1], h[2], h[3], h[4], h[5]);
        for (unsigned k = 0; k < n && r >= 0; k++) {
                const struct arm32_part *p = &parts[k];
                if ((p->way & ARM32_OUT) && a[p->arg] && abi_write(&p->as, a[p->arg], copy[k], 0) < 0)
                        return -EFAULT;
        }
        return r;
}

void arm32_pieces(struct arm32_pieces *p, uint64_t array, uint64_t n)
{
        const uint64_t fits = sizeof(p->few) / (sizeof(struct iovec));
        struct iovec *v = (struct iovec *)p->few;

        p->block = NULL;
        p->at = UNREADABLE;
        if (n > UIO_MAXIOV)
                return;
        if (n > fits) {
                v = p->block = rt_alloc(n * sizeof(*v));
                if (!v)
                        return;
        }
        for (uint64_t k = 0; k < n; k++)
                if (guest_get(iovec, &v[k], array + k * sizeof(struct arm32_iovec)) < 0)
                        return;
        p->at = (uint64_t)v;
}

void arm32_pieces_done(struct arm32_pieces *p)
{
        rt_free(p->block);
}

/* ---- time ---- */

int arm32_get_time(struct __kernel_timespec *ret, uint64_t at, bool wide)
{
        if (!wide)
                return guest_get(timespec, ret, at);
        if (guest_read(ret, at, sizeof(*ret)) < 0)
                return -EFAULT;
        ret->tv_nsec = (uint32_t)ret->tv_nsec; /* get_timespec64() of kernel/time/time.c */
        return 0;
}

int arm32_put_time(uint64_t at, const struct __kernel_timespec *ts, bool wide)
{
        return wide ? guest_write(at, ts, sizeof(*ts)) : guest_put(timespec, at, ts);
}

uint64_t arm32_time_argument(struct __kernel_timespec *ret, uint64_t at, bool wide)
{
        if (!at)
                return 0;
        return arm32_get_time(ret, at, wide) < 0 ? UNREADABLE : (uint64_t)ret;
}
