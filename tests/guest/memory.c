/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf
 * The address space: brk, mmap and related calls, protections, execution, /proc/self/maps. memory64.c and memory32.c have what
 * depends on its size. */
#include "memory.h"
#include <link.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* Where nothing is. */
#ifdef __aarch64__
#define SOMEWHERE ((char *)0x300000000)
#else
#define SOMEWHERE ((char *)0x30000000)
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

/* Which error a call gives that has two wrong arguments (mm/mprotect.c, mm/madvise.c). */
TEST_NOT_ON_QEMU(order_of_errors, "QEMU 7.2 has others")
{
        char *p = map(4096, PROT_READ | PROT_WRITE);
        ERR(syscall(SYS_madvise, SOMEWHERE + 1, 4096, MADV_DONTNEED), EINVAL);
        ERR(syscall(SYS_madvise, SOMEWHERE, 4096, 9999), EINVAL);
        ERR(syscall(SYS_madvise, SOMEWHERE, 4096, MADV_DONTNEED), ENOMEM);
        EQ(syscall(SYS_madvise, SOMEWHERE, 0, MADV_DONTNEED), 0);
        ERR(syscall(SYS_madvise, SOMEWHERE, 0, 9999), EINVAL);
        ERR(syscall(SYS_mprotect, SOMEWHERE + 1, 0, 0), EINVAL);
        EQ(syscall(SYS_mprotect, SOMEWHERE, 0, 0x100), 0);
        ERR(syscall(SYS_mprotect, SOMEWHERE, 4096, PROT_READ), ENOMEM);
        ERR(syscall(SYS_mprotect, SOMEWHERE, 4096, 0x100), EINVAL);
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
        char *at = SOMEWHERE;
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
        char *to = SOMEWHERE + (16 << 20);
        CHECK(mremap(p, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
        CHECK(!strcmp(to + 4096, "text"));
        ERR((long)mremap(SOMEWHERE, 4096, 8192, MREMAP_MAYMOVE), EFAULT);
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

/* A loader's pages may be in memory sooner than they are touched, other fresh ones are not. */
TEST(fresh_pages_are_not_in_memory)
{
        static const int flags[] = { 0, MAP_FIXED };
        unsigned char vec[8];
        char *p = MAP_FAILED;
        for (unsigned k = 0; k < 2; k++) {
                p = mmap(k ? p : NULL, 32768, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags[k], -1, 0);
                CHECK(p != MAP_FAILED);
                memset(vec, 1, sizeof(vec));
                OK(mincore(p, 32768, vec));
                for (unsigned n = 0; n < 8; n++)
                        EQ(vec[n] & 1, 0);
        }
}
TEST_NOT_ON_QEMU(jump_to_a_page_without_exec, "QEMU 7.2 reports SEGV_MAPERR")
{
        catch_faults();
        uint32_t *p = (uint32_t *)map(4096, PROT_READ | PROT_WRITE);
        p[0] = INSN_RET;
        FAULTS(((void (*)(void))p)(), SIGSEGV, SEGV_ACCERR, p);
        OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
        ((void (*)(void))p)();
        OK(mprotect(p, 4096, PROT_READ));
        FAULTS(((void (*)(void))p)(), SIGSEGV, SEGV_ACCERR, p);
        uint32_t on_stack[1] = { INSN_RET };
        uintptr_t at = (uintptr_t)on_stack;
        FAULTS(((void (*)(void))at)(), SIGSEGV, SEGV_ACCERR, at);
        static uint32_t in_data[1] = { INSN_RET };
        FAULTS(((void (*)(void))in_data)(), SIGSEGV, SEGV_ACCERR, in_data);
}

/* An mprotect that fails at a hole has changed the protection of what is in front of the hole. */
TEST_NOT_ON_QEMU(executable_up_to_a_hole, "QEMU 7.2 looks at the whole range first")
{
        catch_faults();
        uint32_t *p = (uint32_t *)map(3 * 4096, PROT_READ | PROT_WRITE);
        p[0] = p[2048] = INSN_RET;
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
        p[0] = INSN_RET;
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
        code[0] = INSN_RET;
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
        p[0] = p[1024] = INSN_RET;
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
        before[0] = INSN_RET;
        /* The C library's function sets no errno for 32 bits, where all values may be personalities. */
        if (syscall(SYS_personality, READ_IMPLIES_EXEC_) == -1 && errno == EPERM)
                SKIP("a sandbox refuses personality(2)");
        uint32_t *p = (uint32_t *)map(4096, PROT_READ | PROT_WRITE), *q = (uint32_t *)map(4096, PROT_NONE);
        p[0] = INSN_RET;
        ((void (*)(void))p)();
        FAULTS(((void (*)(void))before)(), SIGSEGV, SEGV_ACCERR, before);
        OK(mprotect(before, 4096, PROT_READ));
        ((void (*)(void))before)();
        FAULTS(((void (*)(void))q)(), SIGSEGV, SEGV_ACCERR, q);
        uint32_t *heap = sbrk(8192);
        heap[0] = INSN_RET;
        ((void (*)(void))heap)();
}

/* Calls code with the number of a system call and its arguments in the registers where the call wants them. */
long call_code(const void *code, long nr, long a, long b, long c, long d, long e, long f);
#ifdef __aarch64__
enum { SVC = 0xd4000001, RETURN_1 = 0x52800020, RETURN_2 = 0x52800040, MAP_CALL = SYS_mmap, FSTATAT_CALL = SYS_newfstatat };
__asm__(".pushsection .text\n.globl call_code\n.type call_code, %function\ncall_code:\n"
        "mov x9, x0\n mov x8, x1\n mov x0, x2\n mov x1, x3\n mov x2, x4\n mov x3, x5\n mov x4, x6\n mov x5, x7\n br x9\n"
        ".popsection");
#else
enum { SVC = 0xef000000, RETURN_1 = 0xe3a00001, RETURN_2 = 0xe3a00002, MAP_CALL = SYS_mmap2, FSTATAT_CALL = SYS_fstatat64 };
__asm__(".pushsection .text\n.syntax unified\n.arm\n.globl call_code\n.type call_code, %function\ncall_code:\n"
        "push {r4, r5, r7, lr}\n mov r12, r0\n mov r7, r1\n mov r0, r2\n mov r1, r3\n"
        "add r4, sp, #16\n ldm r4, {r2, r3, r4, r5}\n blx r12\n pop {r4, r5, r7, pc}\n"
#ifdef __thumb__
        ".thumb\n"
#endif
        ".popsection");
#endif

/* Code makes a system call that maps another page over the code itself. It must go on in the new page. */
TEST(map_over_code_that_runs)
{
        static const uint32_t old[] = { SVC, RETURN_1, INSN_RET }, new[] = { SVC, RETURN_2, INSN_RET };
        uint32_t *p = (uint32_t *)map(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
        int fd = OK(memfd_create("code", 0));
        OK(ftruncate(fd, 4096));
        EQ(pwrite(fd, new, sizeof(new), 0), sizeof(new));
        memcpy(p, old, sizeof(old));
        __builtin___clear_cache((char *)p, (char *)(p + 3));
        EQ(call_code(p, MAP_CALL, (long)p, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0), 2);
}

TEST(unmapping_code_that_runs)
{
        catch_faults();
        uint32_t *p = (uint32_t *)map(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
        p[0] = SVC;
        p[1] = INSN_RET;
        __builtin___clear_cache((char *)p, (char *)(p + 2));
        FAULTS(call_code(p, SYS_munmap, (long)p, 4096, 0, 0, 0, 0), SIGSEGV, SEGV_MAPERR, p + 1);
}

/* ---- files that become shorter ---- */

/* Maps a file of two pages with a function at the start of each. After how(), which takes the second page away, a call of the
 * second function must raise `sig` with `code`. */
static void code_goes(void (*how)(int fd), int sig, int code)
{
        static const uint32_t words[2] = { INSN_42, INSN_RET };
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

__attribute__((unused)) static void by_hole(int fd)
{
        OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096));
}

TEST_NOT_ON_QEMU(code_of_a_file_that_becomes_shorter, "QEMU 7.2 executes its translation")
{
        catch_faults();
        act_on(SIGILL);
        code_goes(by_ftruncate, SIGBUS, BUS_ADRERR);
        code_goes(by_path, SIGBUS, BUS_ADRERR);
#ifdef __aarch64__ /* zeros are no instruction; in A32 they are one that does nothing */
        code_goes(by_hole, SIGILL, ILL_ILLOPC);
#endif
}

TEST_NOT_ON_QEMU(code_of_a_file_that_is_opened_anew, "QEMU 7.2 executes its translation")
{
        static const uint32_t words[2] = { INSN_42, INSN_RET };
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
                if (sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2 && start <= (uintptr_t)at && end > (uintptr_t)at)
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
        uintptr_t end = 0;
        (void)size;
        for (int k = 0; k < info->dlpi_phnum && info->dlpi_phdr == (void *)getauxval(AT_PHDR); k++) {
                const ElfW(Phdr) *p = &info->dlpi_phdr[k];
                if (p->p_type != PT_LOAD)
                        continue;
                uintptr_t start = (info->dlpi_addr + p->p_vaddr) & ~4095ul;
                if (end && start > end)
                        *(uintptr_t *)ret = end;
                end = (info->dlpi_addr + p->p_vaddr + p->p_memsz + 4095) & ~4095ul;
        }
        return 0;
}

TEST_NOT_ON_QEMU(between_segments, "QEMU 7.2 keeps the pages reserved")
{
        uintptr_t gap = 0;
        catch_faults();
        dl_iterate_phdr(find_gap, &gap);
        if (!gap)
                SKIP("the linker left no gap");
        FAULTS(sum_of((char *)gap), SIGSEGV, SEGV_MAPERR, gap);
}

/* ---- extremes ---- */

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
        ERR(syscall(FSTATAT_CALL, AT_FDCWD, 16, 32, 0), EFAULT);
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
