/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf nightly=armhf-arm again=-tb-size_300000 */
/* Timers that send signals, and timerfd: setitimer and timer_create, in real time and CPU time, for a process and for a
 * thread. */
#include "signals.h"
#include <pthread.h>
#include <sys/timerfd.h>
#include <time.h>

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
        EQ((uintptr_t)last_info.si_value.sival_ptr, 0xabcdef);
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
