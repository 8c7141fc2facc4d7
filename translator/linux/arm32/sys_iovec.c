/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading and writing: arrays of struct iovec, and offsets of 64 bits in two registers. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/uio.h>
#include "arm32.h"
#include "linux/fuse_request.h"
#include "rt/rt.h"

/* pread(2): a pair of registers begins with an even one */
long arm32_pread64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_pread64, a[0], a[1], a[2], arm32_pair(a[4], a[5]), 0, 0);
}

/* pwrite(2) */
long arm32_pwrite64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_pwrite64, a[0], a[1], a[2], arm32_pair(a[4], a[5]), 0, 0);
}

/* Makes a call with an array in a[1] of a[2] pieces; what comes behind is given. */
static long with_pieces(long nr, const uint64_t a[6], uint64_t a3, uint64_t a4, uint64_t a5)
{
        struct arm32_pieces p;

        arm32_pieces(&p, a[1], a[2]);
        long r = safe_syscall(nr, a[0], p.at, a[2], a3, a4, a5);
        if (nr == __NR_readv && r > 0)
                fuse_request_read((int)a[0], (const struct iovec *)p.at, a[2], (size_t)r);
        arm32_pieces_done(&p);
        return r;
}

#define WITH_PIECES(name, a3, a4, a5) \
        long arm32_##name(struct thread *t, const uint64_t a[6]) \
        { \
                (void)t; \
                return with_pieces(__NR_##name, a, a3, a4, a5); \
        }

WITH_PIECES(readv, 0, 0, 0)
WITH_PIECES(writev, 0, 0, 0)
/* The offset is in any two registers, and on the host in one and another that is not looked at. */
WITH_PIECES(preadv, arm32_pair(a[3], a[4]), 0, 0)
WITH_PIECES(pwritev, arm32_pair(a[3], a[4]), 0, 0)
WITH_PIECES(preadv2, arm32_pair(a[3], a[4]), 0, a[5])
WITH_PIECES(pwritev2, arm32_pair(a[3], a[4]), 0, a[5])
WITH_PIECES(vmsplice, a[3], 0, 0)

/* process_madvise(2) */
long arm32_process_madvise(struct thread *t, const uint64_t a[6])
{
        struct arm32_pieces p;

        arm32_pieces(&p, a[1], a[2]);
        long r = sys_process_madvise(t, (const uint64_t[6]){ a[0], p.at, a[2], a[3], a[4] });
        arm32_pieces_done(&p);
        return r;
}

/* process_vm_readv(2), process_vm_writev(2) */
static long process_vm(long nr, const uint64_t a[6])
{
        struct arm32_pieces local, remote;

        arm32_pieces(&local, a[1], a[2]);
        arm32_pieces(&remote, a[3], a[4]);
        long r = safe_syscall(nr, a[0], local.at, a[2], remote.at, a[4], a[5]);
        arm32_pieces_done(&remote);
        arm32_pieces_done(&local);
        return r;
}

long arm32_process_vm_readv(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return process_vm(__NR_process_vm_readv, a);
}

long arm32_process_vm_writev(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return process_vm(__NR_process_vm_writev, a);
}
