/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf nightly=armhf-arm
 * System calls with times as 32-bit Arm has them: each has a form with 32 bits and one with 64, where nanoseconds may have rubbish above
 * (32-bit C libraries leave it there). */
#include "check.h"
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>

#define BAD ((void *)8)

struct time32 {
        int32_t sec, part;
};
struct time64 {
        int64_t sec;
        uint32_t nsec, rubbish;
};
struct timer32 {
        struct time32 interval, value;
};
struct timer64 {
        struct time64 interval, value;
};
static const struct time32 short32 = { 0, 20000000 };
static const struct time64 short64 = { 0, 20000000, 0xdeadbeef };

static int64_t now(void)
{
        struct time64 t;
        OK(syscall(SYS_clock_gettime64, CLOCK_MONOTONIC, &t));
        return t.sec * 1000000000 + t.nsec;
}

/* Does a call that must take 20 ms. */
#define TAKES_A_MOMENT(call) \
        do { \
                int64_t before = now(); \
                call; \
                CHECK(now() - before >= 19000000); \
                CHECK(now() - before < INT64_C(10000000000)); \
        } while (0)

/* ---- clocks ---- */

TEST(clocks)
{
        struct time32 t, day[2];
        struct time64 w;
        OK(syscall(SYS_clock_gettime, CLOCK_REALTIME, &t));
        OK(syscall(SYS_clock_gettime64, CLOCK_REALTIME, &w));
        OK(syscall(SYS_gettimeofday, day, day + 1));
        CHECK(w.sec - t.sec <= 1 && day[0].sec - t.sec <= 1);
        CHECK(t.part < 1000000000 && w.nsec < 1000000000 && w.rubbish == 0 && day[0].part < 1000000);
        OK(syscall(SYS_clock_getres, CLOCK_MONOTONIC, &t));
        OK(syscall(SYS_clock_getres_time64, CLOCK_MONOTONIC, &w));
        CHECK(t.sec == 0 && t.part == 1 && w.sec == 0 && w.nsec == 1);
        OK(syscall(SYS_clock_getres, CLOCK_MONOTONIC, NULL));
        ERR(syscall(SYS_clock_gettime, 99, &t), EINVAL);
        ERR(syscall(SYS_clock_gettime, CLOCK_REALTIME, BAD), EFAULT);
        ERR(syscall(SYS_clock_gettime64, CLOCK_REALTIME, BAD), EFAULT);
        OK(syscall(SYS_sched_rr_get_interval, 0, &t));
        OK(syscall(SYS_sched_rr_get_interval_time64, 0, &w));
        EQ(t.part, w.nsec);
        struct {
                int32_t t[4];
        } tms = { { -1, -1, -1, -1 } };
        syscall(SYS_times, &tms);
        CHECK(tms.t[0] >= 0 && tms.t[3] >= 0);
}

TEST(adjusting)
{
        struct timex x = { .modes = 0 }, y = { .modes = 0 };
        CHECK(syscall(SYS_adjtimex, &x) >= 0);
        CHECK(x.tick >= 9000 && x.tick <= 11000);
        CHECK(x.time.tv_sec > 1500000000);
        CHECK(syscall(SYS_clock_adjtime, CLOCK_REALTIME, &y) >= 0);
        EQ(y.tick, x.tick);
        EQ(y.freq, x.freq);
        ERR(syscall(SYS_adjtimex, BAD), EFAULT);
        struct {
                uint32_t modes, pad;
                int64_t offset, freq, maxerror, esterror;
                int32_t status, pad2;
                int64_t constant, precision, tolerance, sec, usec, tick;
                char rest[100];
        } w = { .modes = 0 };
        CHECK(syscall(SYS_clock_adjtime64, CLOCK_REALTIME, &w) >= 0);
        EQ(w.tick, x.tick);
        EQ(w.tolerance, x.tolerance);
}

/* ---- sleeping ---- */

static void nothing(int sig)
{
        (void)sig;
}

