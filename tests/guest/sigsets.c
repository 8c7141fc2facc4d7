/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native=32 also=armhf seconds=60 */
/* System calls with a signal set and its size, a timeout, or both: which error they give when several arguments are wrong, and
 * what the set does while they wait. What this program prints must be what it prints when it is compiled for this machine. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/time_types.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BAD 8ul
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

static const char *error(long r)
{
        return r == -1 ? strerrorname_np(errno) : "ok";
}

static uint64_t no_signals, all_blocked = ~0ull;
static struct timespec no_time, bad_time = { 0, 2000000000 }, negative = { -1, 0 }, an_hour = { 3600, 0 };

static struct __kernel_timespec no_time64, bad_time64 = { 0, 2000000000 }, negative64 = { -1, 0 };

/* The address of a timeout or a signal set, and the size that is passed for it. Of a timeout also the address for calls that take
 * one of 64 bits on all machines. */
struct what {
        const char *name;
        unsigned long at, size, at64;
};
static const struct what timeouts[] = {
        { "no timeout", 0, 0, 0 }, /* used only where other arguments are wrong */
        { "no time", (unsigned long)&no_time, 0, (unsigned long)&no_time64 },
        { "nanoseconds", (unsigned long)&bad_time, 0, (unsigned long)&bad_time64 },
        { "negative", (unsigned long)&negative, 0, (unsigned long)&negative64 },
        { "bad timeout", BAD, 0, BAD },
};
static const struct what sets[] = {
        { "no set", 0, 0, 0 },
        { "no set, size", 0, 77, 0 },
        { "set", (unsigned long)&no_signals, 8, 0 },
        { "blocking", (unsigned long)&all_blocked, 8, 0 },
        { "short set", (unsigned long)&no_signals, 4, 0 },
        { "long set", (unsigned long)&no_signals, 16, 0 },
        { "empty set", (unsigned long)&no_signals, 0, 0 },
        { "bad set", BAD, 8, 0 },
        { "bad set, short", BAD, 4, 0 },
        { "set of the kernel's", -16ul, 8, 0 },
};

static int ep;
static aio_context_t aio;

static long call_ppoll(const struct what *time, const struct what *set)
{
        return syscall(SYS_ppoll, NULL, 0, time->at, set->at, set->size);
}
static long call_ppoll_bad(const struct what *time, const struct what *set)
{
        return syscall(SYS_ppoll, BAD, 1, time->at, set->at, set->size);
}
static long call_pselect(const struct what *time, const struct what *set)
{
        unsigned long pair[2] = { set->at, set->size };
        return syscall(SYS_pselect6, 0, NULL, NULL, NULL, time->at, pair);
}
static long call_pselect_bad(const struct what *time, const struct what *set)
{
        (void)set;
        return syscall(SYS_pselect6, -1, NULL, NULL, NULL, time->at, BAD);
}
static long call_epoll_pwait(const struct what *time, const struct what *set)
{
        struct epoll_event e;
        return syscall(SYS_epoll_pwait, time->at ? ep : -1, &e, 1, 0, set->at, set->size);
}
static long call_epoll_pwait2(const struct what *time, const struct what *set)
{
        struct epoll_event e;
        return syscall(SYS_epoll_pwait2, time->at ? ep : -1, &e, 1, time->at64, set->at, set->size);
}
/* It waits for at least 0 events, so it returns at once, whatever the timeout is. */
static long call_io_pgetevents(const struct what *time, const struct what *set)
{
        unsigned long pair[2] = { set->at, set->size };
        struct io_event e;
        return syscall(SYS_io_pgetevents, time->at ? aio : 0, 0, 1, &e, time->at, pair);
}
static long call_io_pgetevents_bad(const struct what *time, const struct what *set)
{
        struct io_event e;
        (void)set;
        return syscall(SYS_io_pgetevents, time->at ? aio : 0, 0, 1, &e, time->at, BAD);
}
static long call_io_pgetevents_none(const struct what *time, const struct what *set)
{
        struct io_event e;
        (void)set;
        return syscall(SYS_io_pgetevents, time->at ? aio : 0, 2, 1, &e, time->at, NULL);
}
static long call_sigtimedwait(const struct what *time, const struct what *set)
{
        return set->at || time->at ? syscall(SYS_rt_sigtimedwait, set->at, NULL, time->at ? time->at : BAD, set->size) : 0;
}
static long call_signalfd(const struct what *time, const struct what *set)
{
        long fd = syscall(SYS_signalfd4, time->at ? -1 : 9999, set->at, set->size, 0);
        return fd > 2 ? close((int)fd) : fd;
}
static long call_sigprocmask(const struct what *time, const struct what *set)
{
        return syscall(SYS_rt_sigprocmask, time->at == BAD ? 99 : SIG_BLOCK, set->at == (unsigned long)&all_blocked ? 0 : set->at,
                       time->at == BAD ? BAD : 0, set->size);
}
static long call_sigpending(const struct what *time, const struct what *set)
{
        uint64_t pending[2];
        (void)time;
        return syscall(SYS_rt_sigpending, set->at == BAD ? BAD : (unsigned long)pending, set->size);
}
static long call_sigaction(const struct what *time, const struct what *set)
{
        return syscall(SYS_rt_sigaction, time->at == BAD ? 99 : SIGUSR2, set->at == BAD ? BAD : 0, time->at ? 0 : BAD, set->size);
}
static long call_sigaction_of_kill(const struct what *time, const struct what *set)
{
        (void)time;
        return syscall(SYS_rt_sigaction, SIGKILL, set->at == BAD ? BAD : 0, 0, set->size);
}
static long call_sigsuspend(const struct what *time, const struct what *set)
{
        (void)time;
        if (set->size == 8 && set->at != BAD && set->at + 16 != 0)
                return 0; /* it would wait */
        return syscall(SYS_rt_sigsuspend, set->at, set->size);
}

