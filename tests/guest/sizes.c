/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native also=armhf seconds=60 */
/* Structures that grow from kernel to kernel, and are passed with their size: many sizes, contents behind the part that the
 * kernel knows, pages that cannot be read; and arguments that the calls check before or after them. What this program prints must
 * be what it prints when it is compiled for this machine. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BAD 8ul
enum { PAGE = 4096 };

static char *pages; /* two pages that can be read and written, then one that cannot */

static const char *error(long r)
{
        return r == -1 ? strerrorname_np(errno) : "ok";
}

/* True if the first 8 bytes there can be written. */
static bool is_ours(unsigned long at)
{
        return at - (unsigned long)pages <= 2 * PAGE - 8;
}

/* Makes a system call with a structure at `at` that has `size` bytes. Returns the call's result. */
typedef long call_fn(unsigned long at, unsigned long size);

static long call_openat2(unsigned long at, unsigned long size)
{
        return syscall(SYS_openat2, AT_FDCWD, ".", at, size);
}
static long call_clone3(unsigned long at, unsigned long size)
{
        long pid = syscall(SYS_clone3, at, size);
        if (pid == 0)
                _exit(0);
        if (pid > 0)
                waitpid((pid_t)pid, NULL, __WALL);
        return pid;
}
static long call_sched_setattr(unsigned long at, unsigned long size)
{
        if (is_ours(at))
                *(uint32_t *)at = (uint32_t)size;
        return syscall(SYS_sched_setattr, 0, at, 0);
}
static long call_sched_getattr(unsigned long at, unsigned long size)
{
        return syscall(SYS_sched_getattr, 0, at, size, 0);
}
static long call_mount_setattr(unsigned long at, unsigned long size)
{
        return syscall(SYS_mount_setattr, -1, "", 0, at, size);
}
static long call_open_tree_attr(unsigned long at, unsigned long size)
{
        return syscall(467, AT_FDCWD, ".", 0, at, size);
}
static long call_landlock_create_ruleset(unsigned long at, unsigned long size)
{
        return syscall(SYS_landlock_create_ruleset, at, size, 0);
}
static long call_statmount(unsigned long at, unsigned long size)
{
        static char buffer[4096];
        if (is_ours(at))
                *(uint32_t *)at = (uint32_t)size;
        return syscall(457, at, buffer, sizeof(buffer), 0);
}
static long call_perf_event_open(unsigned long at, unsigned long size)
{
        if (is_ours(at))
                ((uint32_t *)at)[1] = (uint32_t)size;
        return syscall(SYS_perf_event_open, at, 0, -1, -1, 0);
}
static long call_file_getattr(unsigned long at, unsigned long size)
{
        return syscall(468, AT_FDCWD, ".", at, size, 0);
}
static long call_file_setattr(unsigned long at, unsigned long size)
{
        return syscall(469, -1, "", at, size, 0);
}
static long call_setxattrat(unsigned long at, unsigned long size)
{
        return syscall(463, -1, "", 0, "user.x", at, size);
}
static long call_bpf(unsigned long at, unsigned long size)
{
        return syscall(SYS_bpf, 9999, at, size);
}

static const struct {
        const char *name;
        call_fn *fn;
        unsigned min, known;
} calls[] = {
        { "openat2", call_openat2, 24, 24 },
        { "clone3", call_clone3, 64, 88 },
        { "sched_setattr", call_sched_setattr, 48, 56 },
        { "sched_getattr", call_sched_getattr, 48, 56 },
        { "mount_setattr", call_mount_setattr, 32, 32 },
        { "open_tree_attr", call_open_tree_attr, 32, 32 },
        { "landlock_create_ruleset", call_landlock_create_ruleset, 8, 24 },
        { "statmount", call_statmount, 24, 32 },
        { "perf_event_open", call_perf_event_open, 64, 136 },
        { "file_getattr", call_file_getattr, 24, 24 },
        { "file_setattr", call_file_setattr, 24, 24 },
        { "setxattrat", call_setxattrat, 16, 16 },
        { "bpf", call_bpf, 0, 160 },
};

/* A size with no low bits set. Of bpf's only the low 32 bits count. */
static unsigned long huge(unsigned k)
{
        return (unsigned long)(1ull << (calls[k].fn == call_bpf ? 40 : 5 * sizeof(long)));
}

/* Makes call number k with a structure of `size` bytes, of which only the first `readable` can be read. All are zero but byte
 * `set`; -1: all are. */
