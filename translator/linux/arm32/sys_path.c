/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that name a file: those that are older than the ones with a directory's descriptor, and structures of 32 bits that tell of
 * files. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "rt/rt.h"

#define CWD ((uint64_t)AT_FDCWD)
#define MAX_NON_LFS INT32_MAX /* bytes of a file that a program without 64-bit offsets may open */

/* Handlers that are others with some arguments given. */
#define AS(name, handler, ...) \
        long arm32_##name(struct thread *t, const uint64_t a[6]) \
        { \
                return handler(t, (const uint64_t[6]){ __VA_ARGS__ }); \
        }

AS(access, sys_faccessat, CWD, a[0], a[1])
AS(chmod, sys_fchmodat, CWD, a[0], a[1])
AS(link, sys_linkat, CWD, a[0], CWD, a[1], 0)
AS(readlink, sys_readlinkat, CWD, a[0], a[1], a[2])
AS(stat64, sys_newfstatat, CWD, a[0], a[1], 0)
AS(lstat64, sys_newfstatat, CWD, a[0], a[1], AT_SYMLINK_NOFOLLOW)

/* ---- open ---- */

static long open_at(struct thread *t, uint64_t dirfd, uint64_t path, uint64_t flags, uint64_t mode)
{
        enum { GUEST_LARGEFILE = 0400000 };
        struct stat s;
        long fd = sys_openat(t, (const uint64_t[6]){ dirfd, path, flags, mode });

        if (fd < 0 || (flags & (GUEST_LARGEFILE | O_PATH)))
                return fd;
        /* generic_file_open() of fs/open.c; the host always takes files to be large ones */
        if (sys_call2(__NR_fstat, fd, &s) < 0 || (s.st_mode & S_IFMT) != S_IFREG || s.st_size <= MAX_NON_LFS)
                return fd;
        (void)sys_call1(__NR_close, fd);
        return -EOVERFLOW;
}

/* open(2) */
long arm32_open(struct thread *t, const uint64_t a[6])
{
        return open_at(t, CWD, a[0], a[1], a[2]);
}

/* openat(2) */
long arm32_openat(struct thread *t, const uint64_t a[6])
{
        return open_at(t, a[0], a[1], a[2], a[3]);
}

/* creat(2) */
long arm32_creat(struct thread *t, const uint64_t a[6])
{
        return open_at(t, CWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, a[1]);
}

/* ---- stat ---- */

/* Makes a structure with 64 bits one with 32, as cp_compat_stat() of fs/stat.c does it. `r` is the call's result. */
static long put_stat(long r, uint64_t at, const struct arm32_stat64 *s)
{
        if (r < 0)
                return r;
        if (s->ino32 != s->ino || s->nlink > UINT16_MAX || s->size > MAX_NON_LFS)
                return -EOVERFLOW;
        struct arm32_stat g = {
                .dev = (uint32_t)s->dev,
                .ino = s->ino32,
                .mode = (uint16_t)s->mode,
                .nlink = (uint16_t)s->nlink,
                .uid = arm32_id_out(s->uid),
                .gid = arm32_id_out(s->gid),
                .rdev = (uint32_t)s->rdev,
                .size = (uint32_t)s->size,
                .blksize = s->blksize,
                .blocks = (uint32_t)s->blocks,
                .atime = s->atime,
                .atime_nsec = s->atime_nsec,
                .mtime = s->mtime,
                .mtime_nsec = s->mtime_nsec,
                .ctime = s->ctime,
                .ctime_nsec = s->ctime_nsec,
        };
        return guest_write(at, &g, sizeof(g)) < 0 ? -EFAULT : 0;
}

/* stat(2) */
long arm32_stat(struct thread *t, const uint64_t a[6])
{
        struct arm32_stat64 s;

        return put_stat(sys_newfstatat(t, (const uint64_t[6]){ CWD, a[0], (uint64_t)&s }), a[1], &s);
}

/* lstat(2) */
long arm32_lstat(struct thread *t, const uint64_t a[6])
{
        struct arm32_stat64 s;

        return put_stat(sys_newfstatat(t, (const uint64_t[6]){ CWD, a[0], (uint64_t)&s, AT_SYMLINK_NOFOLLOW }), a[1], &s);
}

