/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptor by which translations are handed down (see share_fd.h). */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>
#include <linux/mman.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include "descriptors.h"
#include "rights.h"
#include "share_fd.h"
#include "run/share.h"
#include "run/thread.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif

enum {
        SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
};

#define LOCK_START (INT64_C(1) << 62) /* behind all that anybody locks */

int share_fd = -1;

static struct rights at_start;
static bool may_share; /* as far as rights go */
static bool given_up;  /* share_fd_give_up() */
static unsigned forks; /* by this process, and those that it comes from without an execve() */
static size_t in_file; /* bytes of the file of share_fd */

void share_fd_close(struct thread *t)
{
        int *fd = share_fd_of(t);

        if (*fd >= 0)
                (void)sys_call1(__NR_close, *fd);
        *fd = -1;
}

/* ---- whose is it? ---- */

/* The byte of the file that a process locks before it executes a program: one for each process. */
static struct flock lock_of_this_process(short type)
{
        return (struct flock){ .l_type = type, .l_start = LOCK_START + sys_call0(__NR_getpid), .l_len = 1 };
}

/* fcntl(2): "Record locks are not inherited by a child created via fork(2), but are preserved across an execve(2)." */
static bool lock_for_exec(int fd)
{
        struct flock l = lock_of_this_process(F_RDLCK);

        return sys_call3(__NR_fcntl, fd, F_SETLK, &l) == 0;
}

/* A process's own locks do not hinder it but where it asks for one of an open file. So F_OFD_GETLK tells which process has the
 * lock. */
static bool was_locked_for_exec(void)
{
        struct flock l = lock_of_this_process(F_WRLCK);
        const long long start = l.l_start;

        return sys_call3(__NR_fcntl, SHARE_FD, F_OFD_GETLK, &l) == 0 && l.l_type == F_RDLCK && l.l_start == start &&
               l.l_len == 1 && l.l_pid == sys_call0(__NR_getpid);
}

/* ---- taking ---- */

/* Is it a file of translations, whoever made it? */
static bool is_ours(void)
{
        char magic[8];
        long seals = sys_call2(__NR_fcntl, SHARE_FD, F_GET_SEALS);

        return seals >= 0 && (seals & SEALS) == SEALS &&
               sys_call4(__NR_pread64, SHARE_FD, magic, sizeof(magic), 0) == (long)sizeof(magic) &&
               memcmp(magic, SHARE_MAGIC, sizeof(magic)) == 0;
}

/* Was it made by a process that could write into this one, as the kernel has it? */
static bool is_of_an_equal(const struct stat *s)
{
        return s->st_uid == at_start.uid[0] && s->st_gid == at_start.gid[0];
}

void share_fd_adopt(bool secure)
{
        struct stat s;
        bool ours = is_ours();

        may_share = !secure && rights_get(&at_start) && rights_are_plain(&at_start);
        if (!may_share)
                share_leave();
        if (may_share && ours && was_locked_for_exec() && sys_call2(__NR_fstat, SHARE_FD, &s) == 0 && is_of_an_equal(&s) &&
            share_wanted() && share_adopt(SHARE_FD, (size_t)s.st_size)) {
                (void)sys_call3(__NR_fcntl, SHARE_FD, F_SETFD, FD_CLOEXEC);
                share_fd = SHARE_FD;
                in_file = (size_t)s.st_size;
        } else if (ours) {
                (void)sys_call1(__NR_close, SHARE_FD);
        }
}

/* ---- handing down ---- */

static size_t size_of(const struct share_file *f)
{
        return f->piece[0].size + f->piece[1].size + f->piece[2].size;
}

/* Writing a file that is larger than RLIMIT_FSIZE would bring SIGXFSZ. */
static bool may_be_that_large(size_t size)
{
        struct rlimit64 limit;

        return sys_call4(__NR_prlimit64, 0, RLIMIT_FSIZE, 0, &limit) == 0 && limit.rlim_cur >= size;
}

static bool write_all(int fd, const struct share_file *f)
{
        for (unsigned k = 0; k < 3; k++)
                for (size_t done = 0; done < f->piece[k].size;) {
                        long n = sys_call3(__NR_write, fd, (const char *)f->piece[k].p + done, f->piece[k].size - done);
                        if (n <= 0)
                                return false;
                        done += (size_t)n;
                }
        return true;
}

