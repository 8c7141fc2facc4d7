/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: again=-tb-size_300000 */
/* Signals that come from outside: dispositions and their flags, masks, stacks, waiting, values, timers; and storms of them
 * while code computes. */
#include "check.h"
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <ucontext.h>

static volatile sig_atomic_t count, depth, deepest, last_sig;
static volatile siginfo_t last_info;

static void counter(int sig)
{
        last_sig = sig;
        count++;
}

static void keep_info(int sig, siginfo_t *info, void *ctx)
{
        (void)ctx;
        last_sig = sig;
        last_info = *info;
        count++;
}

static void on(int sig, void (*fn)(int), int flags)
{
        struct sigaction act = { .sa_handler = fn, .sa_flags = flags };
        OK(sigaction(sig, &act, NULL));
}

static void on_info(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
        struct sigaction act = { .sa_sigaction = fn, .sa_flags = flags | SA_SIGINFO };
        OK(sigaction(sig, &act, NULL));
}

static sigset_t set_of(int sig)
{
        sigset_t s;
        sigemptyset(&s);
        sigaddset(&s, sig);
        return s;
}

static void timer_us(unsigned first, unsigned every)
{
        struct itimerval it = { .it_value.tv_usec = first, .it_interval.tv_usec = every };
        OK(setitimer(ITIMER_REAL, &it, NULL));
}

TEST(raise_runs_the_handler_before_it_returns)
{
        on(SIGUSR1, counter, 0);
        for (int k = 1; k <= 100; k++) {
                raise(SIGUSR1);
                EQ(count, k);
        }
        OK(kill(getpid(), SIGUSR1));
        EQ(count, 101);
}

TEST_NOT_ON_QEMU(last_real_time_signal, "QEMU keeps it for itself")
{
        on(SIGRTMAX, counter, 0);
        raise(SIGRTMAX);
        EQ(last_sig, SIGRTMAX);
}

static void nest(int sig)
{
        count++;
        depth++;
        if (depth > deepest)
                deepest = depth;
        if (depth < 10)
                raise(sig);
        depth--;
}

TEST(nodefer_nests)
{
        on(SIGUSR1, nest, SA_NODEFER);
        raise(SIGUSR1);
        EQ(deepest, 10);
        EQ(count, 10);
}

static void nest_blocked(int sig)
{
        count++;
        depth++;
        if (depth > deepest)
                deepest = depth;
        if (count < 10)
                raise(sig);
        depth--;
}

TEST(without_nodefer_one_after_the_other)
{
        on(SIGUSR1, nest_blocked, 0);
        raise(SIGUSR1);
        EQ(deepest, 1);
        EQ(count, 10);
}

static void mask_in_handler(int sig)
{
        sigset_t now;
        (void)sig;
        sigprocmask(SIG_BLOCK, NULL, &now);
        count = sigismember(&now, SIGUSR1) << 2 | sigismember(&now, SIGUSR2) << 1 | sigismember(&now, SIGHUP);
}

TEST(sa_mask_holds_during_the_handler)
{
        struct sigaction act = { .sa_handler = mask_in_handler, .sa_mask = set_of(SIGUSR2) };
        sigset_t now;
        OK(sigaction(SIGUSR1, &act, NULL));
        raise(SIGUSR1);
        EQ(count, 6);
        sigprocmask(SIG_BLOCK, NULL, &now);
        EQ(sigismember(&now, SIGUSR1) | sigismember(&now, SIGUSR2), 0);
}

TEST(resethand)
{
        struct sigaction act;
        on(SIGUSR1, counter, SA_RESETHAND);
        raise(SIGUSR1);
        EQ(count, 1);
        OK(sigaction(SIGUSR1, NULL, &act));
        CHECK(act.sa_handler == SIG_DFL);
        pid_t pid = fork();
        if (pid == 0) {
                raise(SIGUSR1);
                _exit(0);
        }
        int st;
        CHECK(waitpid(pid, &st, 0) == pid);
        CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGUSR1);
}

TEST(sigaction_gives_back_what_was_set)
{
        struct sigaction act = { .sa_handler = counter, .sa_mask = set_of(SIGRTMIN + 3), .sa_flags = SA_RESTART | SA_NODEFER },
                         old;
        OK(sigaction(SIGUSR2, &act, NULL));
        OK(sigaction(SIGUSR2, NULL, &old));
        CHECK(old.sa_handler == counter);
        CHECK(old.sa_flags == (SA_RESTART | SA_NODEFER));
        CHECK(sigismember(&old.sa_mask, SIGRTMIN + 3) == 1);
        ERR(sigaction(SIGKILL, &act, NULL), EINVAL);
        ERR(sigaction(SIGSTOP, &act, NULL), EINVAL);
        ERR(sigaction(65, &act, NULL), EINVAL);
}

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

