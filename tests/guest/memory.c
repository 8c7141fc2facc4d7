/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address space: brk, mmap and its kin, protections, limits, stacks, and running out of all of them. */
#include "check.h"
#include <setjmp.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static sigjmp_buf env;
static volatile int got_code, got_sig;
static void *volatile got_addr;

static void on_fault(int sig, siginfo_t *info, void *ctx)
{
        (void)ctx;
        got_sig = sig;
        got_code = info->si_code;
        got_addr = info->si_addr;
        siglongjmp(env, 1);
}

static void catch_faults(void)
{
        static char alt[65536];
        stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
        struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        OK(sigaltstack(&ss, NULL));
        OK(sigaction(SIGSEGV, &act, NULL));
        OK(sigaction(SIGBUS, &act, NULL));
}

/* Does the statement fault, how and where? */
#define FAULTS(statement, sig, code, addr)                                                                                                 \
        do {                                                                                                                               \
                if (sigsetjmp(env, 1) == 0) {                                                                                              \
                        statement;                                                                                                         \
                        FAIL("%s: no fault", #statement);                                                                                  \
                }                                                                                                                          \
                EQ(got_sig, sig);                                                                                                          \
                EQ(got_code, code);                                                                                                        \
                EQ(got_addr, addr);                                                                                                        \
        } while (0)

static char *map(size_t n, int prot)
{
        char *p = mmap(NULL, n, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        return p;
}

static uint64_t sum_of(const volatile char *p) { return (uint64_t)*p; }

TEST_NOT_ON_QEMU(brk_grows_and_shrinks, "QEMU 7.2 leaves the pages")
{
        catch_faults();
        char *start = (char *)syscall(SYS_brk, 0), *end = start + 1000000;
        CHECK((char *)syscall(SYS_brk, end) == end);
        for (char *p = start; p < end; p++)
                if (*p)
                        FAIL("memory from brk is not zero");
        memset(start, 7, 1000000);
        CHECK((char *)syscall(SYS_brk, start + 100) == start + 100);
        CHECK((char *)syscall(SYS_brk, end) == end);
        uintptr_t page = ((uintptr_t)start + 100 + 4095) & ~4095ul;
        EQ(*(char *)page, 0); /* was given back in between */
        CHECK((char *)syscall(SYS_brk, 16) == end);
        CHECK((char *)syscall(SYS_brk, start) == start);
        FAULTS(*(volatile char *)(page + 8192) = 1, SIGSEGV, SEGV_MAPERR, page + 8192);
        CHECK(sbrk(0) != (void *)-1);
}

TEST(brk_does_not_run_into_others)
{
        char *start = (char *)(((uintptr_t)syscall(SYS_brk, 0) + 4095) & ~4095ul);
        char *wall = mmap(start + 65536, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        CHECK(wall == start + 65536);
        *wall = 5;
        CHECK((char *)syscall(SYS_brk, start + 200000) < wall);
        CHECK((char *)syscall(SYS_brk, start + 60000) == start + 60000);
        EQ(*wall, 5);
}

TEST_NOT_ON_QEMU(mmap_hint_fixed_noreplace, "QEMU 7.2 ignores the flag")
{
        catch_faults();
        char *at = (char *)0x300000000;
        char *p = mmap(at, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p == at);
        p[0] = 1, p[4096] = 2;
        char *q = mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(q != MAP_FAILED && q != p);
        ERR((long)mmap(at, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
        CHECK(mmap(at, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
        EQ(p[0], 0);
        EQ(p[4096], 2);
        FAULTS(*(volatile char *)p = 1, SIGSEGV, SEGV_ACCERR, p);
        OK(munmap(p + 4096, 4096));
        FAULTS(sum_of(p + 4096), SIGSEGV, SEGV_MAPERR, p + 4096);
        ERR((long)mmap((void *)1, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), EINVAL);
        ERR((long)mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
        ERR((long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
        ERR(munmap((void *)1, 4096), EINVAL);
}

TEST(addresses_stay_below_the_limit)
{
        for (int k = 0; k < 50; k++) {
                uint64_t p = (uint64_t)map(1 << 20, PROT_NONE);
                CHECK(p + (1 << 20) < UINT64_C(1) << 48);
        }
        ERR((long)mmap((void *)(UINT64_C(1) << 60), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM);
}

TEST(protections)
{
        catch_faults();
        char *p = map(3 * 4096, PROT_READ | PROT_WRITE);
        p[4096] = 3;
        OK(mprotect(p + 4096, 4096, PROT_READ));
        EQ(p[4096], 3);
        FAULTS(*(volatile char *)(p + 4097) = 1, SIGSEGV, SEGV_ACCERR, p + 4097);
        OK(mprotect(p + 4096, 4096, PROT_NONE));
        FAULTS(sum_of(p + 4098), SIGSEGV, SEGV_ACCERR, p + 4098);
        p[0] = p[8192] = 1;
        OK(mprotect(p, 3 * 4096, PROT_READ | PROT_WRITE));
        EQ(p[4096], 3);
        ERR(mprotect(p + 1, 4096, PROT_READ), EINVAL);
        ERR(mprotect((void *)0x10000000000, 4096, PROT_READ), ENOMEM);
}

TEST_NOT_ON_QEMU(mremap_grows_shrinks_moves, "QEMU 7.2 has another error")
{
        catch_faults();
        char *p = map(8192, PROT_READ | PROT_WRITE);
        strcpy(p + 4096, "text");
        p = mremap(p, 8192, 1 << 20, MREMAP_MAYMOVE);
        CHECK(p != MAP_FAILED);
        CHECK(!strcmp(p + 4096, "text"));
        p[(1 << 20) - 1] = 1;
        CHECK(mremap(p, 1 << 20, 8192, 0) == p);
        FAULTS(sum_of(p + 8192), SIGSEGV, SEGV_MAPERR, p + 8192);
        char *to = (char *)0x310000000;
        CHECK(mremap(p, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
        CHECK(!strcmp(to + 4096, "text"));
        ERR((long)mremap((void *)0x500000000000, 4096, 8192, MREMAP_MAYMOVE), EFAULT);
        ERR((long)mremap(to, 8192, 0, MREMAP_MAYMOVE), EINVAL);
}

TEST(files_and_sharing)
{
        int fd = OK(memfd_create("f", 0));
        OK(ftruncate(fd, 8192));
        char *a = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        char *b = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
        char *c = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        CHECK(a != MAP_FAILED && b != MAP_FAILED && c != MAP_FAILED);
        a[4096] = 9;
        EQ(b[0], 9);
        c[4096] = 1;
        EQ(a[4096], 9);
        OK(msync(a, 8192, MS_SYNC));
        char x;
        EQ(pread(fd, &x, 1, 4096), 1);
        EQ(x, 9);
        pid_t pid = fork();
        if (pid == 0) {
                a[5] = 77;
                c[5] = 78;
                _exit(0);
        }
        check_child(pid, 0);
        EQ(a[5], 77);
        ERR((long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 100), EINVAL);
}

TEST(advice_and_residence)
{
        unsigned char vec[2];
        char *p = map(8192, PROT_READ | PROT_WRITE);
        p[0] = p[4096] = 1;
        OK(madvise(p, 4096, MADV_DONTNEED));
        EQ(p[0], 0);
        EQ(p[4096], 1);
        OK(mincore(p, 8192, vec));
        EQ(vec[1] & 1, 1);
        OK(mlock(p, 4096));
        OK(munlock(p, 4096));
}

/* ---- executing ---- */

TEST_NOT_ON_QEMU(jump_to_a_page_without_exec, "QEMU 7.2 reports SEGV_MAPERR")
{
        catch_faults();
        uint32_t *p = (uint32_t *)map(4096, PROT_READ | PROT_WRITE);
        p[0] = 0xd65f03c0; /* ret */
        FAULTS(((void (*)(void))p)(), SIGSEGV, SEGV_ACCERR, p);
        OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
        ((void (*)(void))p)();
        OK(mprotect(p, 4096, PROT_READ));
        FAULTS(((void (*)(void))p)(), SIGSEGV, SEGV_ACCERR, p);
        uint32_t on_stack[1] = { 0xd65f03c0 };
        uintptr_t at = (uintptr_t)on_stack;
        FAULTS(((void (*)(void))at)(), SIGSEGV, SEGV_ACCERR, at);
        static uint32_t in_data[1] = { 0xd65f03c0 };
        FAULTS(((void (*)(void))in_data)(), SIGSEGV, SEGV_ACCERR, in_data);
}

/* A page is replaced while code in it is being executed: by the system call instruction that the code itself makes. */
TEST(map_over_code_that_runs)
{
        static const uint32_t code[] = {
                0xd4000001, /* svc #0: mmap over this page */
                0xd2800020, /* mov x0, #1 (is mov x0, #2 in the new page) */
                0xd65f03c0,
        };
        uint32_t *p = (uint32_t *)map(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
        int fd = OK(memfd_create("code", 0));
        uint32_t new[3] = { code[0], 0xd2800040, code[2] };
        OK(ftruncate(fd, 4096));
        EQ(pwrite(fd, new, sizeof(new), 0), sizeof(new));
        memcpy(p, code, sizeof(code));
        __builtin___clear_cache((char *)p, (char *)(p + 3));
        register uint64_t x0 __asm__("x0") = (uint64_t)p, x1 __asm__("x1") = 4096, x2 __asm__("x2") = PROT_READ | PROT_EXEC;
        register uint64_t x3 __asm__("x3") = MAP_PRIVATE | MAP_FIXED, x4 __asm__("x4") = (uint64_t)fd, x5 __asm__("x5") = 0;
        register uint64_t x8 __asm__("x8") = SYS_mmap;
        __asm__ volatile("blr %7" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8), "r"(p) : "x30", "memory");
        EQ(x0, 2);
}

TEST(unmapping_code_that_runs)
{
        catch_faults();
        uint32_t *p = (uint32_t *)map(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
        p[0] = 0xd4000001; /* svc #0 */
        p[1] = 0xd65f03c0;
        __builtin___clear_cache((char *)p, (char *)(p + 2));
        if (sigsetjmp(env, 1) == 0) {
                register uint64_t x0 __asm__("x0") = (uint64_t)p, x1 __asm__("x1") = 4096, x8 __asm__("x8") = SYS_munmap;
                __asm__ volatile("blr %3" : "+r"(x0) : "r"(x1), "r"(x8), "r"(p) : "x30", "memory");
                FAIL("it went on");
        }
        EQ(got_sig, SIGSEGV);
        EQ(got_code, SEGV_MAPERR);
        EQ(got_addr, p + 1);
}

/* ---- limits ---- */

TEST_NOT_ON_QEMU(no_memory_is_enomem, "QEMU 7.2 does not pass the limit on")
{
        struct rlimit lim = { 8ul << 30, 8ul << 30 };
        pid_t pid = fork();
        if (pid == 0) {
                char *p;
                OK(setrlimit(RLIMIT_AS, &lim));
                unsigned n = 0;
                while ((p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED)
                        n++;
                EQ(errno, ENOMEM);
                CHECK(n > 20);
                CHECK(malloc(1 << 30) == NULL);
                EQ(errno, ENOMEM);
                while (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
                        ;
                EQ(errno, ENOMEM);
                /* The program goes on: new code, files, signals. */
                signal(SIGUSR1, SIG_IGN);
                raise(SIGUSR1);
                char text[40];
                snprintf(text, sizeof(text), "%g", 1.5);
                CHECK(!strcmp(text, "1.5"));
                CHECK((long)syscall(SYS_clone, 0x3d0f00 /* a thread */, text, NULL, NULL, NULL) == -1);
                _exit(9);
        }
        check_child(pid, 9);
}

TEST_NOT_ON_QEMU(huge_requests, "QEMU 7.2 takes minutes")
{
        ERR((long)mmap(NULL, UINT64_C(1) << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), ENOMEM);
        ERR((long)mmap(NULL, UINT64_MAX, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
        CHECK(malloc((size_t)1 << 60) == NULL);
        char *p = mmap(NULL, UINT64_C(1) << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        CHECK(p != MAP_FAILED);
        OK(mprotect(p + (UINT64_C(1) << 39), 4096, PROT_READ | PROT_WRITE));
        p[UINT64_C(1) << 39] = 1;
        OK(munmap(p, UINT64_C(1) << 40));
}

TEST(thousands_of_mappings)
{
        enum { N = 3000 };
        static char *at[N];
        for (int k = 0; k < N; k++)
                at[k] = map(8192, k & 1 ? PROT_READ | PROT_EXEC : PROT_READ | PROT_WRITE);
        for (int k = 0; k < N; k += 2)
                OK(mprotect(at[k], 4096, PROT_READ | PROT_EXEC));
        for (int k = 0; k < N; k++)
                OK(munmap(at[k], 8192));
}

/* ---- the stack ---- */

__attribute__((noipa)) static uint64_t deep(uint64_t n)
{
        volatile char room[1000];
        room[n & 511] = (char)n;
        return n ? deep(n - 1) + (uint64_t)(room[n & 511] == (char)n) : 0;
}

TEST(stack_grows)
{
        struct rlimit lim;
        OK(getrlimit(RLIMIT_STACK, &lim));
        uint64_t n = lim.rlim_cur == RLIM_INFINITY ? 7000 : (lim.rlim_cur - 500000) / 1100;
        if (n > 7000)
                n = 7000;
        EQ(deep(n), n);
}

TEST(stack_overflow_is_a_fault_on_the_alternate_stack)
{
        catch_faults();
        if (sigsetjmp(env, 1) == 0) {
                deep(UINT64_C(1) << 40);
                FAIL("a stack without end");
        }
        EQ(got_sig, SIGSEGV);
        int here;
        uint64_t depth = (uint64_t)&here - (uint64_t)got_addr;
        CHECK(depth > 1 << 20 && depth < UINT64_C(1) << 32);
}

TEST(stack_overflow_without_one_ends_the_process)
{
        int st;
        pid_t pid = fork();
        if (pid == 0) {
                prctl(PR_SET_DUMPABLE, 0);
                _exit((int)deep(UINT64_C(1) << 40));
        }
        CHECK(waitpid(pid, &st, 0) == pid);
        CHECK(WIFSIGNALED(st));
        EQ(WTERMSIG(st), SIGSEGV);
}

TEST_NOT_ON_QEMU(stack_limit_is_the_programs, "execve would need QEMU registered")
{
        if (getenv("STACK_TEST")) { /* the second run */
                uint64_t mib = strtoul(getenv("STACK_TEST"), NULL, 0);
                EQ(deep(mib * 900), mib * 900);
                return;
        }
        for (uint64_t mib = 2; mib <= 32; mib *= 4) {
                pid_t pid = fork();
                if (pid == 0) {
                        struct rlimit lim = { mib << 20, RLIM_INFINITY };
                        char text[20];
                        getrlimit(RLIMIT_STACK, &lim);
                        lim.rlim_cur = mib << 20;
                        OK(setrlimit(RLIMIT_STACK, &lim));
                        snprintf(text, sizeof(text), "%" PRIu64, mib);
                        setenv("STACK_TEST", text, 1);
                        close(1);
                        execl("/proc/self/exe", "x", "stack_limit_is_the_programs", NULL);
                        _exit(1);
                }
                check_child(pid, 0);
        }
}

TEST(guard_of_null)
{
        catch_faults();
        FAULTS(sum_of((char *)0), SIGSEGV, SEGV_MAPERR, 0);
        FAULTS(*(volatile int *)0xfff0 = 1, SIGSEGV, SEGV_MAPERR, 0xfff0);
}

/* Bad pointers in system calls are EFAULT. */
TEST(efault)
{
        int p[2];
        OK(pipe(p));
        char *ro = map(4096, PROT_READ);
        ERR(write(p[1], (void *)16, 10), EFAULT);
        EQ(write(p[1], "abc", 3), 3);
        ERR(read(p[0], (void *)16, 10), EFAULT);
        ERR(read(p[0], ro, 3), EFAULT);
        ERR(open((char *)16, O_RDONLY), EFAULT);
        ERR(syscall(SYS_pipe2, 16, 0), EFAULT);
        ERR(syscall(SYS_uname, 16), EFAULT);
        ERR(syscall(SYS_fstat, 0, 16), EFAULT);
        ERR(syscall(SYS_newfstatat, AT_FDCWD, 16, 32, 0), EFAULT);
        ERR(syscall(SYS_rt_sigaction, SIGUSR1, 16, 0, 8), EFAULT);
        ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 16, 0, 8), EFAULT);
        ERR(syscall(SYS_sigaltstack, 16, 0), EFAULT);
        ERR(syscall(SYS_clock_gettime, 0, 16), EFAULT);
        ERR(syscall(SYS_execve, 16, 0, 0), EFAULT);
        ERR(syscall(SYS_execve, "/bin/true", 16, 0), EFAULT);
        ERR(syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", 16, 100), EFAULT);
        ERR(syscall(SYS_getcwd, 16, 4096), EFAULT);
        if (getenv("GUEST_ORACLE")) /* QEMU 7.2 differs below */
                return;
        ERR(syscall(SYS_clone3, 16, 88), EFAULT);
        ERR(syscall(SYS_nanosleep, 16, 0), EFAULT);
}
