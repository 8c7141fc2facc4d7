/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of memory (RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_MEMLOCK), what happens when there is no more of it, and mappings
 * that grow, such as the stack.
 * guest-test: also=armhf nightly=armel */
#include "memory.h"
#include <sys/resource.h>

/* ---- address space and data ---- */

TEST_NOT_ON_QEMU(brk_obeys_the_limit_of_data, "QEMU 7.2 does not pass the limit on")
{
        struct rlimit lim = { 400 << 20, RLIM_INFINITY };
        uintptr_t now = (uintptr_t)syscall(SYS_brk, 0);
        OK(setrlimit(RLIMIT_DATA, &lim));
        EQ(syscall(SYS_brk, now + (450 << 20)), now);
        EQ(syscall(SYS_brk, now + (1 << 20)), now + (1 << 20));
}

TEST_NOT_ON_QEMU(no_memory_is_enomem, "QEMU 7.2 does not pass the limit on")
{
        struct rlimit lim = { sizeof(long) == 8 ? 8ull << 30 : 2u << 30, RLIM_INFINITY };
        lim.rlim_max = lim.rlim_cur;
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
                /* the program can still run new code, take signals and make processes */
                signal(SIGUSR1, SIG_IGN);
                raise(SIGUSR1);
                char text[40];
                snprintf(text, sizeof(text), "%g", 1.5);
                CHECK(!strcmp(text, "1.5"));
                pid = vfork();
                if (pid == 0)
                        _exit(0);
                _exit(9);
        }
        check_child(pid, 9);
}

/* Returns how many bytes are mapped; with `data`, in mappings that RLIMIT_DATA counts. */
static uint64_t mapped(bool data)
{
        uint64_t start, end, sum = 0;
        char line[500], prot[5];
        FILE *f = fopen("/proc/self/maps", "r");
        CHECK(f);
        while (fgets(line, sizeof(line), f))
                if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end, prot) == 3 && start < UINT64_C(1) << 48 &&
                    (!data || (prot[1] == 'w' && prot[3] == 'p' && !strstr(line, "[stack]"))))
                        sum += end - start;
        fclose(f);
        return sum;
}

enum { LIMIT_MIB = 64 };