static void signal_in(unsigned ms)
{
        struct timer32 it = { .value = { 0, (int32_t)ms * 1000 } };
        struct sigaction sa = { .sa_handler = nothing };
        OK(sigaction(SIGALRM, &sa, NULL));
        OK(syscall(SYS_setitimer, ITIMER_REAL, &it, NULL));
}

TEST(sleeping)
{
        TAKES_A_MOMENT(OK(syscall(SYS_nanosleep, &short32, NULL)));
        TAKES_A_MOMENT(EQ(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &short32, NULL), 0));
        TAKES_A_MOMENT(EQ(syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, &short64, NULL), 0));
        struct time32 wrong = { 0, 1000000000 }, left = { 0, 0 };
        struct time64 left64 = { 0, 0, 0 };
        ERR(syscall(SYS_nanosleep, &wrong, NULL), EINVAL);
        wrong = (struct time32){ -1, 0 };
        ERR(syscall(SYS_nanosleep, &wrong, NULL), EINVAL);
        struct time32 longer = { 5, 0 };
        signal_in(20);
        ERR(syscall(SYS_nanosleep, &longer, &left), EINTR);
        CHECK(left.sec == 4 && left.part > 0);
        struct time64 longer64 = { 5, 0, 0x12345 };
        signal_in(20);
        ERR(syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, &longer64, &left64), EINTR);
        CHECK(left64.sec == 4 && left64.nsec > 0 && left64.rubbish == 0);
}

TEST_NOT_ON_QEMU(addresses_that_cannot_be_read, "QEMU sleeps for what is in its own memory then, or says EINVAL")
{
        ERR(syscall(SYS_nanosleep, BAD, NULL), EFAULT);
        ERR(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, NULL, NULL), EFAULT);
        ERR(syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, BAD, NULL), EFAULT);
}

TEST_NOT_ON_QEMU(a_clock_that_cannot_be_set, "QEMU says EFAULT")
{
        struct time32 t = { 1, 0 };
        struct time64 w = { 1, 0, 0 };
        if (syscall(SYS_clock_settime, CLOCK_MONOTONIC, &t) == -1 && errno == EPERM)
                SKIP("a sandbox refuses clock_settime(2)");
        ERR(syscall(SYS_clock_settime, CLOCK_MONOTONIC, &t), EINVAL);
        ERR(syscall(SYS_clock_settime64, CLOCK_MONOTONIC, &w), EINVAL);
        ERR(syscall(SYS_clock_settime, CLOCK_MONOTONIC, BAD), EINVAL);
}

TEST_NOT_ON_QEMU(what_is_left_after_a_signal, "QEMU does not say it")
{
        struct time64 ts = { 5, 0, 3 };
        struct time32 narrow = { 5, 0 };
        signal_in(20);
        ERR(syscall(SYS_ppoll_time64, NULL, 0, &ts, NULL, 8), EINTR);
        CHECK(ts.sec == 4 && ts.nsec > 0);
        signal_in(20);
        ERR(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &narrow, NULL), EINTR);
        CHECK(narrow.sec == 4 && narrow.part > 0);
}

TEST(waiting_for_a_signal)
{
        uint64_t set = 1ull << (SIGUSR1 - 1);
        siginfo_t info;
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8));
        TAKES_A_MOMENT(ERR(syscall(SYS_rt_sigtimedwait, &set, &info, &short32, 8), EAGAIN));
        TAKES_A_MOMENT(ERR(syscall(SYS_rt_sigtimedwait_time64, &set, &info, &short64, 8), EAGAIN));
        OK(sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 77 }));
        EQ(syscall(SYS_rt_sigtimedwait_time64, &set, &info, &short64, 8), SIGUSR1);
        CHECK(info.si_code == SI_QUEUE && info.si_pid == getpid() && info.si_value.sival_int == 77);
        OK(kill(getpid(), SIGUSR1));
        EQ(syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 8), SIGUSR1);
        CHECK(info.si_code == SI_USER && info.si_pid == getpid());
        ERR(syscall(SYS_rt_sigtimedwait, &set, &info, BAD, 8), EFAULT);
        ERR(syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 4), EINVAL);
        struct time32 wrong = { 0, -1 };
        ERR(syscall(SYS_rt_sigtimedwait, &set, &info, &wrong, 8), EINVAL);
}

