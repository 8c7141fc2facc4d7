/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code whose pages change, move and go: the two pages of `code`, of a copy of the program's own file. They are never executed where the program
 * has them itself, so that what an image of the cache has of them is used for the copy. */
#include "check.h"
#include <pthread.h>
#include <setjmp.h>
#include <sys/resource.h>

enum { PAGE = 4096, FIRST = 0, SECOND = 64, LOOP = 128, LITERAL = 192, CONSTANT = 256, NEXT = PAGE };
__asm__(".text\n.balign 4096\ncode:\n"
        "mov x0, #1\nret\n.balign 64\n"
        "mov x0, #2\nret\n.balign 64\n"
        "1: subs x0, x0, #1\nb.ne 1b\nret\n.balign 64\n"
        "ldr w0, 2f\nret\n.balign 64\n"
        "2: .word 77\n.balign 4096\n"
        "mov x0, #4\nret\n.balign 4096\n");
extern const uint8_t code[];

#define RX (PROT_READ | PROT_EXEC)
#define RWX (PROT_READ | PROT_WRITE | PROT_EXEC)
static const uint32_t one[] = { 0xd2800020, 0xd65f03c0 }, nine[] = { 0xd2800120, 0xd65f03c0 }; /* MOV X0, #1 or 9; RET */

static unsigned long call(const uint8_t *page, unsigned at, unsigned long argument)
{
        unsigned long (*volatile f)(unsigned long) = (unsigned long (*)(unsigned long))(page + at);
        return f(argument);
}

static int copy; /* of the program's file */
static off_t at; /* where the code is in it */

static uint8_t *map_code(int flags)
{
        static uint8_t file[4 << 20];
        int self = OK(open("/proc/self/exe", O_RDONLY));
        ssize_t size = OK(read(self, file, sizeof(file)));
        close(self);
        copy = OK(memfd_create("copy", 0));
        EQ(write(copy, file, size), size);
        while (at + 2 * PAGE <= size && memcmp(file + at, code, 2 * PAGE) != 0)
                at += PAGE;
        uint8_t *p = mmap(NULL, 4 * PAGE, RX, flags, copy, at);
        CHECK(p != MAP_FAILED);
        EQ(call(p, FIRST, 0), 1);
        EQ(call(p, LITERAL, 0), 77);
        return p;
}

TEST(written)
{
        uint8_t *p = map_code(MAP_PRIVATE);
        OK(mprotect(p, PAGE, RWX));
        memcpy(p + FIRST, nine, sizeof(nine));
        __builtin___clear_cache((char *)p, (char *)p + sizeof(nine));
        EQ(call(p, FIRST, 0), 9);
        OK(mprotect(p, PAGE, RX));
        EQ(call(p, FIRST, 0), 9);
        EQ(call(p, SECOND, 0), 2);
}

TEST_NOT_ON_QEMU(private_changes_dropped, "it does not notice MADV_DONTNEED")
{
        uint8_t *p = map_code(MAP_PRIVATE);
        OK(mprotect(p, PAGE, RWX));
        memcpy(p + FIRST, nine, sizeof(nine));
        OK(mprotect(p, PAGE, RX));
        EQ(call(p, FIRST, 0), 9);
        OK(madvise(p, PAGE, MADV_DONTNEED));
        EQ(call(p, FIRST, 0), 1);
        EQ(call(p, SECOND, 0), 2);
}

TEST(constant_written)
{
        uint8_t *p = map_code(MAP_PRIVATE);
        OK(mprotect(p, PAGE, RWX));
        p[CONSTANT] = 5;
        EQ(call(p, LITERAL, 0), 5);
        OK(mprotect(p, PAGE, RX));
        EQ(call(p, LITERAL, 0), 5);
}

TEST(mapped_over)
{
        uint8_t *p = map_code(MAP_PRIVATE);
        CHECK(mmap(p, PAGE, RX, MAP_PRIVATE | MAP_FIXED, copy, at + PAGE) == p);
        EQ(call(p, FIRST, 0), 4);
        CHECK(mmap(p, PAGE, RX, MAP_PRIVATE | MAP_FIXED, copy, at) == p);
        EQ(call(p, FIRST, 0), 1);
        EQ(call(p, SECOND, 0), 2);
        CHECK(mmap(p + PAGE, PAGE, RX, MAP_PRIVATE | MAP_FIXED, copy, at) == p + PAGE); /* behind what is translated */
        EQ(call(p, SECOND, 0), 2);
        EQ(call(p, NEXT, 0), 1);
}

