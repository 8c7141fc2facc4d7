/* SPDX-License-Identifier: GPL-2.0-or-later */
/* io_setup(2), io_destroy(2) for guests whose addresses are shorter than the host's: a context is known by the address of the ring
 * that the kernel maps for it. The ring may be moved (aio_ring_mremap() of fs/aio.c), and the context's name with it. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/aio_abi.h>
#include "abi.h"
#include "mm.h"
#include "mm_place.h"
#include "mm_space.h"
#include "syscalls.h"

/* Returns the size of a ring, or 0. It has room for `nr` events in whole pages, its header of 32 bytes takes the place of one more
 * (aio_setup_ring()). */
static uint64_t ring_size(uint64_t context)
{
        struct {
                uint32_t id, nr;
        } ring;

        return guest_read(&ring, context, sizeof(ring)) < 0 ? 0 : (ring.nr + UINT64_C(1)) * sizeof(struct io_event);
}

long sys_io_setup(struct thread *t, const uint64_t a[6])
{
        uint64_t context;
        (void)t;

        if (guest_get_word(&context, a[1], 0) < 0)
                return -EFAULT;
        mm_lock();
        long r = safe_syscall(__NR_io_setup, (uint32_t)a[0], (uint64_t)&context, 0, 0, 0, 0);
        if (r == 0) {
                uint64_t size = ring_size(context);
                long to = mm_place_move(context, size);
                context = rt_failed(to) ? context : (uint64_t)to;
                r = rt_failed(to) ? to : guest_write(a[1], &context, guest_abi->word);
                if (r < 0)
                        (void)sys_call1(__NR_io_destroy, context);
                if (r < 0 && !rt_failed(to))
                        mm_space_free(context, context + size);
        }
        mm_unlock();
        return r;
}

long sys_io_destroy(struct thread *t, const uint64_t a[6])
{
        (void)t;
        mm_lock();
        uint64_t size = ring_size(a[0]);
        long r = safe_syscall(__NR_io_destroy, a[0], 0, 0, 0, 0, 0);
        if (r == 0)
                mm_space_free(a[0], a[0] + size);
        mm_unlock();
        return r;
}