TEST(futexes)
{
        int word = 1;
        TAKES_A_MOMENT(ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 1, &short32), ETIMEDOUT));
        TAKES_A_MOMENT(ERR(syscall(SYS_futex_time64, &word, FUTEX_WAIT, 1, &short64), ETIMEDOUT));
        struct time64 until;
        OK(syscall(SYS_clock_gettime64, CLOCK_MONOTONIC, &until));
        until.nsec += 20000000;
        until.rubbish = 0x55aa;
        if (until.nsec >= 1000000000)
                until.nsec -= 1000000000, until.sec++;
        TAKES_A_MOMENT(ERR(syscall(SYS_futex_time64, &word, FUTEX_WAIT_BITSET, 1, &until, NULL, -1), ETIMEDOUT));
        ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &short32), EAGAIN);
        ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 1, BAD), EFAULT);
        EQ(syscall(SYS_futex, &word, FUTEX_WAKE, 1, BAD), 0);
        int other = 0;
        EQ(syscall(SYS_futex, &word, FUTEX_REQUEUE, 1, 1, &other), 0); /* the fourth argument is a number */
        EQ(syscall(SYS_futex_time64, &word, FUTEX_CMP_REQUEUE, 1, 1, &other, 1), 0);
}

/* ---- timers ---- */

TEST(interval_timers)
{
        struct timer32 set = { { 0, 0 }, { 100, 500000 } }, old = { { -1, -1 }, { -1, -1 } };
        OK(syscall(SYS_setitimer, ITIMER_REAL, &set, &old));
        CHECK(old.interval.sec == 0);
        CHECK(old.value.sec <= check_seconds() && old.value.sec > check_seconds() - 10); /* check.h's alarm */
        OK(syscall(SYS_getitimer, ITIMER_REAL, &old));
        CHECK(old.value.sec == 100 && old.value.part <= 500000);
        OK(syscall(SYS_setitimer, ITIMER_REAL, NULL, &old));
        CHECK(old.value.sec == 100);
        ERR(syscall(SYS_setitimer, 99, &set, NULL), EINVAL);
        ERR(syscall(SYS_setitimer, ITIMER_REAL, BAD, NULL), EFAULT);
}

TEST(posix_timers)
{
        struct {
                uint32_t value;
                int32_t signo, notify, pad[13];
        } event = { .value = 0x89abcdef, .signo = SIGUSR2, .notify = 0 /* SIGEV_SIGNAL */ };
        int32_t timer[2] = { -1, 0x1234567 };
        uint64_t mask = 1ull << (SIGUSR2 - 1) | 1ull << (SIGALRM - 1);
        siginfo_t info;
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8));
        OK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, timer));
        EQ(timer[1], 0x1234567);
        struct timer32 set = { { 0, 0 }, { 0, 20000000 } }, old;
        TAKES_A_MOMENT({
                OK(syscall(SYS_timer_settime, timer[0], 0, &set, &old));
                EQ(syscall(SYS_rt_sigtimedwait, &mask, &info, NULL, 8), SIGUSR2);
        });
        EQ(old.value.part, 0);
        EQ(info.si_code, SI_TIMER);
        EQ((uint32_t)info.si_value.sival_int, 0x89abcdef);
        EQ(info.si_overrun, 0);
        struct timer64 set64 = { { 0, 0, 0x99 }, { 100, 5, 0x77 } }, old64;
        OK(syscall(SYS_timer_settime64, timer[0], 0, &set64, NULL));
        OK(syscall(SYS_timer_gettime64, timer[0], &old64));
        CHECK(old64.value.sec == 99 || old64.value.sec == 100);
        OK(syscall(SYS_timer_gettime, timer[0], &old));
        CHECK(old.value.sec == 99 || old.value.sec == 100);
        OK(syscall(SYS_timer_settime64, timer[0], 0, &(struct timer64){ 0 }, &old64));
        CHECK(old64.value.sec == 99 || old64.value.sec == 100);
        EQ(syscall(SYS_timer_getoverrun, timer[0]), 0);
        OK(syscall(SYS_timer_delete, timer[0]));
        OK(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, timer)); /* SIGALRM, with the timer as value */
        OK(syscall(SYS_timer_settime, timer[0], 0, &set, NULL));
        EQ(syscall(SYS_rt_sigtimedwait, &mask, &info, NULL, 8), SIGALRM);
        ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, BAD, timer), EFAULT);
}

