/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf nightly=armhf-arm again=-opt_no-retstack */
/* Calls and returns that are not nested. The translator predicts where a return goes; when it is wrong, the program must still do
 * the right thing. Also unwinding through signal frames. */
#include "check.h"
#include <execinfo.h>
#include <pthread.h>
#include <setjmp.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unwind.h>
#include "words.h"
#ifdef __aarch64__
#include "calls-a64.h"
#else
#include "calls-a32.h"
#endif

#define NOIPA __attribute__((noipa)) static

NOIPA uint64_t down(uint64_t n)
{
        return n ? down(n - 1) + (n & 3) : 0;
}

TEST(deep_recursion)
{
        for (int k = 0; k < 5; k++)
                EQ(down(100000), 150000);
}

NOIPA uint64_t fib(uint64_t n)
{
        return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

TEST(tree_recursion)
{
        EQ(fib(27), 196418);
}

static jmp_buf env;
NOIPA void dive(int n)
{
        if (n == 0)
                longjmp(env, 1);
        dive(n - 1);
        __asm__ volatile("");
}

TEST(longjmp_over_many_frames)
{
        for (volatile int k = 0; k < 2000; k++)
                if (!setjmp(env))
                        dive(k % 300);
        EQ(down(50), 75);
}

/* ---- coroutines ---- */

static ucontext_t main_context, worker[4];
static char stacks[4][65536] __attribute__((aligned(16)));
static uint64_t trace;

static void work(int who)
{
        for (int k = 0; k < 1000; k++) {
                trace = trace * 5 + (uint64_t)who + down((uint64_t)who * 3);
                swapcontext(&worker[who], &worker[(who + 1) & 3]);
        }
}

TEST(coroutines)
{
        uint64_t want = 0;
        for (int k = 0; k < 4; k++) {
                OK(getcontext(&worker[k]));
                worker[k].uc_stack.ss_sp = stacks[k];
                worker[k].uc_stack.ss_size = sizeof(stacks[k]);
                worker[k].uc_link = &main_context;
                makecontext(&worker[k], (void (*)(void))work, 1, k);
        }
        OK(swapcontext(&main_context, &worker[0]));
        for (int k = 0; k < 1000; k++)
                for (uint64_t w = 0; w < 4; w++)
                        want = want * 5 + w + down(w * 3);
        EQ(trace, want);
}

/* ---- returns that go elsewhere ---- */

TEST(odd_returns)
{
        for (word k = 0; k < 1000; k++) {
                EQ(skipping(k), k + 1);
                EQ(call_by_link(k, (void *)tail), k + 7);
                EQ(return_by_another(k), k);
                EQ(tail(k), k + 7);
                EQ(get_pc(), 0);
        }
}

/* ---- many targets of one indirect call ---- */

TEST(twenty_thousand_targets)
{
        enum { N = 20000 };
        uint32_t *p = mmap(NULL, N * 8, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        for (uint32_t k = 0; k < N; k++) {
                p[2 * k] = ADD_X0(k & 0xff);
                p[2 * k + 1] = RET;
        }
        __builtin___clear_cache((char *)p, (char *)(p + 2 * N));
        uint64_t at = 1;
        for (int n = 0; n < 200000; n++) {
                at = at * 6364136223846793005u + 1442695040888963407u;
                uint64_t k = (at >> 33) % N;
                EQ(((word(*)(word))entry(p + 2 * k))(5), 5 + (k & 0xff));
        }
}

NOIPA int sw(int n)
{
        switch (n) {
        case 0: return 5;
        case 1: return 17;
        case 2: return -3;
        case 3: return sw(n - 1) + 1;
        case 4: return 99;
        case 5: return 1 << 20;
        case 6: return 44;
        case 7: return sw(3) * 2;
        case 8: return 12;
        default: return n;
        }
}

TEST(switch_tables)
{
        static const int want[] = { 5, 17, -3, -2, 99, 1 << 20, 44, -4, 12, 9, 10 };
        for (int k = 0; k < 11000; k++)
                EQ(sw(k % 11), want[k % 11]);
}

/* ---- unwinding ---- */

struct walk {
        void *frame[100];
        int n;
};

static _Unwind_Reason_Code step(struct _Unwind_Context *c, void *arg)
{
        struct walk *w = arg;
        if (w->n < 100)
                w->frame[w->n++] = (void *)_Unwind_GetIP(c);
        return _URC_NO_REASON;
}

static struct walk walked;
static void walk_handler(int sig)
{
        (void)sig;
        walked.n = 0;
        _Unwind_Backtrace(step, &walked);
}

static void *fault_pc;
static void walk_fault(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        (void)info;
        fault_pc = (void *)PC(uc);
        walk_handler(sig);
        skip_faulting(uc);
}

/* True if one of the frames is of code in [from, from + size). */
static bool has_frame(const void *from, size_t size)
{
        for (int k = 0; k < walked.n; k++)
                if ((char *)walked.frame[k] >= (const char *)from && (char *)walked.frame[k] < (const char *)from + size)
                        return true;
        return false;
}

NOIPA void level2(int how)
{
        if (how == 0)
                raise(SIGUSR1);
        else if (how == 1)
                __asm__ volatile("udf #0");
        else
                *(volatile int *)16 = 1;
        __asm__ volatile("");
}

NOIPA void level1(int how)
{
        level2(how);
        __asm__ volatile("");
}

TEST(backtrace_through_signal_frames)
{
        struct sigaction act = { .sa_sigaction = walk_fault, .sa_flags = SA_SIGINFO };
        static char alt[65536];
        stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
        OK(sigaltstack(&ss, NULL));
        signal(SIGUSR1, walk_handler);
        OK(sigaction(SIGILL, &act, NULL));
        act.sa_flags |= SA_ONSTACK;
        OK(sigaction(SIGSEGV, &act, NULL));
        for (int how = 0; how < 3; how++) {
                walked.n = 0;
                level1(how);
                CHECK(walked.n > 1 && walked.n < 100);
                CHECK(has_frame((void *)level2, 200));
                if (how == 0 || TABLES_FOR_FAULTS) {
                        CHECK(walked.n > 4);
                        CHECK(has_frame((void *)level1, 60));
                        CHECK(has_frame((void *)main, 2000));
                }
                if (how) {
                        bool exact = false;
                        for (int k = 0; k < walked.n; k++)
                                exact |= walked.frame[k] == fault_pc;
                        CHECK(exact);
                }
        }
}

/* ---- calls that a signal handler inserts into the program, as preemptive schedulers do ---- */

static void insert_call(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        (void)sig, (void)info;
        extern char work_begin[], work_end[];
        if (PC(uc) >= (word)work_begin && PC(uc) < (word)work_end)
                call_from_here(uc);
}

TEST(inserted_calls)
{
        struct sigaction act = { .sa_sigaction = insert_call, .sa_flags = SA_SIGINFO | SA_RESTART };
        struct itimerval it = { { 0, 100 }, { 0, 100 } };
        word want = work_loop(3000000);
        OK(sigaction(SIGALRM, &act, NULL));
        OK(setitimer(ITIMER_REAL, &it, NULL));
        for (int k = 0; k < 8; k++)
                EQ(work_loop(3000000), want);
        it = (struct itimerval){ 0 };
        OK(setitimer(ITIMER_REAL, &it, NULL));
        CHECK(inserted > 5);
}

/* ---- all registers in a signal frame are of the same moment ---- */

static volatile int moments, wrong_moments;

static void check_moment(int sig, siginfo_t *info, void *ctx)
{
        extern char moment_loop[], moment_end[];
        ucontext_t *uc = ctx;
        (void)sig, (void)info;
        word at = (PC(uc) - ((word)moment_loop & ~(word)1)) / 4;
        if (PC(uc) < ((word)moment_loop & ~(word)1) || PC(uc) >= (word)moment_end)
                return;
        moments++;
        uint64_t after = X(uc, 3) + (at < 5); /* what all counters will be at the end of the round */
        if (X(uc, 1) != after - (at < 1) || vector(uc, 0) != after - (at < 2) || X(uc, 2) != after - (at < 3) ||
            vector(uc, 1) != after - (at < 4))
                wrong_moments++;
}

TEST(frames_are_of_one_moment)
{
        struct sigaction act = { .sa_sigaction = check_moment, .sa_flags = SA_SIGINFO | SA_RESTART };
        struct itimerval it = { { 0, 60 }, { 0, 60 } };
        OK(sigaction(SIGALRM, &act, NULL));
        OK(setitimer(ITIMER_REAL, &it, NULL));
        for (int k = 0; k < 100 && moments < 50; k++)
                moment(5000000);
        CHECK(moments >= 50);
        EQ(wrong_moments, 0);
}
