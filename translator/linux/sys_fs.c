/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: open flags and struct stat, which may differ between the machines, and names that lead into /proc. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include "rt/rt.h"
#include "abi.h"
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

/* Calls that are the host's but for one argument, which is open flags. */
static long with_flags(long nr, const uint64_t a[6], unsigned arg)
{
        uint64_t h[6];

        memcpy(h, a, sizeof(h));
        h[arg] = open_flags_to_host((uint32_t)a[arg]);
        return safe_syscall(nr, h[0], h[1], h[2], h[3], h[4], h[5]);
}

#define WITH_FLAGS(name, arg) \
        long sys_##name(struct thread *t, const uint64_t a[6]) \
        { \
                (void)t; \
                return with_flags(__NR_##name, a, arg); \
        }

WITH_FLAGS(mq_open, 1) /* the flags become those of the open file */
WITH_FLAGS(pipe2, 1)
WITH_FLAGS(fanotify_init, 1)
WITH_FLAGS(open_by_handle_at, 2)

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

/* ---- looking at files ---- */

/* Returns true when the name has led to the translator, by /proc/PID/exe, and writes a name of the process's program to buf. */
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
        return r < 0 ? r : guest_put(stat, a[2], &s);
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
        return r < 0 ? r : guest_put(stat, a[1], &s);
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