/* fstat(2) */
long arm32_fstat(struct thread *t, const uint64_t a[6])
{
        struct arm32_stat64 s;

        return put_stat(sys_fstat(t, (const uint64_t[6]){ a[0], (uint64_t)&s }), a[1], &s);
}

/* ---- statx ---- */

static bool fits(const struct statx_timestamp *t)
{
        return t->tv_sec == (int32_t)t->tv_sec;
}

/* True if the call was about a descriptor that is a socket: about none that has a name. */
static bool is_about_socket(const uint64_t a[6], const struct statx *s)
{
        struct statfs fs;
        char name = 0;

        return (s->stx_mode & S_IFMT) == S_IFSOCK && (a[2] & AT_EMPTY_PATH) && (!a[1] || guest_read(&name, a[1], 1) >= 0) &&
               !name && sys_call2(__NR_fstatfs, (int)a[0], &fs) >= 0 && fs.f_type == SOCKFS_MAGIC;
}

/* statx(2). Sockets have no times, and there are kernels that tell what their memory had before (6.18). Where this does not fit into
 * 32 bits, C libraries that have times of 32 bits make EOVERFLOW of it. */
long arm32_statx(struct thread *t, const uint64_t a[6])
{
        struct statx s;
        long r = sys_statx(t, a);

        if (r < 0 || guest_read(&s, a[4], sizeof(s)) < 0 || (fits(&s.stx_atime) && fits(&s.stx_mtime) && fits(&s.stx_ctime)) ||
            !is_about_socket(a, &s))
                return r;
        s.stx_atime = s.stx_mtime = s.stx_ctime = (struct statx_timestamp){ 0 };
        return guest_write(a[4], &s, sizeof(s)) < 0 ? -EFAULT : r;
}

/* ---- statfs ---- */

static bool is_wide(uint64_t n)
{
        return n > UINT32_MAX;
}

/* As put_compat_statfs() and put_compat_statfs64() of fs/statfs.c do it. */
static long put_statfs(long r, uint64_t at, const struct statfs *s)
{
        if (r < 0)
                return r;
        if (is_wide((uint64_t)(s->f_blocks | s->f_bfree | s->f_bavail | s->f_bsize | s->f_frsize)) ||
            (s->f_files != -1 && is_wide((uint64_t)s->f_files)) || (s->f_ffree != -1 && is_wide((uint64_t)s->f_ffree)))
                return -EOVERFLOW;
        struct arm32_statfs g = {
                .type = (uint32_t)s->f_type,
                .bsize = (uint32_t)s->f_bsize,
                .blocks = (uint32_t)s->f_blocks,
                .bfree = (uint32_t)s->f_bfree,
                .bavail = (uint32_t)s->f_bavail,
                .files = (uint32_t)s->f_files,
                .ffree = (uint32_t)s->f_ffree,
                .fsid = { s->f_fsid.val[0], s->f_fsid.val[1] },
                .namelen = (uint32_t)s->f_namelen,
                .frsize = (uint32_t)s->f_frsize,
                .flags = (uint32_t)s->f_flags,
        };
        return guest_write(at, &g, sizeof(g)) < 0 ? -EFAULT : 0;
}

static long put_statfs64(long r, uint64_t at, const struct statfs *s)
{
        if (r < 0)
                return r;
        if (is_wide((uint64_t)(s->f_bsize | s->f_frsize)))
                return -EOVERFLOW;
        struct arm32_statfs64 g = {
                .type = (uint32_t)s->f_type,
                .bsize = (uint32_t)s->f_bsize,
                .blocks = (uint64_t)s->f_blocks,
                .bfree = (uint64_t)s->f_bfree,
                .bavail = (uint64_t)s->f_bavail,
                .files = (uint64_t)s->f_files,
                .ffree = (uint64_t)s->f_ffree,
                .fsid = { s->f_fsid.val[0], s->f_fsid.val[1] },
                .namelen = (uint32_t)s->f_namelen,
                .frsize = (uint32_t)s->f_frsize,
                .flags = (uint32_t)s->f_flags,
        };
        return guest_write(at, &g, sizeof(g)) < 0 ? -EFAULT : 0;
}