static void try(unsigned k, unsigned long size, unsigned long readable, long set)
{
        char *at = pages + 2 * PAGE - readable;
        memset(pages, 0, 2 * PAGE);
        if (calls[k].fn == call_clone3)
                *(uint64_t *)(at + 32) = SIGCHLD; /* exit_signal */
        if (set >= 0)
                at[set] = 1;
        long r = calls[k].fn((unsigned long)at, size);
        printf("%s: %lu bytes, %lu there, %ld set: %s\n", calls[k].name, size, readable, set, error(r));
        if (r > 2 && calls[k].fn != call_clone3)
                close((int)r);
}

static void grow(unsigned k)
{
        unsigned long known = calls[k].known, min = calls[k].min;
        const unsigned long sizes[] = { 0,         1,         min - 1,  min,  min + 8,  known,   known + 1,
                                        known + 8, 2 * known, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE };
        for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                unsigned long size = sizes[i];
                if (size > 2 * PAGE)
                        continue;
                try(k, size, 2 * PAGE, -1);
                if (size > known)
                        try(k, size, 2 * PAGE, (long)size - 1);
                if (size > 16 && size < PAGE)
                        try(k, size, size - 8, -1); /* the last 8 bytes cannot be read */
                if (size > known + 8)
                        try(k, size, size - 8, (long)known); /* nor is it read, because a byte in front of that is wrong */
        }
        printf("%s: bad address: %s\n", calls[k].name, error(calls[k].fn(BAD, known)));
        printf("%s: bad address and size: %s\n", calls[k].name, error(calls[k].fn(BAD, 1)));
        printf("%s: huge: %s\n", calls[k].name, error(calls[k].fn(BAD, huge(k))));
        printf("%s: whole address space: %s\n", calls[k].name, error(calls[k].fn((unsigned long)pages, -1ul)));
        printf("%s: upper half: %s\n", calls[k].name, error(calls[k].fn(-64ul, known)));
}

static void open_flags(void)
{
        for (int bit = 0; bit < 64; bit++) {
                struct open_how how = { .flags = 1ull << bit };
                if (bit >= 14 && bit <= 17)
                        continue; /* these bits have other meanings on arm64 than on x86 */
                long fd = syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how));
                printf("openat2 flags 1 << %d: %s\n", bit, error(fd));
                how = (struct open_how){ .flags = O_RDONLY, .resolve = 1ull << bit };
                fd = syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how));
                printf("openat2 resolve 1 << %d: %s\n", bit, error(fd));
        }
        static const struct open_how more[] = {
                { .flags = O_DIRECTORY },
                { .flags = O_NOFOLLOW },
                { .flags = O_DIRECT },
                { .flags = O_PATH | O_DIRECTORY | O_NOFOLLOW },
                { .flags = O_PATH | O_DIRECT },
                { .flags = O_TMPFILE | O_RDWR, .mode = 0600 },
                { .flags = O_TMPFILE & ~O_DIRECTORY },
                { .flags = O_DIRECTORY | O_CREAT },
                { .flags = O_RDONLY, .mode = 0600 },
                { .flags = O_CREAT, .mode = 01000000 },
                { .flags = O_RDONLY | 1ull << 32 },
        };
        for (unsigned k = 0; k < sizeof(more) / sizeof(more[0]); k++) {
                long fd = syscall(SYS_openat2, AT_FDCWD, ".", &more[k], sizeof(more[k]));
                int f = fd >= 0 ? fcntl((int)fd, F_GETFL) : 0;
                printf("openat2 %u: %s directory %d nofollow %d direct %d\n", k, error(fd), !!(f & O_DIRECTORY),
                       !!(f & O_NOFOLLOW), !!(f & O_DIRECT));
        }
}

