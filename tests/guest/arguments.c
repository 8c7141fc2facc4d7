/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native=32 also=armhf seconds=60 */
/* System calls that the translator does not simply pass on, each with many combinations of good and bad arguments. What this
 * program prints must be what it prints when it is compiled for this machine: the errors tell in which order a call looks at its
 * arguments. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/loop.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, TRIES = 300 };

/* ---- values of arguments, with the names that they have in the output ---- */

struct value {
        const char *name;
        unsigned long v;
};

static char *area; /* two pages, then one that can only be read, then one that cannot be read */
static char *code; /* pages to be mapped and unmapped */

/* clang-format off: tables of short rows */
#define V(x) \
        { \
#x, (unsigned long)(x) \
        }
static struct value fds[] = { V(-1),         { "file", 0 }, { "directory", 0 }, { "pipe", 0 }, { "epoll", 0 }, { "eventfd", 0 },
                              { "path", 0 }, V(9999),       V(AT_FDCWD),        V(0x100000000) };
static struct value pointers[] = { { "buffer", 0 }, { "end", 0 },  { "read-only", 0 }, { "unreadable", 0 }, V(0), V(8),
                                   V(-16),          V(1ull << 47), V(1ull << 63) };
static struct value strings[] = { { "file", (unsigned long)"file" },
                                  { "nothing", (unsigned long)"nothing" },
                                  { "directory", (unsigned long)"directory" },
                                  { "link", (unsigned long)"link" },
                                  { "link-to-nothing", (unsigned long)"link-to-nothing" },
                                  { "below a file", (unsigned long)"file/x" },
                                  { "empty", (unsigned long)"" },
                                  { "dot", (unsigned long)"." },
                                  { "unterminated", 0 },
                                  { "too long", 0 },
                                  V(0),
                                  V(8),
                                  V(-16) };
static struct value numbers[] = { V(0),  V(1),  V(2),          V(3),          V(7),  V(8),
                                  V(64), V(65), V(0x7fffffff), V(0x80000000), V(-1), V(0x100000000) };
static struct value sizes[] = { V(0), V(1), V(4), V(8), V(16), V(PAGE), V(-1), V(0x100000008) };
static struct value opens[] = { V(O_RDONLY),
                                V(O_RDWR),
                                V(O_WRONLY | O_CREAT),
                                V(O_CREAT | O_EXCL),
                                V(O_DIRECTORY),
                                V(O_NOFOLLOW),
                                V(O_DIRECT | O_RDWR),
                                V(O_PATH),
                                V(O_PATH | O_NOFOLLOW),
                                V(O_DIRECTORY | O_CREAT),
                                V(O_TMPFILE),
                                V(O_TMPFILE | O_RDWR),
                                V(O_CLOEXEC),
                                V(O_NONBLOCK),
                                V(O_APPEND),
                                V(-1),
                                V(3) };
static struct value at_flags[] = {
        V(0),  V(AT_SYMLINK_NOFOLLOW), V(AT_EMPTY_PATH), V(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW), V(AT_NO_AUTOMOUNT),
        V(-1), V(AT_SYMLINK_FOLLOW)
};
static struct value addresses[] = { { "pages", 0 }, { "second page", 0 }, { "odd", 0 },     { "hole", 0 },
                                    V(-PAGE),       V(1ull << 47),        V(0x7ffffffff000) };
static struct value lengths[] = { V(0), V(1), V(PAGE), V(2 * PAGE), V(-1), V(-PAGE), V(1ull << 47) };
static struct value signals[] = { V(0), V(SIGUSR1), V(SIGKILL), V(SIGSTOP), V(SIGSEGV), V(64), V(65), V(-1), V(0x10000000aull) };
static struct value pids[] = { V(0), V(-1), V(0x7fffffff), V(0x80000000) }; /* numbers that no process has */
static struct value controls[] = {
        V(FIONREAD),        V(FIONBIO),           V(FIOCLEX),     V(TCGETS), V(TIOCGWINSZ), V(LOOP_SET_STATUS),
        V(LOOP_GET_STATUS), V(LOOP_GET_STATUS64), V(TIOCGPTPEER), V(0),      V(-1),         V(1ull << 32 | FIONREAD)
};
static struct value times[] = { { "now", (unsigned long)&(long[8]){ 0 } },
                                { "nanoseconds", (unsigned long)&(long[8]){ 0, 2000000000, 2000000000 } },
                                { "negative", (unsigned long)&(long[8]){ -1, -1 } },
                                { "unreadable", 0 },
                                V(8),
                                V(-16) };
static struct value some_sizes[] = { V(0), V(4), V(8), V(PAGE) };
static struct value locks[] = { V(F_GETLK), V(F_SETLK), V(12) /* with 64 bits */, V(13), V(36) /* of a file's description */,
                                V(37) };
static struct value nothing[] = { V(0), V(-1) };

