/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptor of the shared translations (see share_fd.h). */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include "share_fd.h"
#include "syscalls.h"
#include "../runtime/exec.h"
#include "../runtime/share.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif

enum {
        NUMBER = 1019, /* below the usual limit of 1024 */
        SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW,
};
#define NAME "binfmt-translations"
#define LINK "/memfd:" NAME " (deleted)"

int share_fd = -1;

/* ---- making, finding, leaving ---- */

/* A file that would be larger than RLIMIT_FSIZE brings SIGXFSZ. */
static bool may_be_that_large(size_t size)
{
        struct rlimit64 limit;

        return sys_call4(__NR_prlimit64, 0, RLIMIT_FSIZE, 0, &limit) == 0 && limit.rlim_cur >= size;
}

static long new_file(size_t size)
{
        long fd = sys_call2(__NR_memfd_create, NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

        if (fd == -EINVAL) /* before Linux 6.3 */
                fd = sys_call2(__NR_memfd_create, NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
                return fd;
        long r = sys_call2(__NR_ftruncate, fd, size);
        if (r >= 0)
                r = sys_call3(__NR_fcntl, fd, F_ADD_SEALS, SEALS);
        if (r >= 0)
                r = sys_call3(__NR_fcntl, fd, F_DUPFD_CLOEXEC, NUMBER);
        (void)sys_call1(__NR_close, fd);
        return r;
}

int share_fd_create(size_t size)
{
        if (share_fd >= 0 || !may_be_that_large(size))
                return -EBUSY;
        long fd = new_file(size);
        if (fd > NUMBER) { /* the guest has that number */
                (void)sys_call1(__NR_close, fd);
                return -EBUSY;
        }
        if (fd >= 0)
                share_fd = (int)fd;
        return (int)fd;
}

void share_fd_close(void)
{
        if (share_fd >= 0)
                (void)sys_call1(__NR_close, share_fd);
        share_fd = -1;
}

void share_fd_adopt(bool secure)
{
        struct stat s;
        long seals = sys_call2(__NR_fcntl, NUMBER, F_GET_SEALS);

        /* Its giver may seal it when we have looked, for a program that this one starts. */
        if (secure && seals >= 0 && !(seals & F_SEAL_SEAL))
                (void)sys_call1(__NR_close, NUMBER);
        if (seals < 0 || (seals & SEALS) != SEALS || sys_call2(__NR_fstat, NUMBER, &s) < 0 || s.st_size != (long)SHARE_BYTES)
                return;
        (void)sys_call3(__NR_fcntl, NUMBER, F_SETFD, FD_CLOEXEC);
        share_fd = NUMBER;
        if (secure || s.st_uid != (uint32_t)sys_call0(__NR_geteuid) || !exec_share_adopt(NUMBER))
                share_fd_close();
}

void share_fd_leave(void)
{
        if (exec_share_leave())
                share_fd_close();
}

void share_fd_inherit(bool on)
{
        if (share_fd >= 0)
                (void)sys_call3(__NR_fcntl, share_fd, F_SETFD, on ? 0 : FD_CLOEXEC);
}

/* ---- system calls of the guest ---- */

/* arm64 numbers are the generic ones, x86's are not: by name. */
enum {
#define PASS(nr, name, decoding) GUEST_##name = nr,
#define SAME(nr, name, decoding) GUEST_##name = nr,
#define NONE(nr, name, decoding) GUEST_##name = nr,
#define SYS(nr, name, handler, decoding) GUEST_##name = nr,
#include "a64_syscalls.def"
#undef PASS
#undef SAME
#undef NONE
#undef SYS
};

static bool changes_privileges(uint64_t nr, const uint64_t a[6])
{
        switch (nr) {
        case GUEST_setuid: case GUEST_setgid: case GUEST_setreuid: case GUEST_setregid: case GUEST_setresuid:
        case GUEST_setresgid: case GUEST_setfsuid: case GUEST_setfsgid: case GUEST_setgroups: case GUEST_capset:
        case GUEST_setns: case GUEST_landlock_restrict_self:
                return true;
        case GUEST_unshare:
                return a[0] & CLONE_NEWUSER;
        case GUEST_prctl:
                return a[0] == PR_SET_DUMPABLE || a[0] == PR_SET_NO_NEW_PRIVS || a[0] == PR_CAPBSET_DROP ||
                       a[0] == PR_SET_SECUREBITS;
        default:
                return false;
        }
}

/* Everything in the range but our descriptor. */
static long close_around(const uint64_t a[6])
{
        uint64_t first = (uint32_t)a[0], last = (uint32_t)a[1], flags = a[2], us = (uint64_t)share_fd;
        long r = 0;

        if (first < us) {
                r = safe_syscall(__NR_close_range, first, us - 1, flags, 0, 0, 0);
                flags &= ~(uint64_t)2; /* CLOSE_RANGE_UNSHARE: once */
        }
        if (r == 0 && last > us)
                r = safe_syscall(__NR_close_range, us + 1, last, flags, 0, 0, 0);
        else if (r == 0 && first == us)
                r = safe_syscall(__NR_close_range, us + 1, us + 1, flags, 0, 0, 0); /* for its opinion of the flags */
        return r;
}

/* ---- the list of descriptors in /proc ---- */

struct dirent64 {
        uint64_t ino;
        int64_t off;
        uint16_t reclen;
        uint8_t type;
        char name[];
} __attribute__((packed));

/* An entry of /proc/PID/fd or fdinfo, of this process or one of its family. */
static bool is_ours(int dir, const char *name)
{
        char link[sizeof(LINK)];
        long n = strcmp(name, "1019") == 0 ? sys_call4(__NR_readlinkat, dir, "../fd/1019", link, sizeof(link)) : -1;

        return n == (long)sizeof(LINK) - 1 && memcmp(link, LINK, sizeof(LINK) - 1) == 0;
}

/* Takes our descriptor out of what getdents64 has put into the guest's memory; returns how much is left. */
static long without_us(int dir, uint64_t at, long n)
{
        for (long k = 0; k < n;) {
                struct dirent64 head;
                char name[5] = "";

                if (guest_read(&head, at + (uint64_t)k, sizeof(head)) < 0 || !head.reclen)
                        break;
                if (guest_read(name, at + (uint64_t)k + sizeof(head), sizeof(name)) == 0 && !name[4] && is_ours(dir, name)) {
                        uint8_t rest[1024];
                        long left = n - k - head.reclen;

                        for (long done = 0; done < left;) {
                                size_t piece = left - done > (long)sizeof(rest) ? sizeof(rest) : (size_t)(left - done);
                                if (guest_read(rest, at + (uint64_t)(k + head.reclen + done), piece) < 0 ||
                                    guest_write(at + (uint64_t)(k + done), rest, piece) < 0)
                                        return -EFAULT;
                                done += (long)piece;
                        }
                        return n - head.reclen;
                }
                k += head.reclen;
        }
        return n;
}

static long list_directory(const uint64_t a[6])
{
        for (;;) {
                long n = safe_syscall(__NR_getdents64, a[0], a[1], a[2], 0, 0, 0);
                long left = n > 0 ? without_us((int)a[0], a[1], n) : n;
                if (left || n <= 0)
                        return left;
        }
}

/* ---- dispatch ---- */

static bool names_us(uint64_t nr, const uint64_t a[6])
{
        const char *letter = syscall_decoding(nr);
        bool any = false;

        for (unsigned k = 0; k < 6; k++)
                any |= (int)a[k] == share_fd;
        if (!any)
                return false;
        for (unsigned k = 0; k < 6 && letter[k] && letter[k] != '='; k++)
                if (letter[k] == 'f' && (int)a[k] == share_fd)
                        return true;
        return false;
}

bool share_fd_syscall(uint64_t nr, const uint64_t a[6], long *ret)
{
        if (changes_privileges(nr, a)) {
                share_fd_leave();
        } else if (nr == GUEST_close_range) {
                if ((uint32_t)a[0] > (uint32_t)a[1] || (uint32_t)a[0] > NUMBER || (uint32_t)a[1] < NUMBER)
                        return false;
                *ret = close_around(a);
                return true;
        } else if (nr == GUEST_getdents64) {
                *ret = list_directory(a);
                return true;
        } else if (nr == GUEST_dup3 && (int)a[1] == share_fd && a[0] != a[1]) {
                share_fd_leave(); /* the number is the guest's */
        } else if (names_us(nr, a)) {
                *ret = -EBADF;
                return true;
        }
        return false;
}
