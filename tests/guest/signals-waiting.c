/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf nightly=armhf-arm again=-tb-size_300000 */
/* Signals and waiting: system calls that signals interrupt or restart, and calls that wait for signals. */
#include "signals.h"
#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>

/* ---- interrupted and restarted calls ---- */

TEST(read_is_interrupted)
{
        int p[2];
        char c;
        OK(pipe(p));
        on(SIGALRM, counter, 0);
        timer_us(30000, 0);
        ERR(read(p[0], &c, 1), EINTR);
        EQ(count, 1);
}

static int wake_pipe;
static void write_one(int sig)
{
        (void)sig;
        count++;
        if (write(wake_pipe, "x", 1) != 1)
                abort();
}

TEST(read_is_restarted)
{
        int p[2];
        char c = 0;
        OK(pipe(p));
        wake_pipe = p[1];
        on(SIGALRM, write_one, SA_RESTART);
        timer_us(30000, 0);
        EQ(read(p[0], &c, 1), 1);
        EQ(c, 'x');
        EQ(count, 1);
}

TEST(poll_and_nanosleep_are_interrupted_even_with_restart)
{
        on(SIGALRM, counter, SA_RESTART);
        timer_us(20000, 0);
        ERR(poll(NULL, 0, 5000), EINTR);
        struct timespec ts = { .tv_sec = 5 }, left;
        timer_us(20000, 0);
        ERR(nanosleep(&ts, &left), EINTR);
        CHECK(left.tv_sec == 4 && left.tv_nsec > 0);
        EQ(count, 2);
}

static int child_ends[2]; /* a pipe: the child ends when something comes, which is after the signal on a slow machine, too */

static void *send_soon(void *arg)
{
        usleep(20000);
        pthread_kill((pthread_t)arg, SIGUSR1);
        EQ(write(child_ends[1], "", 1), 1);
        return NULL;
}

TEST(wait_is_restarted)
{
        pthread_t th;
        char c;
        on(SIGUSR1, counter, SA_RESTART);
        OK(pipe(child_ends));
        pid_t pid = fork();
        if (pid == 0)
                _exit(read(child_ends[0], &c, 1) == 1 ? 3 : 4);
        EQ(pthread_create(&th, NULL, send_soon, (void *)pthread_self()), 0);
        check_child(pid, 3);
        EQ(count, 1);
        pthread_join(th, NULL);
}

static void *futex_waits(void *arg)
{
        static uint32_t word;
        struct timespec ts = { .tv_sec = 5 };
        long r = syscall(SYS_futex, &word, 0 /* WAIT */, 0, arg ? &ts : NULL);
        return (void *)(r == -1 ? (long)errno : r);
}

/* Sends signals to a thread until it ends, and returns its result. One signal is not enough: it may come before the thread
 * waits. */
static void *signal_until_end(pthread_t th)
{
        void *r;
        do {
                pthread_kill(th, SIGUSR1);
                usleep(20000);
        } while (pthread_tryjoin_np(th, &r) == EBUSY);
        return r;
}

/* A futex wait without a time limit is restarted after a signal, so it does not return. One with a limit ends (futex(2),
 * signal(7)). */
TEST(futex_waits_are_restarted)
{
        pthread_t th;
        struct timespec soon;
        void *r;

        on(SIGUSR1, counter, SA_RESTART);
        EQ(pthread_create(&th, NULL, futex_waits, (void *)1), 0);
        EQ(signal_until_end(th), EINTR);

        count = 0;
        EQ(pthread_create(&th, NULL, futex_waits, NULL), 0);
        usleep(20000);
        pthread_kill(th, SIGUSR1);
        while (!count)
                usleep(1000);
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_nsec += 20000000;
        if (soon.tv_nsec >= 1000000000)
                soon.tv_sec++, soon.tv_nsec -= 1000000000;
        EQ(pthread_timedjoin_np(th, &r, &soon), ETIMEDOUT);
        on(SIGUSR1, counter, 0);
        EQ(signal_until_end(th), EINTR);
}

/* ---- calls that wait for signals ---- */

TEST(sigsuspend_waits_and_restores_the_mask)
{
        sigset_t block = set_of(SIGALRM), none, now;
        sigemptyset(&none);
        on(SIGALRM, counter, 0);
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        for (int k = 1; k <= 20; k++) {
                timer_us(1000, 0);
                while (count < k)
                        ERR(sigsuspend(&none), EINTR);
                sigprocmask(SIG_BLOCK, NULL, &now);
                EQ(sigismember(&now, SIGALRM), 1);
        }
}

