/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf nightly=armhf-arm no-qemu seconds=120 */
/* Signals that come while a process or a thread begins, executes a program, or ends. None may be lost or come to another one
 * (fork(2), execve(2), signal(7)). QEMU is left out, because version 7.2 loses some. */
#include "check.h"
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>

static const int killers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGTERM, SIGUSR1 };
#define NKILLERS (sizeof(killers) / sizeof(killers[0]))

static sigset_t set_of(int a, int b)
{
        sigset_t s;
        sigemptyset(&s);
        sigaddset(&s, a);
        sigaddset(&s, b);
        return s;
}

static void busy(unsigned loops)
{
        for (volatile unsigned k = 0; k < loops; k++)
                ;
}

/* Waits for a child, which must end by signal `sig` within 5 seconds. `when` and `round` are told when it does not. */
static void ends_by(pid_t pid, int sig, const char *when, unsigned round)
{
        int st;
        pid_t r = 0;
        for (int ms = 0; ms < 5000 && (r = waitpid(pid, &st, WNOHANG)) == 0; ms++)
                usleep(ms < 20 ? 100 : 1000);
        if (r != pid)
                kill(pid, SIGKILL);
        if (r == 0)
                FAIL("signal %d was lost, %s (round %u)", sig, when, round);
        if (!WIFSIGNALED(st) || WTERMSIG(st) != sig)
                FAIL("signal %d, %s: the child ended with %#x (round %u)", sig, when, st, round);
}

TEST(right_after_fork)
{
        for (unsigned k = 0; k < NKILLERS; k++)
                for (unsigned round = 0; round < 40; round++) {
                        pid_t pid = fork();
                        if (pid == 0)
                                for (;;)
                                        pause();
                        busy(round * 500);
                        OK(kill(pid, killers[k]));
                        ends_by(pid, killers[k], "right after fork", round);
                }
}

static volatile unsigned got; /* a bit for each signal that came */
static void note(int sig)
{
        __atomic_or_fetch(&got, 1u << sig, __ATOMIC_SEQ_CST);
}
#define BITS (1u << SIGUSR1 | 1u << SIGUSR2 | 1u << SIGSEGV)

static void note_all(void)
{
        signal(SIGUSR1, note);
        signal(SIGUSR2, note);
        signal(SIGSEGV, note);
}

TEST(handlers_right_after_fork)
{
        note_all();
        for (unsigned round = 0; round < 100; round++) {
                pid_t pid = fork();
                if (pid == 0) {
                        for (int ms = 0; got != BITS && ms < 5000; ms++)
                                usleep(1000);
                        _exit((int)(got ^ BITS) != 0);
                }
                busy(round * 200);
                OK(kill(pid, SIGUSR1));
                OK(kill(pid, SIGSEGV));
                OK(kill(pid, SIGUSR2));
                check_child(pid, 0);
                EQ(got, 0);
        }
}

/* A signal that is pending for the parent is not pending for its child; one that is sent to the child is. */
TEST(pending_signals_stay_with_the_parent)
{
        sigset_t block = set_of(SIGSEGV, SIGUSR1), now;
        int in[2], out[2];
        char c;
        OK(pipe(in));
        OK(pipe(out));
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        OK(raise(SIGSEGV));
        OK(raise(SIGUSR1));
        for (unsigned round = 0; round < 40; round++) {
                pid_t pid = fork();
                if (pid == 0) {
                        sigpending(&now);
                        if (round % 2 == 0 && (sigismember(&now, SIGSEGV) || sigismember(&now, SIGUSR1)))
                                _exit(1);
                        if (write(out[1], "", 1) != 1 || read(in[0], &c, 1) != 1)
                                _exit(4);
                        sigpending(&now);
                        if (!sigismember(&now, SIGSEGV) || sigismember(&now, SIGUSR1))
                                _exit(2);
                        sigprocmask(SIG_UNBLOCK, &block, NULL);
                        _exit(3);
                }
                if (round % 2) /* before the child looks */
                        OK(kill(pid, SIGSEGV));
                OK(read(out[0], &c, 1));
                if (round % 2 == 0)
                        OK(kill(pid, SIGSEGV));
                OK(write(in[1], "", 1));
                ends_by(pid, SIGSEGV, "sent beside the parent's", round);
        }
        OK(sigpending(&now));
        EQ(sigismember(&now, SIGSEGV), 1);
        EQ(sigismember(&now, SIGUSR1), 1);
}

/* ---- threads and vfork ---- */

enum { THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM };

static volatile int tid, started, seen, wanted;
static char clone_stack[65536] __attribute__((aligned(16)));

static void count_in_thread(int sig)
{
        (void)sig;
        if (syscall(SYS_gettid) == tid)
                __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
}

static int thread_body(void *arg)
{
        (void)arg;
        for (long k = 0; __atomic_load_n(&seen, __ATOMIC_SEQ_CST) != wanted && k < 2000000; k++)
                sched_yield();
        return 0;
}