static const struct {
        char letter;
        struct value *list;
        unsigned n;
} kinds[] = {
#define KIND(letter, list) \
        { \
                letter, list, sizeof(list) / sizeof(list[0]) \
        }
        KIND('f', fds),     KIND('p', pointers), KIND('s', strings),    KIND('n', numbers),
        KIND('z', sizes),   KIND('o', opens),    KIND('a', at_flags),   KIND('A', addresses),
        KIND('L', lengths), KIND('S', signals),  KIND('i', pids),       KIND('I', controls),
        KIND('q', times),   KIND('0', nothing),  KIND('Z', some_sizes), KIND('F', locks),
};

/* ---- calls: a letter of `kinds` for each argument; digits other than 0 stand for themselves ---- */

static const struct call {
        const char *name;
        long nr;
        const char *arguments;
} calls[] = {
#define CALL(name, arguments) \
        { \
#name, SYS_##name, arguments \
        }
        CALL(openat, "fsoo"),
#ifdef SYS_newfstatat
        CALL(newfstatat, "fspa"),
        CALL(fstat, "fp"),
#else
#include "arguments-32.def"
#endif
        CALL(statx, "fsanp"),
        CALL(readlinkat, "fspz"),
        CALL(pipe2, "po"),
        CALL(epoll_ctl, "fnfp"),
        CALL(epoll_pwait, "fpn00z"),
        CALL(fcntl, "f3p"),
        CALL(fcntl, "f4o"),
        CALL(fcntl, "fn0"),
        CALL(fcntl, "f5p"),
        CALL(fcntl, "f6p"),
        CALL(sigaltstack, "pp"),
        CALL(rt_sigaction, "Sppz"),
        CALL(rt_sigprocmask, "nppz"),
        CALL(rt_sigpending, "pz"),
        CALL(uname, "p"),
        CALL(semctl, "nnnp"),
        CALL(shmat, "nAn"),
        CALL(shmdt, "A"),
        CALL(munmap, "AL"),
        CALL(msync, "ALn"),
        CALL(mlock, "AL"),
        CALL(munlock, "AL"),
        CALL(rt_sigqueueinfo, "iSp"),
        CALL(rt_tgsigqueueinfo, "iiSp"),
        CALL(futex, "p1zppn"),
        CALL(futex, "pnzppn"),
        CALL(execve, "spp"),
        CALL(execveat, "fsppa"),
        CALL(open_by_handle_at, "fpo"),
        CALL(openat2, "fspz"),
        CALL(getcwd, "pz"),
        CALL(getdents64, "fpz"),
        CALL(read, "fpz"),
        CALL(write, "fpz"),
        CALL(capget, "pp"),
        CALL(getrandom, "pzn"),
        CALL(memfd_create, "sn"),
        CALL(mq_open, "soop"),
        CALL(socketpair, "nnnp"),
        CALL(ioctl, "fIp"),
        CALL(process_madvise, "fpnn0"),
        CALL(fanotify_init, "no"),
        CALL(remap_file_pages, "AL0n0"),
        CALL(readv, "fpn"),
        CALL(splice, "fpfpzn"),
        CALL(rt_sigtimedwait, "ppqz"),
        CALL(ppoll, "pnqpz"),
        CALL(pselect6, "npppqp"),
        CALL(epoll_pwait2, "fpnqpz"),
        CALL(io_pgetevents, "nnnpqp"),
};
/* clang-format on */

static unsigned next(uint64_t *seed, unsigned n)
{
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        return (unsigned)(*seed >> 33) % n;
}

