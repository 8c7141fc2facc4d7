/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address space of a 32-bit program, as an arm64 kernel gives it (TASK_SIZE_32 is 0xfffff000): its ends, what happens when it is
 * full, and that nothing is ever placed where the program cannot reach it.
 * guest-test: only=armhf nightly=armel */
#include "memory.h"
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/shm.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#define TASK_SIZE 0xfffff000u
enum { MIB = 1 << 20, PAGE = 4096 };

static uint32_t sum_of(const volatile char *p)
{
        return (uint32_t)*p;
}

static char *map_at(uintptr_t at, size_t n, int flags)
{
        return mmap((void *)at, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
}

/* ---- the end of addresses ---- */

TEST_NOT_ON_QEMU(ranges_at_the_end_of_addresses, "QEMU 7.2 has other errors")
{
        static unsigned char vec[2];
        char *p = map(2 * PAGE, PROT_READ | PROT_WRITE);
        uintptr_t top = TASK_SIZE;
        *p = 7;
        for (unsigned k = 0; k < 4096; k += 1365) { /* no size wraps in the kernel's 64 bits */
                size_t n = UINT32_MAX - k;
                ERR(munmap(p, n), EINVAL);
                ERR(map_at((uintptr_t)p, n, MAP_FIXED), ENOMEM);
                ERR(map_at(0, n, 0), ENOMEM);
                ERR(syscall(SYS_mremap, p, PAGE, n, MREMAP_MAYMOVE, 0), ENOMEM);
                ERR(syscall(SYS_mincore, p, n, vec), ENOMEM);
        }
        ERR(munmap((void *)top, PAGE), EINVAL);
        ERR(munmap((void *)(top - PAGE), 2 * PAGE), EINVAL);
        ERR(mprotect((void *)top, PAGE, PROT_NONE), ENOMEM);
        ERR(map_at(top, PAGE, MAP_FIXED), ENOMEM);
        ERR(map_at(top - PAGE, 2 * PAGE, MAP_FIXED), ENOMEM);
        ERR(map_at(top, PAGE, MAP_FIXED_NOREPLACE), ENOMEM);
        CHECK(map_at(top, PAGE, 0) != (char *)top);
        ERR(syscall(SYS_mremap, p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, top), EINVAL);
        ERR(syscall(SYS_mremap, top, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0), EFAULT);
        EQ(*p, 7);
}

TEST_NOT_ON_QEMU(the_last_page_but_one, "QEMU 7.2 has no place there")
{
        catch_faults();
        char *last = (char *)(TASK_SIZE - PAGE);
        CHECK(map_at((uintptr_t)last, PAGE, MAP_FIXED_NOREPLACE) == last);
        memset(last, 5, PAGE);
        EQ(last[PAGE - 1], 5);
        FAULTS(sum_of(last + PAGE), SIGSEGV, SEGV_MAPERR, last + PAGE);
        FAULTS(sum_of((char *)UINTPTR_MAX), SIGSEGV, SEGV_MAPERR, UINTPTR_MAX);
        ERR((long)mremap(last, PAGE, 2 * PAGE, 0), ENOMEM);
        char *moved = mremap(last, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
        CHECK(moved != MAP_FAILED && moved[PAGE - 1] == 5);
        FAULTS(sum_of(last), SIGSEGV, SEGV_MAPERR, last);
}

TEST(break_at_impossible_addresses)
{
        uintptr_t now = (uintptr_t)syscall(SYS_brk, 0);
        for (unsigned k = 0; k < 12; k++)
                EQ((uintptr_t)syscall(SYS_brk, UINT32_MAX << k), now);
        CHECK(malloc(100000));
}

TEST(break_has_room)
{
        struct rlimit lim;
        OK(getrlimit(RLIMIT_DATA, &lim));
        if (lim.rlim_cur < 600u * MIB)
                SKIP("RLIMIT_DATA is small");
        char *now = (char *)syscall(SYS_brk, 0), *end = now + 400 * MIB;
        CHECK((char *)syscall(SYS_brk, end) == end);
        end[-1] = 1;
        CHECK((char *)syscall(SYS_brk, now) == now);
}

/* ---- where mappings are put ---- */

TEST_NOT_ON_QEMU(hints, "QEMU 7.2 ignores a flag")
{
        const uintptr_t at = 0x30000000;
        char *p = map_at(at, 2 * PAGE, 0);
        CHECK(p == (char *)at);
        CHECK(map_at(at + PAGE, PAGE, 0) > (char *)at + 2 * PAGE); /* taken: from the top then */
        ERR((long)map_at(at, PAGE, MAP_FIXED_NOREPLACE), EEXIST);
        CHECK(map_at(at + 2 * PAGE + 5, PAGE, 0) == (char *)at + 2 * PAGE);
        ERR((long)map_at(1, PAGE, MAP_FIXED), EINVAL);
}

TEST_NOT_ON_QEMU(from_the_top_downwards, "QEMU 7.2 places mappings elsewhere")
{
        char *a = map(MIB, PROT_NONE), *b = map(MIB, PROT_NONE), *c = map(MIB, PROT_NONE);
        CHECK(b == a - MIB && c == b - MIB);
        OK(munmap(b, MIB));
        CHECK(map(MIB / 2, PROT_NONE) == b + MIB / 2);
        CHECK(map(MIB, PROT_NONE) == c - MIB);
        CHECK(map(MIB / 2, PROT_NONE) == b);
}

/* Fills the address space with mappings of 16 MiB. Returns how many there are. */
enum { PIECE = 16 * MIB, PIECES = 256 };
static char *piece[PIECES];

static unsigned fill(void)
{
        unsigned n = 0;
        while (n < PIECES &&
               (piece[n] = mmap(NULL, PIECE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) != MAP_FAILED)
                n++;
        EQ(errno, ENOMEM);
        return n;
}

TEST_NOT_ON_QEMU(a_full_address_space, "QEMU 7.2 has less")
{
        unsigned n = fill();
        CHECK(n * (PIECE / MIB) > 3600);
        for (unsigned k = 1; k < n; k += 17) { /* what is freed is found again */
                OK(munmap(piece[k], PIECE));
                CHECK(map(PIECE, PROT_NONE) == piece[k]);
        }
        char *p = piece[n / 2];
        OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE));
        *p = 9;
        ERR((long)mremap(p, PAGE, 2 * PIECE, MREMAP_MAYMOVE), ENOMEM);
        OK(munmap(piece[3], PIECE));
        p = mremap(p, PAGE, PIECE / 2, MREMAP_MAYMOVE);
        CHECK(p >= piece[3] && p < piece[3] + PIECE);
        EQ(*p, 9);
        pid_t pid = fork();
        if (pid == 0) {
                OK(munmap(piece[5], PIECE));
                CHECK(map(PIECE, PROT_NONE) == piece[5]);
                _exit(3);
        }
        check_child(pid, 3);
        CHECK(system("exit 4") != -1);
}

TEST(large_mappings_grow_and_move)
{
        char *p = map(PAGE, PROT_READ | PROT_WRITE);
        strcpy(p, "text");
        for (size_t n = PAGE; n < 1u << 30; n *= 4) {
                p = mremap(p, n, n * 4, MREMAP_MAYMOVE);
                CHECK(p != MAP_FAILED && !strcmp(p, "text"));
                (void)map(PAGE, PROT_NONE); /* so that it must move */
        }
}

TEST_NOT_ON_QEMU(moving_and_staying, "QEMU 7.2 does not know the flag")
{
        enum { DONTUNMAP = 4 };
        char *p = map(2 * PAGE, PROT_READ | PROT_WRITE);
        p[PAGE] = 3;
        char *q = mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | DONTUNMAP);
        CHECK(q != MAP_FAILED && q != p);
        EQ(q[PAGE], 3);
        EQ(p[PAGE], 0);
        ERR((long)mremap(q, PAGE, 2 * PAGE, MREMAP_MAYMOVE | DONTUNMAP), EINVAL);
        ERR((long)mremap(q, PAGE, PAGE, DONTUNMAP), EINVAL);
        ERR((long)mremap(q + 1, PAGE, PAGE, MREMAP_MAYMOVE), EINVAL);
}