TEST_NOT_ON_QEMU(number_of_a_timer, "QEMU does not say it in siginfo")
{
        uint64_t mask = 1ull << (SIGALRM - 1);
        int32_t timer;
        siginfo_t info;
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8));
        OK(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &timer));
        OK(syscall(SYS_timer_settime, timer, 0, &(struct timer32){ { 0, 0 }, { 0, 1 } }, NULL));
        EQ(syscall(SYS_rt_sigtimedwait, &mask, &info, NULL, 8), SIGALRM);
        EQ(info.si_timerid, timer);
        EQ(info.si_value.sival_int, timer);
}

TEST(timers_that_are_descriptors)
{
        int fd = (int)OK(syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0));
        struct timer32 set = { { 0, 0 }, { 0, 20000000 } }, old;
        struct timer64 set64 = { { 0, 0, 1 }, { 0, 20000000, 2 } }, old64;
        uint64_t n;
        TAKES_A_MOMENT({
                OK(syscall(SYS_timerfd_settime, fd, 0, &set, NULL));
                EQ(read(fd, &n, 8), 8);
        });
        TAKES_A_MOMENT({
                OK(syscall(SYS_timerfd_settime64, fd, 0, &set64, &old64));
                EQ(read(fd, &n, 8), 8);
        });
        set.value.sec = 100;
        OK(syscall(SYS_timerfd_settime, fd, 0, &set, &old));
        OK(syscall(SYS_timerfd_gettime, fd, &old));
        CHECK(old.value.sec == 100 && old.interval.sec == 0);
        OK(syscall(SYS_timerfd_gettime64, fd, &old64));
        CHECK(old64.value.sec == 100);
        ERR(syscall(SYS_timerfd_settime, fd, 0, BAD, NULL), EFAULT);
        set.value.part = -1;
        ERR(syscall(SYS_timerfd_settime, fd, 0, &set, NULL), EINVAL);
}

/* ---- waiting for files ---- */

TEST(select_and_its_sets)
{
        int fds[2];
        OK(pipe(fds));
        int low = (int)OK(fcntl(fds[0], F_DUPFD, 20)), high = (int)OK(fcntl(fds[0], F_DUPFD, 70));
        EQ(write(fds[1], "x", 1), 1);
        /* one word, with another behind it that stays as it is; and three */
        uint32_t set[5] = { 1u << low, 0x11111111, 0, 0, 0x22222222 };
        struct time32 tv = { 5, 0 };
        EQ(syscall(SYS__newselect, low + 1, set, NULL, NULL, &tv), 1);
        EQ(set[0], 1u << low);
        EQ(set[1], 0x11111111);
        CHECK(tv.sec == 4 && tv.part > 0);
        memset(set, 0, 12);
        set[high / 32] = 1u << high % 32;
        set[3] = 0x33333333;
        EQ(syscall(SYS_pselect6, high + 1, set, NULL, NULL, NULL, NULL), 1);
        EQ(set[high / 32], 1u << high % 32);
        EQ(set[3], 0x33333333);
        char c;
        EQ(read(low, &c, 1), 1);
        struct time64 ts = short64;
        TAKES_A_MOMENT(EQ(syscall(SYS_pselect6_time64, high + 1, set, NULL, NULL, &ts, NULL), 0));
        EQ(set[high / 32], 0);
        CHECK(ts.sec == 0 && ts.nsec == 0);
        tv = (struct time32){ 0, 20000 };
        TAKES_A_MOMENT(EQ(syscall(SYS__newselect, 0, NULL, NULL, NULL, &tv), 0));
        ERR(syscall(SYS__newselect, low + 1, BAD, NULL, NULL, &tv), EFAULT);
        ERR(syscall(SYS__newselect, -1, NULL, NULL, NULL, &tv), EINVAL);
        set[0] = 1u << 31;
        ERR(syscall(SYS__newselect, 32, set, NULL, NULL, &tv), EBADF);
}

