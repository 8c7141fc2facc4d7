/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For units.sh: calls functions of a library (units-library.S) whose translations are executed in place, and changes, moves and loses their
 * code. UNITS_LIBRARY in the environment is the library, UNITS_OTHER one that is like it but for its number. */
#include "../check.h"
#include "../words.h"
#include <dlfcn.h>
#include <pthread.h>
#include <sys/time.h>
#include <ucontext.h>

enum { PAGE = 4096, NUMBER = 4321, OTHER_NUMBER = 4320 };

typedef int number_fn(void);
typedef long turns_fn(long, long, long);

static void *library;

static void *get(const char *name)
{
        if (!library)
                library = dlopen(getenv("UNITS_LIBRARY"), RTLD_NOW);
        void *p = library ? dlsym(library, name) : NULL;
        if (!p)
                FAIL("%s", dlerror());
        return p;
}

static int number_at(const void *page)
{
        number_fn *volatile f = (number_fn *)entry(page);
        return f();
}

/* The page of a function. */
static char *page_of(void *function)
{
        return (char *)((uintptr_t)function & ~(uintptr_t)(PAGE - 1));
}

static char *number_page(void)
{
        char *p = page_of(get("number"));
        EQ(number_at(p), NUMBER);
        return p;
}

static void put_number(char *page, int n)
{
        uint32_t code[2] = { MOVZ_X0(n), RET };
        memcpy(page, code, sizeof(code));
        __builtin___clear_cache(page, page + sizeof(code));
}

/* The number's page in the file is at this offset. */
static long number_offset(void)
{
        Dl_info info;
        CHECK(dladdr(get("number"), &info));
        /* The text is at the same place in file and memory, as units.sh links it. */
        return page_of(get("number")) - (char *)info.dli_fbase;
}

static char *map_number(void *at, int flags)
{
        int fd = OK(open(getenv("UNITS_LIBRARY"), O_RDONLY));
        char *p = mmap(at, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | flags, fd, number_offset());
        CHECK(p != MAP_FAILED);
        close(fd);
        return p;
}

static void call_plainly(const char *variable, int number)
{
        library = dlopen(getenv(variable), RTLD_NOW);
        turns_fn *turns = get("turns");
        EQ(number_at(page_of(get("number"))), number);
        EQ(turns(7, 3, 100), 307);
}

TEST(plain)
{
        call_plainly("UNITS_LIBRARY", NUMBER);
}

TEST(other)
{
        call_plainly("UNITS_OTHER", OTHER_NUMBER);
}

TEST(written)
{
        char *p = number_page();
        for (int k = 0; k < 20; k++) {
                OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE));
                put_number(p, k);
                OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
                EQ(number_at(p), k);
        }
        OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
        for (int k = 0; k < 20; k++) {
                put_number(p, k);
                EQ(number_at(p), k);
        }
        put_number(p, NUMBER);
        OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
        EQ(number_at(p), NUMBER);
}

TEST(mapped_over)
{
        char *p = number_page();
        for (int k = 0; k < 20; k++) {
                CHECK(mmap(p, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p);
                put_number(p, k);
                OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
                EQ(number_at(p), k);
                CHECK(map_number(p, MAP_FIXED) == p);
                EQ(number_at(p), NUMBER);
        }
}

TEST(read_into)
{
        char *p = number_page();
        uint32_t code[2] = { MOVZ_X0(77), RET };
        int pipes[2];
        OK(pipe(pipes));
        EQ(write(pipes[1], code, sizeof(code)), sizeof(code));
        OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
        EQ(read(pipes[0], p, sizeof(code)), sizeof(code));
        __builtin___clear_cache(p, p + sizeof(code));
        EQ(number_at(p), 77);
}

static void on_fault(int sig)
{
        _exit(sig == SIGSEGV ? 9 : 8);
}

TEST(unmapped_and_elsewhere)
{
        char *p = number_page();
        for (int k = 0; k < 20; k++) {
                char *q = map_number(NULL, 0);
                EQ(number_at(q), NUMBER);
                EQ(number_at(p), NUMBER);
                OK(munmap(p, PAGE));
                EQ(number_at(q), NUMBER);
                p = q;
        }
        char *moved = mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, map_number(NULL, 0));
        CHECK(moved != MAP_FAILED);
        EQ(number_at(moved), NUMBER);
        pid_t child = OK(fork());
        if (!child) {
                signal(SIGSEGV, on_fault);
                number_at(p);
                _exit(1);
        }
        check_child(child, 9);
        OK(mprotect(moved, PAGE, PROT_READ));
        child = OK(fork());
        if (!child) {
                signal(SIGSEGV, on_fault);
                number_at(moved);
                _exit(1);
        }
        check_child(child, 9);
}