static void *send_soon(void *arg)
{
        usleep(20000);
        pthread_kill((pthread_t)arg, SIGUSR1);
        return NULL;
}

TEST(wait_is_restarted)
{
        pthread_t th;
        on(SIGUSR1, counter, SA_RESTART);
        pid_t pid = fork();
        if (pid == 0) {
                usleep(100000);
                _exit(3);
        }
        EQ(pthread_create(&th, NULL, send_soon, (void *)pthread_self()), 0);
        check_child(pid, 3);
        EQ(count, 1);
        pthread_join(th, NULL);
}

static char alt[65536];
static char *volatile handler_sp;
static void where(int sig)
{
        char c;
        stack_t ss;
        (void)sig;
        handler_sp = &c;
        sigaltstack(NULL, &ss);
        count = ss.ss_flags;
}

TEST(altstack)
{
        stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) }, old;
        OK(sigaltstack(&ss, NULL));
        on(SIGUSR1, where, SA_ONSTACK);
        on(SIGUSR2, where, 0);
        raise(SIGUSR1);
        CHECK(handler_sp > alt && handler_sp < alt + sizeof(alt));
        EQ(count, SS_ONSTACK);
        raise(SIGUSR2);
        CHECK(!(handler_sp > alt && handler_sp < alt + sizeof(alt)));
        EQ(count, 0);
        OK(sigaltstack(NULL, &old));
        CHECK(old.ss_sp == alt && old.ss_size == sizeof(alt) && old.ss_flags == 0);
        ss.ss_size = 1024;
        ERR(sigaltstack(&ss, NULL), ENOMEM);
        ss.ss_flags = SS_DISABLE;
        OK(sigaltstack(&ss, NULL));
        raise(SIGUSR1);
        CHECK(!(handler_sp > alt && handler_sp < alt + sizeof(alt)));
}

static void change_altstack(int sig)
{
        stack_t ss = { .ss_sp = alt + 100, .ss_size = 32768 };
        (void)sig;
        count = sigaltstack(&ss, NULL) == -1 && errno == EPERM;
}

TEST(altstack_in_use_cannot_be_changed)
{
        stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
        OK(sigaltstack(&ss, NULL));
        on(SIGUSR1, change_altstack, SA_ONSTACK);
        raise(SIGUSR1);
        EQ(count, 1);
}

static sigjmp_buf env;
static void jump_out(int sig)
{
        count++;
        siglongjmp(env, sig);
}

TEST(siglongjmp_out_of_handlers)
{
        on(SIGUSR1, jump_out, 0);
        on(SIGSEGV, jump_out, 0);
        stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
        OK(sigaltstack(&ss, NULL));
        on(SIGILL, jump_out, SA_ONSTACK);
        for (volatile int k = 0; k < 200; k++) {
                int r = sigsetjmp(env, 1);
                if (!r) {
                        if (k % 3 == 0)
                                raise(SIGUSR1);
                        else if (k % 3 == 1)
                                *(volatile int *)16 = 1;
                        else
                                __asm__ volatile("udf #1");
                        FAIL("not reached");
                }
                EQ(r, k % 3 == 0 ? SIGUSR1 : k % 3 == 1 ? SIGSEGV : SIGILL);
        }
        EQ(count, 200);
}

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

TEST(pending_and_blocked)
{
        sigset_t block = set_of(SIGUSR1), pending;
        on(SIGUSR1, counter, 0);
        OK(sigprocmask(SIG_BLOCK, &block, NULL));
        raise(SIGUSR1);
        raise(SIGUSR1);
        OK(sigpending(&pending));
        EQ(sigismember(&pending, SIGUSR1), 1);
        EQ(count, 0);
        OK(sigprocmask(SIG_UNBLOCK, &block, NULL));
        EQ(count, 1);
        OK(sigpending(&pending));
        EQ(sigismember(&pending, SIGUSR1), 0);
}

