/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of system calls that signals interrupt: which of them are restarted, calls that wait for signals, and many signals in a row. */
#include <linux/futex.h>
#include <linux/time_types.h>
#include "linux-host.h"

/* Forks a child that sends `sig` to this process after 30 ms and, if `fd` is not negative, writes a byte there after 30 ms more.
 * Returns the child's ID. */
static long later(struct thread *t, int sig, int fd)
{
        long parent = me(), pid = fork_guest(t);
        if (pid == 0) {
                struct __kernel_timespec ts = { 0, 30000000 };
                sys_call2(__NR_nanosleep, &ts, 0);
                sys_call2(__NR_kill, parent, sig);
                sys_call2(__NR_nanosleep, &ts, 0);
                if (fd >= 0)
                        sys_call3(__NR_write, fd, "x", 1);
                SVC1(A_EXIT_GROUP, 0);
        }
        return pid;
}

void test_interrupted(struct thread *t)
{
        int fd[2];
        char c;
        CHECK(sys_call2(__NR_pipe2, fd, 0) == 0);
        sys_call1(__NR_pipe, fd);
        set_handler(t, SIGUSR1, HANDLER, 0, 0);
        reset();
        long pid = later(t, SIGUSR1, fd[1]);
        CHECK(SVC3(A_READ, fd[0], &c, 1) == -EINTR && seen.count == 1 && (long)seen.x0_saved == -EINTR);
        CHECK(SVC3(A_READ, fd[0], &c, 1) == 1);
        wait_for(t, pid);
        reset();
        set_handler(t, SIGUSR1, HANDLER, SA_RESTART, 0);
        pid = later(t, SIGUSR1, fd[1]);
        CHECK(SVC3(A_READ, fd[0], &c, 1) == 1 && seen.count == 1 && seen.pc_saved == SVC_PC);
        wait_for(t, pid);
        /* these are never restarted */
        struct __kernel_timespec ts = { 5, 0 }, left = { 0, 0 };
        pid = later(t, SIGUSR1, -1);
        CHECK(SVC2(A_NANOSLEEP, &ts, &left) == -EINTR && left.tv_sec == 4);
        wait_for(t, pid);
        pid = later(t, SIGUSR1, -1);
        CHECK(SVC5(A_PPOLL, 0, 0, &ts, 0, 8) == -EINTR);
        wait_for(t, pid);
        /* the call goes on when the process was stopped and continued meanwhile */
        reset();
        ts = (struct __kernel_timespec){ 0, 200000000 };
        long parent = me();
        pid = fork_guest(t);
        if (pid == 0) {
                struct __kernel_timespec w = { 0, 30000000 };
                sys_call2(__NR_nanosleep, &w, 0);
                sys_call2(__NR_kill, parent, SIGSTOP);
                sys_call2(__NR_nanosleep, &w, 0);
                sys_call2(__NR_kill, parent, SIGCONT);
                SVC1(A_EXIT_GROUP, 0);
        }
        CHECK(SVC2(A_NANOSLEEP, &ts, 0) == 0 && seen.count == 0);
        wait_for(t, pid);
        uint32_t word = 0;
        set_handler(t, SIGUSR1, HANDLER, SA_RESTART, 0);
        pid = later(t, SIGUSR1, -1);
        ts = (struct __kernel_timespec){ 0, 150000000 };
        CHECK(svc(t, A_FUTEX, (uint64_t)&word, FUTEX_WAIT, 0, (uint64_t)&ts, 0, 0) == -EINTR);
        wait_for(t, pid);
}

void test_suspend(struct thread *t)
{
        uint64_t none = 0;
        struct __kernel_timespec ts = { 5, 0 };

        reset();
        set_handler(t, SIGUSR1, HANDLER, SA_RESTART, 0);
        set_mask(t, SIG_BLOCK, SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2));
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 0);
        CHECK(SVC2(A_SIGSUSPEND, &none, 8) == -EINTR && seen.count == 1);
        CHECK(seen.mask_saved == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2)) && seen.mask_inside == SIGNAL_BIT(SIGUSR1));
        CHECK(t->os->sigmask == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2)) && !t->os->suspended);
        long pid = later(t, SIGUSR1, -1);
        CHECK(SVC2(A_SIGSUSPEND, &none, 8) == -EINTR && seen.count == 2);
        wait_for(t, pid);
        pid = later(t, SIGUSR1, -1);
        CHECK(SVC5(A_PPOLL, 0, 0, &ts, &none, 8) == -EINTR && seen.count == 3);
        wait_for(t, pid);
        ts = (struct __kernel_timespec){ 0, 1000 };
        CHECK(SVC5(A_PPOLL, 0, 0, &ts, &none, 8) == 0 && !t->os->suspended);
        /* SIGSEGV that was sent, not raised by a fault */
        set_handler(t, SIGSEGV, HANDLER, 0, 0);
        set_mask(t, SIG_SETMASK, SIGNAL_BIT(SIGSEGV));
        SVC2(A_KILL, me(), SIGSEGV);
        CHECK(seen.count == 3);
        CHECK(SVC2(A_SIGSUSPEND, &none, 8) == -EINTR && seen.count == 4 && seen.sig == SIGSEGV);
        pid = later(t, SIGSEGV, -1);
        CHECK(SVC2(A_SIGSUSPEND, &none, 8) == -EINTR && seen.count == 5);
        wait_for(t, pid);
        set_mask(t, SIG_SETMASK, 0);
}

/* While signals come all the time, no queued signal is lost, nothing hangs, and all data arrives that is sent through a pipe. */
void test_storm(struct thread *t)
{
        enum { SIGNALS = 3000, BYTES = 3000 };
        int fd[2];
        long parent = me();

        reset();
        sys_call1(__NR_pipe, fd);
        set_handler(t, 40, HANDLER, SA_RESTART, 0);
        set_handler(t, 41, HANDLER, SA_RESTART, 0);
        long a = fork_guest(t);
        if (a == 0) {
                for (int k = 0; k < SIGNALS; k++)
                        while (sys_call2(__NR_kill, parent, 40 + (k & 1)) == -EAGAIN)
                                sys_call0(__NR_sched_yield);
                SVC1(A_EXIT_GROUP, 0);
        }
        long b = fork_guest(t);
        if (b == 0) {
                for (int k = 0; k < BYTES; k++) {
                        sys_call3(__NR_write, fd[1], "y", 1);
                        if (k % 16 == 0)
                                sys_call0(__NR_sched_yield);
                }
                SVC1(A_EXIT_GROUP, 0);
        }
        long bad = 0;
        char c;
        for (int k = 0; k < BYTES; k++) {
                long r = SVC3(A_READ, fd[0], &c, 1);
                uint64_t set = SIGNAL_BIT(40 + (k & 1));
                bad += r != 1;
                SVC4(A_SIGPROCMASK, SIG_BLOCK, &set, 0, 8);
                SVC4(A_SIGPROCMASK, SIG_UNBLOCK, &set, 0, 8);
        }
        CHECK(bad == 0);
        CHECK(wait_for(t, a) == 0 && wait_for(t, b) == 0);
        SVC0(A_GETPID);
        CHECK(seen.count == SIGNALS);
        CHECK(t->os->sigmask == 0 && t->cpu.x[31] == (uint64_t)(guest_stack + sizeof(guest_stack)));
        sys_call1(__NR_close, fd[0]);
        sys_call1(__NR_close, fd[1]);
}
