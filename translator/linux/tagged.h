/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tagged pointers in system calls (Documentation/arch/arm64/tagged-address-abi.rst). Other guests have none. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct thread;

/* The address without its tag, the top byte: bit 55 tells the kernel's half, where the top byte is no tag. */
uint64_t signal_untagged(uint64_t addr);

/* Copies that are made for a call, because pointers in the guest's structures have tags. */
struct tagged_copies {
        void *block[2];
        uint64_t headers; /* struct mmsghdr or msghdr of the guest, the copies of which the call fills; 0: none */
        uint64_t n_headers;
        bool many; /* mmsghdr */
};

/* Quickly, for each call: may the arguments have tags, which the host must not see? */
static inline bool tagged_may_be(bool enabled, const uint64_t a[6])
{
        return enabled || (a[0] | a[3]) >> 56;
}

/* Takes the tags off those arguments where the guest's kernel ignores them for this thread: of addresses of pages always, of
 * memory that the call reads and writes when the thread has asked for it. */
void tagged_arguments(const struct thread *t, uint64_t nr, uint64_t a[6], struct tagged_copies *copies);
/* Called after the call: writes results in the copies to the guest's structures, and frees the copies. */
void tagged_done(struct tagged_copies *copies);

/* Takes the tags off the pointers among clone3's arguments, for a thread that has asked for it. */
struct clone_args;
void tagged_clone(struct clone_args *k);

/* PR_SET_TAGGED_ADDR_CTRL, PR_GET_TAGGED_ADDR_CTRL. */
long tagged_control(struct thread *t, const uint64_t a[6]);
long tagged_state(const struct thread *t, const uint64_t a[6]);
