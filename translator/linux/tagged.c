/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tagged pointers in system calls. x86's kernel takes no pointer with a top byte, so tags come off here: of arguments whose
 * letter in generic64/syscalls.def says that they are pointers, and of the pointers in structures that calls of the host read by
 * themselves. What the translator reads goes through guest_read(), which takes them off too. */
#include <asm/errno.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/uio.h>
#include "abi.h"
#include "signal.h"
#include "syscalls.h"
#include "tagged.h"
#include "run/thread.h"

/* Letters of arguments (generic64/syscalls.def) whose tags always come off, because the kernel ignores them in addresses of
 * pages; whose tags come off where the thread has asked for it; and those of the latter whose tags stay. */
#define NEVER_TAGGED "ge"
#define TAKEN_OFF ARGUMENTS_POINTERS "X"
#define KEPT "Q"

uint64_t signal_untagged(uint64_t addr)
{
        return addr & (uint64_t)((int64_t)(addr << 8) >> 8);
}

static void untag(uint64_t a[6], unsigned set)
{
        for (unsigned k = 0; k < 6; k++)
                if (set & 1u << k)
                        a[k] = signal_untagged(a[k]);
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

/* Copies `n` elements of `stride` bytes, each of which begins with a pointer, without tags. Returns NULL when there are no tags,
 * or when they cannot be copied: the system call will tell why. */
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

/* Copies argv or envp, up to and with its NULL. */
static void copy_vector(uint64_t *at, void **ret_block)
{
        enum { MAX_WORDS = 1 << 20 };
        uint64_t p, n = 0;

        while (n < MAX_WORDS && guest_read(&p, *at + n * sizeof(p), sizeof(p)) >= 0 && p)
                n++;
        uint64_t *copy = *at ? copy_list(*at, n + 1, sizeof(p)) : NULL;
        if (!copy)
                return;
        copy[n] = 0; /* also where another thread has made it longer meanwhile */
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

/* Makes copies of the headers' iovecs behind the headers, where there is room for `room` of them. A header may ask for more than it
 * did when they were counted: another thread can change it. */
static void fill_messages(uint8_t *block, uint64_t n, unsigned stride, uint64_t room)
{
        struct iovec *iov = (void *)(block + n * sizeof(struct message));

        for (uint64_t k = 0; k < n; k++) {
                struct message *m = (void *)(block + k * stride);
                m->name = signal_untagged(m->name);
                m->control = signal_untagged(m->control);
                if (m->n_iov > room || guest_read(iov, m->iov, m->n_iov * sizeof(*iov)) < 0)
                        continue;
                for (uint64_t i = 0; i < m->n_iov; i++)
                        iov[i].iov_base = (void *)signal_untagged((uint64_t)iov[i].iov_base);
                m->iov = (uint64_t)iov;
                iov += m->n_iov;
                room -= m->n_iov;
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
        fill_messages(block, n, stride, iovs);
        *copies = (struct tagged_copies){ .block = { block }, .headers = *at, .n_headers = n, .many = many };
        *at = (uint64_t)block;
}

/* Copies what the argument of that letter leads to, if there are tags in it. */
static void copy_structures(char letter, uint64_t *arg, uint64_t next, struct tagged_copies *copies)
{
        void **block = copies->block[0] ? &copies->block[1] : &copies->block[0];

        switch (letter) {
        case 'i': copy_iovec(arg, next, block); break;
        case 'j': copy_messages(arg, 1, false, copies); break;
        case 'J': copy_messages(arg, (uint32_t)next, true, copies); break;
        case 'v':
        case 'V': copy_vector(arg, block); break;
        default: break;
        }
}

/* ---- before and after a call ---- */

void tagged_arguments(const struct thread *t, uint64_t nr, uint64_t a[6], struct tagged_copies *copies)
{
        const char *letter = syscall_arguments(nr);

        untag(a, syscall_arguments_with(nr, NEVER_TAGGED));
        if (!t->os->tagged_abi)
                return;
        untag(a, syscall_arguments_with(nr, TAKEN_OFF) & ~syscall_arguments_with(nr, KEPT));
        for (unsigned k = 0; k < 6 && letter[k] && letter[k] != '='; k++)
                copy_structures(letter[k], &a[k], k < 5 ? a[k + 1] : 0, copies);
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

/* Pointers of 32 bits have no room for a tag. */
static bool has_tags(void)
{
        return guest_abi->word == sizeof(uint64_t);
}

long tagged_control(struct thread *t, const uint64_t a[6])
{
        if (!has_tags() || (a[1] & ~(uint64_t)PR_TAGGED_ADDR_ENABLE) || a[2] || a[3] || a[4])
                return -EINVAL;
        t->os->tagged_abi = a[1];
        if (a[1])
                guest_ignore_tags();
        return 0;
}

long tagged_state(const struct thread *t, const uint64_t a[6])
{
        return !has_tags() || a[1] || a[2] || a[3] || a[4] ? -EINVAL : t->os->tagged_abi ? (long)PR_TAGGED_ADDR_ENABLE : 0;
}
