/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening files for the guest (see open_file.h).
 *
 * Any name may lead to /proc through a symbolic link, and only the open file tells whether it did. To ask for that after each
 * open would make opening dearer by a fifth. So the kernel is told to fail where a name leaves the file system that it begins in
 * or, if that is too much, where it has a symbolic link in it. A file that is opened all the same is the one that the name says,
 * and is looked at only if the name ends as those of the files in question do.
 */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include "rt/rt.h"
#include "open_file.h"
#include "proc.h"
#include "syscalls.h"

/* ---- what was opened ---- */

/* Closes a file that proved not to be the program, whose name it had a moment ago. */
static long check_program(long fd)
{
        if (fd < 0 || proc_may_be_program((int)fd))
                return fd;
        (void)sys_call1(__NR_close, fd);
        return -ENOENT;
}

/* The kernel has opened the translator as `fd`, by the name `path`. Where that led to /proc/PID/exe, opens the guest's program
 * instead. */
static long reopen_program(long fd, int dirfd, uint64_t path, uint32_t flags)
{
        char program[PROC_PATH];

        if (!proc_program(dirfd, path, program))
                return fd; /* somebody wants to read the translator */
        long r = check_program(sys_call4(__NR_openat, AT_FDCWD, program, flags, 0));
        if (r >= 0) {
                long new = r;
                r = sys_call3(__NR_dup3, new, fd, flags & O_CLOEXEC);
                (void)sys_call1(__NR_close, new);
        }
        if (r < 0)
                (void)sys_call1(__NR_close, fd);
        return r;
}

/* Looks at a file that was opened by a name which may have led anywhere. Where it is the translator or a file of /proc, puts the
 * guest's version in its place. Returns the descriptor, or a negative errno. */
static long look_at(long fd, int dirfd, uint64_t path, uint32_t flags)
{
        enum { MAJOR = 0xfff00 }; /* in what new_encode_dev() makes of a device's number */
        struct stat s;

        if (fd < 0 || sys_call2(__NR_fstat, fd, &s) < 0 || (s.st_mode & S_IFMT) != S_IFREG)
                return fd;
        if (s.st_size == 0 && !(s.st_dev & MAJOR)) /* a file system without a device; O_PATH: looked at when it is opened */
                return flags & O_PATH ? fd : proc_stand_in((int)fd, flags);
        return proc_is_translator(s.st_dev, s.st_ino, (uint64_t)s.st_size) ? reopen_program(fd, dirfd, path, flags) : fd;
}

/* ---- openat ---- */

/* Which of `limits` to try for names that begin with the same part, by a hash of that part: 0 is both, 1 the second, 2 and more
 * none. Where both failed, so many opens try none; then one tries again. */
static uint8_t first_limit[64];
enum { WITHOUT = 16 };
static const uint64_t limits[] = { RESOLVE_NO_XDEV, RESOLVE_NO_SYMLINKS };
static const long refusals[] = { -EXDEV, -ELOOP };
enum { LIMITS = 2 };

static uint8_t *limit_of(const char *name)
{
        unsigned hash = 0;

        for (name += *name == '/'; *name && *name != '/'; name++)
                hash = hash * 31 + (uint8_t)*name;
        return &first_limit[hash % sizeof(first_limit)];
}

/* A name in /proc itself, where nobody makes symbolic links, and not through one of the kernel's that lead out of it. */
static bool stays_in_proc(const char *name)
{
        static const char ways_out[][8] = { "/root/", "/cwd/", "/fd/" };

        if (strncmp(name, "/proc/", 6) != 0)
                return false;
        for (const char *p = name + 5; (p = strchr(p, '/')); p++)
                for (unsigned k = 0; k < sizeof(ways_out) / sizeof(ways_out[0]); k++)
                        if (!strncmp(p, ways_out[k], strlen(ways_out[k])))
                                return false;
        return true;
}

/* Opens a file to be read whose name does not tell what it is. */
static long open_to_read(int dirfd, uint64_t path, const char *name, uint32_t flags)
{
        uint8_t *limit = limit_of(name), k = *limit;
        bool none = k >= LIMITS;

        for (; k < LIMITS; k++) {
                struct open_how how = { .flags = flags, .resolve = limits[k] };
                long r = safe_syscall(__NR_openat2, (uint64_t)dirfd, path, (uint64_t)&how, sizeof(how), 0, 0);
                /* ENOSYS, EPERM: of old kernels and sandboxes; openat decides. */
                if (r == refusals[k] || r == -ENOSYS || r == -EPERM)
                        continue;
                if (r >= 0)
                        *limit = k;
                return r;
        }
        long fd = safe_syscall(__NR_openat, (uint64_t)dirfd, path, flags, 0, 0, 0);
        if (fd >= 0)
                *limit = none ? k - 1 : LIMITS + WITHOUT;
        return look_at(fd, dirfd, path, flags);
}

/* Opens the program that a process runs. It cannot be written while it runs (ETXTBSY). */
static long open_program(const char *name, uint32_t flags, uint64_t mode)
{
        enum { W_OK = 2 };

        if ((flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH)) {
                long r = sys_call4(__NR_faccessat2, AT_FDCWD, name, W_OK, AT_EACCESS);
                return r < 0 && r != -ENOSYS ? r : -ETXTBSY;
        }
        return check_program(safe_syscall(__NR_openat, (uint64_t)AT_FDCWD, (uint64_t)name, flags, mode, 0, 0));
}

long open_file(int dirfd, uint64_t path, uint32_t flags, uint64_t mode)
{
        const uint32_t plain = O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_LARGEFILE | O_NOATIME;
        char name[4096], program[PROC_PATH];
        long n = guest_read_str(name, sizeof(name), path);
        enum proc_kind kind = n >= 0 ? proc_kind_of_name(name, (size_t)n) : PROC_OTHER;

        if (kind == PROC_OTHER && n >= 0 && !(flags & ~plain) && !stays_in_proc(name))
                return open_to_read(dirfd, path, name, flags);
        if (kind == PROC_EXE && !(flags & O_NOFOLLOW) && proc_program(dirfd, path, program))
                return open_program(program, flags, mode);
        long fd = safe_syscall(__NR_openat, (uint64_t)dirfd, path, flags, mode, 0, 0);
        bool as_path = (flags & O_PATH) && !(flags & (O_NOFOLLOW | O_DIRECTORY));
        if ((kind == PROC_OTHER && !as_path) || (flags & O_CREAT) || fd < 0)
                return fd;
        return kind == PROC_CPUINFO && !(flags & O_PATH) ? proc_stand_in((int)fd, flags) : look_at(fd, dirfd, path, flags);
}

long open_file_how(int dirfd, uint64_t path, const struct open_how *how)
{
        const uint64_t no_magic_links = RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_IN_ROOT;
        uint32_t flags = (uint32_t)how->flags;
        char program[PROC_PATH];

        bool valid = !(how->flags >> 32) && (!how->mode || (flags & O_CREAT)); /* else it is for the kernel to refuse */

        if (valid && !(how->resolve & no_magic_links) && !(flags & O_NOFOLLOW) && proc_program(dirfd, path, program))
                return open_program(program, flags, how->mode);
        long fd = safe_syscall(__NR_openat2, (uint64_t)dirfd, path, (uint64_t)how, sizeof(*how), 0, 0);
        return flags & O_PATH || fd < 0 ? fd : look_at(fd, dirfd, path, flags);
}
