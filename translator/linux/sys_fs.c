/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: what differs between arm64 and x86-64 (asm/fcntl.h, asm/stat.h of both), and /proc. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include "rt/rt.h"
#include "linux/generic64/structs.h"
#include "open_file.h"
#include "open_flags.h"
#include "proc.h"
#include "share_fd.h"
#include "syscalls.h"
#include "truncate.h"

/* ---- calls with open flags ---- */

long sys_openat(struct thread *t, const uint64_t a[6])
{
        (void)t;
        uint32_t flags = open_flags_to_host((uint32_t)a[2]);
        long fd = open_file((int)a[0], a[1], flags, a[3]);
        if (fd >= 0 && (flags & O_TRUNC))
                file_truncated((int)fd);
        return fd;
}

long sys_openat2(struct thread *t, const uint64_t a[6])
{
        enum { OPEN_HOW_SIZE_VER0 = 24 };
        struct open_how how;
        (void)t;
        if (a[3] < OPEN_HOW_SIZE_VER0)
                return -EINVAL;
        if (a[3] > 4096)
                return -E2BIG;
        long r = read_growing_struct(&how, sizeof(how), a[2], a[3]);
        if (r < 0)
                return r;
        /* The upper half, where no flags are, is for the kernel to refuse. */
        how.flags = (how.flags & ~(uint64_t)UINT32_MAX) | open_flags_to_host((uint32_t)how.flags);
        long fd = open_file_how((int)a[0], a[1], &how);
        if (fd >= 0 && (how.flags & O_TRUNC))
                file_truncated((int)fd);
        return fd;
}

/* mq_open(3); the flags become those of the open file */
long sys_mq_open(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_mq_open, a[0], open_flags_to_host((uint32_t)a[1]), a[2], a[3], 0, 0);
}

long sys_pipe2(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_pipe2, a[0], open_flags_to_host((uint32_t)a[1]), 0, 0, 0, 0);
}

long sys_fanotify_init(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_fanotify_init, a[0], open_flags_to_host((uint32_t)a[1]), 0, 0, 0, 0);
}

long sys_open_by_handle_at(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_open_by_handle_at, a[0], a[1], open_flags_to_host((uint32_t)a[2]), 0, 0, 0);
}

long sys_fcntl(struct thread *t, const uint64_t a[6])
{
        uint64_t arg = a[2];
        if ((uint32_t)a[1] == F_DUPFD || (uint32_t)a[1] == F_DUPFD_CLOEXEC)
                share_hide_from(t, (uint32_t)arg);
        else if ((uint32_t)a[1] == F_SETFL)
                arg = open_flags_to_host((uint32_t)arg);
        long r = safe_syscall(__NR_fcntl, a[0], a[1], arg, 0, 0, 0);
        if ((uint32_t)a[1] == F_GETFL && r >= 0)
                r = open_flags_to_guest((uint32_t)r);
        return r;
}

/* ---- stat: asm-generic/stat.h is not x86's ---- */

static long give_stat(uint64_t to, const struct stat *s)
{
        struct a64_stat g = {
                .dev = s->st_dev,
                .ino = s->st_ino,
                .mode = s->st_mode,
                .nlink = (uint32_t)s->st_nlink,
                .uid = s->st_uid,
                .gid = s->st_gid,
                .rdev = s->st_rdev,
                .size = s->st_size,
                .blksize = (int32_t)s->st_blksize,
                .blocks = s->st_blocks,
                .atime = (int64_t)s->st_atime,
                .atime_nsec = s->st_atime_nsec,
                .mtime = (int64_t)s->st_mtime,
                .mtime_nsec = s->st_mtime_nsec,
                .ctime = (int64_t)s->st_ctime,
                .ctime_nsec = s->st_ctime_nsec,
        };
        return guest_write(to, &g, sizeof(g));
}

/* Was it the translator that the name led to, by /proc/PID/exe? Then a name of the program, in buf. */
static bool other_program(uint64_t dev, uint64_t ino, uint32_t mode, uint64_t size, const uint64_t a[6], char buf[PROC_PATH])
{
        return (mode & S_IFMT) == S_IFREG && (mode & 0111) && proc_is_translator(dev, ino, size) &&
               proc_program((int)a[0], a[1], buf);
}

long sys_newfstatat(struct thread *t, const uint64_t a[6])
{
        char program[PROC_PATH];
        struct stat s;
        (void)t;
        long r = safe_syscall(__NR_newfstatat, a[0], a[1], (uint64_t)(uintptr_t)&s, a[3], 0, 0);
        if (r >= 0 && other_program(s.st_dev, s.st_ino, s.st_mode, (uint64_t)s.st_size, a, program))
                r = sys_call4(__NR_newfstatat, AT_FDCWD, program, &s, a[3]);
        return r < 0 ? r : give_stat(a[2], &s);
}

static uint64_t device(uint32_t major, uint32_t minor)
{
        return (minor & 0xff) | major << 8 | (uint64_t)(minor & ~0xffu) << 12; /* new_encode_dev() */
}

long sys_statx(struct thread *t, const uint64_t a[6])
{
        char program[PROC_PATH];
        struct statx s;
        (void)t;
        long r = safe_syscall(__NR_statx, a[0], a[1], a[2], a[3], a[4], 0);
        if (r < 0 || guest_read(&s, a[4], sizeof(s)) < 0 ||
            !other_program(device(s.stx_dev_major, s.stx_dev_minor), s.stx_ino, s.stx_mode, s.stx_size, a, program))
                return r;
        return safe_syscall(__NR_statx, (uint64_t)AT_FDCWD, (uint64_t)program, a[2], a[3], a[4], 0);
}

long sys_fstat(struct thread *t, const uint64_t a[6])
{
        struct stat s;
        (void)t;
        long r = safe_syscall(__NR_fstat, a[0], (uint64_t)(uintptr_t)&s, 0, 0, 0, 0);
        return r < 0 ? r : give_stat(a[1], &s);
}

long sys_readlinkat(struct thread *t, const uint64_t a[6])
{
        char exe[PROC_PATH];
        (void)t;
        if (!proc_exe_link((int)a[0], a[1], exe))
                return safe_syscall(__NR_readlinkat, a[0], a[1], a[2], a[3], 0, 0);
        size_t n = strlen(exe);
        int32_t size = (int32_t)a[3];
        if (size <= 0)
                return -EINVAL;
        if (n > (size_t)size)
                n = (size_t)size;
        return guest_write(a[2], exe, n) < 0 ? -EFAULT : (long)n;
}
