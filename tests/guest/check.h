/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest programs share. A program is a list of TESTs, each of which runs in a process of its own; main() is here.
 *
 * The program prints one line for each test: "ok NAME", "not ok NAME: why" or "skip NAME: why". Its exit status is 1 if one
 * failed. Its arguments name the tests to run; without arguments it runs all. With GUEST_ORACLE=qemu in the environment it leaves
 * out the tests that are TEST_NOT_ON_QEMU, which tells what QEMU does wrong. All other tests must pass under QEMU, too: so a
 * mistake in a test is not taken for a property of arm64.
 */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef TEST_SECONDS
#define TEST_SECONDS 60 /* how long one test may take, where GUEST_TIMES is not set (see run) */
#endif

struct check_test {
        const char *name, *not_on_qemu;
        void (*fn)(void);
};

static struct check_test check_tests[256];
static unsigned check_ntests;
static char *check_why; /* shared with the parent: why the running test failed */
static pid_t check_pid; /* the process of the running test */

#define TEST_(name, why) \
        static void test_##name(void); \
        __attribute__((constructor)) static void register_##name(void) \
        { \
                check_tests[check_ntests++] = (struct check_test){ #name, why, test_##name }; \
        } \
        static void test_##name(void)
#define TEST(name) TEST_(name, NULL)
#define TEST_NOT_ON_QEMU(name, why) TEST_(name, why)

/* Ends the test as failed, with that reason. */
__attribute__((noreturn, format(printf, 3, 4), unused)) static void check_fail(const char *file, int line, const char *format,
                                                                               ...)
{
        char text[400];
        va_list ap;
        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        snprintf(check_why, 500, "%s %d: %s", file, line, text);
        if (getpid() != check_pid)
                kill(check_pid, SIGKILL); /* this is a process that the test made: end the test's own, too */
        _exit(1);
}

#define SKIP_STATUS 77
#define SKIP(...) (snprintf(check_why, 500, __VA_ARGS__), _exit(SKIP_STATUS))
#define FAIL(...) check_fail("line", __LINE__, __VA_ARGS__)
#define CHECK(cond) ((cond) ? (void)0 : FAIL("%s (errno %d)", #cond, errno))
#define EQ(got, want) check_eq((uint64_t)(got), (uint64_t)(want), #got, __LINE__)
/* The result of a call that must not return -1. */
#define OK(call) check_ok((long)(call), #call, __LINE__)
/* A call that must return -1, with that errno. */
#define ERR(call, err) check_err((long)(call), err, #call, __LINE__)

/* How many times to try what only sometimes goes wrong: `all` times with GUEST_ALL (see run). */
__attribute__((unused)) static unsigned rounds(unsigned all)
{
        return getenv("GUEST_ALL") ? all : all / 6;
}

__attribute__((unused)) static void check_eq(uint64_t got, uint64_t want, const char *what, int line)
{
        if (got != want)
                check_fail("line", line, "%s is %#" PRIx64 ", not %#" PRIx64, what, got, want);
}

__attribute__((unused)) static long check_ok(long r, const char *what, int line)
{
        if (r == -1)
                check_fail("line", line, "%s: %s", what, strerror(errno));
        return r;
}

__attribute__((unused)) static void check_err(long r, int err, const char *what, int line)
{
        if (r != -1)
                check_fail("line", line, "%s gave %ld, not the error %s", what, r, strerror(err));
        if (errno != err)
                check_fail("line", line, "%s: %s instead of %s", what, strerror(errno), strerror(err));
}

/* Waits for a child that must end with exit status `status`. */
__attribute__((unused)) static void check_child(pid_t pid, int status)
{
        int st;
        if (pid < 0 || waitpid(pid, &st, 0) != pid)
                FAIL("waitpid: %s", strerror(errno));
        if (WIFSIGNALED(st))
                FAIL("the child was ended by signal %d", WTERMSIG(st));
        if (WEXITSTATUS(st) != status)
                FAIL("the child ended with status %d, not %d", WEXITSTATUS(st), status);
}

/* How long one test may take. */
__attribute__((unused)) static int check_seconds(void)
{
        const char *times = getenv("GUEST_TIMES");
        return TEST_SECONDS * (times ? atoi(times) : 1);
}

static bool check_run(const struct check_test *t)
{
        int st;
        *check_why = 0;
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
                check_pid = getpid();
                alarm((unsigned)check_seconds());
                t->fn();
                fflush(stdout);
                _exit(0);
        }
        if (pid < 0 || waitpid(pid, &st, 0) != pid)
                printf("not ok %s: fork or wait failed\n", t->name);
        else if (WIFSIGNALED(st))
                printf("not ok %s: %s (signal %d)\n", t->name, *check_why ? check_why : strsignal(WTERMSIG(st)), WTERMSIG(st));
        else if (WEXITSTATUS(st) == SKIP_STATUS)
                printf("skip %s: %s\n", t->name, check_why);
        else if (WEXITSTATUS(st))
                printf("not ok %s: %s (status %d)\n", t->name, check_why, WEXITSTATUS(st));
        else {
                printf("ok %s\n", t->name);
                return true;
        }
        return WIFEXITED(st) && WEXITSTATUS(st) == SKIP_STATUS;
}

int main(int argc, char **argv)
{
        const char *oracle = getenv("GUEST_ORACLE");
        bool all = true;
        check_why = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        for (unsigned k = 0; k < check_ntests; k++) {
                const struct check_test *t = &check_tests[k];
                bool wanted = argc == 1;
                for (int i = 1; i < argc; i++)
                        wanted |= !strcmp(argv[i], t->name);
                if (!wanted || (oracle && t->not_on_qemu))
                        continue;
                all &= check_run(t);
        }
        printf("done\n");
        return !all;
}
