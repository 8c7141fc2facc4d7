/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asynchronous input and output (io_submit(2) and its kin). struct iocb and io_event have 64 bits for each address; but io_submit takes
 * an array of pointers, and requests with several pieces of memory have a struct iovec. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/aio_abi.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "rt/rt.h"

/* A request whose pieces are the host's while it is submitted. The kernel copies them, and knows the request by its address, which
 * comes back with its event: so the request itself is changed, for that moment. */
struct patched {
        uint64_t iocb, buf; /* where it is, what was in it */
        struct arm32_pieces pieces;
};

static int put_buf(uint64_t iocb, uint64_t buf)
{
        return guest_write(iocb + offsetof(struct iocb, aio_buf), &buf, sizeof(buf));
}

/* Gives the request at address `at` pieces of the host's, where it has several. Without any, p->iocb is 0. */
static void patch(struct patched *p, uint64_t at)
{
        struct iocb k;

        p->iocb = 0;
        p->pieces.block = NULL;
        if (guest_read(&k, at, sizeof(k)) < 0 || (k.aio_lio_opcode != IOCB_CMD_PREADV && k.aio_lio_opcode != IOCB_CMD_PWRITEV))
                return;
        arm32_pieces(&p->pieces, (uint32_t)k.aio_buf, k.aio_nbytes);
        if (put_buf(at, p->pieces.at) < 0)
                return;
        p->iocb = at;
        p->buf = k.aio_buf;
}

static void unpatch(struct patched *p)
{
        if (p->iocb)
                (void)put_buf(p->iocb, p->buf);
        arm32_pieces_done(&p->pieces);
}

/* io_submit(2) does not say how far it came when the last request is wrong, so each is submitted by itself. */
long arm32_io_submit(struct thread *t, const uint64_t a[6])
{
        int32_t n = (int32_t)a[1], done = 0;
        struct patched p;
        uint64_t at;
        long r = 0;
        (void)t;

        if (n <= 0)
                return safe_syscall(__NR_io_submit, a[0], arm32_long(a[1]), a[2], 0, 0, 0);
        for (; done < n && r >= 0; done += r > 0) {
                if (guest_get_word(&at, a[2], (uint64_t)done) < 0) {
                        r = done ? -EFAULT : safe_syscall(__NR_io_submit, a[0], 1, UNREADABLE, 0, 0, 0);
                        break;
                }
                patch(&p, at);
                r = safe_syscall(__NR_io_submit, a[0], 1, (uint64_t)&at, 0, 0, 0);
                unpatch(&p);
                if (r == 0)
                        break;
        }
        return done ? done : r;
}

static long getevents(const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;

        return safe_syscall(__NR_io_getevents, a[0], arm32_long(a[1]), arm32_long(a[2]), a[3],
                            arm32_time_argument(&ts, a[4], wide), 0);
}

/* io_getevents(2) */
long arm32_io_getevents(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return getevents(a, false);
}

static long pgetevents(struct thread *t, const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;

        return sys_io_pgetevents(t, (const uint64_t[6]){ a[0], arm32_long(a[1]), arm32_long(a[2]), a[3],
                                                         arm32_time_argument(&ts, a[4], wide), a[5] });
}

/* io_pgetevents(2) */
long arm32_io_pgetevents(struct thread *t, const uint64_t a[6])
{
        return pgetevents(t, a, false);
}

long arm32_io_pgetevents_time64(struct thread *t, const uint64_t a[6])
{
        return pgetevents(t, a, true);
}
