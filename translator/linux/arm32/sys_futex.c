/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Futexes: their timeouts, and lists of robust ones. The host's kernel reads a list of 64-bit pointers, so the guest's is walked
 * here when a thread ends (exit_robust_list() of kernel/futex/core.c). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/futex.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "linux/thread_os.h"
#include "rt/rt.h"
#include "run/thread.h"

/* ---- timeouts ---- */

/* Operations whose fourth argument is a time; of others it is a number (futex_cmd_has_timeout()). */
static bool has_timeout(uint64_t op)
{
        enum { LOCK_PI2 = 13 };

        switch (op & FUTEX_CMD_MASK) {
        case FUTEX_WAIT:
        case FUTEX_LOCK_PI:
        case FUTEX_WAIT_BITSET:
        case FUTEX_WAIT_REQUEUE_PI:
        case LOCK_PI2: return true;
        default: return false;
        }
}

static long futex(struct thread *t, const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;

        if (!a[3] || !has_timeout(a[1]))
                return sys_futex(t, a);
        if (arm32_get_time(&ts, a[3], wide) < 0)
                return -EFAULT;
        return sys_futex(t, (const uint64_t[6]){ a[0], a[1], a[2], (uint64_t)&ts, a[4], a[5] });
}

/* futex(2) */
long arm32_futex(struct thread *t, const uint64_t a[6])
{
        return futex(t, a, false);
}

long arm32_futex_time64(struct thread *t, const uint64_t a[6])
{
        return futex(t, a, true);
}

/* futex_waitv(2) */
long arm32_futex_waitv(struct thread *t, const uint64_t a[6])
{
        enum { NR = 449 };
        struct __kernel_timespec ts;
        (void)t;

        return safe_syscall(NR, a[0], a[1], a[2], arm32_time_argument(&ts, a[3], true), a[4], 0);
}

/* futex_wait(2) */
long arm32_futex_wait(struct thread *t, const uint64_t a[6])
{
        enum { NR = 455 };
        struct __kernel_timespec ts;
        (void)t;

        return safe_syscall(NR, a[0], a[1], a[2], a[3], arm32_time_argument(&ts, a[4], true), a[5]);
}

/* ---- lists ---- */

/* set_robust_list(2) */
long arm32_set_robust_list(struct thread *t, const uint64_t a[6])
{
        if (a[1] != sizeof(struct arm32_robust_list_head))
                return -EINVAL;
        t->os->robust_list = a[0];
        return 0;
}

/* get_robust_list(2). Of other threads only the kernel's answer is known: whether they may be asked about. */
long arm32_get_robust_list(struct thread *t, const uint64_t a[6])
{
        uint64_t head = 0, size;
        uint32_t at, bytes = sizeof(struct arm32_robust_list_head);
        long r = safe_syscall(__NR_get_robust_list, a[0], (uint64_t)&head, (uint64_t)&size, 0, 0, 0);

        if (r < 0)
                return r;
        at = (int)a[0] == 0 || (int)a[0] == t->os->tid ? (uint32_t)t->os->robust_list : 0;
        return guest_write(a[2], &bytes, sizeof(bytes)) < 0 || guest_write(a[1], &at, sizeof(at)) < 0 ? -EFAULT : 0;
}

static void wake_one(uint64_t at)
{
        (void)sys_call3(__NR_futex, at, FUTEX_WAKE, 1);
}

/* Marks a futex whose owner dies, where that is this thread, and wakes one that waits. Returns false where its memory cannot be
 * used. */
static bool futex_death(const struct thread *t, uint64_t at, bool pi, bool pending)
{
        uint32_t now;
        int r;

        if (at & 3)
                return false;
        do {
                if (guest_read(&now, at, sizeof(now)) < 0)
                        return false;
                if (pending && !pi && !(now & FUTEX_TID_MASK)) { /* it died between unlocking and waking */
                        wake_one(at);
                        return true;
                }
                if ((now & FUTEX_TID_MASK) != (uint32_t)t->os->tid)
                        return true;
                r = guest_cmpxchg(at, now, (now & FUTEX_WAITERS) | FUTEX_OWNER_DIED);
        } while (r > 0);
        if (r == 0 && !pi && (now & FUTEX_WAITERS))
                wake_one(at);
        return r == 0;
}

/* Bit 0 of a pointer to an entry says that its futex inherits priorities. */
void arm32_thread_end(struct thread *t)
{
        struct arm32_robust_list_head head;
        const uint64_t list = t->os->robust_list;
        uint32_t at, next;

        t->os->robust_list = 0;
        if (!list || guest_read(&head, list, sizeof(head)) < 0)
                return;
        at = head.next;
        for (unsigned k = 0; (at & ~1u) != list && k < ROBUST_LIST_LIMIT; k++, at = next) {
                bool more = guest_read(&next, at & ~1u, sizeof(next)) == 0;
                if ((at & ~1u) != (head.list_op_pending & ~1u) &&
                    !futex_death(t, (uint32_t)((at & ~1u) + (uint32_t)head.futex_offset), at & 1, false))
                        return;
                if (!more)
                        return;
        }
        if (head.list_op_pending)
                (void)futex_death(t, (uint32_t)((head.list_op_pending & ~1u) + (uint32_t)head.futex_offset),
                                  head.list_op_pending & 1, true);
}
