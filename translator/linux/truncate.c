/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that become shorter. A page with guest code that is behind the end of its file now cannot be read: natively the next
 * instruction there raises SIGBUS, but a translation would go on. Only what this process does to the file is noticed. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include "rt/rt.h"
#include "mm.h"
#include "syscalls.h"
#include "truncate.h"

void file_truncated(int fd)
{
        struct stat s;

        if (sys_call2(__NR_fstat, fd, &s) >= 0)
                mm_file_truncated(&s, (uint64_t)s.st_size);
}

/* ftruncate(2) */
long sys_ftruncate(struct thread *t, const uint64_t a[6])
{
        long r = safe_syscall(__NR_ftruncate, a[0], a[1], 0, 0, 0, 0);
        (void)t;

        if (r >= 0)
                file_truncated((int)a[0]);
        return r;
}

/* truncate(2) */
long sys_truncate(struct thread *t, const uint64_t a[6])
{
        long r = safe_syscall(__NR_truncate, a[0], a[1], 0, 0, 0, 0);
        struct stat s;
        (void)t;

        if (r >= 0 && sys_call2(__NR_stat, a[0], &s) >= 0)
                mm_file_truncated(&s, (uint64_t)s.st_size);
        return r;
}

/* fallocate(2), where it takes out or moves what is in the file */
long sys_fallocate(struct thread *t, const uint64_t a[6])
{
        enum { CHANGES = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_ZERO_RANGE | FALLOC_FL_INSERT_RANGE };
        long r = safe_syscall(__NR_fallocate, a[0], a[1], a[2], a[3], 0, 0);
        struct stat s;
        (void)t;

        if (r >= 0 && (a[1] & CHANGES) && sys_call2(__NR_fstat, a[0], &s) >= 0)
                mm_file_truncated(&s, a[2]);
        return r;
}