TEST(library_again_and_again)
{
        for (int k = 0; k < 20; k++) {
                library = dlopen(getenv(k & 1 ? "UNITS_OTHER" : "UNITS_LIBRARY"), RTLD_NOW);
                EQ(number_at(page_of(get("number"))), k & 1 ? OTHER_NUMBER : NUMBER);
                turns_fn *turns = get("turns");
                EQ(turns(1, 2, 3), 7);
                OK(dlclose(library));
        }
}

TEST(two_mappings)
{
        char *p = number_page(), *q = map_number(NULL, 0), *r = map_number(NULL, 0);
        for (int k = 0; k < 20; k++) {
                EQ(number_at(p), NUMBER);
                EQ(number_at(r), NUMBER);
                OK(mprotect(q, PAGE, PROT_READ | PROT_WRITE));
                put_number(q, k);
                OK(mprotect(q, PAGE, PROT_READ | PROT_EXEC));
                EQ(number_at(q), k);
        }
        EQ(number_at(p), NUMBER);
        EQ(number_at(r), NUMBER);
}

TEST(both_sides_of_a_fork)
{
        char *p = number_page();
        pid_t child = OK(fork());
        if (!child) {
                EQ(number_at(p), NUMBER);
                OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
                put_number(p, 5);
                EQ(number_at(p), 5);
                _exit(7);
        }
        OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
        put_number(p, 6);
        EQ(number_at(p), 6);
        check_child(child, 7);
        EQ(number_at(p), 6);
}

static int stop;
static void *call_number(void *page)
{
        int (*calls)(uintptr_t, int *) = get("calls");
        (void)calls(entry(page), &stop);
        return (void *)(intptr_t)number_at(page);
}

/* Three threads run the page while a fourth one replaces it, over and over. */
TEST(threads)
{
        enum { THREADS = 3 };
        char *p = number_page(), *new[2];
        pthread_t th[THREADS];
        for (int k = 0; k < THREADS; k++)
                EQ(pthread_create(&th[k], NULL, call_number, p), 0);
        for (int k = 0; k < 200; k++) {
                new[k & 1] = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                CHECK(new[k & 1] != MAP_FAILED);
                put_number(new[k & 1], k);
                OK(mprotect(new[k & 1], PAGE, PROT_READ | PROT_EXEC));
                CHECK(mremap(new[k & 1], PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p) == p);
                EQ(number_at(p), k);
                CHECK(map_number(p, MAP_FIXED) == p);
                EQ(number_at(p), NUMBER);
        }
        __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
        for (int k = 0; k < THREADS; k++) {
                void *last;
                EQ(pthread_join(th[k], &last), 0);
                EQ((intptr_t)last, NUMBER);
        }
}

static volatile uintptr_t fault_pc, fault_register, fault_zero, fault_address;
static void on_read(int sig, siginfo_t *info, void *context)
{
        ucontext_t *u = context;
        (void)sig;
        fault_address = (uintptr_t)info->si_addr;
#ifdef __aarch64__
        fault_pc = u->uc_mcontext.pc;
        fault_register = u->uc_mcontext.regs[1];
        fault_zero = u->uc_mcontext.pstate >> 30 & 1;
        u->uc_mcontext.regs[0] = (uintptr_t)&stop;
#else
        fault_pc = u->uc_mcontext.arm_pc;
        fault_register = u->uc_mcontext.arm_r1;
        fault_zero = u->uc_mcontext.arm_cpsr >> 30 & 1;
        u->uc_mcontext.arm_r0 = (uintptr_t)&stop;
#endif
}

