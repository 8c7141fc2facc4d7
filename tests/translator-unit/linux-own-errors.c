/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the translator's own errors: a fault in its code, and an overflow of its stack that the stack protector finds. */
#include <linux/resource.h>
#include "linux-host.h"

/* ---- a fault in the translator's code ---- */

static bool fault_in_handler;

static void store_to_null(void)
{
        __asm__ volatile("movl $1, 8" ::: "memory");
}

/* Stands for translator/run's part of the signal handler. It says of no fault that it is the guest's. With fault_in_handler it has a fault
 * itself, and says of both faults that the program can go on from them. */
enum fault_verdict exec_host_fault(struct thread *t, int sig, void *info, void *uc)
{
        static bool faulted;
        (void)t, (void)sig, (void)info, (void)uc;
        if (!fault_in_handler)
                return FAULT_NOT_GUEST;
        if (faulted)
                return FAULT_RESUME;
        faulted = true;
        store_to_null();
        return FAULT_RESUME;
}

/* A fault of the translator ends the process by the fault's signal, after a message, also if it is the signal handler that has the fault. */
void test_internal_error(struct thread *t)
{
        static const uint64_t seconds[2] = { 2, 2 }; /* of CPU time, then SIGKILL: a loop of faults ends */
        for (int nested = 0; nested < 2; nested++) {
                char text[400] = { 0 };
                int fd[2];
                CHECK(sys_call2(__NR_pipe2, fd, 0) == 0);
                long pid = fork_guest(t);
                if (pid == 0) {
                        sys_call3(__NR_dup3, fd[1], 2, 0);
                        sys_call4(__NR_prlimit64, 0, RLIMIT_CPU, seconds, 0);
                        fault_in_handler = nested;
                        store_to_null();
                        SVC1(A_EXIT_GROUP, 1);
                }
                sys_call1(__NR_close, fd[1]);
                CHECK((wait_for(t, pid) & 0x7f) == SIGSEGV);
                CHECK(sys_call3(__NR_read, fd[0], text, sizeof(text) - 1) > 0);
                sys_call1(__NR_close, fd[0]);
                CHECK(!strncmp(text, "binfmt-translator: internal error: SIGSEGV (code 1) at host address ", 68));
                CHECK((strcmp(text + strlen(text) - 11, "dealt with\n") == 0) == nested);
        }
}

/* ---- the stack protector ---- */

extern uint64_t __stack_chk_guard;

__attribute__((noinline)) static void write_beyond(volatile size_t n)
{
        char small[24];
        memset(small, 'x', n);
        __asm__ volatile("" : : "r"(small) : "memory");
}

void test_stack_protector(struct thread *t)
{
        CHECK(__stack_chk_guard && !(__stack_chk_guard & 0xff));
        for (size_t n = 24; n <= 48; n += 24) {
                long pid = fork_guest(t);
                if (pid == 0) {
                        sys_call1(__NR_close, 2);
                        write_beyond(n);
                        SVC1(A_EXIT_GROUP, 1);
                }
                CHECK(wait_for(t, pid) == (n == 24 ? 1 : 125) << 8);
        }
}