/* Is that the size of struct statfs64? Old libraries have it with four bytes of padding (arch/arm64/kernel/sys32.c). */
static bool is_statfs64(uint64_t size)
{
        return size == sizeof(struct arm32_statfs64) || size == sizeof(struct arm32_statfs64) + 4;
}

/* statfs(2) */
long arm32_statfs(struct thread *t, const uint64_t a[6])
{
        struct statfs s;

        return put_statfs(sys_statfs(t, (const uint64_t[6]){ a[0], (uint64_t)&s }), a[1], &s);
}

long arm32_statfs64(struct thread *t, const uint64_t a[6])
{
        struct statfs s;

        return is_statfs64(a[1]) ? put_statfs64(sys_statfs(t, (const uint64_t[6]){ a[0], (uint64_t)&s }), a[2], &s) : -EINVAL;
}

/* fstatfs(2) */
long arm32_fstatfs(struct thread *t, const uint64_t a[6])
{
        struct statfs s;
        (void)t;

        return put_statfs(safe_syscall(__NR_fstatfs, a[0], (uint64_t)&s, 0, 0, 0, 0), a[1], &s);
}

long arm32_fstatfs64(struct thread *t, const uint64_t a[6])
{
        struct statfs s;
        (void)t;

        return is_statfs64(a[1]) ? put_statfs64(safe_syscall(__NR_fstatfs, a[0], (uint64_t)&s, 0, 0, 0, 0), a[2], &s) : -EINVAL;
}

/* ustat(2) */
long arm32_ustat(struct thread *t, const uint64_t a[6])
{
        struct {
                int32_t tfree;
                uint64_t tinode;
                char fname[6], fpack[6];
        } h; /* struct ustat of linux/types.h, inside the kernel */
        (void)t;
        long r = safe_syscall(__NR_ustat, a[0], (uint64_t)&h, 0, 0, 0, 0);

        if (r < 0)
                return r;
        struct arm32_ustat g = { .tfree = h.tfree, .tinode = (uint32_t)h.tinode };
        memcpy(g.fname, h.fname, sizeof(g.fname));
        memcpy(g.fpack, h.fpack, sizeof(g.fpack));
        return guest_write(a[1], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

/* ---- times of files ---- */

/* Sets them from two times at `at`. */
static long set_times(struct thread *t, const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts[2];
        const uint64_t size = wide ? sizeof(ts[0]) : sizeof(struct arm32_timespec);
        uint64_t h[6];

        memcpy(h, a, sizeof(h));
        if (a[2] && (arm32_get_time(&ts[0], a[2], wide) < 0 || arm32_get_time(&ts[1], a[2] + size, wide) < 0))
                return -EFAULT;
        h[2] = a[2] ? (uint64_t)ts : 0;
        return sys_utimensat(t, h);
}

/* utimensat(2) */
long arm32_utimensat(struct thread *t, const uint64_t a[6])
{
        return set_times(t, a, false);
}

long arm32_utimensat_time64(struct thread *t, const uint64_t a[6])
{
        return set_times(t, a, true);
}

/* futimesat(2): in microseconds */
long arm32_futimesat(struct thread *t, const uint64_t a[6])
{
        struct arm32_timeval tv[2];
        struct __kernel_timespec ts[2];

        if (a[2]) {
                if (guest_read(tv, a[2], sizeof(tv)) < 0)
                        return -EFAULT;
                for (unsigned k = 0; k < 2; k++) {
                        if (tv[k].usec < 0 || tv[k].usec >= 1000000)
                                return -EINVAL;
                        ts[k] = (struct __kernel_timespec){ .tv_sec = tv[k].sec, .tv_nsec = tv[k].usec * 1000 };
                }
        }
        return sys_utimensat(t, (const uint64_t[6]){ a[0], a[1], a[2] ? (uint64_t)ts : 0, 0 });
}

/* utimes(2) */
AS(utimes, arm32_futimesat, CWD, a[0], a[1])
