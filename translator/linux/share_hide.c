/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest does not see the descriptor of the translations that are handed down (see share_fd.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/close_range.h>
#include <linux/fcntl.h>
#include "descriptors.h"
#include "dirent64.h"
#include "share_fd.h"
#include "syscalls.h"
#include "rt/rt.h"

/* ---- calls that name it, or numbers around it ---- */

/* close_range(2) on a range that our descriptor is in: closes all others. */
static long close_around(uint64_t first, uint64_t last, uint64_t flags, uint64_t us)
{
        long r = 0;

        if (first < us) {
                r = safe_syscall(__NR_close_range, first, us - 1, flags, 0, 0, 0);
                flags &= ~(uint64_t)CLOSE_RANGE_UNSHARE; /* once */
        }
        if (r == 0 && last > us)
                r = safe_syscall(__NR_close_range, us + 1, last, flags, 0, 0, 0);
        else if (r == 0 && first == us) /* the kernel looks at the flags, and does what they say; nobody has that number */
                r = safe_syscall(__NR_close_range, UINT32_MAX, UINT32_MAX, flags, 0, 0, 0);
        return r;
}

long sys_close_range(struct thread *t, const uint64_t a[6])
{
        const uint32_t first = (uint32_t)a[0], last = (uint32_t)a[1], flags = (uint32_t)a[2];
        const int us = *share_fd_of(t);
        long r;

        if (us >= 0 && first <= (uint32_t)us && last >= (uint32_t)us)
                r = close_around(first, last, flags, (uint64_t)us);
        else
                r = safe_syscall(__NR_close_range, first, last, flags, 0, 0, 0);
        if (r == 0 && (flags & CLOSE_RANGE_UNSHARE))
                share_fd_unshared(t);
        return r;
}

/* ---- the list of descriptors in /proc ---- */

/* Is that entry of /proc/PID/fd or fdinfo our descriptor, of this process or one of its family? */
static bool is_ours(int dir, const char *name)
{
        char link[sizeof(SHARE_LINK)];
        long n = strcmp(name, DESCRIPTOR_TEXT(SHARE_FD)) == 0
                         ? sys_call4(__NR_readlinkat, dir, "../fd/" DESCRIPTOR_TEXT(SHARE_FD), link, sizeof(link))
                         : -1;

        return n == (long)sizeof(SHARE_LINK) - 1 && memcmp(link, SHARE_LINK, sizeof(SHARE_LINK) - 1) == 0;
}

/* Takes our descriptor out of the n bytes that getdents64(2) has put into the guest's memory. Returns how many bytes are left. */
static long without_us(int dir, uint64_t at, long n)
{
        struct dirent64 head;

        for (long k = 0; dirent64_head(&head, at, k, n); k += head.reclen) {
                char name[5] = "";

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
        }
        return n;
}

long sys_getdents64(struct thread *t, const uint64_t a[6])
{
        for (;;) {
                long n = safe_syscall(__NR_getdents64, a[0], a[1], a[2], 0, 0, 0);
                long left = n > 0 && *share_fd_of(t) >= 0 ? without_us((int)a[0], a[1], n) : n;
                if (left || n <= 0)
                        return left;
        }
}

/* ---- dispatch ---- */

/* Returns which arguments say our number: bit k stands for a[k]. */
static unsigned which_are_us(int us, const uint64_t a[6])
{
        unsigned set = 0;

        for (unsigned k = 0; k < 6; k++)
                set |= ((int)a[k] == us) << k;
        return set;
}

/* Descriptors are given out from the lowest free number on. If we had none, a guest that gets the number behind ours would have
 * got ours. Before that it gets all of this many numbers below, which are more than one call gives out (SCM_RIGHTS: 253): then
 * ours is closed. */
enum { DISTANCE = 256 };

void share_hide_from(struct thread *t, uint32_t lowest)
{
        const int us = *share_fd_of(t);

        if (us >= 0 && lowest > (uint32_t)(us - DISTANCE) && lowest <= (uint32_t)us)
                share_fd_close(t);
}

bool share_hide_before(struct thread *t, uint64_t nr, const uint64_t a[6])
{
        const unsigned set = which_are_us(*share_fd_of(t), a);

        if (!set)
                return true;
        if (set & syscall_arguments_with(nr, "f"))
                return false;
        if (set & syscall_arguments_with(nr, "T"))
                share_fd_close(t); /* the number is the guest's */
        return true;
}

static bool is_open(long fd)
{
        return sys_call2(__NR_fcntl, fd, F_GETFD) >= 0;
}

/* "q": the call may have stored descriptors in the guest's memory (CLONE_PIDFD, SO_PEERPIDFD, SCM_RIGHTS). */
void share_hide_after(struct thread *t, uint64_t nr, long r)
{
        const int us = *share_fd_of(t);
        const long near = us - DISTANCE;

        if (us >= 0 && r >= 0 && (syscall_result(nr) == 'q' ? is_open(near) : r > near && r <= us + 1 && is_open(r)))
                share_fd_close(t);
}