TEST(ppoll_and_pselect_with_a_mask)
{
        sigset_t block = set_of(SIGALRM), none;
        struct timespec five = { .tv_sec = 5 };
        sigemptyset(&none);
        on(SIGALRM, counter, 0);
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        raise(SIGALRM);
        EQ(count, 0);
        ERR(ppoll(NULL, 0, &five, &none), EINTR);
        EQ(count, 1);
        raise(SIGALRM);
        ERR(pselect(0, NULL, NULL, NULL, &five, &none), EINTR);
        EQ(count, 2);
}

TEST(queued_in_order)
{
        sigset_t block = set_of(SIGRTMIN);
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        for (int k = 0; k < 20; k++)
                OK(sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = k }));
        for (int k = 0; k < 20; k++) {
                siginfo_t info;
                EQ(sigwaitinfo(&block, &info), SIGRTMIN);
                EQ(info.si_value.sival_int, k);
        }
        struct timespec zero = { 0 };
        ERR(sigtimedwait(&block, NULL, &zero), EAGAIN);
}

TEST_NOT_ON_QEMU(sigwait_of_a_synchronous_signal, "QEMU 7.2 hangs")
{
        sigset_t block = set_of(SIGSEGV);
        siginfo_t info;
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        OK(kill(getpid(), SIGSEGV));
        EQ(sigwaitinfo(&block, &info), SIGSEGV);
        EQ(info.si_code, SI_USER);
        OK(sigqueue(getpid(), SIGSEGV, (union sigval){ .sival_int = 77 }));
        EQ(sigwaitinfo(&block, &info), SIGSEGV);
        EQ(info.si_value.sival_int, 77);
}

TEST(signalfd_reads)
{
        sigset_t block = set_of(SIGUSR1);
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        int fd = OK(signalfd(-1, &block, SFD_NONBLOCK));
        struct signalfd_siginfo info;
        ERR(read(fd, &info, sizeof(info)), EAGAIN);
        OK(sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 5 }));
        EQ(read(fd, &info, sizeof(info)), sizeof(info));
        EQ(info.ssi_signo, SIGUSR1);
        EQ(info.ssi_int, 5);
        EQ(info.ssi_pid, getpid());
}

/* ---- races that lose wake-ups ---- */

TEST(ping_pong_by_sigsuspend)
{
        sigset_t block = set_of(SIGUSR1), none;
        sigemptyset(&none);
        on(SIGUSR1, counter, 0);
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        pid_t pid = fork(), other = pid ? pid : getppid();
        for (int k = 1; k <= 1000; k++) {
                if (pid)
                        OK(kill(other, SIGUSR1));
                while (count < k)
                        ERR(sigsuspend(&none), EINTR);
                if (!pid)
                        OK(kill(other, SIGUSR1));
        }
        if (!pid)
                _exit(0);
        check_child(pid, 0);
}

TEST(ping_pong_by_sigwaitinfo)
{
        sigset_t block = set_of(SIGRTMIN);
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        pid_t pid = fork(), other = pid ? pid : getppid();
        for (int k = 1; k <= 1000; k++) {
                siginfo_t info;
                if (pid)
                        OK(sigqueue(other, SIGRTMIN, (union sigval){ .sival_int = k }));
                EQ(sigwaitinfo(&block, &info), SIGRTMIN);
                EQ(info.si_value.sival_int, k);
                if (!pid)
                        OK(sigqueue(other, SIGRTMIN, (union sigval){ .sival_int = k }));
        }
        if (!pid)
                _exit(0);
        check_child(pid, 0);
}

/* A signal that comes after the program looked at `count` and before it waits must end the wait. ppoll's mask makes that so. */
TEST(ppoll_does_not_miss)
{
        sigset_t block = set_of(SIGALRM), none;
        struct timespec ten = { .tv_sec = 10 };
        sigemptyset(&none);
        on(SIGALRM, counter, 0);
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        for (int k = 1; k <= 500; k++) {
                timer_us((unsigned)(k % 60 + 1), 0);
                while (count < k)
                        ERR(ppoll(NULL, 0, &ten, &none), EINTR);
        }
}
