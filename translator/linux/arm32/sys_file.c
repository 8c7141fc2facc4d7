/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls on open files whose offsets are of 64 bits in two registers, or of 32 bits. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include "arm32.h"
#include "rt/rt.h"

/* ---- offsets among the arguments ---- */

/* ftruncate(2) */
long arm32_ftruncate(struct thread *t, const uint64_t a[6])
{
        return sys_ftruncate(t, (const uint64_t[6]){ a[0], arm32_long(a[1]) });
}

/* In a register of the other parity a pair begins with the next one, here and below. */
long arm32_ftruncate64(struct thread *t, const uint64_t a[6])
{
        return sys_ftruncate(t, (const uint64_t[6]){ a[0], arm32_pair(a[2], a[3]) });
}

/* truncate(2) */
long arm32_truncate(struct thread *t, const uint64_t a[6])
{
        return sys_truncate(t, (const uint64_t[6]){ a[0], arm32_long(a[1]) });
}

long arm32_truncate64(struct thread *t, const uint64_t a[6])
{
        return sys_truncate(t, (const uint64_t[6]){ a[0], arm32_pair(a[2], a[3]) });
}

/* fallocate(2) */
long arm32_fallocate(struct thread *t, const uint64_t a[6])
{
        return sys_fallocate(t, (const uint64_t[6]){ a[0], a[1], arm32_pair(a[2], a[3]), arm32_pair(a[4], a[5]) });
}

/* posix_fadvise(2): the advice comes before the offsets, because of their registers */
long arm32_fadvise64_64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_fadvise64, a[0], arm32_pair(a[2], a[3]), arm32_pair(a[4], a[5]), a[1], 0, 0);
}

/* sync_file_range(2): so do the flags */
long arm32_sync_file_range(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_sync_file_range, a[0], arm32_pair(a[2], a[3]), arm32_pair(a[4], a[5]), a[1], 0, 0);
}

/* readahead(2) */
long arm32_readahead(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_readahead, a[0], arm32_pair(a[2], a[3]), a[4], 0, 0, 0);
}

/* fanotify_mark(2): a mask of 64 bits */
long arm32_fanotify_mark(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_fanotify_mark, a[0], a[1], arm32_pair(a[2], a[3]), a[4], a[5], 0);
}

/* mmap(2) of a file's page number a[5] */
long arm32_mmap2(struct thread *t, const uint64_t a[6])
{
        return sys_mmap(t, (const uint64_t[6]){ a[0], a[1], a[2], a[3], a[4], a[5] << 12 });
}

/* sendfile(2) with an offset of 32 bits in memory, which is written back in any case, and does not become larger than it can
 * (do_sendfile() of fs/read_write.c) */
long arm32_sendfile(struct thread *t, const uint64_t a[6])
{
        int32_t offset;
        (void)t;

        if (!a[2])
                return safe_syscall(__NR_sendfile, a[0], a[1], 0, a[3], 0, 0);
        if (guest_read(&offset, a[2], sizeof(offset)) < 0)
                return -EFAULT;
        int64_t wide = offset;
        uint64_t room = (uint64_t)(INT32_MAX - wide), count = a[3] < room || offset < 0 ? a[3] : room;
        long r = safe_syscall(__NR_sendfile, a[0], a[1], (uint64_t)&wide, count, 0, 0);
        offset = (int32_t)wide;
        if (guest_write(a[2], &offset, sizeof(offset)) < 0)
                return -EFAULT;
        return r == 0 && !room && a[3] ? -EOVERFLOW : r;
}

/* ---- fcntl ---- */

/* Locks of fcntl(2) by offsets of 64 bits, which have numbers of their own here. */
enum { GETLK64 = 12, SETLKW64 = 14 };

/* F_GETLK, F_SETLK and F_SETLKW with struct flock, as do_compat_fcntl64() of fs/fcntl.c does it. */
static long lock(const uint64_t a[6])
{
        struct arm32_flock g;

        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return safe_syscall(__NR_fcntl, a[0], a[1], UNREADABLE, 0, 0, 0);
        struct flock h = { .l_type = g.type, .l_whence = g.whence, .l_start = g.start, .l_len = g.len, .l_pid = g.pid };
        long r = safe_syscall(__NR_fcntl, a[0], a[1], (uint64_t)&h, 0, 0, 0);
        if (r < 0 || (uint32_t)a[1] != F_GETLK)
                return r;
        if (h.l_type != F_UNLCK && h.l_start > INT32_MAX)
                return -EOVERFLOW;
        g.type = h.l_type;
        g.whence = h.l_whence;
        g.start = (int32_t)h.l_start;
        g.len = h.l_len > INT32_MAX ? 0 : (int32_t)h.l_len;
        g.pid = h.l_pid;
        return guest_write(a[2], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

/* fcntl(2) */
long arm32_fcntl64(struct thread *t, const uint64_t a[6])
{
        uint32_t command = (uint32_t)a[1];

        switch (command) {
        case F_GETLK:
        case F_SETLK:
        case F_SETLKW: return lock(a);
        case GETLK64 ... SETLKW64: /* struct flock64 is the host's struct flock */
                return safe_syscall(__NR_fcntl, a[0], command - GETLK64 + F_GETLK, a[2], 0, 0, 0);
        default: return sys_fcntl(t, a);
        }
}

long arm32_fcntl(struct thread *t, const uint64_t a[6])
{
        uint32_t command = (uint32_t)a[1];

        /* compat_sys_fcntl(): offsets of 64 bits are for the other call only */
        if ((command >= GETLK64 && command <= SETLKW64) || (command >= F_OFD_GETLK && command <= F_OFD_SETLKW))
                return -EINVAL;
        return arm32_fcntl64(t, a);
}
