/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on sockets: sendmsg(2), recvmsg(2) and their kin. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/time_types.h>
#include <linux/uio.h>
#include "message.h"
#include "rt/rt.h"

#define CMSG_COMPAT \
        UINT64_C(0x80000000) /* MSG_CMSG_COMPAT: says how the kernel was called, and is ignored where the guest sets it */

/* send(2), recv(2) */
long arm32_send(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_sendto, a[0], a[1], a[2], a[3], 0, 0);
}

long arm32_recv(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_recvfrom, a[0], a[1], a[2], a[3], 0, 0);
}

/* A message of the guest's, and what was made of it. */
struct message {
        struct arm32_msghdr g;
        struct arm32_pieces pieces;
        struct control control;
};

/* Makes the host's header of the guest's at `at`. Where it cannot be read, or its control data are wrong, the result is a negative
 * errno. message_done() has to be called in any case. */
static long message_begin(struct message *m, struct host_msghdr *h, uint64_t at, bool receives)
{
        m->pieces.block = NULL;
        m->control.host = NULL;
        if (guest_read(&m->g, at, sizeof(m->g)) < 0)
                return -EFAULT;
        arm32_pieces(&m->pieces, m->g.iov, m->g.iovlen);
        *h = (struct host_msghdr){
                .name = m->g.name,
                .namelen = m->g.namelen,
                .iov = m->pieces.at,
                .iovlen = m->g.iovlen,
                .flags = m->g.flags,
        };
        if (!m->g.controllen || (!m->g.control && receives))
                return 0;
        long r = receives ? control_room(&m->control, m->g.controllen)
                          : control_to_host(&m->control, m->g.control, m->g.controllen);
        h->control = (uint64_t)m->control.host;
        h->controllen = m->control.size;
        return r;
}

static void message_done(struct message *m)
{
        arm32_pieces_done(&m->pieces);
        control_done(&m->control);
}

/* Gives the guest the header of a message that was received. Returns 0 or -EFAULT. */
static long message_received(struct message *m, const struct host_msghdr *h, uint64_t at)
{
        uint32_t length = 0;
        uint32_t truncated = 0;

        if (m->control.host)
                truncated = control_to_guest(&m->control, h->controllen, m->g.control, m->g.controllen, &length);
        m->g.namelen = h->namelen;
        m->g.controllen = length;
        m->g.flags = (h->flags | truncated) & ~(uint32_t)CMSG_COMPAT;
        return guest_write(at, &m->g, sizeof(m->g));
}

/* ---- one message ---- */

/* Makes the call with header *h, where `made` says that it could be made. The kernel looks at the descriptor before it looks at the
 * header. */
static long call_message(long nr, const uint64_t a[6], long made, struct host_msghdr *h)
{
        if (made < 0 && made != -EFAULT)
                return made;
        return safe_syscall(nr, a[0], made < 0 ? UNREADABLE : (uint64_t)h, a[2] & ~CMSG_COMPAT, 0, 0, 0);
}

/* sendmsg(2) */
long arm32_sendmsg(struct thread *t, const uint64_t a[6])
{
        struct host_msghdr h;
        struct message m;
        (void)t;
        long r = call_message(__NR_sendmsg, a, message_begin(&m, &h, a[1], false), &h);

        message_done(&m);
        return r;
}

/* recvmsg(2) */
long arm32_recvmsg(struct thread *t, const uint64_t a[6])
{
        struct host_msghdr h;
        struct message m;
        (void)t;
        long r = call_message(__NR_recvmsg, a, message_begin(&m, &h, a[1], true), &h);

        if (r >= 0 && message_received(&m, &h, a[1]) < 0)
                r = -EFAULT;
        message_done(&m);
        return r;
}

/* ---- several ---- */

/* Those of one call. */
struct batch {
        struct host_mmsghdr *headers;
        struct message *messages;
        uint64_t n; /* of them that could be converted */
        long error; /* why the next one could not, or 0 */
};

/* Returns 0, or a negative errno where there is not even the first message. batch_done() has to be called in any case. */
static long batch_begin(struct batch *b, uint64_t at, uint64_t n, bool receives)
{
        n = n > UIO_MAXIOV ? UIO_MAXIOV : n;
        *b = (struct batch){ .headers = rt_alloc((n + 1) * sizeof(*b->headers)),
                             .messages = rt_alloc((n + 1) * sizeof(*b->messages)) };
        if (!b->headers || !b->messages)
                return -ENOMEM;
        for (; b->n < n; b->n++) {
                b->error = message_begin(&b->messages[b->n], &b->headers[b->n].hdr, at + b->n * sizeof(struct arm32_mmsghdr),
                                         receives);
                if (b->error < 0) {
                        message_done(&b->messages[b->n]);
                        break;
                }
        }
        return b->n ? 0 : b->error;
}

static void batch_done(struct batch *b)
{
        for (uint64_t k = 0; k < b->n; k++)
                message_done(&b->messages[k]);
        rt_free(b->messages);
        rt_free(b->headers);
}

/* Writes how many bytes message number k has. Returns 0 or -EFAULT. */
static int put_length(const struct batch *b, uint64_t at, uint64_t k)
{
        const uint32_t *length = &b->headers[k].len;

        return guest_write(at + k * sizeof(struct arm32_mmsghdr) + offsetof(struct arm32_mmsghdr, len), length, sizeof(*length));
}

/* sendmmsg(2) */
long arm32_sendmmsg(struct thread *t, const uint64_t a[6])
{
        struct batch b;
        (void)t;
        long r = batch_begin(&b, a[1], (uint32_t)a[2], false);

        if (r == -EFAULT)
                r = safe_syscall(__NR_sendmmsg, a[0], UNREADABLE, 1, a[3] & ~CMSG_COMPAT, 0, 0);
        else if (r == 0)
                r = safe_syscall(__NR_sendmmsg, a[0], (uint64_t)b.headers, b.n, a[3] & ~CMSG_COMPAT, 0, 0);
        for (long k = 0; k < r; k++)
                if (put_length(&b, a[1], (uint64_t)k) < 0)
                        r = -EFAULT;
        batch_done(&b);
        return r;
}

static long recvmmsg(const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;
        uint64_t timeout = arm32_time_argument(&ts, a[4], wide);
        struct batch b;
        long r = timeout == UNREADABLE ? -EFAULT : batch_begin(&b, a[1], (uint32_t)a[2], true);

        if (timeout == UNREADABLE)
                return r;
        if (r == -EFAULT)
                r = safe_syscall(__NR_recvmmsg, a[0], UNREADABLE, 1, a[3] & ~CMSG_COMPAT, timeout, 0);
        else if (r == 0)
                r = safe_syscall(__NR_recvmmsg, a[0], (uint64_t)b.headers, b.n, a[3] & ~CMSG_COMPAT, timeout, 0);
        for (long k = 0; k < r; k++) {
                uint64_t at = a[1] + (uint64_t)k * sizeof(struct arm32_mmsghdr);
                if (message_received(&b.messages[k], &b.headers[k].hdr, at) < 0 || put_length(&b, a[1], (uint64_t)k) < 0)
                        r = -EFAULT;
        }
        batch_done(&b);
        if (r > 0 && timeout && arm32_put_time(a[4], &ts, wide) < 0)
                return -EFAULT;
        return r;
}

/* recvmmsg(2) */
long arm32_recvmmsg(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return recvmmsg(a, false);
}

long arm32_recvmmsg_time64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return recvmmsg(a, true);
}