TEST_NOT_ON_QEMU(synchronous_signals_that_are_sent, "QEMU 7.2 has none pending")
{
        static const int sigs[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };
        for (unsigned k = 0; k < 5; k++) {
                sigset_t block = set_of(sigs[k]), pending;
                on_info(sigs[k], keep_info, 0);
                count = 0;
                OK(kill(getpid(), sigs[k]));
                EQ(count, 1);
                EQ(last_info.si_code, SI_USER);
                EQ(last_info.si_pid, getpid());
                OK(sigprocmask(SIG_BLOCK, &block, NULL));
                OK(kill(getpid(), sigs[k]));
                EQ(count, 1);
                OK(sigpending(&pending));
                EQ(sigismember(&pending, sigs[k]), 1);
                OK(sigprocmask(SIG_UNBLOCK, &block, NULL));
                EQ(count, 2);
                on(sigs[k], SIG_IGN, 0);
                OK(kill(getpid(), sigs[k]));
        }
}

TEST(siginfo_of_each_kind)
{
        union sigval v = { .sival_ptr = (void *)0x123456789abcdef0 };
        on_info(SIGUSR1, keep_info, 0);
        on_info(SIGRTMIN + 1, keep_info, 0);
        on_info(SIGCHLD, keep_info, 0);
        OK(kill(getpid(), SIGUSR1));
        EQ(last_info.si_signo, SIGUSR1);
        EQ(last_info.si_code, SI_USER);
        EQ(last_info.si_uid, getuid());
        OK(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1));
        EQ(last_info.si_code, SI_TKILL);
        EQ(last_info.si_pid, getpid());
        OK(sigqueue(getpid(), SIGRTMIN + 1, v));
        EQ(last_info.si_signo, SIGRTMIN + 1);
        EQ(last_info.si_code, SI_QUEUE);
        EQ((uint64_t)last_info.si_value.sival_ptr, 0x123456789abcdef0);
        count = 0;
        pid_t pid = fork();
        if (pid == 0)
                _exit(42);
        while (!count)
                usleep(1000);
        EQ(last_info.si_signo, SIGCHLD);
        EQ(last_info.si_code, CLD_EXITED);
        EQ(last_info.si_pid, pid);
        EQ(last_info.si_status, 42);
        siginfo_t w;
        OK(waitid(P_PID, pid, &w, WEXITED));
        EQ(w.si_status, 42);
        EQ(w.si_pid, pid);
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

TEST(posix_timer)
{
        timer_t id;
        struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
                               .sigev_signo = SIGRTMIN + 2,
                               .sigev_value.sival_ptr = (void *)0xabcdef };
        struct itimerspec it = { .it_value.tv_nsec = 5000000, .it_interval.tv_nsec = 5000000 }, now;
        on_info(SIGRTMIN + 2, keep_info, 0);
        OK(timer_create(CLOCK_MONOTONIC, &ev, &id));
        OK(timer_settime(id, 0, &it, NULL));
        while (count < 5)
                pause();
        EQ(last_info.si_code, SI_TIMER);
        EQ((uint64_t)last_info.si_value.sival_ptr, 0xabcdef);
        OK(timer_gettime(id, &now));
        EQ(now.it_interval.tv_nsec, 5000000);
        OK(timer_getoverrun(id));
        OK(timer_delete(id));
}

TEST(timerfd)
{
        int fd = OK(timerfd_create(CLOCK_MONOTONIC, 0));
        struct itimerspec it = { .it_value.tv_nsec = 1000000, .it_interval.tv_nsec = 1000000 };
        uint64_t n;
        OK(timerfd_settime(fd, 0, &it, NULL));
        EQ(read(fd, &n, 8), 8);
        CHECK(n >= 1);
}

TEST(ignored_and_default_ignored)
{
        on(SIGUSR1, SIG_IGN, 0);
        raise(SIGUSR1);
        raise(SIGCHLD);
        raise(SIGWINCH);
        raise(SIGURG);
}

TEST(stop_and_continue)
{
        int st;
        pid_t pid = fork();
        if (pid == 0) {
                raise(SIGSTOP);
                raise(SIGTSTP);
                _exit(7);
        }
        CHECK(waitpid(pid, &st, WUNTRACED) == pid);
        CHECK(WIFSTOPPED(st) && WSTOPSIG(st) == SIGSTOP);
        OK(kill(pid, SIGCONT));
        CHECK(waitpid(pid, &st, WUNTRACED | WCONTINUED) == pid);
        if (WIFCONTINUED(st))
                CHECK(waitpid(pid, &st, WUNTRACED) == pid);
        if (WIFSTOPPED(st)) { /* an orphaned process group ignores it */
                OK(kill(pid, SIGCONT));
                CHECK(waitpid(pid, &st, 0) == pid);
        }
        CHECK(WIFEXITED(st) && WEXITSTATUS(st) == 7);
}