/* Makes memory again what it was before the last call, so that no call changes what the next one does. */
static void prepare(void)
{
        memset(area, 0, 2 * PAGE);
        mmap(code, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        munmap(code + 2 * PAGE, 2 * PAGE);
        lseek((int)fds[2].v, 0, SEEK_SET); /* the end of a directory is another one for 32 bits */
}

/* True for what limits processor time: the next look of the kernel at it ends this process, whenever that is. */
static bool is_limit_of_time(const struct call *c, const unsigned long a[6])
{
#ifdef SYS__newselect /* machines of 32 bits */
        if (c->nr == SYS_setrlimit)
                return a[0] == RLIMIT_CPU && a[1];
#endif
        return c->nr == SYS_prlimit64 && a[1] == RLIMIT_CPU && a[3];
}

/* True where machines of 32 bits differ from each other: old commands of semctl(2), which have no IPC_64; what is the whole address
 * space on one, and too much on another. */
static bool is_left_out_of_32(const struct call *c, const unsigned long a[6])
{
        return (c->nr == SYS_semctl && (a[2] == IPC_SET || a[2] == IPC_STAT)) || (c->nr == SYS_munmap && a[0] + PAGE < 2 * PAGE);
}

/* True for select(2) and pselect6(2) with a number of descriptors that only the size of the process's table of descriptors bounds:
 * how long the kernel takes the sets to be depends on the highest descriptor that it ever had, and on its parents'. */
static bool is_bounded_by_table(const struct call *c, const unsigned long a[6])
{
        bool select = c->nr == SYS_pselect6;
#ifdef SYS__newselect /* machines of 32 bits */
        select = select || c->nr == SYS__newselect || c->nr == SYS_pselect6_time64;
#endif
        return select && (int)a[0] > 64 && (a[1] || a[2] || a[3]);
}

/* True for calls that would wait, or end this process, or whose result is not only their own. */
static bool is_left_out(const struct call *c, const unsigned long a[6])
{
#ifdef SYS__newselect
        if (c->nr == SYS__newselect && !a[4])
                return true;
#endif
        return is_bounded_by_table(c, a) || is_limit_of_time(c, a) ||
               (c->nr == SYS_futex && (a[1] & 0x7f) != FUTEX_WAKE && (a[1] & 0x7f) < 64) || (c->nr == SYS_epoll_pwait && a[3]) ||
               ((c->nr == SYS_read || c->nr == SYS_getdents64 || c->nr == SYS_readv || c->nr == SYS_splice) &&
                (a[0] == fds[3].v || a[0] == fds[5].v)) ||
               (sizeof(long) == 4 && is_left_out_of_32(c, a));
}

static void try(const struct call *c, uint64_t *seed)
{
        unsigned long a[6] = { 0 };
        char text[300];
        int n = 0;
        for (unsigned i = 0; c->arguments[i]; i++) {
                char letter = c->arguments[i];
                struct value one = { "", (unsigned long)(letter - '0') };
                for (unsigned k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
                        if (kinds[k].letter == letter)
                                one = kinds[k].list[next(seed, kinds[k].n)];
                a[i] = one.v;
                n += snprintf(text + n, sizeof(text) - (size_t)n, " %s", *one.name ? one.name : (char[]){ letter, 0 });
        }
        if (is_left_out(c, a))
                return;
        prepare();
        long r = syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        printf("%s%s: %s\n", c->name, text, r == -1 ? strerrorname_np(errno) : "ok");
        if (r > 2 && r < 1000 &&
            (c->nr == SYS_openat || c->nr == SYS_memfd_create || c->nr == SYS_openat2 || c->nr == SYS_fcntl ||
             c->nr == SYS_mq_open))
                close((int)r);
}

static void make_values(void)
{
        int p[2];
        area = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        code = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        static char longest[5000];
        memset(longest, 'x', sizeof(longest) - 1);
        memset(area + PAGE, 'u', PAGE);
        mprotect(area + 2 * PAGE, PAGE, PROT_READ);
        mprotect(area + 3 * PAGE, PAGE, PROT_NONE);
        mkdir("directory", 0700);
        close(open("file", O_CREAT | O_RDWR, 0600));
        if (symlink("file", "link") + symlink("nowhere", "link-to-nothing") + pipe(p) != 0)
                perror("files");
        fds[1].v = (unsigned long)open("file", O_RDWR);
        fds[2].v = (unsigned long)open("directory", O_RDONLY);
        fds[3].v = (unsigned long)p[0];
        fds[4].v = (unsigned long)epoll_create1(0);
        fds[5].v = (unsigned long)eventfd(1, EFD_NONBLOCK);
        fds[6].v = (unsigned long)open("file", O_PATH);
        pointers[0].v = (unsigned long)area;
        pointers[1].v = (unsigned long)area + 2 * PAGE - 8;
        pointers[2].v = (unsigned long)area + 2 * PAGE;
        pointers[3].v = (unsigned long)area + 3 * PAGE;
        times[3].v = pointers[3].v;
        static char *unterminated;
        unterminated = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(unterminated, 'u', PAGE);
        mprotect(unterminated + PAGE, PAGE, PROT_NONE);
        strings[8].v = (unsigned long)unterminated + PAGE - 10;
        strings[9].v = (unsigned long)longest;
        addresses[0].v = (unsigned long)code;
        addresses[1].v = (unsigned long)code + PAGE;
        addresses[2].v = (unsigned long)code + 1;
        addresses[3].v = (unsigned long)code + 2 * PAGE;
}

/* In a process of its own: makes call number k again and again, with arguments that follow from a seed of its own. */
static void try_all(unsigned k)
{
        uint64_t seed = k * 12345 + 1;
        alarm(20);
        for (int t = 0; t < TRIES; t++)
                try(&calls[k], &seed);
        fflush(stdout);
        _exit(0);
}

int main(void)
{
        setvbuf(stdout, NULL, _IOFBF, 0);
        if (unshare(CLONE_NEWIPC) < 0) /* so that the semaphores of others are out of reach */
                return printf("unshare: %s\n", strerrorname_np(errno)) < 0;
        make_values();
        for (unsigned k = 0; k < sizeof(calls) / sizeof(calls[0]); k++) {
                int st;
                fflush(stdout);
                pid_t pid = fork();
                if (pid == 0)
                        try_all(k);
                waitpid(pid, &st, 0);
                printf("---- %s ended with %x\n", calls[k].name, st);
        }
        return 0;
}
