/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tagged pointers in system calls. x86's kernel takes no pointer with a top byte, so tags come off here: of arguments as their
 * decoding (generic64/syscalls.def) tells which are pointers, and of the pointers in structures that calls of the host read by
 * themselves. What the translator reads goes through guest_read(), which takes them off too. */
#include <asm/errno.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/uio.h>
#include "signal.h"
#include "syscalls.h"
#include "tagged.h"
#include "run/thread.h"

/* Numbers of arm64. */
enum {
        NR_IOCTL = 29,
        NR_FCNTL = 25,
        NR_READV = 65,
        NR_WRITEV = 66,
        NR_PREADV = 69,
        NR_PWRITEV = 70,
        NR_VMSPLICE = 75,
        NR_PRCTL = 167,
        NR_SEMCTL = 191,
        NR_SHMAT = 196,
        NR_SHMDT = 197,
        NR_SENDMSG = 211,
        NR_RECVMSG = 212,
        NR_BRK = 214,
        NR_MUNMAP = 215,
        NR_MREMAP = 216,
        NR_KEYCTL = 219,
        NR_CLONE = 220,
        NR_EXECVE = 221,
        NR_MMAP = 222,
        NR_MPROTECT = 226,
        NR_MSYNC = 227,
        NR_MLOCK = 228,
        NR_MUNLOCK = 229,
        NR_MINCORE = 232,
        NR_MADVISE = 233,
        NR_MBIND = 235,
        NR_GET_MEMPOLICY = 236,
        NR_RECVMMSG = 243,
        NR_SENDMMSG = 269,
        NR_PROCESS_VM_READV = 270,
        NR_PROCESS_VM_WRITEV = 271,
        NR_EXECVEAT = 281,
        NR_MLOCK2 = 284,
        NR_PREADV2 = 286,
        NR_PWRITEV2 = 287,
        NR_PKEY_MPROTECT = 288,
        NR_SET_MEMPOLICY_HOME_NODE = 450,
        NR_MSEAL = 462,
};

/* Calls about address ranges, in which tags never matter: the argument (mm/: untagged_addr()). */
static const struct {
        uint16_t nr, arg;
} ranges[] = {
        { NR_MUNMAP, 0 },        { NR_MREMAP, 0 },
        { NR_MPROTECT, 0 },      { NR_MSYNC, 0 },
        { NR_MLOCK, 0 },         { NR_MUNLOCK, 0 },
        { NR_MINCORE, 0 },       { NR_MADVISE, 0 },
        { NR_MBIND, 0 },         { NR_GET_MEMPOLICY, 3 },
        { NR_MLOCK2, 0 },        { NR_MSEAL, 0 },
        { NR_PKEY_MPROTECT, 0 }, { NR_SET_MEMPOLICY_HOME_NODE, 0 },
};

/* Arguments that are pointers, or may be, though their decoding has them as numbers; and those where a tag is refused, or is part
 * of a value. */
static const struct {
        uint16_t nr;
        uint8_t more, less;
} exceptions[] = {
        { NR_IOCTL, 1 << 2, 0 },
        { NR_FCNTL, 1 << 2, 0 },
        { NR_PRCTL, 0x1e, 0 },
        { NR_KEYCTL, 0x1e, 0 },
        { NR_SEMCTL, 1 << 3, 0 },
        { NR_SHMAT, 0, 1 << 1 },
        { NR_SHMDT, 0, 1 << 0 },
        { NR_BRK, 0, 1 << 0 },
        { NR_MMAP, 0, 1 << 0 },
        { NR_MREMAP, 0, 1 << 4 },
        { NR_CLONE, 0, 1 << 1 | 1 << 3 },
};

/* Which arguments are pointers, as a set. */
static unsigned pointers_of(uint64_t nr)
{
        const char *d = syscall_decoding(nr);
        unsigned set = 0;

        for (unsigned k = 0; d && k < 6 && d[k] && d[k] != '='; k++)
                if (strchr("psbvtkA", d[k]))
                        set |= 1u << k;
        for (unsigned k = 0; k < sizeof(exceptions) / sizeof(exceptions[0]); k++)
                if (exceptions[k].nr == nr)
                        set = (set | exceptions[k].more) & ~(unsigned)exceptions[k].less;
        return set;
}