TEST_NOT_ON_QEMU(dispositions_and_masks_over_exec, "execve would need QEMU registered")
{
        pid_t pid = fork();
        if (pid == 0) {
                sigset_t block = set_of(SIGUSR2);
                on(SIGUSR1, SIG_IGN, 0);
                on(SIGHUP, counter, 0);
                on(SIGSEGV, SIG_IGN, 0);
                sigprocmask(SIG_BLOCK, &block, NULL);
                raise(SIGUSR2);
                execl("/proc/self/exe", "x", "after_exec_", NULL);
                _exit(1);
        }
        check_child(pid, 0);
}

/* Runs only from the test before. */
__attribute__((constructor)) static void after_exec(void)
{
        char line[64] = { 0 };
        int fd = open("/proc/self/cmdline", O_RDONLY);
        if (fd < 0 || read(fd, line, sizeof(line) - 1) < 3 || (close(fd), strcmp(line + strlen(line) + 1, "after_exec_")))
                return;
        struct sigaction act;
        sigset_t now;
        unsigned wrong = 0;
        sigaction(SIGUSR1, NULL, &act);
        wrong |= act.sa_handler != SIG_IGN;
        sigaction(SIGHUP, NULL, &act);
        wrong |= (unsigned)(act.sa_handler != SIG_DFL) << 1;
        sigaction(SIGSEGV, NULL, &act);
        wrong |= (unsigned)(act.sa_handler != SIG_IGN) << 2;
        sigprocmask(SIG_BLOCK, NULL, &now);
        wrong |= (unsigned)!sigismember(&now, SIGUSR2) << 3;
        sigpending(&now);
        wrong |= (unsigned)!sigismember(&now, SIGUSR2) << 4;
        _exit((int)wrong);
}

/* ---- storms ---- */

static void *storm_thread(void *arg)
{
        for (;;) {
                pthread_kill((pthread_t)arg, SIGUSR1);
                for (volatile int k = 0; k < 3000; k++)
                        ;
        }
        return NULL;
}

/* A handler that uses many registers of both kinds. */
static volatile double handler_sum;
static void busy_handler(int sig)
{
        double d[16];
        uint64_t h = (uint64_t)sig;
        for (int k = 0; k < 16; k++) {
                h = h * 6364136223846793005u + 1442695040888963407u;
                d[k] = (double)(h >> 40) * 0.5;
        }
        for (int k = 0; k < 16; k++)
                handler_sum += d[k];
        count++;
}

static void start_storm(void)
{
        pthread_t th;
        on(SIGALRM, busy_handler, SA_RESTART);
        on(SIGUSR1, busy_handler, SA_RESTART);
        EQ(pthread_create(&th, NULL, storm_thread, (void *)pthread_self()), 0);
        sigset_t none;
        sigemptyset(&none);
        timer_us(50, 50);
}

__attribute__((noipa)) static uint64_t integer_work(uint64_t n)
{
        __asm__ volatile(""); /* not a pure function: called each time */
        uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
        for (uint64_t k = 0; k < n; k++) {
                a += b ^ k, b = b << 7 | b >> 57, c = c * 0x9e3779b97f4a7c15u + a, d ^= c >> 13, e += d > c ? a : b;
                f -= e, g = (g ^ f) + (h >> 3), h = h * 3 + (g & 1 ? d : e);
        }
        return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
}

__attribute__((noipa)) static double fp_work(uint64_t n)
{
        __asm__ volatile("");
        double a = 1.0, b = 0.5, c = 0.25, d = 3.0, s = 0;
        float f = 1.5f, g = 0.75f;
        for (uint64_t k = 0; k < n; k++) {
                a = a * 0.999999 + b, b = b * 1.0000001 - c, c = c * 0.5 + d / (a + 2.0), d = d - c * 1e-7;
                f = f * 0.99f + g, g = g * 0.5f + (float)k * 1e-9f;
                s += a > b ? a : b, s += f;
        }
        return s;
}

__attribute__((noipa)) static unsigned memory_work(unsigned n)
{
        static uint8_t from[4096], to[4096];
        unsigned sum = 0;
        for (unsigned k = 0; k < n; k++) {
                memset(from, (int)k, sizeof(from));
                memcpy(to, from, sizeof(to));
                for (unsigned i = 0; i < sizeof(to); i += 7)
                        sum = sum * 31 + to[i];
        }
        return sum;
}

static int compare_int(const void *a, const void *b)
{
        return *(const int *)a - *(const int *)b;
}

