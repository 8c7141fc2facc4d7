/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that are the host's, except that a name which leads to /proc/PID/exe is replaced by one of the program's file. (Calls
 * that open or look at a file are in sys_fs.c.) */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/inotify.h>
#include "rt/rt.h"
#include "proc.h"
#include "syscalls.h"

enum { NONE_SUCH = 6 }; /* the index of an argument that is always 0 */

/* Which arguments are the name and its directory; which are flags, and the bit in them that says whether links are followed. */
struct shape {
        uint8_t path, dirfd, flags;
        bool bit_follows; /* links are followed when the bit is set, else when it is not */
        uint32_t bit;
};

static long with_program(long nr, const uint64_t args[6], struct shape s)
{
        char name[PROC_PATH], program[PROC_PATH];
        uint64_t a[7];

        memcpy(a, args, 6 * sizeof(a[0]));
        a[NONE_SUCH] = 0;
        int dirfd = s.dirfd == NONE_SUCH ? AT_FDCWD : (int)a[s.dirfd];
        bool follows = !(a[s.flags] & s.bit) != s.bit_follows;
        long n = follows ? guest_read_str(name, sizeof(name), a[s.path]) : -1;
        if (n >= 0 && proc_kind_of_name(name, (size_t)n) == PROC_EXE && proc_program(dirfd, a[s.path], program))
                a[s.path] = (uint64_t)program;
        return safe_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

#define ALWAYS(name, path, dirfd) CALL(name, path, dirfd, NONE_SUCH, false, 0)
#define CALL(name, ...) \
        long sys_##name(struct thread *t, const uint64_t a[6]) \
        { \
                (void)t; \
                return with_program(__NR_##name, a, (struct shape){ __VA_ARGS__ }); \
        }

ALWAYS(statfs, 0, NONE_SUCH)
ALWAYS(faccessat, 1, 0)
CALL(faccessat2, 1, 0, 3, false, AT_SYMLINK_NOFOLLOW)
ALWAYS(fchmodat, 1, 0)
CALL(fchownat, 1, 0, 4, false, AT_SYMLINK_NOFOLLOW)
CALL(utimensat, 1, 0, 3, false, AT_SYMLINK_NOFOLLOW)
ALWAYS(setxattr, 0, NONE_SUCH)
ALWAYS(getxattr, 0, NONE_SUCH)
ALWAYS(listxattr, 0, NONE_SUCH)
ALWAYS(removexattr, 0, NONE_SUCH)
CALL(linkat, 1, 0, 4, true, AT_SYMLINK_FOLLOW)
CALL(name_to_handle_at, 1, 0, 4, true, AT_SYMLINK_FOLLOW)
CALL(inotify_add_watch, 1, NONE_SUCH, 2, false, IN_DONT_FOLLOW)
CALL(mount, 0, NONE_SUCH, 3, true, MS_BIND)
