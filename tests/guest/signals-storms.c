/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf again=-tb-size_300000 */
/* Storms of signals, while code computes, makes system calls or has faults. Results must be as without them, and no queued signal
 * may be lost. */
#include "signals.h"
#include <pthread.h>

static void *storm_thread(void *arg)
{
        for (;;) {
                pthread_kill((pthread_t)arg, SIGUSR1);
                for (volatile int k = 0; k < 3000; k++)
                        ;
        }
        return NULL;
}

/* A handler that uses many general and many vector registers. */
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

TEST(storm_during_integer_loops)
{
        uint64_t want = integer_work(1000000);
        start_storm();
        for (int k = 0; k < 8; k++)
                EQ(integer_work(1000000), want);
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

/* A program must be told what a system call did, even if a signal comes right behind the call. Then no byte is lost, and none
 * comes twice. */
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

/* All queued signals must come, and in order, to a thread that computes, makes system calls and has faults. */
TEST(no_queued_signal_is_lost)
{
        pthread_t th;
        on_info(SIGRTMIN + 5, in_order, 0);
        on(SIGSEGV, jump_out, SA_NODEFER);
        sigset_t mine = set_of(SIGRTMIN + 5);
        OK(pthread_sigmask(SIG_BLOCK, &mine, NULL)); /* the thread that sends inherits this mask */
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
