/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf nightly=armhf-arm again=-tb-size_200000 */
/* Programs that write code. After DC CVAU, DSB, IC IVAU, DSB, ISB, or cacheflush(2) of 32-bit Arm, the new code must run, wherever the translator remembers the
 * old one: in links between regions, in tables, in return addresses. */
#include "check.h"
#include "words.h"
#include <pthread.h>
#include <sched.h>
#include <sys/shm.h>

static uint32_t *rwx(size_t size)
{
        void *p = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        return p;
}

static void flush(const void *from, const void *to)
{
        __builtin___clear_cache((char *)from, (char *)to);
}

static void put(uint32_t *at, uint32_t insn)
{
        __atomic_store_n(at, insn, __ATOMIC_RELAXED);
        flush(at, at + 1);
}

/* A register's contents. */
typedef unsigned long word;

static word call(const void *p, word a)
{
        word (*volatile f)(word) = (word(*)(word))entry(p);
        return f(a);
}

TEST(rewritten_again_and_again)
{
        uint32_t *p = rwx(4096);
        for (unsigned k = 0; k < 2000; k++) {
                p[0] = MOVZ_X0(k);
                p[1] = RET;
                flush(p, p + 2);
                EQ(call(p, 0), k);
        }
}

/* Code that stays reaches code that changes by a direct branch. */
TEST(behind_a_link)
{
        uint32_t *p = rwx(8192);
        p[0] = B(1024);
        p[1024] = MOVZ_X0(1);
        p[1025] = RET;
        flush(p, p + 1026);
        for (int k = 0; k < 100; k++)
                EQ(call(p, 0), 1);
        for (unsigned k = 2; k < 300; k++) {
                put(&p[1024], MOVZ_X0(k));
                EQ(call(p, 0), k);
        }
}

TEST(behind_a_call)
{
        uint32_t *p = rwx(8192);
        static const uint32_t caller[] = {
                PUSH_LR, BL(1023), ADD_X0(1), POP_LR, RET,
        };
        memcpy(p, caller, sizeof(caller));
        p[1024] = MOVZ_X0(1);
        p[1025] = RET;
        flush(p, p + 1026);
        for (unsigned k = 1; k < 300; k++) {
                EQ(call(p, 0), k + 1);
                put(&p[1024], MOVZ_X0(k + 1));
        }
}

/* The callee changes what its caller does after the call. */
static uint32_t *under_way;
static word change_the_caller(word k)
{
        put(&under_way[4], ADD_X0(k));
        return 1000;
}

TEST(code_that_a_call_returns_to)
{
        uint32_t *p = rwx(4096);
        static const uint32_t caller[] = {
                PUSH_LR, NOP, NOP, CALL_SECOND, ADD_X0(0), POP_LR, RET,
        };
        memcpy(p, caller, sizeof(caller));
        flush(p, p + 7);
        under_way = p;
        word (*volatile f)(word, word) = (word(*)(word, word))entry(p);
        for (word k = 0; k < 250; k++)
                EQ(f(k, (word)change_the_caller), 1000 + k);
}

/* Code overwrites one of its own instructions, further on and without a branch in between. Its arguments are the address of that word,
 * and the new one. */
#ifdef __aarch64__
static const uint32_t changes_itself[] = {
        0xb9000001, /* str w1, [x0] */
        0xd50b7b20, /* dc cvau, x0 */
        0xd5033b9f, /* dsb ish */
        0xd50b7520, /* ic ivau, x0 */
        0xd5033b9f, /* dsb ish */
        0xd5033fdf, /* isb */
        NOP,        /* is overwritten */
        RET,
};
#elif defined(__thumb__)
static const uint32_t changes_itself[] = {
        UNITS(0xf8c0, 0x1000), /* str.w r1, [r0] */
        UNITS(0xf84d, 0x7d04), /* str r7, [sp, #-4]! */
        UNITS(0xf200, 0x0104), /* addw r1, r0, #4 */
        UNITS(0xf04f, 0x0200), /* mov.w r2, #0 */
        UNITS(0xf44f, 0x2770), /* mov.w r7, #0xf0000 */
        UNITS(0xf107, 0x0702), /* add.w r7, r7, #2 */
        UNITS(0xbf00, 0xdf00), /* svc #0: cacheflush */
        UNITS(0xf85d, 0x7b04), /* ldr r7, [sp], #4 */
        NOP,
        RET,
};
#else
static const uint32_t changes_itself[] = {
        0xe5801000, /* str r1, [r0] */
        0xe52d7004, /* str r7, [sp, #-4]! */
        0xe2801004, /* add r1, r0, #4 */
        0xe3a02000, /* mov r2, #0 */
        0xe3a0780f, /* mov r7, #0xf0000 */
        0xe2877002, /* add r7, r7, #2 */
        0xef000000, /* svc #0: cacheflush */
        0xe49d7004, /* ldr r7, [sp], #4 */
        NOP,        RET,
};
#endif

