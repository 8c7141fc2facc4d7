/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf,armel nightly=armhf-arm */
/* 32-bit ARM: what the kernel puts into a program's address space: the vectors page with its helpers
 * (Documentation/arch/arm/kernel_user_helpers.rst), and the vDSO. */
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include "check.h"

typedef int cmpxchg_fn(int old, int new, volatile int *at);
typedef int cmpxchg64_fn(const int64_t *old, const int64_t *new, volatile int64_t *at);
typedef void barrier_fn(void);
typedef void *get_tls_fn(void);
#define cmpxchg ((cmpxchg_fn *)0xffff0fc0)
#define cmpxchg64 ((cmpxchg64_fn *)0xffff0f60)
#define barrier ((barrier_fn *)0xffff0fa0)
#define get_tls ((get_tls_fn *)0xffff0fe0)
#define version (*(volatile int32_t *)0xffff0ffc)

TEST(version_of_the_helpers)
{
        CHECK(version >= 5);
}

TEST(helper_get_tls)
{
        CHECK(get_tls() == __builtin_thread_pointer());
        OK(syscall(0xf0005, (char *)__builtin_thread_pointer()));
        CHECK(get_tls() == __builtin_thread_pointer());
        barrier();
}

TEST(helper_cmpxchg)
{
        volatile int word = 5;
        CHECK(cmpxchg(5, 6, &word) == 0 && word == 6);
        CHECK(cmpxchg(5, 7, &word) != 0 && word == 6);
        CHECK(cmpxchg(6, -1, &word) == 0 && word == -1);
        CHECK(cmpxchg(0x7fffffff, 1, &word) != 0 && word == -1);
}

TEST(helper_cmpxchg64)
{
        volatile int64_t word = 0x100000005;
        int64_t old = 0x100000005, new = -2, other = 5;
        CHECK(cmpxchg64(&old, &new, &word) == 0 && word == -2);
        CHECK(cmpxchg64(&old, &other, &word) != 0 && word == -2);
        old = 0xfffffffeu; /* the lower half only */
        CHECK(cmpxchg64(&old, &other, &word) != 0 && word == -2);
        old = -2 ^ 1;
        CHECK(cmpxchg64(&old, &other, &word) != 0 && word == -2);
}

/* The C flag tells the result, too: returns it, with `old` for what is there. Registers other than r0, r1, r2, r3, ip and lr stay. */
static unsigned carry_of(int old, volatile int *at)
{
        register int r0 __asm__("r0") = old;
        register int r1 __asm__("r1") = 1;
        register volatile int *r2 __asm__("r2") = at;
        unsigned carry;
        __asm__ volatile("mov r4, #44\n\tmov r5, #55\n\tmov r8, #88\n\t"
                         "mvn r3, #0xf000\n\tsub r3, r3, #0x3f\n\tblx r3\n\t"
                         "mov %0, #0\n\tadc %0, %0, #0\n\t"
                         "sub r4, r4, #44\n\tsub r5, r5, #55\n\tsub r8, r8, #88\n\torr r4, r4, r5\n\torr r4, r4, r8\n\t"
                         "add %0, %0, r4"
                         : "=&r"(carry), "+r"(r0), "+r"(r1), "+r"(r2)
                         :
                         : "r3", "r4", "r5", "r8", "ip", "lr", "cc", "memory");
        return carry;
}

TEST(carry_of_cmpxchg)
{
        volatile int word = 3;
        EQ(carry_of(3, &word), 1);
        EQ(carry_of(3, &word), 0);
        EQ(word, 1);
}

enum { THREADS = 4, ROUNDS = 20000 };
static volatile int counter;
static volatile int64_t counter64 __attribute__((aligned(8)));

static void *count_up(void *arg)
{
        (void)arg;
        for (int k = 0; k < ROUNDS; k++) {
                int old;
                do
                        old = counter;
                while (cmpxchg(old, old + 1, &counter));
                int64_t old64, new64;
                do {
                        old64 = counter64;
                        new64 = old64 + 0x100000001;
                } while (cmpxchg64(&old64, &new64, &counter64));
        }
        return NULL;
}