TEST(moved)
{
        uint8_t *p = map_code(MAP_PRIVATE), *to = p + 3 * PAGE;
        CHECK(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
        EQ(call(to, FIRST, 0), 1);
        EQ(call(to, SECOND, 0), 2);
        CHECK(mmap(p, PAGE, RX, MAP_PRIVATE | MAP_FIXED, copy, at + PAGE) == p);
        EQ(call(p, FIRST, 0), 4);
        EQ(call(to, LITERAL, 0), 77);
}

TEST(mapped_twice)
{
        uint8_t *p = map_code(MAP_PRIVATE), *q = mmap(NULL, 2 * PAGE, RX, MAP_PRIVATE, copy, at);
        EQ(call(q, FIRST, 0), 1);
        OK(mprotect(q, PAGE, RWX));
        memcpy(q + FIRST, nine, sizeof(nine));
        __builtin___clear_cache((char *)q, (char *)q + sizeof(nine));
        EQ(call(q, FIRST, 0), 9);
        EQ(call(p, FIRST, 0), 1);
        OK(munmap(p, PAGE));
        EQ(call(q, SECOND, 0), 2);
}

TEST_NOT_ON_QEMU(written_elsewhere, "what it has translated stays, because another address was written")
{
        uint8_t *p = map_code(MAP_PRIVATE), *q = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, copy, at);
        memcpy(q + FIRST, nine, sizeof(nine));
        __builtin___clear_cache((char *)p, (char *)p + sizeof(nine));
        EQ(call(p, FIRST, 0), 9);
}

TEST_NOT_ON_QEMU(shared, "it does not know what memory is the same")
{
        uint8_t *p = map_code(MAP_SHARED), *q = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, copy, at);
        memcpy(q + FIRST, nine, sizeof(nine));
        __builtin___clear_cache((char *)q, (char *)q + sizeof(nine));
        EQ(call(p, FIRST, 0), 9);
}

static sigjmp_buf back;
static volatile int signal_was;

static void on_signal(int sig)
{
        signal_was = sig;
        siglongjmp(back, 1);
}

/* The signal that a call raises. */
static int signal_of(const uint8_t *page, unsigned place)
{
        signal(SIGBUS, on_signal);
        signal(SIGSEGV, on_signal);
        signal_was = 0;
        if (!sigsetjmp(back, 1))
                call(page, place, 1);
        return signal_was;
}

TEST_NOT_ON_QEMU(file_shortened, "what it has translated stays")
{
        uint8_t *p = map_code(MAP_PRIVATE);
        OK(ftruncate(copy, at + PAGE)); /* the page behind, with what the translation may have looked at */
        EQ(call(p, SECOND, 0), 2);
        EQ(signal_of(p, NEXT), SIGBUS);
        OK(ftruncate(copy, at));
        EQ(signal_of(p, FIRST), SIGBUS);
        EQ(signal_of(p, LOOP), SIGBUS);
}

TEST(not_executable)
{
        uint8_t *p = map_code(MAP_PRIVATE);
        OK(mprotect(p, PAGE, PROT_READ));
        EQ(signal_of(p, FIRST), SIGSEGV);
        EQ(signal_of(p, SECOND), SIGSEGV);
        OK(mprotect(p, PAGE, RX));
        EQ(call(p, SECOND, 0), 2);
}

TEST(forked)
{
        uint8_t *p = map_code(MAP_PRIVATE);
        for (unsigned k = 0; k < 10; k++) {
                pid_t pid = OK(fork());
                if (pid == 0) {
                        OK(mprotect(p, PAGE, RWX));
                        memcpy(p + FIRST, nine, sizeof(nine));
                        __builtin___clear_cache((char *)p, (char *)p + sizeof(nine));
                        OK(mprotect(p, PAGE, RX));
                        EQ(call(p, FIRST, 0), 9);
                        _exit(0);
                }
                check_child(pid, 0);
                EQ(call(p, FIRST, 0), 1);
                EQ(call(p, SECOND, 0), 2);
        }
}

/* A program may lower its limits below what it has; then it gets no memory, not even for what replaces something. */
TEST(limits_below_use)
{
        static const struct rlimit none;
        uint8_t *p = map_code(MAP_PRIVATE);
        OK(setrlimit(RLIMIT_DATA, &none));
        OK(setrlimit(RLIMIT_AS, &none));
        OK(mprotect(p, PAGE, PROT_READ));
        OK(mprotect(p, PAGE, RX));
        EQ(call(p, FIRST, 0), 1);
        EQ(call(p, SECOND, 0), 2);
}

static volatile bool ends;

static void *call_again_and_again(void *page)
{
        while (!ends) {
                unsigned long is = call(page, FIRST, 0);
                CHECK(is == 1 || is == 9);
                EQ(call(page, LOOP, 50), 0);
        }
        return NULL;
}

TEST(written_while_executed)
{
        uint8_t *p = map_code(MAP_PRIVATE);
        pthread_t t[2];
        for (unsigned k = 0; k < 2; k++)
                CHECK(pthread_create(&t[k], NULL, call_again_and_again, p) == 0);
        for (unsigned k = 0; k < 300; k++) {
                OK(mprotect(p, PAGE, RWX));
                __atomic_store_n((uint32_t *)(p + FIRST), k & 1 ? one[0] : nine[0], __ATOMIC_SEQ_CST);
                __builtin___clear_cache((char *)p, (char *)p + sizeof(nine));
                OK(mprotect(p, PAGE, RX));
                EQ(call(p, FIRST, 0), k & 1 ? 1 : 9);
                EQ(call(p, SECOND, 0), 2);
        }
        ends = true;
        for (unsigned k = 0; k < 2; k++)
                pthread_join(t[k], NULL);
}