static void clone_arguments(void)
{
        unsigned long stack = (unsigned long)pages;
        static int tids[40];
        const struct clone_args tries[] = {
                { .flags = CLONE_SIGHAND },
                { .flags = CLONE_SIGHAND | CLONE_VM | CLONE_CLEAR_SIGHAND },
                { .flags = CLONE_SIGHAND | CLONE_CLEAR_SIGHAND },
                { .flags = CLONE_THREAD },
                { .flags = CLONE_DETACHED },
                { .flags = SIGCHLD },
                { .flags = 1ull << 40 },
                { .flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, .exit_signal = SIGCHLD, .stack = stack, .stack_size = PAGE },
                { .flags = CLONE_PARENT, .exit_signal = SIGCHLD },
                { .exit_signal = 65 },
                { .exit_signal = 0x100 | SIGCHLD },
                { .exit_signal = SIGCHLD | 1ull << 32 },
                { .exit_signal = SIGCHLD, .stack = stack },
                { .exit_signal = SIGCHLD, .stack_size = PAGE },
                { .exit_signal = SIGCHLD, .stack = -16ull, .stack_size = PAGE },
                { .exit_signal = SIGCHLD, .stack = stack, .stack_size = -1ull },
                { .exit_signal = SIGCHLD, .stack = stack, .stack_size = 1ull << 60 },
                { .exit_signal = SIGCHLD, .set_tid = (uint64_t)tids },
                { .exit_signal = SIGCHLD, .set_tid_size = 1 },
                { .exit_signal = SIGCHLD, .set_tid = (uint64_t)tids, .set_tid_size = 40 },
                { .exit_signal = SIGCHLD, .set_tid = BAD, .set_tid_size = 1 },
                { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = 0x100000000 },
                { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = 1000 },
                { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = BAD },
                { .flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD },
                { .flags = CLONE_FS | CLONE_NEWNS, .exit_signal = SIGCHLD },
        };
        for (unsigned k = 0; k < sizeof(tries) / sizeof(tries[0]); k++)
                printf("clone3 %u: %s\n", k, error(call_clone3((unsigned long)&tries[k], sizeof(tries[k]))));
        printf("clone3 into a cgroup with a short structure: %s\n",
               error(call_clone3((unsigned long)&tries[22], CLONE_ARGS_SIZE_VER1)));
}

#if defined(__aarch64__) || defined(__arm__)
#define OLD_CLONE(flags, parent, child, tls) syscall(SYS_clone, flags, 0, parent, tls, child)
#else
#define OLD_CLONE(flags, parent, child, tls) syscall(SYS_clone, flags, 0, parent, child, tls)
#endif

/* clone with all pairs of flags. With CLONE_VM only those that are refused, because the child gets no stack here. */
static void clone_flags(void)
{
        static const unsigned long flags[] = { 0,
                                               CLONE_FS,
                                               CLONE_FILES,
                                               CLONE_SIGHAND,
                                               CLONE_PIDFD,
                                               CLONE_VFORK,
                                               CLONE_THREAD,
                                               CLONE_NEWNS,
                                               CLONE_SYSVSEM,
                                               CLONE_SETTLS,
                                               CLONE_PARENT_SETTID,
                                               CLONE_CHILD_CLEARTID,
                                               CLONE_UNTRACED,
                                               CLONE_CHILD_SETTID,
                                               CLONE_NEWCGROUP,
                                               CLONE_NEWUTS,
                                               CLONE_NEWIPC,
                                               CLONE_NEWUSER,
                                               CLONE_NEWPID,
                                               CLONE_NEWNET,
                                               CLONE_IO };
        enum { N = sizeof(flags) / sizeof(flags[0]) };
        static int words[2];
        for (unsigned i = 0; i < N; i++)
                for (unsigned k = i; k < N; k++) {
                        unsigned long both = flags[i] | flags[k];
                        struct clone_args a = { .flags = both,
                                                .exit_signal = SIGCHLD,
                                                .parent_tid = (uint64_t)&words[0],
                                                .child_tid = (uint64_t)&words[1],
                                                .pidfd = (uint64_t)&words[0] };
                        printf("clone3 %lx: %s", both, error(call_clone3((unsigned long)&a, sizeof(a))));
                        long pid = OLD_CLONE(both | SIGCHLD, &words[0], &words[1], 0);
                        if (pid == 0)
                                _exit(0);
                        printf(" clone: %s\n", error(pid));
                        if (pid > 0)
                                waitpid((pid_t)pid, NULL, __WALL);
                        if (both & CLONE_PIDFD)
                                close(words[0]);
                }
        static const unsigned long refused[] = { CLONE_VM | CLONE_THREAD, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWUSER,
                                                 CLONE_VM | CLONE_NEWNS | CLONE_FS,
                                                 CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWPID,
                                                 CLONE_VM | CLONE_FS | CLONE_NEWUSER };
        for (unsigned k = 0; k < sizeof(refused) / sizeof(refused[0]); k++)
                printf("clone %lx: %s\n", refused[k], error(OLD_CLONE(refused[k], BAD, BAD, 0)));
}

int main(void)
{
        setvbuf(stdout, NULL, _IOLBF, 0);
        pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(pages + 2 * PAGE, PAGE, PROT_NONE);
        for (unsigned k = 0; k < sizeof(calls) / sizeof(calls[0]); k++)
                grow(k);
        open_flags();
        clone_arguments();
        clone_flags();
        return 0;
}