/* An old size of 0 makes a second mapping of shared memory. */
TEST_NOT_ON_QEMU(shared_memory_is_mapped_twice, "QEMU 7.2 has no memory for it")
{
        ERR((long)mremap(map(PAGE, PROT_READ), 0, PAGE, 0), EINVAL); /* it is private */
        ERR((long)mremap(map(PAGE, PROT_READ), 0, PAGE, MREMAP_MAYMOVE), EINVAL);
        char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        char *q = mremap(p, 0, 2 * PAGE, MREMAP_MAYMOVE);
        CHECK(q != MAP_FAILED && q != p);
        p[PAGE] = 8;
        EQ(q[PAGE], 8);
}

TEST(segments)
{
        int id = OK(shmget(IPC_PRIVATE, 5 * PAGE, 0600));
        char *p = shmat(id, NULL, 0), *q = shmat(id, NULL, 0);
        CHECK(p != (void *)-1 && q != (void *)-1 && p != q);
        p[4 * PAGE] = 6;
        EQ(q[4 * PAGE], 6);
        OK(munmap(q + PAGE, PAGE));
        OK(shmdt(q));
        char *r = shmat(id, NULL, 0);
        CHECK(r == q);
        OK(shmdt(r));
        ERR((long)shmat(id, p, 0), EINVAL);
        CHECK(shmat(id, p, SHM_REMAP) == p);
        EQ(p[4 * PAGE], 6);
        OK(shmdt(p));
        ERR(shmdt(p), EINVAL);
        OK(shmctl(id, IPC_RMID, NULL));
}

