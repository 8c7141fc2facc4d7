/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For own-memory.sh: tries all system calls that could do something to the translator's memory. Prints "maps:", its own
 * /proc/self/maps, and "end". Then it reads ranges of addresses, a line "START END" in hexadecimal for each, makes each call for
 * each range in a child, and prints "ok NAME" or "not ok NAME: why" for each call. As far as a program can know, nothing is
 * mapped in these ranges, so each call must return what the kernel returns then. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANYWHERE 0x100000000000ul
enum { PAGE = 4096, MBIND_MOVE = 2, CODE_WORDS = 2, MADV_WIPEONFORK_ = 18 };

static unsigned char residence[1 << 20];
static char *page;
static int segment;

static uint64_t middle(uint64_t at, uint64_t n)
{
        return at + (n / 2 & ~(uint64_t)(PAGE - 1));
}
static long do_mmap(uint64_t at, uint64_t n)
{
        return syscall(SYS_mmap, at, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}
static long do_mmap_last(uint64_t at, uint64_t n)
{
        return n > PAGE ? do_mmap(at + n - 2 * PAGE, 2 * PAGE) : do_mmap(at, n);
}
static long do_munmap(uint64_t at, uint64_t n)
{
        return syscall(SYS_munmap, at, n);
}
static long do_mprotect(uint64_t at, uint64_t n)
{
        return syscall(SYS_mprotect, at, n, PROT_NONE);
}
static long do_pkey(uint64_t at, uint64_t n)
{
        return syscall(SYS_pkey_mprotect, at, n, PROT_NONE, -1);
}
static long do_grows(uint64_t at, uint64_t n)
{
        return syscall(SYS_mprotect, at, n, PROT_NONE | PROT_GROWSDOWN);
}
static long do_remap(uint64_t at, uint64_t n)
{
        return syscall(SYS_mremap, at, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, ANYWHERE);
}
static long do_shrink(uint64_t at, uint64_t n)
{
        return syscall(SYS_mremap, at, n, PAGE, 0, 0);
}
static long do_double(uint64_t at, uint64_t n)
{
        return syscall(SYS_mremap, at, 0, n, MREMAP_MAYMOVE, 0);
}
static long do_remap_onto(uint64_t at, uint64_t n)
{
        return syscall(SYS_mremap, page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, middle(at, n));
}
static long do_dontneed(uint64_t at, uint64_t n)
{
        return syscall(SYS_madvise, at, n, MADV_DONTNEED);
}
static long do_free(uint64_t at, uint64_t n)
{
        return syscall(SYS_madvise, at, n, MADV_FREE);
}
static long do_wipe(uint64_t at, uint64_t n)
{
        return syscall(SYS_madvise, at, n, MADV_WIPEONFORK_);
}
static long do_dontfork(uint64_t at, uint64_t n)
{
        return syscall(SYS_madvise, at, n, MADV_DONTFORK);
}
static long do_unknown(uint64_t at, uint64_t n)
{
        return syscall(SYS_madvise, at, n, 9999);
}
static long do_unaligned(uint64_t at, uint64_t n)
{
        return syscall(SYS_madvise, at + 8, n, MADV_DONTNEED);
}
static long do_mlock(uint64_t at, uint64_t n)
{
        return syscall(SYS_mlock, at, n);
}
static long do_mlock2(uint64_t at, uint64_t n)
{
        return syscall(SYS_mlock2, at, n, 1);
}
static long do_munlock(uint64_t at, uint64_t n)
{
        return syscall(SYS_munlock, at, n);
}
static long do_msync(uint64_t at, uint64_t n)
{
        return syscall(SYS_msync, at, n, MS_SYNC);
}
static long do_mincore(uint64_t at, uint64_t n)
{
        return syscall(SYS_mincore, at, n, residence);
}
static long do_mbind(uint64_t at, uint64_t n)
{
        return syscall(SYS_mbind, at, n, 0, 0, 0, MBIND_MOVE);
}
static long do_pages(uint64_t at, uint64_t n)
{
        return syscall(SYS_remap_file_pages, middle(at, n), PAGE, 0, 0, 0);
}
static long do_shmat(uint64_t at, uint64_t n)
{
        return syscall(SYS_shmat, segment, middle(at, n), SHM_REMAP);
}
static long do_name(uint64_t at, uint64_t n)
{
        return prctl(0x53564d41 /* PR_SET_VMA */, 0, at, n, "x");
}
static long do_mseal(uint64_t at, uint64_t n)
{
        return syscall(462, at, n, 0);
}

/* read() must not write there. */
static long do_read(uint64_t at, uint64_t n)
{
        int fd[2];
        return pipe(fd) < 0 || write(fd[1], "text", 4) != 4 ? -1 : syscall(SYS_read, fd[0], middle(at, n), 4);
}

static long do_uname(uint64_t at, uint64_t n)
{
        return syscall(SYS_uname, middle(at, n));
}

static long do_uffd(uint64_t at, uint64_t n)
{
        struct uffdio_api api = { .api = UFFD_API };
        struct uffdio_register reg = { .range = { at, n }, .mode = UFFDIO_REGISTER_MODE_MISSING };
        long fd = syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */);
        return fd < 0 || ioctl((int)fd, UFFDIO_API, &api) < 0 ? -1 : ioctl((int)fd, UFFDIO_REGISTER, &reg);
}

static sigjmp_buf env;
static volatile int got_code;

static void on_fault(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)ctx;
        got_code = info->si_code;
        siglongjmp(env, 1);
}