static const struct {
        const char *name;
        long (*fn)(const struct what *time, const struct what *set);
} calls[] = {
        { "ppoll", call_ppoll },
        { "ppoll of a bad array", call_ppoll_bad },
        { "pselect6", call_pselect },
        { "pselect6, bad pair", call_pselect_bad },
        { "epoll_pwait", call_epoll_pwait },
        { "epoll_pwait2", call_epoll_pwait2 },
        { "io_pgetevents", call_io_pgetevents },
        { "io_pgetevents, bad pair", call_io_pgetevents_bad },
        { "io_pgetevents, no pair", call_io_pgetevents_none },
        { "rt_sigtimedwait", call_sigtimedwait },
        { "signalfd4", call_signalfd },
        { "rt_sigprocmask", call_sigprocmask },
        { "rt_sigpending", call_sigpending },
        { "rt_sigaction", call_sigaction },
        { "rt_sigaction of SIGKILL", call_sigaction_of_kill },
        { "rt_sigsuspend", call_sigsuspend },
};

static void errors(void)
{
        for (unsigned k = 0; k < sizeof(calls) / sizeof(calls[0]); k++)
                for (unsigned t = 0; t < sizeof(timeouts) / sizeof(timeouts[0]); t++)
                        for (unsigned s = 0; s < sizeof(sets) / sizeof(sets[0]); s++) {
                                /* these would wait for ever */
                                if (!timeouts[t].at && (calls[k].fn == call_ppoll || calls[k].fn == call_pselect))
                                        continue;
                                printf("%s: %s, %s: %s\n", calls[k].name, timeouts[t].name, sets[s].name,
                                       error(calls[k].fn(&timeouts[t], &sets[s])));
                        }
}

static volatile int handled;

static void handler(int sig)
{
        (void)sig;
        handled++;
}

static sigset_t now_blocked(void)
{
        sigset_t s;
        sigprocmask(SIG_BLOCK, NULL, &s);
        return s;
}

/* A signal that is blocked except during the call ends the wait. Its handler has run when the call returns, and it is blocked
 * again. */
