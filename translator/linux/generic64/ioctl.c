/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioctl(2). Commands and structures are asm-generic's on both machines, except for those in here (tests/uapi looks for
 * others). */
#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/ioctls.h>
#include <asm/unistd.h>
#include <linux/kvm.h>
#include <linux/loop.h>
#include <linux/userfaultfd.h>
#include "generic64.h"
#include "structs.h"
#include "linux/mm.h"
#include "linux/open_flags.h"
#include "linux/syscalls.h"
#include "linux/xfs_handle.h"

enum { MSHV_IOCTL = 0xb8 }; /* linux/mshv.h, Linux 6.15 */

static long pass(const uint64_t a[6], uint64_t arg)
{
        return safe_syscall(__NR_ioctl, a[0], a[1], arg, 0, 0, 0);
}

/* LOOP_SET_STATUS. Where the address cannot be read the kernel gets UNREADABLE, because it looks at the descriptor first. */
static long loop_set_status(const uint64_t a[6])
{
        struct generic64_loop_info g;

        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return pass(a, UNREADABLE);
        struct loop_info h = {
                .lo_number = g.number,
                .lo_device = g.device,
                .lo_inode = g.inode,
                .lo_rdevice = g.rdevice,
                .lo_offset = g.offset,
                .lo_encrypt_type = g.encrypt_type,
                .lo_encrypt_key_size = g.encrypt_key_size,
                .lo_flags = g.flags,
        };
        memcpy(h.lo_name, g.name, sizeof(h.lo_name));
        memcpy(h.lo_encrypt_key, g.encrypt_key, sizeof(h.lo_encrypt_key));
        memcpy(h.lo_init, g.init, sizeof(h.lo_init));
        memcpy(h.reserved, g.reserved, sizeof(h.reserved));
        return pass(a, (uint64_t)&h);
}

/* LOOP_GET_STATUS */
static long loop_get_status(const uint64_t a[6])
{
        struct loop_info h;
        long r = pass(a, (uint64_t)&h);

        if (r < 0)
                return r;
        struct generic64_loop_info g = {
                .number = h.lo_number,
                .device = (uint32_t)h.lo_device,
                .inode = h.lo_inode,
                .rdevice = (uint32_t)h.lo_rdevice,
                .offset = h.lo_offset,
                .encrypt_type = h.lo_encrypt_type,
                .encrypt_key_size = h.lo_encrypt_key_size,
                .flags = h.lo_flags,
        };
        /* loop_info64_to_old() of drivers/block/loop.c */
        if (g.device != h.lo_device || g.rdevice != h.lo_rdevice)
                return -EOVERFLOW;
        memcpy(g.name, h.lo_name, sizeof(g.name));
        memcpy(g.encrypt_key, h.lo_encrypt_key, sizeof(g.encrypt_key));
        memcpy(g.init, h.lo_init, sizeof(g.init));
        return guest_write(a[2], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

/* UFFDIO_REGISTER: is the range the translator's memory? The guest must not handle its faults. */
static bool registers_own(uint64_t arg)
{
        struct uffdio_range range;

        return guest_read(&range, arg, sizeof(range)) >= 0 && mm_is_own(range.start, range.len);
}

static long xfs_open_by_handle(const uint64_t a[6])
{
        struct xfs_fsop_handlereq req;

        if (guest_read(&req, a[2], sizeof(req)) < 0)
                return pass(a, UNREADABLE);
        req.oflags = open_flags_to_host(req.oflags);
        return pass(a, (uint64_t)&req);
}

long sys_ioctl(struct thread *t, const uint64_t a[6])
{
        uint32_t command = (uint32_t)a[1];
        (void)t;

        switch (command) {
        case LOOP_SET_STATUS: return loop_set_status(a);
        case LOOP_GET_STATUS: return loop_get_status(a);
        case XFS_HANDLE(XFS_OPEN_BY_HANDLE): return xfs_open_by_handle(a);
        case TIOCGPTPEER: return pass(a, open_flags_to_host((uint32_t)a[2]));
        case (uint32_t)UFFDIO_REGISTER:
                if (registers_own(a[2]))
                        return -EINVAL;
                break;
        }
        /* The host's virtual machines, KVM's and Hyper-V's, are x86's. */
        if (_IOC_TYPE(command) == KVMIO || _IOC_TYPE(command) == MSHV_IOCTL)
                return sys_call2(__NR_fcntl, a[0], F_GETFD) < 0 ? -EBADF : -ENOTTY;
        return pass(a, a[2]);
}
