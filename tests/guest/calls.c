/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: again=-opt_no-retstack */
/* Calls and returns that are not nested. The translator predicts where a return goes; when it is wrong, the program must still do
 * the right thing. Also unwinding through signal frames. */
#include "check.h"
#include <execinfo.h>
#include <pthread.h>
#include <setjmp.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unwind.h>

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

__asm__(".pushsection .text\n.globl skip_one, call_by_x30, ret_x5, tail, get_pc\n"
        /* skip_one returns four bytes further on than it should: the caller's next instruction is left out */
        "skip_one: add x30, x30, #4\n ret\n"
        /* call_by_x30 calls the function in x1 by BLR X30 */
        "call_by_x30: stp x29, x30, [sp, #-16]!\n mov x30, x1\n blr x30\n ldp x29, x30, [sp], #16\n ret\n"
        /* ret_x5 returns by RET X5 */
        "ret_x5: mov x5, x30\n mov x30, #0\n ret x5\n"
        /* tail jumps to a function, which returns to tail's caller */
        "tail: b tail_target\n"
        "tail_target: add x0, x0, #7\n ret\n"
        /* get_pc learns its address by a BL whose return address is never returned to */
        "get_pc: mov x9, x30\n bl 1f\n1: mov x0, x30\n adr x1, 1b\n sub x0, x0, x1\n ret x9\n"
        ".popsection");
extern uint64_t skip_one(uint64_t), call_by_x30(uint64_t, void *), ret_x5(uint64_t), tail(uint64_t), get_pc(void);

TEST(odd_returns)
{
        for (uint64_t k = 0; k < 1000; k++) {
                uint64_t r = k;
                __asm__ volatile("bl skip_one\n\tadd %0, %0, #100\n\tadd %0, %0, #1" : "+r"(r) : : "x30", "memory");
                EQ(r, k + 1);
                EQ(call_by_x30(k, (void *)tail), k + 7);
                EQ(ret_x5(k), k);
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
                p[2 * k] = 0x91000000 | (k & 0xfff) << 10; /* add x0, x0, #k */
                p[2 * k + 1] = 0xd65f03c0;
        }
        __builtin___clear_cache((char *)p, (char *)(p + 2 * N));
        uint64_t at = 1;
        for (int n = 0; n < 200000; n++) {
                at = at * 6364136223846793005u + 1442695040888963407u;
                uint64_t k = (at >> 33) % N;
                EQ(((uint64_t(*)(uint64_t))(p + 2 * k))(5), 5 + (k & 0xfff));
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
        fault_pc = (void *)uc->uc_mcontext.pc;
        walk_handler(sig);
        uc->uc_mcontext.pc += 4;
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
                CHECK(walked.n > 4 && walked.n < 100);
                CHECK(has_frame((void *)level2, 200));
                CHECK(has_frame((void *)level1, 60));
                CHECK(has_frame((void *)main, 2000));
                if (how) {
                        bool exact = false;
                        for (int k = 0; k < walked.n; k++)
                                exact |= walked.frame[k] == fault_pc;
                        CHECK(exact);
                }
        }
}

/* ---- calls that a signal handler inserts into the program, as preemptive schedulers do ---- */

static volatile uint64_t inserted;
__asm__(".pushsection .text\n.globl inserted_call\n"
        "inserted_call:\n" /* x30: where the program was interrupted; on the stack: the program's x30; x27: not used by it */
        "stp x0, x1, [sp, #-16]!\n mrs x0, nzcv\n str x0, [sp, #-16]!\n"
        "adrp x0, inserted\n add x0, x0, :lo12:inserted\n ldr x1, [x0]\n adds x1, x1, #1\n str x1, [x0]\n"
        "ldr x0, [sp], #16\n msr nzcv, x0\n ldp x0, x1, [sp], #16\n"
        "mov x27, x30\n ldr x30, [sp], #16\n br x27\n"
        ".popsection");
extern char inserted_call[];