/* ---- pointers in memory ---- */

static bool has_tag(uint64_t p)
{
        return signal_untagged(p) != p;
}

static bool any_tag(uint64_t at, uint64_t n, unsigned stride)
{
        uint64_t p;

        for (uint64_t k = 0; k < n; k++)
                if (guest_read(&p, at + k * stride, sizeof(p)) >= 0 && has_tag(p))
                        return true;
        return false;
}

/* A copy of `n` elements of `stride` bytes, each of which begins with a pointer. NULL: none is needed, or possible; the call then
 * tells. */
static uint64_t *copy_list(uint64_t at, uint64_t n, unsigned stride)
{
        uint64_t *copy = any_tag(at, n, stride) ? rt_alloc(n * stride) : NULL;

        if (!copy || guest_read(copy, at, n * stride) < 0) {
                rt_free(copy);
                return NULL;
        }
        for (uint64_t k = 0; k < n; k++)
                copy[k * stride / sizeof(*copy)] = signal_untagged(copy[k * stride / sizeof(*copy)]);
        return copy;
}

static void copy_iovec(uint64_t *at, uint64_t n, void **ret_block)
{
        uint64_t *copy = n <= UIO_MAXIOV ? copy_list(*at, n, sizeof(struct iovec)) : NULL;

        if (copy)
                *at = (uint64_t)(*ret_block = copy);
}

/* argv or envp, up to and with its NULL. */
static void copy_vector(uint64_t *at, void **ret_block)
{
        enum { MAX_WORDS = 1 << 20 };
        uint64_t p, n = 0;

        while (n < MAX_WORDS && guest_read(&p, *at + n * sizeof(p), sizeof(p)) >= 0 && p)
                n++;
        uint64_t *copy = *at ? copy_list(*at, n + 1, sizeof(p)) : NULL;
        if (copy)
                *at = (uint64_t)(*ret_block = copy);
}

/* struct msghdr and mmsghdr of 64-bit Linux. */
struct message {
        uint64_t name;
        uint32_t name_size, pad;
        uint64_t iov, n_iov, control, control_size;
        uint32_t flags, pad2;
        uint32_t size, pad3; /* mmsghdr only */
};
enum { MSGHDR_SIZE = 56, MAX_MESSAGES = 1024 };

static unsigned message_size(bool many)
{
        return many ? sizeof(struct message) : MSGHDR_SIZE;
}

static bool message_has_tag(const struct message *m)
{
        return has_tag(m->name) || has_tag(m->iov) || has_tag(m->control) ||
               any_tag(signal_untagged(m->iov), m->n_iov, sizeof(struct iovec));
}

/* Makes copies of the headers and, behind them, of all their iovecs. */
static void fill_messages(uint8_t *block, uint64_t n, unsigned stride)
{
        struct iovec *iov = (void *)(block + n * sizeof(struct message));

        for (uint64_t k = 0; k < n; k++) {
                struct message *m = (void *)(block + k * stride);
                m->name = signal_untagged(m->name);
                m->control = signal_untagged(m->control);
                if (guest_read(iov, m->iov, m->n_iov * sizeof(*iov)) < 0)
                        continue;
                for (uint64_t i = 0; i < m->n_iov; i++)
                        iov[i].iov_base = (void *)signal_untagged((uint64_t)iov[i].iov_base);
                m->iov = (uint64_t)iov;
                iov += m->n_iov;
        }
}