static void *map_and_unmap(void *arg)
{
        unsigned seed = (unsigned)(uintptr_t)arg;
        for (int k = 0; k < 3000; k++) {
                size_t first = (1 + (size_t)rand_r(&seed) % 40) * PAGE, n = first;
                unsigned char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                if (p == MAP_FAILED)
                        return "no memory";
                p[0] = p[n - 1] = (unsigned char)k;
                if (rand_r(&seed) % 4 == 0) {
                        p = mremap(p, n, 2 * n, MREMAP_MAYMOVE);
                        n *= 2;
                        if (p == MAP_FAILED)
                                return "no memory for more";
                }
                if (p[0] != (unsigned char)k || p[first - 1] != (unsigned char)k || (n > first && p[n - 1]))
                        return "another thread's memory";
                munmap(p, n);
        }
        return NULL;
}

TEST(many_threads_map)
{
        pthread_t t[6];
        void *why;
        for (uintptr_t k = 0; k < 6; k++)
                EQ(pthread_create(&t[k], NULL, map_and_unmap, (void *)(k + 1)), 0);
        for (int k = 0; k < 6; k++) {
                pthread_join(t[k], &why);
                if (why)
                        FAIL("%s", (const char *)why);
        }
}

TEST_NOT_ON_QEMU(thousands_of_mappings, "QEMU 7.2 places mappings elsewhere")
{
        enum { N = 9000 };
        static char *at[N];
        for (int k = 0; k < N; k++)
                at[k] = map(2 * PAGE, k & 1 ? PROT_READ : PROT_READ | PROT_WRITE);
        for (int k = 0; k < N; k += 3)
                OK(munmap(at[k], PAGE));
        for (int k = 0; k < N; k += 3)
                CHECK(map(PAGE, PROT_READ) == at[k]); /* the highest hole first, as they were made */
}