TEST(pselect_changes_the_mask)
{
        uint64_t blocked = 1ull << (SIGALRM - 1), none = 0;
        struct {
                uint64_t *set;
                uint32_t size;
        } pair = { &none, 8 };
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, NULL, 8));
        signal_in(20);
        ERR(syscall(SYS_pselect6, 0, NULL, NULL, NULL, NULL, &pair), EINTR);
        signal_in(20);
        struct time64 ts = { 5, 0, 3 };
        ERR(syscall(SYS_ppoll_time64, NULL, 0, &ts, &none, 8), EINTR);
        pair.size = 4;
        ERR(syscall(SYS_pselect6, 0, NULL, NULL, NULL, NULL, &pair), EINVAL);
}

TEST(polling)
{
        int e = (int)OK(eventfd(0, 0));
        struct pollfd p = { .fd = e, .events = POLLIN };
        struct time32 ts = short32;
        struct time64 ts64 = short64;
        TAKES_A_MOMENT(EQ(syscall(SYS_poll, &p, 1, 20), 0));
        TAKES_A_MOMENT(EQ(syscall(SYS_ppoll, &p, 1, &ts, NULL, 8), 0));
        TAKES_A_MOMENT(EQ(syscall(SYS_ppoll_time64, &p, 1, &ts64, NULL, 8), 0));
        EQ(eventfd_write(e, 1), 0);
        EQ(syscall(SYS_ppoll, &p, 1, NULL, NULL, 8), 1);
        EQ(p.revents, POLLIN);
        ERR(syscall(SYS_ppoll, &p, 1, BAD, NULL, 8), EFAULT);
        int ep = (int)OK(syscall(SYS_epoll_create, 1));
        struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 0x123456789abcdef0 }, got[3];
        EQ(sizeof(ev), 16);
        OK(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, e, &ev));
        EQ(syscall(SYS_epoll_wait, ep, got, 3, -1), 1);
        EQ(got[0].data.u64, ev.data.u64);
        eventfd_t v;
        EQ(eventfd_read(e, &v), 0);
        TAKES_A_MOMENT(EQ(syscall(SYS_epoll_wait, ep, got, 3, 20), 0));
}

TEST_NOT_ON_QEMU(epoll_with_nanoseconds, "QEMU 7.2 does not know it")
{
        int ep = (int)OK(epoll_create1(0));
        struct epoll_event got;
        TAKES_A_MOMENT(EQ(syscall(441 /* epoll_pwait2 */, ep, &got, 1, &short64, NULL, 8), 0));
}

/* ---- the rest ---- */