/* Sets a limit that is LIMIT_MIB above what the process has, and checks that it gets that much and no more. */
static void use_up(int resource)
{
        struct rlimit lim, got;
        OK(getrlimit(resource, &lim));
        lim.rlim_cur = mapped(resource == RLIMIT_DATA) + ((uint64_t)LIMIT_MIB << 20);
        OK(setrlimit(resource, &lim));
        OK(getrlimit(resource, &got));
        EQ(got.rlim_cur, lim.rlim_cur);
        EQ(got.rlim_max, lim.rlim_max);
        int mib = 0;
        for (int k = 0; k < 20; k++) { /* the translator needs memory for this */
                pid_t pid = vfork();
                if (pid == 0)
                        _exit(0);
                check_child(pid, 0);
        }
        while (mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
                mib++;
        EQ(errno, ENOMEM);
        CHECK(mib >= LIMIT_MIB - 1 && mib <= LIMIT_MIB);
}

TEST_NOT_ON_QEMU(limit_of_address_space, "QEMU 7.2 does not pass the limit on")
{
        use_up(RLIMIT_AS);
}
TEST_NOT_ON_QEMU(limit_of_data, "QEMU 7.2 does not pass the limit on")
{
        use_up(RLIMIT_DATA);
}

/* A program that is executed has the limits that the process set before, and cannot raise them. */
TEST_NOT_ON_QEMU(limits_are_inherited, "execve would need QEMU registered")
{
        static const int resources[2] = { RLIMIT_AS, RLIMIT_DATA };
        const struct rlimit lim = { 700 << 20, 800 << 20 }, more = { 700 << 20, 900 << 20 };
        struct rlimit got;
        bool second = getenv("LIMIT_TEST");
        for (int k = 0; k < 2; k++) {
                if (!second)
                        OK(prlimit(0, resources[k], &lim, NULL));
                OK(getrlimit(resources[k], &got));
                EQ(got.rlim_cur, lim.rlim_cur);
                EQ(got.rlim_max, lim.rlim_max);
        }
        if (second)
                return;
        if (setgid(65534) == 0 && setuid(65534) == 0) {
                ERR(setrlimit(RLIMIT_AS, &more), EPERM);
                ERR(setrlimit(RLIMIT_DATA, &more), EPERM);
        }
        ERR(setrlimit(RLIMIT_AS, &(struct rlimit){ 2, 1 }), EINVAL);
        ERR(syscall(SYS_setrlimit, RLIMIT_DATA, 16), EFAULT);
        EQ(execl("/nonexistent", "x", NULL), -1);
        OK(prlimit(getpid(), RLIMIT_AS, NULL, &got));
        EQ(got.rlim_cur, lim.rlim_cur);
        setenv("LIMIT_TEST", "1", 1);
        execl("/proc/self/exe", "x", "limits_are_inherited", NULL);
        FAIL("exec: %s", strerror(errno));
}

TEST_NOT_ON_QEMU(starts_where_memory_is_scarce, "execve would need QEMU registered")
{
        struct rlimit lim;
        if (getenv("SCARCE_TEST")) {
                OK(getrlimit(RLIMIT_AS, &lim));
                EQ(lim.rlim_cur, 16 << 20);
                free(malloc(1 << 20));
                CHECK(malloc(32 << 20) == NULL);
                return;
        }
        OK(getrlimit(RLIMIT_AS, &lim));
        if (lim.rlim_max != RLIM_INFINITY)
                SKIP("there is a limit already");
        lim.rlim_cur = 16 << 20;
        OK(setrlimit(RLIMIT_AS, &lim));
        OK(getrlimit(RLIMIT_DATA, &lim));
        lim.rlim_cur = 8 << 20;
        OK(setrlimit(RLIMIT_DATA, &lim));
        setenv("SCARCE_TEST", "1", 1);
        execl("/proc/self/exe", "x", "starts_where_memory_is_scarce", NULL);
        FAIL("exec: %s", strerror(errno));
}

/* ---- use ---- */

/* ru_maxrss counts the memory that the program touched, and little else: the translator's is not counted. */
TEST_NOT_ON_QEMU(most_memory_used, "QEMU 7.2 counts itself")
{
        enum { MIB = 24 };
        struct rusage before, after;
        OK(getrusage(RUSAGE_SELF, &before));
        CHECK(before.ru_maxrss > 0 && before.ru_maxrss < 3 << 10);
        memset(map((size_t)MIB << 20, PROT_READ | PROT_WRITE), 1, (size_t)MIB << 20);
        OK(getrusage(RUSAGE_SELF, &after));
        CHECK(after.ru_maxrss > MIB << 10 && after.ru_maxrss < (MIB + 3) << 10);
        CHECK(after.ru_minflt > before.ru_minflt);
        ERR(syscall(SYS_getrusage, RUSAGE_SELF, 16), EFAULT);
        ERR(syscall(SYS_getrusage, 99, &after), EINVAL);
}

/* ---- locked memory ---- */

static uint64_t locked(void)
{
        uint64_t kib = UINT64_MAX;
        char line[200];
        FILE *f = fopen("/proc/self/status", "r");
        CHECK(f);
        while (fgets(line, sizeof(line), f))
                sscanf(line, "VmLck: %" SCNu64, &kib);
        fclose(f);
        return kib << 10;
}

/* mlockall locks the program's memory, not the translator's: RLIMIT_MEMLOCK is 8 MiB here, and the program is smaller. */
TEST_NOT_ON_QEMU(mlockall_is_about_the_program, "QEMU 7.2 locks itself")
{
        enum { MOST = 8 << 20 };
        struct rlimit lim;
        OK(getrlimit(RLIMIT_MEMLOCK, &lim));
        if (lim.rlim_max < MOST)
                SKIP("RLIMIT_MEMLOCK cannot be raised");
        lim.rlim_cur = MOST;
        OK(setrlimit(RLIMIT_MEMLOCK, &lim));
        if (setgid(65534) == 0)
                OK(setuid(65534));
        uint64_t before = mapped(false);
        CHECK(before < MOST / 2);
        OK(mlockall(MCL_CURRENT));
        if (locked() > before || locked() + (1 << 20) < before)
                FAIL("%" PRIu64 " bytes of %" PRIu64, locked(), before);
        mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(locked() <= before);
        OK(mlockall(MCL_CURRENT | MCL_FUTURE));
        CHECK(mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
        CHECK(locked() >= before + (1 << 20));
        OK(munlockall());
        EQ(locked(), 0);
        mmap(NULL, MOST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ERR(mlockall(MCL_CURRENT), ENOMEM);
        ERR(mlockall(0), EINVAL);
        ERR(mlockall(MCL_CURRENT | 8), EINVAL);
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
        uint64_t depth = (uintptr_t)&here - (uintptr_t)got_addr;
        CHECK(depth > 1 << 20 && depth < UINT64_C(1) << (sizeof(long) == 8 ? 32 : 30));
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
        if (getenv("STACK_TEST")) { /* this program, executed below */
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

/* How far the stack may grow is decided by the limit at the moment of the fault. */
TEST_NOT_ON_QEMU(stack_grows_as_far_as_the_limit_is_raised, "QEMU 7.2 takes the limit at exec")
{
        struct rlimit lim;
        OK(getrlimit(RLIMIT_STACK, &lim));
        if (lim.rlim_max < 64 << 20)
                SKIP("the limit cannot be raised");
        for (uint64_t mib = 4; mib <= 64; mib *= 2) {
                lim.rlim_cur = mib << 20;
                OK(setrlimit(RLIMIT_STACK, &lim));
                pid_t pid = fork();
                if (pid == 0) {
                        EQ(deep(mib * 900), mib * 900);
                        _exit(0);
                }
                check_child(pid, 0);
        }
        lim.rlim_cur = 1 << 20;
        OK(setrlimit(RLIMIT_STACK, &lim));
        catch_faults();
        if (sigsetjmp(env, 1) == 0) {
                deep(2000);
                FAIL("the limit was lowered, and the stack grew");
        }
        EQ(got_sig, SIGSEGV);
        EQ(got_code, SEGV_MAPERR);
}

static uint32_t return_42[2] = { INSN_42, INSN_RET };

/* Puts code onto the stack, n calls further down, and runs it. Returns what that returns, 42. */
__attribute__((noipa)) static int run_on_stack(uint64_t n)
{
        volatile uint32_t code[256];
        if (n)
                return run_on_stack(n - 1) + (int)(code[0] = 0);
        for (unsigned k = 0; k < 2; k++)
                code[k] = return_42[k];
        uintptr_t at = (uintptr_t)code;
        __builtin___clear_cache((char *)at, (char *)at + 8);
        return ((int (*)(void))at)();
}

/* Makes the stack executable with PROT_GROWSDOWN, as glibc does when it loads a library that needs that. */
TEST_NOT_ON_QEMU(stack_made_executable, "QEMU 7.2 does not know the flag")
{
        catch_faults();
        uintptr_t here = (uintptr_t)__builtin_frame_address(0), page = here & ~4095ul;
        if (sigsetjmp(env, 1) == 0) {
                run_on_stack(0);
                FAIL("it was executable");
        }
        EQ(got_code, SEGV_ACCERR);
        OK(mprotect((void *)page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN));
        EQ(run_on_stack(0), 42);
        EQ(run_on_stack(100), 42);
        EQ(run_on_stack(3000), 42); /* down in pages that the kernel adds later */
        OK(mprotect((void *)page, 4096, PROT_READ | PROT_WRITE | PROT_GROWSDOWN));
        if (sigsetjmp(env, 1) == 0) {
                run_on_stack(1000);
                FAIL("it is still executable");
        }
        EQ(got_code, SEGV_ACCERR);
}

/* Nothing is in the way of a mapping that grows down: when it is made, the kernel keeps it stack_guard_gap away from others, and
 * the translator puts nothing there later. */
TEST_NOT_ON_QEMU(mapping_that_grows, "QEMU 7.2 does not let it grow")
{
        enum { PAGES = 16, MORE = 200 };
        char *p = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
        CHECK(p != MAP_FAILED);
        for (unsigned k = 0; k < 20; k++) { /* the translator needs memory for this */
                pid_t pid = vfork();
                if (pid == 0)
                        _exit(0);
                check_child(pid, 0);
        }
        for (unsigned k = 1; k <= MORE; k++)
                p[-(long)k * 4096] = (char)k;
        for (unsigned k = 1; k <= MORE; k++)
                EQ(p[-(long)k * 4096], (char)k);
}

/* What a mapping grows by has the mapping's protection. */
TEST_NOT_ON_QEMU(mapping_that_grows_and_is_executed, "QEMU 7.2 does not let it grow")
{
        catch_faults();
        char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
        CHECK(p != MAP_FAILED);
        OK(mprotect(p, 65536, PROT_READ | PROT_WRITE | PROT_EXEC));
        for (int k = 0; k < 40; k++) {
                char *at = p - k * 4096;
                memcpy(at, return_42, 8);
                __builtin___clear_cache(at, at + 8);
                EQ(((int (*)(void))at)(), 42);
        }
        OK(mprotect(p - 8192, 8192, PROT_READ | PROT_WRITE));
        EQ(((int (*)(void))p)(), 42);
        EQ(((int (*)(void))(p - 3 * 4096))(), 42);
        FAULTS(((int (*)(void))(p - 4096))(), SIGSEGV, SEGV_ACCERR, p - 4096);
        OK(munmap(p - 8192, 8192));
        FAULTS(((int (*)(void))(p - 4096))(), SIGSEGV, SEGV_MAPERR, p - 4096);
}