TEST(code_that_changes_itself)
{
        enum { WORDS = sizeof(changes_itself) / 4 };
        uint32_t *p = rwx(4096);
        memcpy(p, changes_itself, sizeof(changes_itself));
        flush(p, p + WORDS);
        word (*volatile f)(void *, word) = (word(*)(void *, word))entry(p);
        for (unsigned k = 0; k < 300; k++)
                EQ(f(&p[WORDS - 2], MOVZ_X0(k)), k);
}

TEST_NOT_ON_QEMU(two_mappings, "QEMU 7.2 watches the writable mapping only")
{
        int fd = OK(memfd_create("jit", 0));
        OK(ftruncate(fd, 4096));
        uint32_t *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        uint32_t *x = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
        CHECK(w != MAP_FAILED && x != MAP_FAILED);
        for (unsigned k = 0; k < 500; k++) {
                w[0] = MOVZ_X0(k);
                w[1] = RET;
                flush(x, x + 2);
                EQ(call(x, 0), k);
        }
}

/* Changes code that is mapped at three addresses, flushes it at one of them, and runs it at the others. That must do, because
 * flushing is about physical memory. */
static void flush_by_any(uint32_t *w, uint32_t *x, uint32_t *y)
{
        uint32_t *by[] = { w, x, y };
        for (unsigned k = 0; k < 12; k++) {
                w[0] = MOVZ_X0(k);
                w[1] = RET;
                flush(by[k % 3], by[k % 3] + 2);
                EQ(call(x, 0), k);
                EQ(call(y, 0), k);
        }
}

#define ALIASES_NOT_ON_QEMU "QEMU 7.2 watches the writable mapping only"

TEST_NOT_ON_QEMU(aliases_of_a_file, ALIASES_NOT_ON_QEMU)
{
        enum { SIZE = 4 * 4096, OFFSET = 2 * 4096 };
        int fd = memfd_create("code", 0);
        CHECK(fd >= 0 && ftruncate(fd, SIZE) == 0);
        char *w = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        char *x = mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
        char *y = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, OFFSET);
        CHECK(w != MAP_FAILED && x != MAP_FAILED && y != MAP_FAILED);
        flush_by_any((uint32_t *)(w + OFFSET), (uint32_t *)(x + OFFSET), (uint32_t *)y);
        /* some of the pages are replaced, unmapped or moved */
        CHECK(mmap(x + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == x + 4096);
        CHECK(munmap(w, 4096) == 0 && munmap(w + 3 * 4096, 4096) == 0);
        y = mremap(y, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, x + 3 * 4096);
        CHECK(y == x + 3 * 4096);
        flush_by_any((uint32_t *)(w + OFFSET), (uint32_t *)(x + OFFSET), (uint32_t *)y);
}

TEST_NOT_ON_QEMU(aliases_by_mremap, ALIASES_NOT_ON_QEMU)
{
        char *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        CHECK(w != MAP_FAILED);
        char *x = mremap(w, 0, 4096, MREMAP_MAYMOVE), *y = mremap(w, 0, 4096, MREMAP_MAYMOVE);
        CHECK(x != MAP_FAILED && y != MAP_FAILED);
        flush_by_any((uint32_t *)w, (uint32_t *)x, (uint32_t *)y);
}

TEST_NOT_ON_QEMU(aliases_of_a_segment, ALIASES_NOT_ON_QEMU)
{
        int id = shmget(IPC_PRIVATE, 4096, 0700 | IPC_CREAT);
        CHECK(id >= 0);
        char *w = shmat(id, NULL, 0), *x = shmat(id, NULL, SHM_EXEC | SHM_RDONLY), *y = shmat(id, NULL, SHM_EXEC | SHM_RDONLY);
        CHECK(shmctl(id, IPC_RMID, NULL) == 0);
        CHECK(w != MAP_FAILED && x != MAP_FAILED && y != MAP_FAILED);
        flush_by_any((uint32_t *)w, (uint32_t *)x, (uint32_t *)y);
}