/* Only old flags may go with MAP_SHARED_VALIDATE. */
TEST_NOT_ON_QEMU(validated_sharing, "QEMU 7.2 does not know the flag")
{
        static const int type = MAP_SHARED_VALIDATE;
        char name[] = "/tmp/memory32-XXXXXX";
        int fd = mkstemp(name);
        OK(fd);
        OK(unlink(name));
        OK(ftruncate(fd, 2 * PAGE));
        char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, type, fd, 0), *q = map(2 * PAGE, PROT_READ);
        CHECK(p != MAP_FAILED && p != q);
        p[PAGE] = 'x';
        char c = 0;
        EQ(pread(fd, &c, 1, PAGE), 1);
        EQ(c, 'x');
        OK(munmap(p, 2 * PAGE));
        ERR(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, type, -1, 0), EBADF);
        EQ(map(2 * PAGE, PROT_READ), p); /* where it failed nothing is left */
        OK(munmap(p, 2 * PAGE));
        ERR(mmap(p, PAGE, PROT_READ, type | MAP_FIXED_NOREPLACE, fd, 0), EOPNOTSUPP);
        EQ(mmap(p, PAGE, PROT_READ, type | MAP_FIXED, fd, 0), p);
}

/* ---- what /proc says ---- */

TEST_NOT_ON_QEMU(maps, "QEMU 7.2 names less")
{
        char line[600];
        unsigned stack = 0, heap = 0, vectors = 0, vdso = 0;
        uint64_t start, end, before = 0;
        free(malloc(100));
        FILE *f = fopen("/proc/self/maps", "r");
        CHECK(f);
        while (fgets(line, sizeof(line), f)) {
                EQ(sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end), 2);
                EQ(line[8], '-');
                EQ(line[17], ' ');
                CHECK(start >= before && end > start && end <= TASK_SIZE);
                before = end;
                bool here = start <= (uintptr_t)&here && end > (uintptr_t)&here;
                stack += strstr(line, "[stack]") && here;
                heap += strstr(line, "[heap]") && end == (uintptr_t)sbrk(0);
                vectors += strstr(line, "[vectors]") && start == 0xffff0000 && end == 0xffff1000 && strstr(line, "r-xp");
                vdso += strstr(line, "[vdso]") != NULL;
        }
        EQ(stack, 1);
        EQ(heap, 1);
        EQ(vectors, 1);
        EQ(vdso, 1);
}

/* ---- arguments ---- */

TEST_NOT_ON_QEMU(thousands_of_arguments, "execve would need QEMU registered")
{
        enum { N = 6000 };
        static char *argv[N + 1];
        argv[0] = "x";
        argv[1] = "arguments_came";
        for (int k = 2; k < N; k++)
                argv[k] = k & 1 ? "odd" : "";
        for (int k = 0; k < 3; k++) { /* a vfork child's memory is this one */
                pid_t pid = vfork();
                if (pid == 0) {
                        execv("/proc/self/exe", argv);
                        _exit(1);
                }
                check_child(pid, 0);
        }
        ERR(syscall(SYS_execve, "/proc/self/exe", 16, 0), EFAULT);
        ERR(syscall(SYS_execve, "/proc/self/exe", 0, 16), EFAULT);
        ERR(syscall(SYS_execve, "/nonexistent", 16, 0), ENOENT);
        argv[5] = (char *)16;
        ERR(execv("/proc/self/exe", argv), EFAULT);
}

TEST(arguments_came)
{
        char text[80000] = "";
        int fd = OK(open("/proc/self/cmdline", O_RDONLY));
        ssize_t n = OK(read(fd, text, sizeof(text)));
        CHECK(n > 0 && n < (ssize_t)sizeof(text));
        if (n > 1000) /* called by the test before */
                EQ(n, 2 + 15 + 2999 * 4 + 2999);
}