__attribute__((noipa)) static unsigned call_work(unsigned n)
{
        static int v[1000];
        unsigned sum = 0;
        for (unsigned k = 0; k < n; k++) {
                for (unsigned i = 0; i < 1000; i++)
                        v[i] = (int)((i * 7919 + k) % 1009);
                qsort(v, 1000, sizeof(int), compare_int);
                for (unsigned i = 1; i < 1000; i++)
                        if (v[i - 1] > v[i])
                                return 0;
                sum += (unsigned)v[500];
        }
        return sum;
}

/* ---- races that lose wake-ups ---- */

static void nothing(int sig)
{
        (void)sig;
}

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

/* A signal between the test and the wait must end the wait: it does with ppoll's mask. */
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

static void *sender(void *arg)
{
        for (int k = 0; k < 3000; k++)
                sigqueue(getpid(), SIGRTMIN + 5, (union sigval){ .sival_int = k });
        return arg;
}

static volatile int next_value, wrong_value;
static void in_order(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)ctx;
        wrong_value |= info->si_value.sival_int != next_value;
        next_value++;
        count++;
}

/* Queued signals all come, in order, to a thread that computes, makes system calls and takes faults. */
TEST(no_queued_signal_is_lost)
{
        pthread_t th;
        on_info(SIGRTMIN + 5, in_order, 0);
        on(SIGSEGV, jump_out, SA_NODEFER);
        sigset_t mine = set_of(SIGRTMIN + 5);
        OK(pthread_sigmask(SIG_BLOCK, &mine, NULL)); /* the sender inherits it */
        EQ(pthread_create(&th, NULL, sender, NULL), 0);
        OK(pthread_sigmask(SIG_UNBLOCK, &mine, NULL));
        while (next_value < 3000) {
                integer_work(100);
                getppid();
                if (sigsetjmp(env, 0) == 0)
                        *(volatile int *)16 = 1;
        }
        pthread_join(th, NULL);
        EQ(wrong_value, 0);
}

TEST(cpu_time_timers)
{
        struct itimerval it = { { 0, 2000 }, { 0, 2000 } };
        on(SIGPROF, counter, SA_RESTART);
        OK(setitimer(ITIMER_PROF, &it, NULL));
        while (count < 5)
                integer_work(10000);
        it = (struct itimerval){ 0 };
        OK(setitimer(ITIMER_PROF, &it, NULL));
        count = 0;
        on(SIGVTALRM, counter, 0);
        it.it_value.tv_usec = 2000;
        OK(setitimer(ITIMER_VIRTUAL, &it, NULL));
        while (!count)
                integer_work(10000);
}

static void *thread_timer(void *arg)
{
        (void)arg;
        timer_t id;
        struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR2 };
        struct itimerspec it = { .it_value.tv_nsec = 1000000 };
        ev._sigev_un._tid = gettid();
        OK(timer_create(CLOCK_THREAD_CPUTIME_ID, &ev, &id));
        OK(timer_settime(id, 0, &it, NULL));
        while (!count)
                integer_work(1000);
        return NULL;
}

TEST_NOT_ON_QEMU(timer_for_a_thread, "QEMU 7.2 refuses SIGEV_THREAD_ID")
{
        pthread_t th;
        on(SIGUSR2, counter, 0);
        EQ(pthread_create(&th, NULL, thread_timer, NULL), 0);
        pthread_join(th, NULL);
}

static void thread_fn(union sigval v)
{
        count += v.sival_int;
}

TEST_NOT_ON_QEMU(timer_that_makes_threads, "QEMU 7.2 refuses SIGEV_THREAD_ID")
{
        timer_t id;
        struct sigevent ev = { .sigev_notify = SIGEV_THREAD, .sigev_notify_function = thread_fn, .sigev_value.sival_int = 3 };
        struct itimerspec it = { .it_value.tv_nsec = 1000000 };
        OK(timer_create(CLOCK_MONOTONIC, &ev, &id));
        OK(timer_settime(id, 0, &it, NULL));
        while (!count)
                usleep(1000);
        EQ(count, 3);
}

