/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf,armel */
/* Literals: words beside code that it loads relative to the pc. They are data: a program may change them at any time without
 * a word to the caches, if it may write them at all. */
#include "check.h"

enum { LDR_R0_PC_8 = 0xe59f0008, BX_LR = 0xe12fff1e, LDR_PC_PC_0 = 0xe59ff000, T32_LDR_R0_BX_LR = 0x47704801, NOP = 0xe1a00000 };

/* A function that returns word 4 of `at`, in A32 and in T32. */
static void write_getter(uint32_t *at, bool thumb)
{
        at[0] = thumb ? T32_LDR_R0_BX_LR : LDR_R0_PC_8; /* the T32 pc is at[1], and 4 bytes on */
        at[1] = thumb ? NOP : BX_LR;
        at[2] = at[3] = NOP;
        __builtin___clear_cache((char *)at, (char *)(at + 5));
}

static uint32_t call(const uint32_t *at, bool thumb)
{
        uint32_t (*volatile f)(void) = (uint32_t(*)(void))((uintptr_t)at | thumb);
        return f();
}

static uint32_t *literal_of(uint32_t *at, bool thumb)
{
        return thumb ? at + 2 : at + 4;
}

static uint32_t *map(int prot, int flags, int fd)
{
        void *p = mmap(NULL, 4096, prot, flags, fd, 0);
        CHECK(p != MAP_FAILED);
        return p;
}

TEST(written_beside_code)
{
        for (unsigned thumb = 0; thumb < 2; thumb++) {
                uint32_t *p = map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
                write_getter(p, thumb);
                for (uint32_t k = 0; k < 100; k++) {
                        *literal_of(p, thumb) = k;
                        EQ(call(p, thumb), k);
                }
        }
}

TEST(made_writable_for_a_moment)
{
        for (unsigned thumb = 0; thumb < 2; thumb++) {
                uint32_t *p = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
                write_getter(p, thumb);
                for (uint32_t k = 0; k < 100; k++) {
                        OK(mprotect(p, 4096, PROT_READ | PROT_WRITE));
                        *literal_of(p, thumb) = k;
                        OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
                        EQ(call(p, thumb), k);
                        EQ(call(p, thumb), k);
                }
        }
}

TEST(made_writable_in_the_end)
{
        for (unsigned thumb = 0; thumb < 2; thumb++) {
                uint32_t *p = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
                write_getter(p, thumb);
                *literal_of(p, thumb) = 1000;
                OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
                EQ(call(p, thumb), 1000);
                OK(mprotect(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
                for (uint32_t k = 0; k < 100; k++) {
                        *literal_of(p, thumb) = k;
                        EQ(call(p, thumb), k);
                }
        }
}

/* By a call that fails at the next mapping, which cannot be written. */
TEST(made_writable_and_refused)
{
        for (unsigned thumb = 0; thumb < 2; thumb++) {
                uint32_t *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                int fd = OK(open("/proc/self/exe", O_RDONLY));
                write_getter(p, thumb);
                *literal_of(p, thumb) = 1000;
                CHECK(mmap(p + 1024, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == p + 1024);
                OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
                EQ(call(p, thumb), 1000);
                ERR(mprotect(p, 8192, PROT_READ | PROT_WRITE | PROT_EXEC), EACCES);
                *literal_of(p, thumb) = 2000;
                EQ(call(p, thumb), 2000);
        }
}

TEST(written_through_another_mapping)
{
        for (unsigned thumb = 0; thumb < 2; thumb++) {
                int fd = OK(memfd_create("code", 0));
                OK(ftruncate(fd, 4096));
                uint32_t *w = map(PROT_READ | PROT_WRITE, MAP_SHARED, fd), *x = map(PROT_READ | PROT_EXEC, MAP_SHARED, fd);
                write_getter(w, thumb);
                __builtin___clear_cache((char *)x, (char *)(x + 5));
                for (uint32_t k = 0; k < 100; k++) {
                        *literal_of(w, thumb) = k;
                        EQ(call(x, thumb), k);
                }
        }
}

/* The page with the literal is another one than that with the code. */
TEST(page_replaced)
{
        uint32_t *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        uint32_t *at = p + 1024 - 4; /* the literal is the first word of the second page */
        write_getter(at, false);
        OK(mprotect(p, 8192, PROT_READ | PROT_EXEC));
        for (uint32_t k = 1; k < 50; k++) {
                uint32_t *page = mmap(p + 1024, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
                CHECK(page == p + 1024);
                page[0] = k;
                OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
                EQ(call(at, false), k);
                EQ(call(at, false), k);
        }
}

static int first(void)
{
        return 1;
}
static int second(void)
{
        return 2;
}

/* The long form of a branch: its literal is where it goes. */
TEST(where_a_branch_goes)
{
        uint32_t *p = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        p[0] = LDR_PC_PC_0;
        p[1] = NOP;
        __builtin___clear_cache((char *)p, (char *)(p + 3));
        for (unsigned k = 0; k < 50; k++) {
                OK(mprotect(p, 4096, PROT_READ | PROT_WRITE));
                p[2] = (uint32_t)(uintptr_t)(k & 1 ? second : first);
                OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
                EQ(call(p, false), k & 1 ? 2 : 1);
                EQ(call(p, false), k & 1 ? 2 : 1);
        }
}

/* ---- in a program that takes translations over (run/share.h) ---- */

__asm__(".text\n\t.balign 4096\n\t.arm\nown_getter: ldr r0, 1f\n\tbx lr\n1: .word 1000\n\t.balign 4096");
extern uint32_t own_getter[1024];

/* Executes this program anew with this test only, by a child. `handing_down`: by the second one, which is given what this process has
 * translated; else nothing is handed down, because the number of that descriptor is another file's. */
static void again(const char *name, const char *stage, bool handing_down)
{
        enum { NUMBER = 1019 };
        setenv("LITERALS_TEST", stage, 1);
        for (int k = !handing_down; k < 2; k++) {
                pid_t pid = fork();
                if (pid == 0 && k) {
                        dup2(open("/dev/null", O_WRONLY), 1);
                        if (!handing_down && dup2(1, NUMBER) == NUMBER)
                                close(NUMBER);
                        execl("/proc/self/exe", "literals", name, NULL);
                }
                if (pid == 0)
                        _exit(k ? 127 : 0);
                check_child(pid, 0);
        }
}

TEST_NOT_ON_QEMU(written_by_who_took_it_over, "started by hand, it does not execute guest programs")
{
        const char *stage = getenv("LITERALS_TEST");
        if (!stage) {
                again("written_by_who_took_it_over", "1", false);
                return;
        }
        if (!strcmp(stage, "2"))
                OK(mprotect(own_getter, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
        EQ(call(own_getter, false), 1000);
        if (!strcmp(stage, "1")) {
                again("written_by_who_took_it_over", "2", true);
                return;
        }
        own_getter[2] = 2000;
        EQ(call(own_getter, false), 2000);
}