TEST(times_of_files)
{
        char name[] = "/tmp/arm32-time-XXXXXX";
        int fd = mkstemp(name);
        struct stat s;
        struct time32 t[2] = { { 1000, 5 }, { 2000, 7 } };
        struct time64 w[2] = { { INT64_C(5000000000), 11, 1 }, { 4000, 0x3fffffff /* UTIME_NOW */, 9 } };
        OK(syscall(SYS_utimensat, AT_FDCWD, name, t, 0));
        OK(fstat(fd, &s));
        CHECK(s.st_atim.tv_sec == 1000 && s.st_atim.tv_nsec == 5 && s.st_mtim.tv_sec == 2000 && s.st_mtim.tv_nsec == 7);
        OK(syscall(SYS_utimensat_time64, AT_FDCWD, name, w, 0));
        struct statx x;
        OK(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x));
        CHECK((x.stx_atime.tv_sec == w[0].sec && x.stx_atime.tv_nsec == 11) || x.stx_atime.tv_sec == UINT32_MAX);
        CHECK(x.stx_mtime.tv_sec > 1500000000);
        t[0] = (struct time32){ 3000, 8 };
        OK(syscall(SYS_utimes, name, t));
        OK(fstat(fd, &s));
        CHECK(s.st_atim.tv_sec == 3000 && s.st_atim.tv_nsec == 8000 && s.st_mtim.tv_sec == 2000 && s.st_mtim.tv_nsec == 7000);
        OK(syscall(SYS_futimesat, AT_FDCWD, name, NULL));
        t[0].part = 1000000;
        ERR(syscall(SYS_utimes, name, t), EINVAL);
        ERR(syscall(SYS_utimes, name, BAD), EFAULT);
        OK(unlink(name));
}

TEST(message_queues)
{
        struct {
                int32_t flags, maxmsg, msgsize, curmsgs, reserved[4];
        } attr = { .maxmsg = 4, .msgsize = 32 }, got;
        char buf[32];
        uint32_t priority;
        long q = syscall(SYS_mq_open, "arm32-time", O_RDWR | O_CREAT, 0600, &attr);
        if (q < 0)
                SKIP("there are no message queues");
        OK(syscall(SYS_mq_unlink, "arm32-time"));
        OK(syscall(SYS_mq_getsetattr, q, NULL, &got));
        CHECK(got.maxmsg == 4 && got.msgsize == 32 && got.curmsgs == 0 && got.flags == 0);
        struct time32 until;
        struct time64 until64;
        OK(syscall(SYS_clock_gettime, CLOCK_REALTIME, &until));
        until.sec++;
        TAKES_A_MOMENT(ERR(syscall(SYS_mq_timedreceive, q, buf, 32, &priority, &until), ETIMEDOUT));
        OK(syscall(SYS_mq_timedsend, q, "abc", 3, 7, &until));
        OK(syscall(SYS_clock_gettime64, CLOCK_REALTIME, &until64));
        until64.sec++;
        until64.rubbish = 5;
        OK(syscall(SYS_mq_timedsend_time64, q, "defg", 4, 9, &until64));
        EQ(syscall(SYS_mq_timedreceive_time64, q, buf, 32, &priority, &until64), 4);
        CHECK(priority == 9 && !memcmp(buf, "defg", 4));
        EQ(syscall(SYS_mq_timedreceive, q, buf, 32, &priority, NULL), 3);
        attr.flags = O_NONBLOCK;
        OK(syscall(SYS_mq_getsetattr, q, &attr, &got));
        ERR(syscall(SYS_mq_timedreceive, q, buf, 32, &priority, NULL), EAGAIN);
}

TEST_NOT_ON_QEMU(notification_of_messages, "QEMU passes the 64-bit structure's value in a wrong place")
{
        struct {
                uint32_t value;
                int32_t signo, notify, pad[13];
        } event = { .value = 0x89abcdef, .signo = SIGUSR2, .notify = 0 };
        uint64_t mask = 1ull << (SIGUSR2 - 1);
        siginfo_t info;
        long q = syscall(SYS_mq_open, "arm32-notify", O_RDWR | O_CREAT, 0600, NULL);
        if (q < 0)
                SKIP("there are no message queues");
        OK(syscall(SYS_mq_unlink, "arm32-notify"));
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8));
        OK(syscall(SYS_mq_notify, q, &event));
        OK(syscall(SYS_mq_timedsend, q, "abc", 3, 7, NULL));
        EQ(syscall(SYS_rt_sigtimedwait, &mask, &info, NULL, 8), SIGUSR2);
        CHECK(info.si_code == SI_MESGQ && info.si_pid == getpid());
        EQ((uint32_t)info.si_value.sival_int, 0x89abcdef);
}