/* Is in the sealed file what we wrote? Until it was sealed, processes of the same user could open it by way of /proc. */
static bool is_intact(int fd, const struct share_file *f)
{
        size_t size = size_of(f), at = 0;
        long p = sys_call6(__NR_mmap, 0, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
        bool same = !rt_failed(p);

        if (!same)
                return false;
        for (unsigned k = 0; k < 3; at += f->piece[k++].size)
                same = same && memcmp((const char *)p + at, f->piece[k].p, f->piece[k].size) == 0;
        (void)sys_call2(__NR_munmap, p, size);
        return same;
}

static int new_file(const struct share_file *f)
{
        long fd = sys_call2(__NR_memfd_create, "binfmt-translations", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

        if (fd == -EINVAL) /* before Linux 6.3 */
                fd = sys_call2(__NR_memfd_create, "binfmt-translations", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
                return (int)fd;
        if (write_all((int)fd, f) && sys_call3(__NR_fcntl, fd, F_ADD_SEALS, SEALS) == 0 && is_intact((int)fd, f))
                return (int)fd;
        (void)sys_call1(__NR_close, fd);
        return -EIO;
}

/* Moves a descriptor to SHARE_FD. Returns it, or a negative errno. */
static int move_to_number(struct thread *t, int fd)
{
        share_fd_close(t);
        long r = sys_call3(__NR_fcntl, fd, F_DUPFD_CLOEXEC, SHARE_FD);

        (void)sys_call1(__NR_close, fd);
        if (r <= SHARE_FD)
                return (int)r;
        (void)sys_call1(__NR_close, r); /* the guest has that number */
        return -EBUSY;
}

static bool has_rights_of_start(void)
{
        struct rights now;

        return may_share && rights_get(&now) && memcmp(&now, &at_start, sizeof(now)) == 0;
}

/* Is there much more to hand down than what is in the file? */
static bool is_worth_it(void)
{
        return share_body_size() > in_file + in_file / 2 + (32 << 10);
}

static void make_if_worth_it(struct thread *t)
{
        struct share_file f;

        if (++forks < 2 || t->os->shares_files || t->os->own_files || given_up || !is_worth_it() || !has_rights_of_start() ||
            !share_file_make(&f))
                return;
        if (may_be_that_large(size_of(&f))) {
                int fd = new_file(&f);
                if (fd >= 0)
                        share_fd = move_to_number(t, fd);
        }
        in_file = size_of(&f); /* also when that failed, so that it is not tried again and again */
        share_file_done(&f);
}

void share_fd_give_up(struct thread *t)
{
        share_fd_close(t);
        given_up = true;
}

/* ---- one memory, one table of descriptors ---- */

void share_fd_before_clone(struct thread *t, uint64_t flags)
{
        bool copies_memory = !(flags & CLONE_VM), shares_table = flags & CLONE_FILES;

        if (shares_table && copies_memory)
                share_fd_give_up(t);
        else if (shares_table && t->os->own_files)
                share_fd_close(t);
        if (!(flags & CLONE_THREAD))
                make_if_worth_it(t);
}

void share_fd_in_child(struct thread *t, struct thread *child, uint64_t flags)
{
        const int fd = *share_fd_of(t);

        if (child == t && t->os->own_files) {
                t->os->own_files = false;
                share_fd = fd;
        } else if (child != t && (t->os->own_files || !(flags & CLONE_FILES))) {
                child->os->own_files = true;
                child->os->own_share_fd = fd;
        }
}

void share_fd_unshared(struct thread *t)
{
        if (t->os->own_files || !t->os->shares_files)
                return;
        t->os->own_share_fd = share_fd;
        t->os->own_files = true;
}

/* ---- execve ---- */

bool share_fd_inherit(struct thread *t)
{
        const int fd = *share_fd_of(t);

        return fd >= 0 && !t->os->shares_files && has_rights_of_start() && lock_for_exec(fd) &&
               sys_call3(__NR_fcntl, fd, F_SETFD, 0) == 0;
}

void share_fd_keep(struct thread *t)
{
        const int fd = *share_fd_of(t);

        if (fd >= 0)
                (void)sys_call3(__NR_fcntl, fd, F_SETFD, FD_CLOEXEC);
}