static void copy_messages(uint64_t *at, uint64_t n, bool many, struct tagged_copies *copies)
{
        unsigned stride = message_size(many);
        uint64_t iovs = 0;
        bool tags = false;
        struct message m;

        n = n > MAX_MESSAGES ? MAX_MESSAGES : n;
        for (uint64_t k = 0; k < n; k++) {
                if (guest_read(&m, *at + k * stride, stride) < 0 || m.n_iov > UIO_MAXIOV)
                        return;
                iovs += m.n_iov;
                tags |= message_has_tag(&m);
        }
        uint8_t *block = tags ? rt_alloc(n * sizeof(m) + iovs * sizeof(struct iovec)) : NULL;
        if (!block || guest_read(block, *at, n * stride) < 0) {
                rt_free(block);
                return;
        }
        fill_messages(block, n, stride);
        *copies = (struct tagged_copies){ .block = { block }, .headers = *at, .n_headers = n, .many = many };
        *at = (uint64_t)block;
}

static void copy_structures(uint64_t nr, uint64_t a[6], struct tagged_copies *copies)
{
        switch (nr) {
        case NR_READV:
        case NR_WRITEV:
        case NR_PREADV:
        case NR_PWRITEV:
        case NR_PREADV2:
        case NR_PWRITEV2:
        case NR_VMSPLICE:
        case NR_PROCESS_VM_READV:
        case NR_PROCESS_VM_WRITEV: copy_iovec(&a[1], a[2], &copies->block[0]); break;
        case NR_SENDMSG:
        case NR_RECVMSG: copy_messages(&a[1], 1, false, copies); break;
        case NR_SENDMMSG:
        case NR_RECVMMSG: copy_messages(&a[1], (uint32_t)a[2], true, copies); break;
        case NR_EXECVE:
                copy_vector(&a[1], &copies->block[0]);
                copy_vector(&a[2], &copies->block[1]);
                break;
        case NR_EXECVEAT:
                copy_vector(&a[2], &copies->block[0]);
                copy_vector(&a[3], &copies->block[1]);
                break;
        default: break;
        }
}

/* ---- */

void tagged_arguments(const struct thread *t, uint64_t nr, uint64_t a[6], struct tagged_copies *copies)
{
        for (unsigned k = 0; k < sizeof(ranges) / sizeof(ranges[0]); k++)
                if (ranges[k].nr == nr)
                        a[ranges[k].arg] = signal_untagged(a[ranges[k].arg]);
        if (!t->os->tagged_abi)
                return;
        unsigned set = pointers_of(nr);
        for (unsigned k = 0; k < 6; k++)
                if (set & 1u << k)
                        a[k] = signal_untagged(a[k]);
        copy_structures(nr, a, copies);
}

void tagged_done(struct tagged_copies *copies)
{
        unsigned stride = message_size(copies->many);

        for (uint64_t k = 0; k < (copies->headers ? copies->n_headers : 0); k++) {
                uint64_t to = copies->headers + k * stride;
                const struct message *m = (const void *)((const uint8_t *)copies->block[0] + k * stride);
                (void)guest_write(to + offsetof(struct message, name_size), &m->name_size, sizeof(m->name_size));
                (void)guest_write(to + offsetof(struct message, control_size), &m->control_size, sizeof(m->control_size));
                (void)guest_write(to + offsetof(struct message, flags), &m->flags, stride - offsetof(struct message, flags));
        }
        rt_free(copies->block[0]);
        rt_free(copies->block[1]);
}

void tagged_clone(struct clone_args *k)
{
        k->pidfd = signal_untagged(k->pidfd);
        k->child_tid = signal_untagged(k->child_tid);
        k->parent_tid = signal_untagged(k->parent_tid);
        if (k->set_tid_size)
                k->set_tid = signal_untagged(k->set_tid);
}

long tagged_control(struct thread *t, const uint64_t a[6])
{
        if ((a[1] & ~(uint64_t)PR_TAGGED_ADDR_ENABLE) || a[2] || a[3] || a[4])
                return -EINVAL;
        t->os->tagged_abi = a[1];
        if (a[1])
                guest_ignore_tags();
        return 0;
}

long tagged_state(const struct thread *t, const uint64_t a[6])
{
        return a[1] || a[2] || a[3] || a[4] ? -EINVAL : t->os->tagged_abi ? (long)PR_TAGGED_ADDR_ENABLE : 0;
}
