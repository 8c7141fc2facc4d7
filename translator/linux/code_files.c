/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files with code in them (see code_files.h). A page behind the end of its file cannot be read: natively the next instruction there raises
 * SIGBUS, but a translation would go on. Only what this process does to the file is noticed. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include "../runtime/exec_thread.h"
#include "../runtime/rt.h"
#include "code_files.h"
#include "mm.h"
#include "syscalls.h"

enum { FILES = 256 }; /* mappings; what is more is not watched */

static struct { /* under mm_lock() */
        unsigned n;
        struct mapped {
                uint64_t dev, ino, start, end, offset;
        } of[FILES];
} files;

/* Drops what is mapped no more: at these addresses is something new, or nothing that may be executed. */
static void forget(uint64_t start, uint64_t end, bool all)
{
        unsigned kept = 0;

        for (unsigned k = 0; k < files.n; k++) {
                const struct mapped *m = &files.of[k];
                if ((m->start < end && m->end > start) || (all && !mm_may_exec(m->start)))
                        continue;
                files.of[kept++] = *m;
        }
        files.n = kept;
}

void code_file_mapped(int fd, uint64_t start, uint64_t size, uint64_t offset)
{
        struct stat s;

        if (sys_call2(__NR_fstat, fd, &s) < 0 || (s.st_mode & 0170000) != 0100000)
                return;
        forget(start, start + size, files.n == FILES);
        if (files.n < FILES)
                files.of[files.n++] = (struct mapped){ s.st_dev, s.st_ino, start, start + size, offset };
}

static void drop(const struct stat *s, uint64_t left)
{
        mm_lock();
        for (unsigned k = 0; k < files.n; k++) {
                const struct mapped *m = &files.of[k];
                uint64_t size = left > m->offset ? left - m->offset : 0;
                if (m->dev == s->st_dev && m->ino == s->st_ino && size < m->end - m->start)
                        exec_invalidate(m->start + size, m->end);
        }
        mm_unlock();
}

void code_file_truncated(int fd)
{
        struct stat s;

        if (files.n && sys_call2(__NR_fstat, fd, &s) >= 0)
                drop(&s, (uint64_t)s.st_size);
}

/* ftruncate(2) */
long sys_ftruncate(struct thread *t, const uint64_t a[6])
{
        long r = safe_syscall(__NR_ftruncate, a[0], a[1], 0, 0, 0, 0);
        (void)t;

        if (r >= 0)
                code_file_truncated((int)a[0]);
        return r;
}

/* truncate(2) */
long sys_truncate(struct thread *t, const uint64_t a[6])
{
        long r = safe_syscall(__NR_truncate, a[0], a[1], 0, 0, 0, 0);
        struct stat s;
        (void)t;

        if (r >= 0 && files.n && sys_call2(__NR_stat, a[0], &s) >= 0)
                drop(&s, (uint64_t)s.st_size);
        return r;
}

/* fallocate(2), where it takes out or moves what is in the file */
long sys_fallocate(struct thread *t, const uint64_t a[6])
{
        enum { CHANGES = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_ZERO_RANGE | FALLOC_FL_INSERT_RANGE };
        long r = safe_syscall(__NR_fallocate, a[0], a[1], a[2], a[3], 0, 0);
        struct stat s;
        (void)t;

        if (r >= 0 && (a[1] & CHANGES) && files.n && sys_call2(__NR_fstat, a[0], &s) >= 0)
                drop(&s, a[2]);
        return r;
}