static void interrupted(void)
{
        struct sigaction act = { .sa_handler = handler, .sa_flags = SA_RESTART };
        struct itimerval soon = { .it_value = { 0, 30000 } };
        struct io_event e;
        unsigned long pair[2] = { (unsigned long)&no_signals, 8 };
        sigset_t alarm_set, was;
        sigemptyset(&alarm_set);
        sigaddset(&alarm_set, SIGALRM);
        sigaction(SIGALRM, &act, NULL);
        sigprocmask(SIG_BLOCK, &alarm_set, NULL);
        setitimer(ITIMER_REAL, &soon, NULL);
        printf("interrupted: %s", error(syscall(SYS_io_pgetevents, aio, 1, 1, &e, &an_hour, pair)));
        printf(" handled %d", handled);
        was = now_blocked();
        printf(" blocked %d\n", sigismember(&was, SIGALRM));
        raise(SIGALRM); /* it is pending when the call begins */
        printf("pending: %s", error(syscall(SYS_io_pgetevents, aio, 1, 1, &e, &an_hour, pair)));
        printf(" handled %d\n", handled);
        setitimer(ITIMER_REAL, &soon, NULL);
        struct timespec a_while = { 0, 60000000 };
        printf("blocked: %s", error(syscall(SYS_io_pgetevents, aio, 1, 1, &e, &a_while, NULL)));
        printf(" handled %d\n", handled);
        pair[0] = (unsigned long)&all_blocked;
        printf("all blocked: %s", error(syscall(SYS_io_pgetevents, aio, 1, 1, &e, &no_time, pair)));
        printf(" handled %d\n", handled);
        sigprocmask(SIG_UNBLOCK, &alarm_set, NULL);
        printf("at last: handled %d\n", handled);
}

/* rt_sigtimedwait with a signal that is pending. A call with a wrong argument fails and leaves the signal pending. */
static void pending(int sig)
{
        uint64_t set = 1ull << (sig - 1);
        siginfo_t info = { 0 };
        syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
        raise(sig);
        printf("%d: bad timeout: %s\n", sig, error(syscall(SYS_rt_sigtimedwait, &set, &info, BAD, 8)));
        printf("%d: nanoseconds: %s\n", sig, error(syscall(SYS_rt_sigtimedwait, &set, &info, &bad_time, 8)));
        printf("%d: negative: %s\n", sig, error(syscall(SYS_rt_sigtimedwait, &set, &info, &negative, 8)));
        printf("%d: taken: %ld", sig, syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 8));
        printf(" signo %d code %d\n", info.si_signo, info.si_code);
        printf("%d: again: %s\n", sig, error(syscall(SYS_rt_sigtimedwait, &set, &info, &no_time, 8)));
        syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8);
}

static void completed(void)
{
        char text[16] = { 0 };
        struct io_event e[2];
        unsigned long pair[2] = { (unsigned long)&no_signals, 8 };
        int fd = open("aio", O_RDWR | O_CREAT | O_TRUNC, 0600);
        if (write(fd, "asynchronous", 12) != 12)
                puts("write failed");
        struct iocb cb = { .aio_data = 77,
                           .aio_lio_opcode = IOCB_CMD_PREAD,
                           .aio_fildes = (uint32_t)fd,
                           .aio_buf = (uintptr_t)text,
                           .aio_nbytes = 16 };
        struct iocb *list[1] = { &cb };
        memset(e, 0, sizeof(e));
        printf("io_submit: %ld\n", syscall(SYS_io_submit, aio, 1, list));
        printf("io_pgetevents: %ld", syscall(SYS_io_pgetevents, aio, 1, 2, e, &an_hour, pair));
        printf(" data %llu result %lld text %s\n", e[0].data, e[0].res, text);
        printf("io_pgetevents: %s\n", error(syscall(SYS_io_pgetevents, aio, 3, 2, e, &no_time, pair)));
        printf("io_pgetevents: %s\n", error(syscall(SYS_io_pgetevents, aio, -1, 2, e, &no_time, pair)));
}

int main(void)
{
        setvbuf(stdout, NULL, _IOLBF, 0);
        ep = epoll_create1(0);
        printf("io_setup: %s\n", error(syscall(SYS_io_setup, 4, &aio)));
        errors();
        interrupted();
        pending(SIGUSR1);
        pending(SIGSEGV);
        completed();
        printf("io_destroy: %s\n", error(syscall(SYS_io_destroy, aio)));
        return 0;
}