TEST(fault)
{
        struct sigaction a = { .sa_sigaction = on_read, .sa_flags = SA_SIGINFO };
        long (*reads)(uintptr_t) = get("reads");
        OK(sigaction(SIGSEGV, &a, NULL));
        for (uintptr_t k = 0; k < 20; k++) {
                EQ(reads(16 * k), 0x1113);
                EQ(fault_pc, (uintptr_t)get("reads_here") & ~(uintptr_t)1);
                EQ(fault_register, 0x1112);
                EQ(fault_zero, 1);
                EQ(fault_address, 16 * k);
        }
}

static uint64_t bits(double d)
{
        uint64_t b;
        memcpy(&b, &d, sizeof(b));
        return b;
}
static double from_bits(uint64_t b)
{
        double d;
        memcpy(&d, &b, sizeof(d));
        return d;
}

/* What x86 does otherwise: the sign of the default NaN; which of two NaNs is the result. */
TEST(nan)
{
        double (*adds)(double, double) = get("adds"), (*divides)(double, double) = get("divides");
        for (int k = 0; k < 20; k++) {
                EQ(bits(divides(0.0, 0.0)), 0x7ff8000000000000);
                EQ(bits(adds(from_bits(0x7ff0000000000000), from_bits(0xfff0000000000000))), 0x7ff8000000000000);
                EQ(bits(adds(from_bits(0x7ff8000000000001), from_bits(0x7ff0000000000002))), 0x7ff8000000000002);
                EQ(bits(adds(from_bits(0x7ff8000000000001), from_bits(0xfff8000000000003))), 0x7ff8000000000001);
                EQ(bits(divides(6.0, 3.0)), bits(2.0));
        }
}

/* An instruction that traps that often is translated to software, which concerns no other page. */
TEST(nan_often)
{
        double (*divides)(double, double) = get("divides");
        for (int k = 0; k < 2000; k++)
                EQ(bits(divides(0.0, 0.0)), 0x7ff8000000000000);
        call_plainly("UNITS_LIBRARY", NUMBER);
}

static volatile sig_atomic_t ticks;
static void on_tick(int sig)
{
        ticks += sig == SIGALRM;
}

TEST(signals_in_a_loop)
{
        turns_fn *turns = get("turns");
        struct itimerval every = { { 0, 500 }, { 0, 500 } };
        signal(SIGALRM, on_tick);
        OK(setitimer(ITIMER_REAL, &every, NULL));
        while (ticks < 100)
                EQ(turns(5, 3, 1000000), 3000005);
        memset(&every, 0, sizeof(every));
        OK(setitimer(ITIMER_REAL, &every, NULL));
}

TEST(vfork_and_exec)
{
        for (int k = 0; k < 3; k++) {
                char *p = number_page();
                pid_t child = vfork();
                if (!child) {
                        int n = number_at(p);
                        execl("/proc/self/exe", "units", n == NUMBER ? "plain" : "nothing", NULL);
                        _exit(1);
                }
                check_child(child, 0);
                EQ(number_at(p), NUMBER);
        }
}

/* The library's file is another one when it is loaded again. */
TEST(replaced)
{
        const char *name = getenv("UNITS_LIBRARY");
        char copy[4096], command[8400];
        snprintf(copy, sizeof(copy), "%s.copy", name);
        for (int k = 0; k < 6; k++) {
                int in = OK(open(getenv(k & 1 ? "UNITS_OTHER" : "UNITS_LIBRARY"), O_RDONLY));
                unlink(copy);
                int out = OK(open(copy, O_WRONLY | O_CREAT | O_EXCL, 0755));
                for (ssize_t n; (n = OK(read(in, command, sizeof(command)))) > 0;)
                        EQ(write(out, command, (size_t)n), n);
                close(in);
                close(out);
                library = dlopen(copy, RTLD_NOW);
                CHECK(library);
                EQ(number_at(page_of(get("number"))), k & 1 ? OTHER_NUMBER : NUMBER);
                OK(dlclose(library));
        }
        unlink(copy);
}
