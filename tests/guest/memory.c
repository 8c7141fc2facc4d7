/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address space: brk, mmap and related calls, protections, execution, /proc/self/maps. */
#include "memory.h"
#include <link.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/personality.h>
#include <sys/shm.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static uint64_t sum_of(const volatile char *p)
{
        return (uint64_t)*p;
}

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
        EQ(*(char *)page, 0); /* the page was given back in between */
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

TEST(brk_of_impossible_addresses)
{
        long now = syscall(SYS_brk, 0);
        for (unsigned k = 0; k < 64; k++) {
                uint64_t top = UINT64_MAX << k;
                EQ(syscall(SYS_brk, top), now);
                EQ(syscall(SYS_brk, top + 1), now);
                EQ(syscall(SYS_brk, ~top & 0xfff), now);
        }
        EQ(syscall(SYS_brk, UINT64_C(1) << 48), now);
        CHECK(malloc(100000) != NULL);
}

/* Ranges that end behind 2^64. Each call has its own error for them. */
TEST_NOT_ON_QEMU(ranges_at_the_end_of_addresses, "QEMU 7.2 ends with an assertion")
{
        static unsigned char vec[1];
        uint64_t p = (uint64_t)map(8192, PROT_READ | PROT_WRITE), top = UINT64_MAX - 4095;
        *(char *)p = 7;
        for (uint64_t k = 0; k < 4096; k += 1365) { /* sizes that are 0 when rounded up to pages */
                uint64_t n = UINT64_MAX - k + (k == 4095);
                ERR(syscall(SYS_munmap, p, n), EINVAL);
                ERR(syscall(SYS_mprotect, p, n, PROT_NONE), ENOMEM);
                ERR(syscall(SYS_madvise, p, n, MADV_DONTNEED), EINVAL);
                ERR(syscall(SYS_mmap, p, n, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM);
                ERR(syscall(SYS_mremap, p, n, 4096, MREMAP_MAYMOVE, 0), EINVAL);
                ERR(syscall(SYS_mremap, p, 4096, n, MREMAP_MAYMOVE, 0), EINVAL);
                ERR(syscall(SYS_mincore, p, n, vec), ENOMEM);
                ERR(syscall(SYS_remap_file_pages, p, n, 0, 0, 0), EINVAL);
        }
        ERR(syscall(SYS_munmap, top, 8192), EINVAL);
        ERR(syscall(SYS_munmap, p, UINT64_C(1) << 63), EINVAL);
        ERR(syscall(SYS_mprotect, top, 4096, PROT_NONE), ENOMEM);
        ERR(syscall(SYS_mprotect, top, 8192, PROT_NONE), ENOMEM);
        ERR(syscall(SYS_madvise, top, 8192, MADV_DONTNEED), EINVAL);
        ERR(syscall(SYS_mmap, top, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM);
        ERR(syscall(SYS_mremap, top, 4096, 8192, MREMAP_MAYMOVE, 0), EFAULT);
        ERR(syscall(SYS_mremap, p, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, top), EINVAL);
        ERR(syscall(SYS_mincore, top, 8192, vec), ENOMEM);
        ERR(syscall(SYS_mlock, top, 8192), EINVAL);
        ERR(syscall(SYS_munlock, top, 8192), EINVAL);
        ERR(syscall(SYS_msync, top, 8192, MS_SYNC), ENOMEM);
        ERR(syscall(SYS_remap_file_pages, top, 8192, 0, 0, 0), EINVAL);
        int id = OK(shmget(IPC_PRIVATE, 8192, 0600));
        ERR(syscall(SYS_shmat, id, top, SHM_REMAP), ENOMEM);
        OK(shmctl(id, IPC_RMID, NULL));
        struct {
                uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
        } args = { .flags = 0x3d0f00 & ~0x1000000, .stack = top, .stack_size = 4096 };
        ERR(syscall(SYS_clone3, &args, sizeof(args)), EINVAL);
        args.stack = p, args.stack_size = UINT64_MAX;
        ERR(syscall(SYS_clone3, &args, sizeof(args)), EINVAL);
        EQ(*(char *)p, 7);
}

/* Which error a call gives that has two wrong arguments (mm/mprotect.c, mm/madvise.c). */
TEST_NOT_ON_QEMU(order_of_errors, "QEMU 7.2 has others")
{
        enum { NOWHERE = 0x10000 };
        char *p = map(4096, PROT_READ | PROT_WRITE);
        ERR(syscall(SYS_madvise, NOWHERE + 1, 4096, MADV_DONTNEED), EINVAL);
        ERR(syscall(SYS_madvise, NOWHERE, 4096, 9999), EINVAL);
        ERR(syscall(SYS_madvise, NOWHERE, 4096, MADV_DONTNEED), ENOMEM);
        EQ(syscall(SYS_madvise, NOWHERE, 0, MADV_DONTNEED), 0);
        ERR(syscall(SYS_madvise, NOWHERE, 0, 9999), EINVAL);
        ERR(syscall(SYS_mprotect, NOWHERE + 1, 0, 0), EINVAL);
        EQ(syscall(SYS_mprotect, NOWHERE, 0, 0x100), 0);
        ERR(syscall(SYS_mprotect, NOWHERE, 4096, 0x100), EINVAL);
        ERR(syscall(SYS_mprotect, p, 4096, PROT_READ | PROT_GROWSUP), EINVAL);
        ERR(syscall(SYS_mprotect, p, 4096, PROT_READ | PROT_GROWSDOWN), EINVAL);
        ERR(syscall(SYS_mprotect, p, 0, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), EINVAL);
        *p = 1;
        CHECK(mmap(NULL, 4096, PROT_READ | 0x10, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
              MAP_FAILED); /* mmap ignores a bit that mprotect refuses */
}

/* The CPU here has no protection keys (FEAT_S1POE). */
TEST_NOT_ON_QEMU(no_protection_keys, "QEMU 7.2 has none of the calls")
{
        catch_faults();
        char *p = map(4096, PROT_READ | PROT_WRITE);
        ERR(syscall(SYS_pkey_alloc, 0, 0), ENOSPC);
        ERR(syscall(SYS_pkey_alloc, 1, 0), EINVAL);
        ERR(syscall(SYS_pkey_alloc, 0, 0x10), EINVAL);
        ERR(syscall(SYS_pkey_free, 0), EINVAL);
        ERR(syscall(SYS_pkey_free, 1), EINVAL);
        ERR(syscall(SYS_pkey_mprotect, p, 4096, PROT_READ, 1), EINVAL);
        ERR(syscall(SYS_pkey_mprotect, p + 1, 4096, PROT_READ, -1), EINVAL);
        ERR(syscall(SYS_pkey_mprotect, p, 4096, 0x100, -1), EINVAL);
        *p = 1;
        OK(syscall(SYS_pkey_mprotect, p, 4096, PROT_READ, -1));
        FAULTS(*(volatile char *)p = 1, SIGSEGV, SEGV_ACCERR, p);
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

/* ---- execution ---- */

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

/* An mprotect that fails at a hole has changed the protection of what is in front of the hole. */
TEST_NOT_ON_QEMU(executable_up_to_a_hole, "QEMU 7.2 looks at the whole range first")
{
        catch_faults();
        uint32_t *p = (uint32_t *)map(3 * 4096, PROT_READ | PROT_WRITE);
        p[0] = p[2048] = 0xd65f03c0; /* ret */
        OK(munmap(p + 1024, 4096));
        ERR(mprotect(p, 3 * 4096, PROT_READ | PROT_EXEC), ENOMEM);
        ((void (*)(void))p)();
        FAULTS(((void (*)(void))(p + 2048))(), SIGSEGV, SEGV_ACCERR, p + 2048);
}

/* So has one that fails at a mapping of another kind. */
TEST_NOT_ON_QEMU(executable_up_to_a_refusal, "QEMU 7.2 forgets that the protection was changed")
{
        catch_faults();
        uint32_t *p = (uint32_t *)map(2 * 4096, PROT_READ | PROT_WRITE);
        int fd = OK(open("/proc/self/exe", O_RDONLY));
        p[0] = 0xd65f03c0; /* ret */
        CHECK(mmap(p + 1024, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == p + 1024);
        OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
        ((void (*)(void))p)();
        ERR(mprotect(p, 2 * 4096, PROT_READ | PROT_WRITE), EACCES);
        p[1] = 0;
        FAULTS(((void (*)(void))p)(), SIGSEGV, SEGV_ACCERR, p);
}

/* Huge pages are mapped whole, also where the call says fewer bytes: what was behind these is gone. */
TEST_NOT_ON_QEMU(huge_page_replaces_code, "QEMU 7.2 knows only of the bytes that the call says")
{
        enum { HUGE = 2 << 20 };
        catch_faults();
        char *p = map(2 * HUGE, PROT_NONE);
        p += -(uintptr_t)p % HUGE;
        uint32_t *code = (uint32_t *)(p + 8192);
        OK(mprotect(code, 4096, PROT_READ | PROT_WRITE));
        code[0] = 0xd65f03c0; /* ret */
        OK(mprotect(code, 4096, PROT_READ | PROT_EXEC));
        ((void (*)(void))code)();
        if (mmap(p, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB, -1, 0) != p)
                SKIP("no huge pages (vm.nr_hugepages)");
        EQ(code[0], 0);
        FAULTS(((void (*)(void))code)(), SIGSEGV, SEGV_ACCERR, code);
}

TEST(executable_pages_are_moved)
{
        catch_faults();
        uint32_t *p = (uint32_t *)map(2 * 4096, PROT_READ | PROT_WRITE), *to = (uint32_t *)map(4 * 4096, PROT_NONE);
        p[0] = p[1024] = 0xd65f03c0;
        OK(mprotect(p, 2 * 4096, PROT_READ | PROT_EXEC));
        CHECK(mremap(p, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
        ((void (*)(void))to)();
        ((void (*)(void))(to + 1024))();
        FAULTS(((void (*)(void))p)(), SIGSEGV, SEGV_MAPERR, p);
        CHECK(mremap(to, 8192, 4096, 0) == to);
        ((void (*)(void))to)();
        FAULTS(((void (*)(void))(to + 1024))(), SIGSEGV, SEGV_MAPERR, to + 1024);
}

/* personality(READ_IMPLIES_EXEC): memory that can be read can be executed, from then on. */
TEST_NOT_ON_QEMU(reading_implies_executing, "QEMU 7.2 does not do it")
{
        enum { READ_IMPLIES_EXEC_ = 0x400000 };
        catch_faults();
        uint32_t *before = (uint32_t *)map(4096, PROT_READ | PROT_WRITE);
        before[0] = 0xd65f03c0;
        if (personality(READ_IMPLIES_EXEC_) == -1 && errno == EPERM)
                SKIP("a sandbox refuses personality(2)");
        uint32_t *p = (uint32_t *)map(4096, PROT_READ | PROT_WRITE), *q = (uint32_t *)map(4096, PROT_NONE);
        p[0] = 0xd65f03c0;
        ((void (*)(void))p)();
        FAULTS(((void (*)(void))before)(), SIGSEGV, SEGV_ACCERR, before);
        OK(mprotect(before, 4096, PROT_READ));
        ((void (*)(void))before)();
        FAULTS(((void (*)(void))q)(), SIGSEGV, SEGV_ACCERR, q);
        uint32_t *heap = sbrk(8192);
        heap[0] = 0xd65f03c0;
        ((void (*)(void))heap)();
}

/* Code makes a system call that maps another page over the code itself. It must go on in the new page. */
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

/* ---- files that become shorter ---- */

enum { MOV_W0_42 = 0x52800540, RET = 0xd65f03c0 };

/* Maps a file of two pages with a function at the start of each. After how(), which takes the second page away, a call of the
 * second function must raise `sig` with `code`. */
static void code_goes(void (*how)(int fd), int sig, int code)
{
        static const uint32_t words[2] = { MOV_W0_42, RET };
        int fd = OK(memfd_create("code", 0));
        OK(ftruncate(fd, 8192));
        EQ(pwrite(fd, words, 8, 0), 8);
        EQ(pwrite(fd, words, 8, 4096), 8);
        char *p = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
        CHECK(p != MAP_FAILED);
        int (*first)(void) = (int (*)(void))p, (*second)(void) = (int (*)(void))(p + 4096);
        EQ(first(), 42);
        EQ(second(), 42);
        how(fd);
        FAULTS(second(), sig, code, p + 4096);
        if (sig == SIGBUS) {
                EQ(first(), 42);
                FAULTS(sum_of(p + 4096), SIGBUS, BUS_ADRERR, p + 4096);
                OK(ftruncate(fd, 8192));
                EQ(pwrite(fd, words, 8, 4096), 8);
                EQ(second(), 42);
        }
        OK(munmap(p, 8192));
        OK(close(fd));
}

static void by_ftruncate(int fd)
{
        OK(ftruncate(fd, 4096));
}

static void by_path(int fd)
{
        char name[40];
        snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        OK(truncate(name, 4096));
}

static void by_hole(int fd)
{
        OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096));
}

TEST_NOT_ON_QEMU(code_of_a_file_that_becomes_shorter, "QEMU 7.2 executes its translation")
{
        catch_faults();
        act_on(SIGILL);
        code_goes(by_ftruncate, SIGBUS, BUS_ADRERR);
        code_goes(by_path, SIGBUS, BUS_ADRERR);
        code_goes(by_hole, SIGILL, ILL_ILLOPC);
}

TEST_NOT_ON_QEMU(code_of_a_file_that_is_opened_anew, "QEMU 7.2 executes its translation")
{
        static const uint32_t words[2] = { MOV_W0_42, RET };
        char name[] = "/tmp/code-XXXXXX";
        catch_faults();
        int fd = OK(mkstemp(name));
        EQ(pwrite(fd, words, 8, 0), 8);
        char *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
        CHECK(p != MAP_FAILED);
        EQ(((int (*)(void))p)(), 42);
        int again = open(name, O_WRONLY | O_TRUNC);
        unlink(name);
        OK(again);
        FAULTS(((int (*)(void))p)(), SIGBUS, BUS_ADRERR, p);
}

/* Finds the permissions that /proc/self/maps shows for an address, or "none". */
static void maps_entry(const void *at, char perm[5])
{
        uint64_t start, end;
        char line[500];
        FILE *f = fopen("/proc/self/maps", "r");
        CHECK(f);
        strcpy(perm, "none");
        while (fgets(line, sizeof(line), f))
                if (sscanf(line, "%lx-%lx", &start, &end) == 2 && start <= (uint64_t)at && end > (uint64_t)at)
                        sscanf(line, "%*s %4s", perm);
        fclose(f);
}

TEST_NOT_ON_QEMU(permissions_in_maps, "QEMU 7.2 makes them readable")
{
        static const char *const names[8] = { "---p", "r--p", "-w-p", "rw-p", "--xp", "r-xp", "-wxp", "rwxp" };
        char perm[5], *p = map(9 * 4096, PROT_NONE);
        for (int k = 0; k < 8; k++)
                OK(mprotect(p + k * 4096, 4096, k));
        for (int k = 0; k < 8; k++) {
                maps_entry(p + k * 4096, perm);
                if (strcmp(perm, names[k]))
                        FAIL("%s, not %s", perm, names[k]);
        }
        OK(mprotect(p + 4 * 4096, 4096, PROT_READ));
        maps_entry(p + 4 * 4096, perm);
        CHECK(!strcmp(perm, "r--p"));
}

TEST_NOT_ON_QEMU(maps_is_read_only, "QEMU 7.2 gives a file that can be written")
{
        char query[104] = { 0 }, c;
        int fd = OK(open("/proc/self/maps", O_RDONLY | O_TRUNC)), least = OK(dup(0));
        EQ(least, fd + 1);
        EQ(read(fd, &c, 1), 1);
        ERR(write(fd, "x", 1), EBADF);
        ERR(ftruncate(fd, 0), EINVAL);
        EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDONLY);
        EQ(fcntl(fd, F_GETFD), 0);
        ERR(ioctl(fd, 0xc0686611 /* PROCMAP_QUERY, Linux 6.11 */, query), ENOTTY);
        fd = OK(open("/proc/self/maps", O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
        EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_NONBLOCK);
}

static int find_gap(struct dl_phdr_info *info, size_t size, void *ret)
{
        uint64_t end = 0;
        (void)size;
        for (int k = 0; k < info->dlpi_phnum && info->dlpi_phdr == (void *)getauxval(AT_PHDR); k++) {
                const ElfW(Phdr) *p = &info->dlpi_phdr[k];
                if (p->p_type != PT_LOAD)
                        continue;
                uint64_t start = (info->dlpi_addr + p->p_vaddr) & ~4095ul;
                if (end && start > end)
                        *(uint64_t *)ret = end;
                end = (info->dlpi_addr + p->p_vaddr + p->p_memsz + 4095) & ~4095ul;
        }
        return 0;
}

TEST_NOT_ON_QEMU(between_segments, "QEMU 7.2 keeps the pages reserved")
{
        uint64_t gap = 0;
        catch_faults();
        dl_iterate_phdr(find_gap, &gap);
        if (!gap)
                SKIP("the linker left no gap");
        FAULTS(sum_of((char *)gap), SIGSEGV, SEGV_MAPERR, gap);
}

/* ---- extremes ---- */

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

TEST(guard_of_null)
{
        catch_faults();
        FAULTS(sum_of((char *)0), SIGSEGV, SEGV_MAPERR, 0);
        FAULTS(*(volatile int *)0xfff0 = 1, SIGSEGV, SEGV_MAPERR, 0xfff0);
}

/* System calls with bad pointers fail with EFAULT. */
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
        if (getenv("GUEST_ORACLE")) /* QEMU 7.2 gives other errors for those below */
                return;
        ERR(syscall(SYS_clone3, 16, 88), EFAULT);
        ERR(syscall(SYS_nanosleep, 16, 0), EFAULT);
}
