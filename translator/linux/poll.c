/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for files and for asynchronous input and output: calls that change the signal mask while they wait, and epoll. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/eventpoll.h>
#include "abi.h"
#include "signal.h"
#include "syscalls.h"
#include "run/thread.h"

/* The optional signal set of a call, as the host's kernel is given it. */
struct wait_set {
        uint64_t set, size; /* like struct __aio_sigset of fs/aio.c and struct sigset_argpack of fs/select.c */
        uint64_t host;
};

/* Reads an optional signal set and puts it in force. Where it cannot be read the kernel gets UNREADABLE, because it looks at
 * other arguments first. Returns 0 or a negative errno. */
static long begin_wait(struct thread *t, uint64_t set, uint64_t size, struct wait_set *ret)
{
        uint64_t mask;

        *ret = (struct wait_set){ .set = set, .size = size };
        if (!set)
                return 0;
        if (signal_read_set(set, size, &mask) < 0) {
                ret->set = UNREADABLE;
                return 0;
        }
        ret->set = (uint64_t)&ret->host;
        return signal_suspend(t, mask, &ret->host);
}

/* ppoll(2) */
long sys_ppoll(struct thread *t, const uint64_t a[6])
{
        struct wait_set w;
        long r = begin_wait(t, a[3], a[4], &w);

        if (r < 0)
                return r;
        return safe_syscall(__NR_ppoll, a[0], a[1], a[2], w.set, w.size, 0);
}

/* pselect6(2), io_pgetevents(2): the last argument points at a pair of address and size */
static long wait_with_pair(struct thread *t, long nr, const uint64_t a[6])
{
        uint64_t pair[2] = { 0, 0 };
        struct wait_set w;

        if (a[5] && (guest_get_word(&pair[0], a[5], 0) < 0 || guest_get_word(&pair[1], a[5], 1) < 0))
                return safe_syscall(nr, a[0], a[1], a[2], a[3], a[4], UNREADABLE);
        long r = begin_wait(t, pair[0], pair[1], &w);
        if (r < 0)
                return r;
        return safe_syscall(nr, a[0], a[1], a[2], a[3], a[4], (uint64_t)&w);
}

long sys_pselect6(struct thread *t, const uint64_t a[6])
{
        return wait_with_pair(t, __NR_pselect6, a);
}

long sys_io_pgetevents(struct thread *t, const uint64_t a[6])
{
        return wait_with_pair(t, __NR_io_pgetevents, a);
}

/* epoll_ctl(2) */
long sys_epoll_ctl(struct thread *t, const uint64_t a[6])
{
        struct epoll_event host = { 0 };
        (void)t;

        if ((int)a[1] != EPOLL_CTL_DEL && guest_get(epoll_event, &host, a[3]) < 0)
                return -EFAULT;
        return safe_syscall(__NR_epoll_ctl, a[0], a[1], a[2], (uint64_t)&host, 0, 0);
}

/* The kernel has written `n` of the host's events to the guest's array. Makes guest's events of them, the last one first because
 * those are not smaller. */
static long spread_events(uint64_t array, long n)
{
        const size_t size = guest_sizeof(epoll_event, struct epoll_event);

        for (long i = n - 1; i >= 0; i--) {
                struct epoll_event host;
                if (guest_read(&host, array + (uint64_t)i * sizeof(host), sizeof(host)) < 0 ||
                    guest_put(epoll_event, array + (uint64_t)i * size, &host) < 0)
                        return -EFAULT;
        }
        return n;
}

/* epoll_pwait(2), epoll_pwait2(2): they differ in the timeout, which is passed on */
static long wait_events(struct thread *t, long nr, const uint64_t a[6])
{
        const int max = INT32_MAX / (int)guest_sizeof(epoll_event, struct epoll_event); /* EP_MAX_EVENTS of fs/eventpoll.c */
        struct wait_set w;
        long r = begin_wait(t, a[4], a[5], &w);

        if (r < 0)
                return r;
        r = safe_syscall(nr, a[0], a[1], (int)a[2] > max ? 0 : a[2], a[3], w.set, w.size); /* 0: too few, EINVAL as well */
        return r > 0 ? spread_events(a[1], r) : r;
}

long sys_epoll_pwait(struct thread *t, const uint64_t a[6])
{
        return wait_events(t, __NR_epoll_pwait, a);
}

long sys_epoll_pwait2(struct thread *t, const uint64_t a[6])
{
        return wait_events(t, __NR_epoll_pwait2, a);
}