static const void *mapped_code;

static void *run_mapped_code(void *end)
{
        while (!__atomic_load_n((bool *)end, __ATOMIC_RELAXED))
                call(mapped_code, 0);
        return NULL;
}

/* Shared memory takes the place of code that another thread runs all the time. What that thread translates at this moment must be
 * known by the shared memory already, or it stays when the memory changes through another mapping. */
TEST_NOT_ON_QEMU(alias_that_comes_while_it_runs, ALIASES_NOT_ON_QEMU)
{
        const int prot = PROT_READ | PROT_EXEC;
        int fd = OK(memfd_create("code", 0));
        bool end = false;
        pthread_t th;
        OK(ftruncate(fd, 4096));
        uint32_t *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), *x = mmap(NULL, 4096, prot, MAP_SHARED, fd, 0);
        CHECK(w != MAP_FAILED && x != MAP_FAILED);
        w[0] = MOVZ_X0(0);
        w[1] = RET;
        flush(w, w + 2);
        mapped_code = x;
        EQ(pthread_create(&th, NULL, run_mapped_code, &end), 0);
        for (unsigned k = 0, last = rounds(60000); k < last; k++) {
                CHECK(mmap(x, 4096, prot, MAP_PRIVATE | MAP_FIXED, fd, 0) == x);
                call(x, 0);
                CHECK(mmap(x, 4096, prot, MAP_SHARED | MAP_FIXED, fd, 0) == x);
                put(w, MOVZ_X0(k & 0xffff));
                EQ(call(x, 0), k & 0xffff);
        }
        __atomic_store_n(&end, true, __ATOMIC_RELAXED);
        pthread_join(th, NULL);
}

TEST(write_xor_execute)
{
        uint32_t *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        for (unsigned k = 0; k < 500; k++) {
                p[0] = MOVZ_X0(k);
                p[1] = RET;
                OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
                flush(p, p + 2);
                EQ(call(p, 0), k);
                OK(mprotect(p, 4096, PROT_READ | PROT_WRITE));
        }
}

/* Two functions in a page that is made writable to change one of them, and back again. The one that changes gets code that it had before,
 * too. */
TEST(beside_code_that_stays)
{
        uint32_t *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        static const uint32_t stays[] = {
                PUSH_LR, BL(511), ADD_X0(1), POP_LR, RET,
        };
        memcpy(p, stays, sizeof(stays));
        for (unsigned k = 0; k < 500; k++) {
                const unsigned value = k / 3 % 2 ? k : 7;
                p[512] = MOVZ_X0(value);
                p[513] = RET;
                OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
                if (k % 4 == 0)
                        flush(p + 512, p + 514);
                for (int n = 0; n < 3; n++) {
                        EQ(call(p, 0), value + 1);
                        EQ(call(p + 512, 0), value);
                }
                OK(mprotect(p, 4096, PROT_READ | PROT_WRITE));
        }
}

/* Private memory and shared memory with the same code in turns at one address. What is written to the shared memory elsewhere counts. */
TEST_NOT_ON_QEMU(same_code_in_shared_memory, ALIASES_NOT_ON_QEMU)
{
        const int prot = PROT_READ | PROT_EXEC, fd = OK(memfd_create("code", 0));
        OK(ftruncate(fd, 4096));
        uint32_t *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
                 *x = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);
        CHECK(w != MAP_FAILED && x != MAP_FAILED);
        for (unsigned k = 0; k < 300; k++) {
                w[0] = MOVZ_X0(3);
                w[1] = RET;
                flush(w, w + 2);
                CHECK(mmap(x, 4096, prot, MAP_PRIVATE | MAP_FIXED, fd, 0) == x);
                EQ(call(x, 0), 3);
                CHECK(mmap(x, 4096, prot, MAP_SHARED | MAP_FIXED, fd, 0) == x);
                EQ(call(x, 0), 3);
                put(w, MOVZ_X0(k));
                EQ(call(x, 0), k);
        }
}

TEST(execute_only)
{
        uint32_t *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        p[0] = MOVZ_X0(9);
        p[1] = RET;
        flush(p, p + 2);
        OK(mprotect(p, 4096, PROT_EXEC));
        EQ(call(p, 0), 9);
}

