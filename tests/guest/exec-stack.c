/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program whose stack is executable. Its ELF header asks for that (PT_GNU_STACK with PF_X), because it takes the addresses of
 * nested functions: GCC puts code onto the stack to call those.
 * guest-test: also=armhf nightly=armhf-arm,armel */
#include "check.h"
#include <pthread.h>

__attribute__((noipa)) static int call(int (*f)(int), int x)
{
        return f(x);
}

__attribute__((noipa)) static int nested(int k)
{
        int add(int x)
        {
                return x + k;
        }
        return call(add, 40);
}

__attribute__((noipa)) static int nested_deep(int n)
{
        volatile char room[1000];
        room[0] = 2;
        return n ? nested_deep(n - 1) + 0 * room[0] : nested(room[0]);
}

static void *in_thread(void *arg)
{
        *(int *)arg = nested_deep(20);
        return arg;
}

TEST(nested_function)
{
        EQ(nested(2), 42);
}

TEST(where_the_stack_grows_to)
{
        EQ(nested_deep(3000), 42);
}

TEST(in_a_thread)
{
        pthread_t t;
        int got = 0;
        EQ(pthread_create(&t, NULL, in_thread, &got), 0);
        pthread_join(t, NULL);
        EQ(got, 42);
}

TEST(in_a_child)
{
        pid_t pid = fork();
        if (pid == 0)
                _exit(nested_deep(4000));
        check_child(pid, 42);
}

/* On arm64 only the stack becomes executable by this, not data and other mappings (arch/arm64/include/asm/elf.h). */
TEST_NOT_ON_QEMU(nothing_else_is_executable, "QEMU 7.2 lets everything be executed")
{
        char *maps = NULL;
        size_t size = 0;
        bool stack = false;
        FILE *f = fopen("/proc/self/maps", "r");
        CHECK(f);
        while (getline(&maps, &size, f) > 0) {
                if (strstr(maps, "[stack]"))
                        stack = strstr(maps, " rwxp ");
                else
                        CHECK(!strstr(maps, " rwx"));
        }
        CHECK(stack);
}
