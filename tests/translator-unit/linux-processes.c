/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of processes: how they end or stop by signals, and how they execute other programs. */
#include <linux/wait.h>
#include "../../translator/linux/execve.h"
#include "linux-host.h"

/* ---- death by signals ---- */

void test_death(struct thread *t)
{
        static const int sigs[] = { SIGTERM, SIGSEGV, SIGABRT, SIGUSR1, SIGKILL, 40 };
        for (unsigned i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
                set_handler(t, sigs[i], 0, 0, 0);
                long pid = fork_guest(t);
                if (pid == 0) {
                        SVC2(A_KILL, me(), sigs[i]);
                        SVC1(A_EXIT_GROUP, 1);
                }
                CHECK((wait_for(t, pid) & 0x7f) == sigs[i]);
        }
        long pid = fork_guest(t);
        if (pid == 0) { /* a fault whose signal is blocked ends the process */
                set_handler(t, SIGSEGV, HANDLER, 0, 0);
                set_mask(t, SIG_BLOCK, SIGNAL_BIT(SIGSEGV));
                signal_force(t, SIGSEGV, SEGV_MAPERR, 0);
                SVC1(A_EXIT_GROUP, 1);
        }
        CHECK((wait_for(t, pid) & 0x7f) == SIGSEGV);
        pid = fork_guest(t);
        if (pid == 0) { /* no memory where the signal frame should be */
                set_handler(t, SIGUSR1, HANDLER, 0, 0);
                t->cpu.x[31] = 0x1000;
                SVC2(A_KILL, me(), SIGUSR1);
                SVC1(A_EXIT_GROUP, 1);
        }
        CHECK((wait_for(t, pid) & 0x7f) == SIGSEGV);
        pid = fork_guest(t);
        if (pid == 0) {
                set_handler(t, SIGUSR1, 1, 0, 0);
                set_handler(t, SIGSEGV, 1, 0, 0);
                SVC2(A_KILL, me(), SIGUSR1);
                SVC2(A_KILL, me(), SIGSEGV);
                SVC1(A_EXIT_GROUP, 7);
        }
        CHECK(wait_for(t, pid) == 7 << 8);
        pid = fork_guest(t);
        if (pid == 0) { /* stopped, then continued */
                SVC2(A_KILL, me(), SIGSTOP);
                SVC1(A_EXIT_GROUP, 9);
        }
        int status;
        CHECK(SVC4(A_WAIT4, pid, &status, WUNTRACED, 0) == pid && (status & 0xff) == 0x7f && status >> 8 == SIGSTOP);
        SVC2(A_KILL, pid, SIGCONT);
        CHECK(wait_for(t, pid) == 9 << 8);
}

/* ---- execve ---- */

/* Forks a child that calls prepare(), if that is not NULL, and executes file argv[0]. Returns the child's status, -1 on errors. */
static int exec_file(struct thread *t, const char *argv[], guest_fn *prepare)
{
        const char *envp[] = { "A=b", NULL };
        long pid = fork_guest(t);
        if (pid == 0) {
                if (prepare)
                        prepare(t);
                SVC3(A_EXECVE, argv[0], argv, envp);
                SVC1(A_EXIT_GROUP, 99);
        }
        return wait_for(t, pid);
}

static int exec_shell(struct thread *t, const char *script)
{
        const char *argv[] = { "/bin/sh", "-c", script, NULL };
        return exec_file(t, argv, NULL);
}

/* True if a program that is executed after prepare() has `line` in its /proc/self/status. */
static bool status_has(struct thread *t, const char *line, guest_fn *prepare)
{
        const char *argv[] = { "/bin/grep", "-q", line, "/proc/self/status", NULL };
        return exec_file(t, argv, prepare) == 0;
}

static void block_some(struct thread *t)
{
        set_handler(t, SIGFPE, 1, 0, 0);
        set_handler(t, SIGUSR1, HANDLER, 0, 0);
        set_handler(t, SIGUSR2, 1, 0, 0);
        set_mask(t, SIG_SETMASK, SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGTERM));
}

void test_exec(struct thread *t)
{
        const char *argv[] = { "x", NULL };

        CHECK(SVC3(A_EXECVE, "/nowhere", argv, 0) == -ENOENT && SVC3(A_EXECVE, "/etc/passwd", argv, 0) == -EACCES);
        CHECK(SVC3(A_EXECVE, 1, argv, 0) == -EFAULT && SVC3(A_EXECVE, "/bin/sh", 1, 0) == -EFAULT);
        set_mask(t, SIG_SETMASK, SIGNAL_BIT(SIGBUS));
        CHECK(SVC3(A_EXECVE, "/nowhere", argv, 0) == -ENOENT && !t->os->mask_stale);
        set_mask(t, SIG_SETMASK, 0);
        CHECK(exec_shell(t, "test \"$A\" = b") == 0);
        CHECK(status_has(t, "SigBlk:.0000000000004400", block_some));
        CHECK(status_has(t, "SigIgn:.0000000000000880", block_some));
}

/* In a translator that was started by hand, execve of a native program, or of a script whose interpreter is native, is left to the kernel.
 * Options are kept for guest programs, but -0, -E and -U, which are for one program only, are not. */
void test_exec_by_hand(struct thread *t)
{
        char *argv[] = { "translator", "-0", "x", "-L", "/", "-strace", "-E", "A=b", "/bin/sh", NULL };
        execve_by_hand("/translator", argv, 8);
        CHECK(!strcmp(argv[1], "-L") && !strcmp(argv[2], "/") && !strcmp(argv[3], "-strace"));
        CHECK(exec_shell(t, "exit 5") == 5 << 8);
        const char *words[] = { "x", NULL };
        CHECK(SVC3(A_EXECVE, "/nowhere", words, 0) == -ENOENT && SVC3(A_EXECVE, "/etc/passwd", words, 0) == -EACCES);
}