/* A jump there must fault as at an address where nothing is mapped. */
static long do_jump(uint64_t at, uint64_t n)
{
        struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
        sigaction(SIGSEGV, &act, NULL);
        if (sigsetjmp(env, 1) == 0)
                ((void (*)(void))middle(at, n))();
        errno = got_code == SEGV_MAPERR ? EFAULT : EACCES;
        return -1;
}

static const struct call {
        const char *name;
        long (*fn)(uint64_t at, uint64_t n);
        int error;       /* the errno that it must give; 0: success */
        int other_error; /* on other kernels it may be this; 0: no other */
} calls[] = {
        { "mmap", do_mmap, ENOMEM, 0 },
        { "mmap-last-pages", do_mmap_last, ENOMEM, 0 },
        { "munmap", do_munmap, 0, 0 },
        { "mprotect", do_mprotect, ENOMEM, 0 },
        { "mprotect-growsdown", do_grows, ENOMEM, 0 },
        { "pkey_mprotect", do_pkey, ENOMEM, 0 },
        { "mremap-away", do_remap, EFAULT, 0 },
        { "mremap-shrink", do_shrink, EFAULT, 0 },
        { "mremap-double", do_double, EFAULT, 0 },
        { "mremap-onto", do_remap_onto, ENOMEM, 0 },
        { "madvise-dontneed", do_dontneed, ENOMEM, 0 },
        { "madvise-free", do_free, ENOMEM, 0 },
        { "madvise-wipeonfork", do_wipe, ENOMEM, 0 },
        { "madvise-dontfork", do_dontfork, ENOMEM, 0 },
        { "madvise-unknown", do_unknown, EINVAL, 0 },
        { "madvise-unaligned", do_unaligned, EINVAL, 0 },
        { "mlock", do_mlock, ENOMEM, 0 },
        { "mlock2", do_mlock2, ENOMEM, 0 },
        { "munlock", do_munlock, ENOMEM, 0 },
        { "msync", do_msync, ENOMEM, 0 },
        { "mincore", do_mincore, ENOMEM, 0 },
        { "mbind", do_mbind, EFAULT, ENOSYS },
        { "remap_file_pages", do_pages, EINVAL, 0 },
        { "shmat", do_shmat, EINVAL, 0 },
        { "name", do_name, ENOMEM, EINVAL },
        { "mseal", do_mseal, ENOMEM, ENOSYS },
        { "read", do_read, EFAULT, 0 },
        { "uname", do_uname, EFAULT, 0 },
        { "jump", do_jump, EFAULT, 0 },
        { "userfaultfd", do_uffd, EINVAL, ENOSYS },
};

static void *other_thread(void *arg)
{
        return arg;
}

/* Returns 1 if the process can still make threads, processes and memory, and run new code. */
static int goes_on(void)
{
        static const uint32_t code[CODE_WORDS] = { 0x52800020, 0xd65f03c0 }; /* mov w0, #1; ret */
        pthread_t thread;
        int st;
        void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (p == MAP_FAILED || pthread_create(&thread, NULL, other_thread, NULL) || pthread_join(thread, NULL))
                return 0;
        memcpy(p, code, sizeof(code));
        __builtin___clear_cache(p, (char *)p + sizeof(code));
        pid_t pid = fork();
        if (pid == 0)
                _exit(((int (*)(void))p)());
        return waitpid(pid, &st, 0) == pid && st == 1 << 8 && memset(malloc(1 << 20), 1, 1 << 20) != NULL;
}

/* Makes a call, in a child whose standard error is a pipe. Returns the child's status: 0 if the call returned what it should, and
 * the process can go on; otherwise 1, after it wrote why to standard error. */
static int try(const struct call *c, uint64_t at, uint64_t n)
{
        alarm(20);
        long r = c->fn(at, n);
        int got = r == -1 ? errno : 0;
        if (got != c->error && !(got && got == c->other_error)) {
                fprintf(stderr, "%s", got ? strerror(got) : "success");
                return 1;
        }
        if (goes_on())
                return 0;
        fprintf(stderr, "does not go on");
        return 1;
}

static void run(const struct call *c, uint64_t (*range)[2], int n)
{
        for (int k = 0; k < n; k++) {
                int fd[2], st;
                char text[200];

                fflush(stdout);
                if (pipe(fd) < 0)
                        exit(1);
                pid_t pid = fork();
                if (pid == 0) {
                        dup2(fd[1], 2);
                        _exit(try(c, range[k][0], range[k][1] - range[k][0]));
                }
                close(fd[1]);
                ssize_t len = read(fd[0], text, sizeof(text) - 1);
                text[len > 0 ? len : 0] = 0;
                close(fd[0]);
                if (waitpid(pid, &st, 0) != pid || st) {
                        printf("not ok %s: %lx-%lx: status %#x: %s\n", c->name, range[k][0], range[k][1], (unsigned)st, text);
                        return;
                }
        }
        printf("ok %s\n", c->name);
}

int main(void)
{
        static uint64_t range[1000][2];
        char line[500];
        int n = 0;

        page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        segment = shmget(IPC_PRIVATE, PAGE, 0600 | IPC_CREAT);
        if (!goes_on()) /* now the translator has mapped what it maps when it is first needed */
                return 1;
        FILE *f = fopen("/proc/self/maps", "r");
        printf("maps:\n");
        while (f && fgets(line, sizeof(line), f))
                fputs(line, stdout);
        printf("end\n");
        fflush(stdout);
        while (n < 1000 && scanf("%lx %lx", &range[n][0], &range[n][1]) == 2)
                n++;
        printf("%d ranges\n", n);
        for (unsigned k = 0; k < sizeof(calls) / sizeof(calls[0]); k++)
                run(&calls[k], range, n);
        shmctl(segment, IPC_RMID, NULL);
        printf("done\n");
        return 0;
}