static void insert_call(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        (void)sig, (void)info;
        extern char work_begin[], work_end[];
        if (uc->uc_mcontext.pc < (uint64_t)work_begin || uc->uc_mcontext.pc >= (uint64_t)work_end)
                return;
        uc->uc_mcontext.sp -= 16;
        *(uint64_t *)uc->uc_mcontext.sp = uc->uc_mcontext.regs[30];
        uc->uc_mcontext.regs[30] = uc->uc_mcontext.pc;
        uc->uc_mcontext.pc = (uint64_t)inserted_call;
}

/* The program that is interrupted. It has calls, flags that are used later than by the next instruction, and vectors. */
__asm__(".pushsection .text\n.globl work_begin, work_loop, work_end\nwork_begin:\n"
        "work_loop: stp x29, x30, [sp, #-16]!\n mov x1, #0\n mov x2, #1\n movi v0.2d, #0\n movi v1.16b, #1\n"
        "1: subs x3, x0, #1\n adc x1, x1, x2\n add v0.16b, v0.16b, v1.16b\n bl 2f\n mov x0, x3\n cbnz x0, 1b\n"
        "mov x0, x1\n umov w3, v0.b[5]\n add x0, x0, x3\n ldp x29, x30, [sp], #16\n ret\n"
        "2: add x1, x1, #2\n ccmp x3, #5, #15, hi\n cinc x1, x1, eq\n ret\n"
        "work_end:\n.popsection");
extern uint64_t work_loop(uint64_t n);

TEST(inserted_calls)
{
        struct sigaction act = { .sa_sigaction = insert_call, .sa_flags = SA_SIGINFO | SA_RESTART };
        struct itimerval it = { { 0, 100 }, { 0, 100 } };
        uint64_t want = work_loop(3000000);
        OK(sigaction(SIGALRM, &act, NULL));
        OK(setitimer(ITIMER_REAL, &it, NULL));
        for (int k = 0; k < 8; k++)
                EQ(work_loop(3000000), want);
        it = (struct itimerval){ 0 };
        OK(setitimer(ITIMER_REAL, &it, NULL));
        CHECK(inserted > 5);
}

/* ---- all registers in a signal frame are of the same moment ---- */

__asm__(".pushsection .text\n.balign 8\n.globl moment, moment_loop, moment_end\n"
        "moment: mov x1, #0\n mov x2, #0\n mov x3, #0\n movi v0.2d, #0\n movi v1.2d, #0\n mov x4, #1\n dup v2.2d, x4\n"
        "moment_loop: add x1, x1, #1\n"
        "add v0.2d, v0.2d, v2.2d\n"
        "add x2, x2, #1\n"
        "add v1.2d, v1.2d, v2.2d\n"
        "add x3, x3, #1\n"
        "cmp x1, x0\n"
        "b.ne moment_loop\n"
        "moment_end: ret\n.popsection");
extern uint64_t moment(uint64_t n);
static volatile int moments, wrong_moments;

static void check_moment(int sig, siginfo_t *info, void *ctx)
{
        extern char moment_loop[], moment_end[];
        ucontext_t *uc = ctx;
        (void)sig, (void)info;
        uint64_t at = (uc->uc_mcontext.pc - (uint64_t)moment_loop) / 4, *x = (uint64_t *)uc->uc_mcontext.regs;
        if (uc->uc_mcontext.pc < (uint64_t)moment_loop || uc->uc_mcontext.pc >= (uint64_t)moment_end)
                return;
        struct fpsimd_context *fp = (struct fpsimd_context *)uc->uc_mcontext.__reserved;
        moments++;
        uint64_t after = x[3] + (at < 5); /* what all counters will be at the end of the round */
        if (x[1] != after - (at < 1) || (uint64_t)fp->vregs[0] != after - (at < 2) || x[2] != after - (at < 3) ||
            (uint64_t)fp->vregs[1] != after - (at < 4))
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
