/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for files: calls that change the signal mask while they wait, and epoll, whose struct epoll_event is packed
 * on x86-64 only. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "a64_structs.h"
#include "signal.h"
#include "syscalls.h"
#include "../runtime/thread.h"

/* Reads an optional signal set and puts it in force. Returns 0 with *ret_set the address to give to the kernel (0 or
 * `host`), or a negative errno. */
static long begin_wait(struct thread *t, uint64_t set, uint64_t size, uint64_t *host, uint64_t *ret_set)
{
        uint64_t mask;

        *ret_set = 0;
        if (!set)
                return 0;
        long r = signal_read_set(set, size, &mask);
        if (r < 0)
                return r;
        r = signal_suspend(t, mask, host);
        if (r < 0)
                return r;
        *ret_set = (uint64_t)host;
        return 0;
}

/* ppoll(2) */
long sys_ppoll(struct thread *t, const uint64_t a[6])
{
        uint64_t host, set;
        long r = begin_wait(t, a[3], a[4], &host, &set);

        if (r < 0)
                return r;
        return safe_syscall(__NR_ppoll, a[0], a[1], a[2], set, sizeof(host), 0);
}

/* pselect6(2): the last argument points at a pair of address and size */
long sys_pselect6(struct thread *t, const uint64_t a[6])
{
        uint64_t host, pair[2] = { 0, 0 };

        if (a[5] && guest_read(pair, a[5], sizeof(pair)) < 0)
                return -EFAULT;
        long r = begin_wait(t, pair[0], pair[1], &host, &pair[0]);
        if (r < 0)
                return r;
        pair[1] = sizeof(host);
        return safe_syscall(__NR_pselect6, a[0], a[1], a[2], a[3], a[4], (uint64_t)pair);
}

struct host_epoll_event {
        uint32_t events;
        uint64_t data;
} __attribute__((packed));

/* epoll_ctl(2) */
long sys_epoll_ctl(struct thread *t, const uint64_t a[6])
{
        enum { CTL_DEL = 2 };
        struct a64_epoll_event guest = { 0 };
        (void)t;

        if ((int)a[1] != CTL_DEL && guest_read(&guest, a[3], sizeof(guest)) < 0)
                return -EFAULT;
        struct host_epoll_event host = { guest.events, guest.data };
        return safe_syscall(__NR_epoll_ctl, a[0], a[1], a[2], (uint64_t)&host, 0, 0);
}

/* The kernel has written `n` packed events to the guest's array: spreads them, the last one first. */
static long spread_events(uint64_t array, long n)
{
        for (long i = n - 1; i >= 0; i--) {
                struct host_epoll_event host;
                if (guest_read(&host, array + (uint64_t)i * sizeof(host), sizeof(host)) < 0)
                        return -EFAULT;
                struct a64_epoll_event guest = { .events = host.events, .data = host.data };
                if (guest_write(array + (uint64_t)i * sizeof(guest), &guest, sizeof(guest)) < 0)
                        return -EFAULT;
        }
        return n;
}

/* epoll_pwait(2), epoll_pwait2(2): they differ in the timeout, which is passed on */
static long wait_events(struct thread *t, long nr, const uint64_t a[6])
{
        uint64_t host, set;
        long r = begin_wait(t, a[4], a[5], &host, &set);

        if (r < 0)
                return r;
        r = safe_syscall(nr, a[0], a[1], a[2], a[3], set, sizeof(host));
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