TEST_NOT_ON_QEMU(children_nobody_waits_for, "QEMU 7.2 loses SA_NOCLDWAIT")
{
        struct sigaction act = { .sa_handler = counter, .sa_flags = SA_NOCLDWAIT };
        OK(sigaction(SIGCHLD, &act, NULL));
        pid_t pid = fork();
        if (!pid)
                _exit(1);
        ERR(waitpid(pid, NULL, 0), ECHILD);
        signal(SIGCHLD, SIG_IGN);
        pid = fork();
        if (!pid)
                _exit(1);
        ERR(waitpid(pid, NULL, 0), ECHILD);
        on(SIGCHLD, counter, SA_NOCLDSTOP);
        count = 0;
        pid = fork();
        if (!pid) {
                raise(SIGSTOP);
                _exit(2);
        }
        int st;
        CHECK(waitpid(pid, &st, WUNTRACED) == pid);
        EQ(count, 0);
        OK(kill(pid, SIGCONT));
        while (!count)
                usleep(1000);
        check_child(pid, 2);
}

TEST(hundred_children_counted_by_sigchld)
{
        volatile int reaped = 0;
        on(SIGCHLD, nothing, SA_RESTART);
        for (int k = 0; k < 100; k++)
                if (!fork())
                        _exit(k);
        while (reaped < 100) {
                int st;
                pid_t pid = waitpid(-1, &st, 0);
                if (pid == -1 && errno == EINTR)
                        continue;
                CHECK(pid > 0 && WIFEXITED(st));
                reaped++;
        }
}

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif
TEST_NOT_ON_QEMU(altstack_that_disarms, "QEMU 7.2 does not know it")
{
        stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt), .ss_flags = (int)SS_AUTODISARM }, old;
        OK(sigaltstack(&ss, NULL));
        on(SIGUSR1, where, SA_ONSTACK);
        raise(SIGUSR1);
        CHECK(handler_sp > alt && handler_sp < alt + sizeof(alt));
        EQ(count, SS_DISABLE);
        OK(sigaltstack(NULL, &old));
        CHECK(old.ss_sp == alt && (unsigned)old.ss_flags == SS_AUTODISARM);
}

static void *futex_waits(void *arg)
{
        static uint32_t word;
        struct timespec ts = { .tv_sec = 5 };
        long r = syscall(SYS_futex, &word, 0 /* WAIT */, 0, arg ? &ts : NULL);
        return (void *)(r == -1 ? (long)errno : r);
}

/* Signals a thread until it ends: on a busy machine the first ones may come before it waits. */
static void *signal_until_end(pthread_t th)
{
        void *r;
        do {
                pthread_kill(th, SIGUSR1);
                usleep(20000);
        } while (pthread_tryjoin_np(th, &r) == EBUSY);
        return r;
}

/* A futex wait without a time limit is restarted (and so does not return), one with a limit ends (futex(2), signal(7)). */
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

TEST(storm_during_integer_loops)
{
        uint64_t want = integer_work(3000000);
        start_storm();
        for (int k = 0; k < 8; k++)
                EQ(integer_work(3000000), want);
        CHECK(count > 50);
}

TEST(storm_during_fp_loops)
{
        double want = fp_work(1000000);
        start_storm();
        for (int k = 0; k < 8; k++)
                if (fp_work(1000000) != want)
                        FAIL("another result");
        CHECK(count > 50);
}

TEST(storm_during_memory_and_calls)
{
        unsigned m = memory_work(300), c = call_work(20);
        start_storm();
        for (int k = 0; k < 8; k++) {
                EQ(memory_work(300), m);
                EQ(call_work(20), c);
        }
        CHECK(count > 50);
}

/* No byte is lost, no call is done twice: what a system call did is told even when a signal comes right behind it. */
TEST(storm_during_system_calls)
{
        int p[2];
        static uint32_t out[256], in[256];
        uint32_t next = 0;
        OK(pipe(p));
        start_storm();
        for (int k = 0; k < 2000; k++) {
                for (unsigned i = 0; i < 256; i++)
                        out[i] = next + i;
                EQ(write(p[1], out, sizeof(out)), sizeof(out));
                size_t got = 0;
                while (got < sizeof(in)) {
                        ssize_t n = read(p[0], (char *)in + got, sizeof(in) - got);
                        CHECK(n > 0);
                        got += (size_t)n;
                }
                for (unsigned i = 0; i < 256; i++)
                        EQ(in[i], next + i);
                next += 256;
                EQ(getppid() > 0, 1);
        }
        CHECK(count > 20);
}

TEST(storm_of_faults_and_signals)
{
        static volatile int faults;
        on(SIGSEGV, jump_out, SA_NODEFER);
        start_storm();
        for (volatile int k = 0; k < 3000; k++)
                if (sigsetjmp(env, 1) == 0)
                        *(volatile int *)16 = 1;
                else
                        faults++;
        EQ(faults, 3000);
}
