/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests of FUSE and CUSE (linux/fuse.h) have open flags in them, which are the host's. A server takes one request at a time
 * from its descriptor of /dev/fuse or /dev/cuse, with read(2), readv(2), or splice(2) into a pipe; replies have none. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fuse.h>
#include <linux/stat.h>
#include <linux/uio.h>
#include "abi.h"
#include "fuse_request.h"
#include "open_flags.h"
#include "syscalls.h"

/* The offset of the flags in a request, by its opcode; 0: it has none. */
#define AT(type) (uint8_t)(sizeof(struct fuse_in_header) + offsetof(struct type, flags))
static const uint8_t flags_at[] = {
        [FUSE_OPEN] = AT(fuse_open_in),          [FUSE_READ] = AT(fuse_read_in),     [FUSE_WRITE] = AT(fuse_write_in),
        [FUSE_RELEASE] = AT(fuse_release_in),    [FUSE_OPENDIR] = AT(fuse_open_in),  [FUSE_READDIR] = AT(fuse_read_in),
        [FUSE_RELEASEDIR] = AT(fuse_release_in), [FUSE_CREATE] = AT(fuse_create_in), [FUSE_READDIRPLUS] = AT(fuse_read_in),
        [FUSE_TMPFILE] = AT(fuse_create_in),
};
enum { SHORTEST = sizeof(struct fuse_in_header) + sizeof(struct fuse_open_in) };

static bool is_device(int fd)
{
        enum { MISC = 10, FUSE = 229, CUSE = 203 };
        struct stat s;

        return sys_call2(__NR_fstat, fd, &s) >= 0 && (s.st_mode & S_IFMT) == S_IFCHR &&
               (s.st_rdev == (MISC << 8 | FUSE) || s.st_rdev == (MISC << 8 | CUSE));
}

/* Returns the address of the four bytes at offset `at` in n pieces of guest memory, or 0 where they are not in one piece. */
static uint64_t locate(const struct iovec *v, size_t n, size_t at)
{
        for (; n; v++, n--) {
                if (at < v->iov_len)
                        return at + 4 <= v->iov_len ? (uint64_t)v->iov_base + at : 0;
                at -= v->iov_len;
        }
        return 0;
}

/* A request begins with its length, which tells almost all other data from requests without asking the kernel. */
static void convert(int fd, const struct iovec *v, size_t n, size_t size)
{
        uint32_t length, opcode, flags;

        if (guest_read(&length, locate(v, n, offsetof(struct fuse_in_header, len)), 4) < 0 || length != size)
                return;
        if (guest_read(&opcode, locate(v, n, offsetof(struct fuse_in_header, opcode)), 4) < 0 || opcode >= sizeof(flags_at))
                return;
        uint64_t at = flags_at[opcode] && flags_at[opcode] + 4u <= size ? locate(v, n, flags_at[opcode]) : 0;
        if (!at || !is_device(fd) || guest_read(&flags, at, 4) < 0)
                return;
        flags = open_flags_to_guest(flags);
        (void)guest_write(at, &flags, 4);
}

void fuse_request_read(int fd, const struct iovec *v, size_t n, size_t size)
{
        if (size >= SHORTEST)
                convert(fd, v, n, size);
}

/* read(2) */
long sys_read(struct thread *t, const uint64_t a[6])
{
        long r = safe_syscall(__NR_read, a[0], a[1], a[2], 0, 0, 0);
        (void)t;

        if (r >= SHORTEST)
                convert((int)a[0], &(struct iovec){ (void *)a[1], (size_t)r }, 1, (size_t)r);
        return r;
}

/* readv(2) */
long sys_readv(struct thread *t, const uint64_t a[6])
{
        struct iovec v[4]; /* enough for the parts of a request that are of one size */
        size_t n = a[2] < 4 ? a[2] : 4;
        long r = safe_syscall(__NR_readv, a[0], a[1], a[2], 0, 0, 0);
        (void)t;

        if (r < SHORTEST)
                return r;
        for (size_t k = 0; k < n; k++)
                if (guest_get(iovec, &v[k], a[1] + k * guest_sizeof(iovec, *v)) < 0)
                        return r;
        convert((int)a[0], v, n, (size_t)r);
        return r;
}

/* Writes all n bytes. Returns n, or -EIO. */
static long write_all(int fd, const char *s, size_t n)
{
        for (size_t done = 0; done < n;) {
                long r = sys_call3(__NR_write, fd, s + done, n - done);
                if (r < 0 && r != -EINTR)
                        return -EIO;
                done += r > 0 ? (size_t)r : 0;
        }
        return (long)n;
}

static bool is_pipe(int fd)
{
        struct stat s;

        return sys_call2(__NR_fstat, fd, &s) >= 0 && (s.st_mode & S_IFMT) == S_IFIFO;
}

/* splice(2). A request cannot be changed any more when it is in a pipe, so it is read into memory first. */
long sys_splice(struct thread *t, const uint64_t a[6])
{
        const size_t most = (size_t)1 << 28; /* bytes; no request has as many */
        size_t size = a[4] < most ? a[4] : most;
        (void)t;

        if (a[1] || a[3] || size < SHORTEST || !is_device((int)a[0]) || !is_pipe((int)a[2]))
                return safe_syscall(__NR_splice, a[0], a[1], a[2], a[3], a[4], a[5]);
        char *buf = rt_alloc(size);
        if (!buf)
                return -ENOMEM;
        long r = safe_syscall(__NR_read, a[0], (uint64_t)buf, size, 0, 0, 0);
        if (r > 0) {
                convert((int)a[0], &(struct iovec){ buf, (size_t)r }, 1, (size_t)r);
                r = write_all((int)a[2], buf, (size_t)r);
        }
        rt_free(buf);
        return r;
}