TEST(helpers_in_threads)
{
        pthread_t t[THREADS];
        for (int k = 0; k < THREADS; k++)
                EQ(pthread_create(&t[k], NULL, count_up, NULL), 0);
        for (int k = 0; k < THREADS; k++)
                EQ(pthread_join(t[k], NULL), 0);
        EQ(counter, THREADS * ROUNDS);
        EQ(counter64, THREADS * ROUNDS * 0x100000001);
}

/* A helper that meets a page which cannot be read is reported there, with pc in the vectors page; and goes on when there is one. */
static volatile uint32_t fault_pc, fault_addr;
static void *volatile missing;
static void map_it(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        (void)sig;
        fault_pc = uc->uc_mcontext.arm_pc;
        fault_addr = (uint32_t)info->si_addr;
        OK(mprotect(missing, 4096, PROT_READ | PROT_WRITE));
}

TEST_NOT_ON_QEMU(fault_in_a_helper, "QEMU 7.2 makes nothing of what the page has then")
{
        struct sigaction act = { .sa_sigaction = map_it, .sa_flags = SA_SIGINFO };
        int64_t old = 0, new = 1;
        OK(sigaction(SIGSEGV, &act, NULL));
        missing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        EQ(cmpxchg(0, 1, missing), 0);
        EQ(*(int *)missing, 1);
        EQ(fault_addr, (uintptr_t)missing);

        CHECK(fault_pc >= 0xffff0fc0 && fault_pc < 0xffff0fe0);
        missing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        EQ(cmpxchg64(&old, &new, missing), 0);
        EQ(*(int64_t *)missing, 1);
        EQ(fault_addr, (uintptr_t)missing);
}

/* ---- the vDSO ---- */

/* Returns a function of the vDSO by DT_HASH and versions, as C libraries look for it. */
static void *vdso(const char *name)
{
        const char *base = (const char *)getauxval(AT_SYSINFO_EHDR);
        const ElfW(Ehdr) *eh = (const void *)base;
        if (!base || memcmp(eh->e_ident, ELFMAG, SELFMAG) || eh->e_ident[EI_CLASS] != ELFCLASS32)
                FAIL("no vDSO");
        const ElfW(Phdr) *ph = (const void *)(base + eh->e_phoff);
        const ElfW(Dyn) *dyn = NULL;
        const char *strings = NULL;
        const ElfW(Sym) *symbols = NULL;
        const uint32_t *hash = NULL;
        const uint16_t *versions = NULL;
        for (unsigned k = 0; k < eh->e_phnum; k++)
                if (ph[k].p_type == PT_DYNAMIC)
                        dyn = (const void *)(base + ph[k].p_vaddr);
        for (; dyn->d_tag; dyn++) {
                const void *at = base + dyn->d_un.d_ptr;
                switch (dyn->d_tag) {
                case DT_STRTAB: strings = at; break;
                case DT_SYMTAB: symbols = at; break;
                case DT_HASH: hash = at; break;
                case DT_VERSYM: versions = at; break;
                }
        }
        CHECK(strings && symbols && hash && versions);
        for (unsigned k = 1; k < hash[1]; k++)
                if (!strcmp(strings + symbols[k].st_name, name)) {
                        CHECK(symbols[k].st_shndx && ELF32_ST_TYPE(symbols[k].st_info) == STT_FUNC && (versions[k] & 0x7fff) > 1);
                        return (void *)(base + symbols[k].st_value);
                }
        return NULL;
}

struct time64 {
        int64_t sec, nsec;
};

TEST_NOT_ON_QEMU(vdso_clock_gettime, "QEMU 7.2 has none")
{
        int (*gettime)(int, struct timespec *) = vdso("__vdso_clock_gettime");
        int (*gettime64)(int, struct time64 *) = vdso("__vdso_clock_gettime64");
        static const int clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_REALTIME_COARSE,
                                      CLOCK_MONOTONIC_RAW };
        CHECK(gettime && gettime64);
        for (unsigned k = 0; k < sizeof(clocks) / sizeof(clocks[0]); k++) {
                struct timespec before, narrow;
                struct time64 wide, after;
                OK(syscall(SYS_clock_gettime, clocks[k], &before));
                EQ(gettime(clocks[k], &narrow), 0);
                EQ(gettime64(clocks[k], &wide), 0);
                OK(syscall(403 /* clock_gettime64 */, clocks[k], &after));
                CHECK(before.tv_sec <= narrow.tv_sec && narrow.tv_sec <= wide.sec && wide.sec <= after.sec &&
                      after.sec - before.tv_sec < 20);
                CHECK((unsigned long)narrow.tv_nsec < 1000000000 && (uint64_t)wide.nsec < 1000000000);
        }
        EQ(gettime(999, NULL), -EINVAL);
}