TEST(unmapped_and_mapped_again)
{
        void *at = (void *)0x60000000;
        for (unsigned k = 0; k < 300; k++) {
                uint32_t *p = mmap(at, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
                CHECK(p == at);
                p[0] = MOVZ_X0(k);
                p[1] = RET;
                flush(p, p + 2);
                EQ(call(p, 0), k);
                OK(munmap(p, 4096));
        }
}

static void make_file(int fd, unsigned value)
{
        const uint32_t code[] = { MOVZ_X0(value), RET };
        EQ(pwrite(fd, code, sizeof(code), 0), sizeof(code));
}

TEST(mapped_over)
{
        uint32_t *p = rwx(8192);
        int fd[2] = { (int)OK(memfd_create("a", 0)), (int)OK(memfd_create("b", 0)) };
        for (int k = 0; k < 2; k++) {
                OK(ftruncate(fd[k], 4096));
                make_file(fd[k], 100 + (unsigned)k);
        }
        for (int k = 0; k < 200; k++) {
                CHECK(mmap(p, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd[k & 1], 0) == p);
                EQ(call(p, 0), 100 + (k & 1));
        }
}

TEST(moved_by_mremap)
{
        uint32_t *p = rwx(4096), *q = rwx(4096);
        p[0] = MOVZ_X0(1), p[1] = RET;
        q[0] = MOVZ_X0(2), q[1] = RET;
        flush(p, p + 2);
        flush(q, q + 2);
        EQ(call(p, 0), 1);
        EQ(call(q, 0), 2);
        CHECK(mremap(p, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q);
        EQ(call(q, 0), 1);
}

/* Code writes data next to itself, in its own page, and adds its argument to it. */
#ifdef __aarch64__
static const uint32_t adds_beside[] = {
        0x10000801, /* adr x1, . + 256 */
        0xf9400022, /* ldr x2, [x1] */
        0x8b000042, /* add x2, x2, x0 */
        0xf9000022, /* str x2, [x1] */
        0xaa0203e0, /* mov x0, x2 */
        RET,
};
#elif defined(__thumb__)
static const uint32_t adds_beside[] = {
        UNITS(0xf20f, 0x01fc), /* adr.w r1, . + 256 */
        UNITS(0xf8d1, 0x2000), /* ldr.w r2, [r1] */
        UNITS(0xeb02, 0x0200), /* add.w r2, r2, r0 */
        UNITS(0xf8c1, 0x2000), /* str.w r2, [r1] */
        UNITS(0xea4f, 0x0002), /* mov.w r0, r2 */
        RET,
};
#else
static const uint32_t adds_beside[] = {
        0xe28f10f8, /* adr r1, . + 256 */
        0xe5912000, /* ldr r2, [r1] */
        0xe0822000, /* add r2, r2, r0 */
        0xe5812000, /* str r2, [r1] */
        0xe1a00002, /* mov r0, r2 */
        RET,
};
#endif

TEST(data_beside_code)
{
        uint32_t *p = rwx(4096);
        memcpy(p, adds_beside, sizeof(adds_beside));
        flush(p, p + sizeof(adds_beside) / 4);
        for (word k = 1; k < 1000; k++)
                EQ(call(p, 3), 3 * k);
}

/* More code than a small code cache holds. */
TEST(many_functions)
{
        enum { N = 20000 };
        uint32_t *p = rwx(N * 16);
        for (unsigned round = 0; round < 3; round++) {
                for (unsigned k = 0; k < N; k++) {
                        p[k * 4] = MOVZ_X0((k + round) & 0xffff);
                        p[k * 4 + 1] = ADD_X0(round);
                        p[k * 4 + 2] = RET;
                }
                flush(p, p + N * 4);
                for (unsigned k = 0; k < N; k++)
                        EQ(call(p + k * 4, 0), ((k + round) & 0xffff) + round);
        }
}

/* Functions that come one after the other, while those that are there change: a table of targets that grows must not bring back what was
 * in it. */
TEST(changed_while_others_come)
{
        enum { N = 5000 };
        uint32_t *p = rwx(N * 8);
        static uint16_t is[N];
        for (unsigned k = 0; k < N; k++) {
                p[k * 2 + 1] = RET;
                is[k] = (uint16_t)k;
                put(&p[k * 2], MOVZ_X0(is[k]));
                EQ(call(p + k * 2, 0), is[k]);
                const unsigned earlier = k * 7919u % (k + 1);
                EQ(call(p + earlier * 2, 0), is[earlier]);
                is[earlier]++;
                put(&p[earlier * 2], MOVZ_X0(is[earlier]));
                EQ(call(p + earlier * 2, 0), is[earlier]);
        }
        for (unsigned k = 0; k < N; k++)
                EQ(call(p + k * 2, 0), is[k]);
}

/* One thread patches a branch while another one runs it; branches may be patched so (Arm ARM B2.2.5). The other thread must go
 * the old way or the new one, and the new one before long. */
static uint32_t *patched;
static volatile word seen;
static volatile int stop;

static void *run_patched(void *arg)
{
        while (!stop) {
                word r = call(patched, 0);
                if (r != 1 && r != 2)
                        FAIL("went to %lu", r);
                __asm__ volatile("isb");
                seen = r;
        }
        return arg;
}

TEST(branch_patched_under_way)
{
        pthread_t th;
        uint32_t *p = patched = rwx(4096);
        p[0] = NOP;
        p[1] = B(3);
        p[4] = MOVZ_X0(1), p[5] = RET;
        p[8] = MOVZ_X0(2), p[9] = RET;
        flush(p, p + 10);
        EQ(pthread_create(&th, NULL, run_patched, NULL), 0);
        for (int k = 0; k < 300; k++) {
                put(&p[1], k & 1 ? B(3) : B(7));
                while (seen != (k & 1 ? 1 : 2))
                        sched_yield();
        }
        stop = 1;
        pthread_join(th, NULL);
}

/* A thread runs a loop until another thread patches the loop's branch back. The loop has no ISB: it must see the patch in finite
 * time. */
static void *run_loop(void *arg)
{
        call(patched, 0);
        return arg;
}

/* Code sets flags and branches to code that overwrites them. That is patched to read them: they must be there then. */
TEST(flags_read_by_the_code_behind)
{
#ifdef __aarch64__
        enum { CMP_X0_5 = 0xf100141f, CMP_X0_X0 = 0xeb00001f, SET_X0_IF_EQ = 0x9a9f1400 };
#elif defined(__thumb__)
        enum { CMP_X0_5 = UNITS(0xf1b0, 0x0f05), CMP_X0_X0 = UNITS(0xebb0, 0x0f00), SET_X0_IF_EQ = UNITS(0xbf08, 0x2001) };
#else
        enum { CMP_X0_5 = 0xe3500005, CMP_X0_X0 = 0xe1500000, SET_X0_IF_EQ = 0x03a00001 };
#endif
        uint32_t *p = rwx(4096);
        p[0] = CMP_X0_X0;
        p[1] = RET;
        p[512] = CMP_X0_5;
        p[513] = B(-513);
        flush(p, p + 514);
        for (int k = 0; k < 3; k++)
                EQ(call(p + 512, 5), 5);
        put(p, SET_X0_IF_EQ);
        EQ(call(p + 512, 5), 1);
        EQ(call(p + 512, 6), 6);
}

TEST(loop_ended_by_a_patch)
{
        for (int k = 0; k < 50; k++) {
                pthread_t th;
                uint32_t *p = patched = rwx(4096);
                p[0] = ADD_X0(1);
                p[1] = B(-1);
                p[2] = RET;
                flush(p, p + 3);
                EQ(pthread_create(&th, NULL, run_loop, NULL), 0);
                usleep(1000);
                put(&p[1], NOP);
                pthread_join(th, NULL);
        }
}

/* Writes and runs code. Several threads do it at the same time, each with memory of its own. */
static void *make_and_run(void *arg)
{
        uint32_t *p = rwx(4096);
        word who = (word)arg;
        for (unsigned k = 0; k < 1500; k++) {
                unsigned at = (k * 7 % 500) * 2;
                p[at] = MOVZ_X0((who << 12) + (k & 0xfff));
                p[at + 1] = RET;
                flush(p + at, p + at + 2);
                EQ(call(p + at, 0), (who << 12) + (k & 0xfff));
        }
        munmap(p, 4096);
        return arg;
}

TEST(four_threads_with_code_of_their_own)
{
        for (int round = 0; round < 40; round++) {
                pthread_t th[4];
                for (uintptr_t k = 0; k < 4; k++)
                        EQ(pthread_create(&th[k], NULL, make_and_run, (void *)k), 0);
                for (int k = 0; k < 4; k++)
                        pthread_join(th[k], NULL);
        }
}