/* Sends signals to a thread that has just begun. Queued ones must come as often as they were sent, the others once. */
TEST(to_a_new_thread)
{
        struct sigaction act = { .sa_handler = count_in_thread };
        pid_t pid = getpid();
        OK(sigaction(SIGRTMIN, &act, NULL));
        OK(sigaction(SIGUSR1, &act, NULL));
        OK(sigaction(SIGSEGV, &act, NULL));
        for (unsigned round = 0; round < 400; round++) {
                static volatile int alive;
                alive = 1;
                seen = 0;
                wanted = 10;
                OK(clone(thread_body, clone_stack + sizeof(clone_stack),
                         THREAD_FLAGS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID, NULL, &tid, NULL, &alive));
                busy(round % 20 * 100);
                for (int k = 0; k < 8; k++)
                        OK(syscall(SYS_tgkill, pid, tid, SIGRTMIN));
                OK(syscall(SYS_tgkill, pid, tid, SIGUSR1));
                OK(syscall(SYS_tgkill, pid, tid, SIGSEGV));
                for (int ms = 0; alive && ms < 20000; ms++)
                        usleep(ms < 20 ? 50 : 1000);
                EQ(alive, 0);
                if (seen != wanted)
                        FAIL("round %u: %d signals instead of %d", round, seen, wanted);
        }
}

__attribute__((noreturn)) static int vfork_child(void *arg)
{
        (void)arg;
        for (;;)
                pause();
}

static volatile int sender_signal;

/* A thread that sends sender_signal to each new child as soon as it has a process ID. The thread that made the child cannot do
 * that: it is stopped until the child is gone. */
static int sender(void *arg)
{
        (void)arg;
        started = 1;
        while (sender_signal) {
                int pid = tid;
                if (pid && __atomic_compare_exchange_n(&tid, &pid, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
                        kill(pid, sender_signal);
        }
        started = 0;
        return 0;
}

TEST(to_a_vfork_child)
{
        static char stack[65536] __attribute__((aligned(16)));
        for (unsigned k = 0; k < NKILLERS; k++) {
                tid = 0;
                sender_signal = killers[k];
                OK(clone(sender, stack + sizeof(stack), THREAD_FLAGS, NULL));
                for (unsigned round = 0; round < 20; round++) {
                        pid_t pid = clone(vfork_child, clone_stack + sizeof(clone_stack),
                                          CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD, NULL, &tid);
                        ends_by(pid, killers[k], "right after vfork", round);
                }
                sender_signal = 0;
                while (started)
                        usleep(100);
                usleep(1000); /* until it has left its stack */
        }
}

/* ---- threads that end ---- */

static int waits_for_got(void *arg)
{
        sigset_t set = set_of(SIGSEGV, SIGUSR1);
        (void)arg;
        syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8);
        for (int ms = 0; !got && ms < 5000; ms++)
                usleep(1000);
        syscall(SYS_exit_group, got == 1u << SIGSEGV ? 0 : 3);
        return 0;
}

/* The first thread blocks a signal that was sent to the process, and ends. Then another thread must get the signal. */
TEST(sent_to_the_process_before_a_thread_ends)
{
        pid_t pid = fork();
        if (pid == 0) {
                sigset_t block = set_of(SIGSEGV, SIGUSR1);
                note_all();
                sigprocmask(SIG_BLOCK, &block, NULL);
                kill(getpid(), SIGSEGV);
                clone(waits_for_got, clone_stack + sizeof(clone_stack), THREAD_FLAGS, NULL);
                for (;;)
                        syscall(SYS_exit, 9);
        }
        check_child(pid, 0);
}

static int ends_with_pending(void *arg)
{
        sigset_t block = set_of(SIGSEGV, SIGUSR1);
        (void)arg;
        syscall(SYS_rt_sigprocmask, SIG_BLOCK, &block, NULL, 8);
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGSEGV);
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1);
        return 0;
}

TEST(sent_to_a_thread_that_ends)
{
        static volatile int alive = 1;
        note_all();
        OK(clone(ends_with_pending, clone_stack + sizeof(clone_stack), THREAD_FLAGS | CLONE_CHILD_CLEARTID, NULL, NULL, NULL,
                 &alive));
        for (int ms = 0; alive && ms < 20000; ms++)
                usleep(1000);
        EQ(alive, 0);
        usleep(1000);
        EQ(got, 0);
}

/* ---- execve ---- */

/* What this program does, before main, when a test below executes it: waits ("wait_"), or checks its pending signals
 * ("pending_"). */
__attribute__((constructor)) static void after_exec(int argc, char **argv)
{
        sigset_t set = set_of(SIGSEGV, SIGUSR1), now;
        if (argc == 2 && !strcmp(argv[1], "wait_"))
                for (;;)
                        pause();
        if (argc != 2 || strcmp(argv[1], "pending_"))
                return;
        sigpending(&now);
        if (!sigismember(&now, SIGSEGV) || !sigismember(&now, SIGUSR1) || sigismember(&now, SIGUSR2))
                _exit(1);
        note_all();
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        _exit(got == (1u << SIGSEGV | 1u << SIGUSR1) ? 0 : 2);
}

TEST(around_execve)
{
        for (unsigned k = 0; k < NKILLERS; k++)
                for (unsigned round = 0; round < 25; round++) {
                        struct timespec t = { 0, (long)round * 100000 };
                        pid_t pid = fork();
                        if (pid == 0) {
                                execl("/proc/self/exe", "x", "wait_", NULL);
                                _exit(1);
                        }
                        nanosleep(&t, NULL);
                        OK(kill(pid, killers[k]));
                        ends_by(pid, killers[k], "around execve", round);
                }
}

TEST(pending_over_execve)
{
        pid_t pid = fork();
        if (pid == 0) {
                sigset_t block = set_of(SIGSEGV, SIGUSR1);
                sigprocmask(SIG_BLOCK, &block, NULL);
                raise(SIGSEGV);
                kill(getpid(), SIGUSR1);
                execl("/none", "x", NULL); /* an execve that fails must leave them pending */
                execl("/proc/self/exe", "x", "pending_", NULL);
                _exit(3);
        }
        check_child(pid, 0);
}