TEST_NOT_ON_QEMU(vdso_gettimeofday, "QEMU 7.2 has none")
{
        int (*fn)(struct timeval *, struct timezone *) = vdso("__vdso_gettimeofday");
        struct {
                struct timeval tv;
                int guard;
        } now = { .guard = 77 };
        struct timezone zone = { 1, 1 };
        CHECK(fn);
        time_t before = time(NULL);
        EQ(fn(&now.tv, &zone), 0);
        CHECK(now.tv.tv_sec - before < 20 && now.tv.tv_sec >= before && now.tv.tv_usec < 1000000);
        EQ(now.guard, 77);
        EQ(zone.tz_dsttime, 0);
        EQ(fn(NULL, NULL), 0);
}

TEST_NOT_ON_QEMU(vdso_clock_getres, "QEMU 7.2 has none")
{
        int (*fn)(int, struct timespec *) = vdso("__vdso_clock_getres");
        struct {
                struct timespec ts;
                int guard;
        } res = { .guard = 77 };
        struct timespec want;
        CHECK(fn);
        OK(syscall(SYS_clock_getres, CLOCK_MONOTONIC, &want));
        EQ(fn(CLOCK_MONOTONIC, &res.ts), 0);
        CHECK(res.ts.tv_sec == want.tv_sec && res.ts.tv_nsec == want.tv_nsec);
        EQ(res.guard, 77);
        EQ(fn(CLOCK_MONOTONIC, NULL), 0);
        EQ(fn(999, &res.ts), -EINVAL);
}

/* ---- names ---- */

TEST_NOT_ON_QEMU(pages_have_names, "QEMU has others")
{
        char line[300];
        bool vectors = false, has_vdso = false;
        FILE *f = fopen("/proc/self/maps", "r");
        while (fgets(line, sizeof(line), f)) {
                vectors |= !strncmp(line, "ffff0000-ffff1000 r-xp ", 23) && strstr(line, "[vectors]");
                has_vdso |=
                        strtoul(line, NULL, 16) == getauxval(AT_SYSINFO_EHDR) && strstr(line, " r-xp ") && strstr(line, "[vdso]");
        }
        CHECK(vectors);
        CHECK(has_vdso);
}

TEST_NOT_ON_QEMU(pages_stay, "QEMU has other ones")
{
        void *p = mmap((void *)0xffff0000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        CHECK(p == MAP_FAILED && errno == EEXIST);
}

#if __ARM_ARCH >= 7 /* a C library for older CPUs needs the page itself */
/* On arm64 the vectors page is a mapping like others: TASK_SIZE_32 ends behind it. */
static sigjmp_buf back;
static void leave(int sig)
{
        siglongjmp(back, sig);
}

static int signal_of_get_tls(void)
{
        int sig = sigsetjmp(back, 1);
        if (!sig)
                (void)get_tls();
        return sig;
}

TEST_NOT_ON_QEMU(vectors_may_be_unmapped, "QEMU has other ones")
{
        enum { MOVW_R0_0X1234 = 0xe3010234, BX_LR = 0xe12fff1e };
        void *const at = (void *)0xffff0000;
        for (int k = 0; k < 20; k++)
                EQ(signal_of_get_tls(), 0);
        OK(munmap(at, 4096));
        signal(SIGSEGV, leave);
        EQ(signal_of_get_tls(), SIGSEGV);
        uint32_t *p = mmap(at, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        CHECK(p == at);
        p[0xfe0 / 4] = MOVW_R0_0X1234;
        p[0xfe4 / 4] = BX_LR;
        __builtin___clear_cache((char *)p, (char *)p + 4096);
        CHECK(get_tls() == (void *)0x1234);
}
#endif
