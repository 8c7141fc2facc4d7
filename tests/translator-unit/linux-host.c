/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals, threads and processes of translator/linux without the translator's core: "guest" code is C code that lives at
 * cpu.pc and makes its system calls through linux_syscall(). Freestanding like the translator, because FS is the
 * guest thread's. Prints TAP; the exit status is the number of failures.
 *
 * What stands for the core is at the end: a guest function runs until it returns; after each system call, a handler
 * that was entered (pc changed) is run and returns through rt_sigreturn. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/time_types.h>
#include <linux/futex.h>
#include <linux/mman.h>
#include <linux/resource.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include "../../translator/linux/execve.h"
#include "../../translator/linux/signal_frame.h"
#include "../../translator/linux/signal.h"
#include "../../translator/linux/syscalls.h"
#include "../../translator/linux/thread.h"
#include "../../translator/run/exec.h"
#include "../../translator/run/log.h"
#include "../../translator/run/thread.h"

typedef void guest_fn(struct thread *t);

static unsigned tests, failures;

#define CHECK(condition) check(condition, #condition, __LINE__)
static void check(bool ok, const char *what, int line)
{
        char buf[300];
        __atomic_add_fetch(&tests, 1, __ATOMIC_SEQ_CST);
        if (!ok)
                __atomic_add_fetch(&failures, 1, __ATOMIC_SEQ_CST);
        int n = rt_snprintf(buf, sizeof(buf), "%s %u - line %d: %s\n", ok ? "ok" : "not ok", tests, line, what);
        sys_call3(__NR_write, 1, buf, n);
}

/* ---- guest system calls (numbers of arm64) ---- */
enum {
        A_READ = 63,
        A_WRITE = 64,
        A_PPOLL = 73,
        A_EXIT = 93,
        A_EXIT_GROUP = 94,
        A_FUTEX = 98,
        A_NANOSLEEP = 101,
        A_KILL = 129,
        A_TGKILL = 131,
        A_SIGALTSTACK = 132,
        A_SIGSUSPEND = 133,
        A_SIGACTION = 134,
        A_SIGPROCMASK = 135,
        A_SIGPENDING = 136,
        A_SIGTIMEDWAIT = 137,
        A_SIGQUEUEINFO = 138,
        A_SIGRETURN = 139,
        A_GETPID = 172,
        A_GETTID = 178,
        A_CLONE = 220,
        A_WAIT4 = 260,
        A_TGSIGQUEUEINFO = 240,
        A_EPOLL_CREATE1 = 20,
        A_EPOLL_CTL = 21,
        A_EPOLL_PWAIT = 22,
        A_EVENTFD2 = 19,
        A_CLONE3 = 435,
        A_GETPPID = 173,
        A_EXECVE = 221,
};
/* Where a "guest instruction" is: any address will do as long as it is none of a function. */
#define SVC_PC 0x1000ull

static void run_handlers(struct thread *t, bool *ret_restarted);

static long svc(struct thread *t, long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
        bool restarted;
        do {
                uint64_t a[6] = { a0, a1, a2, a3, a4, a5 };
                memcpy(t->cpu.x, a, sizeof(a));
                t->cpu.x[8] = (uint64_t)nr;
                t->cpu.pc = SVC_PC + 4;
                linux_syscall(t);
                restarted = t->cpu.pc == SVC_PC;
                if (!restarted && t->cpu.pc != SVC_PC + 4)
                        run_handlers(t, &restarted);
        } while (restarted);
        return (long)t->cpu.x[0];
}
#define SVC0(nr) svc(t, nr, 0, 0, 0, 0, 0, 0)
#define SVC1(nr, a) svc(t, nr, (uint64_t)(a), 0, 0, 0, 0, 0)
#define SVC2(nr, a, b) svc(t, nr, (uint64_t)(a), (uint64_t)(b), 0, 0, 0, 0)
#define SVC3(nr, a, b, c) svc(t, nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), 0, 0, 0)
#define SVC4(nr, a, b, c, d) svc(t, nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), 0, 0)
#define SVC5(nr, a, b, c, d, e) svc(t, nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e), 0)

/* ---- handlers ---- */

struct seen {
        unsigned count;
        int sig;
        struct linux_siginfo info;
        uint64_t sp, mask_inside, mask_saved, pc_saved, x0_saved;
        uint64_t fault_address;
        unsigned depth, max_depth;
};
static struct seen seen;
static int order[64];
static unsigned n_order;
static unsigned nested_sig; /* the handler raises it */

static void handler(struct thread *t)
{
        struct a64_sigframe *f = (void *)t->cpu.x[31];
        int sig = (int)t->cpu.x[0];

        seen.count++;
        seen.sig = sig;
        seen.sp = t->cpu.x[31];
        seen.info = f->info;
        seen.mask_saved = f->uc.sigmask;
        seen.mask_inside = t->os->sigmask;
        seen.pc_saved = f->uc.mcontext.pc;
        seen.x0_saved = f->uc.mcontext.regs[0];
        seen.fault_address = f->uc.mcontext.fault_address;
        if (n_order < 64)
                order[n_order++] = sig;
        if (++seen.depth > seen.max_depth)
                seen.max_depth = seen.depth;
        if (nested_sig) {
                unsigned s = nested_sig;
                nested_sig = 0;
                SVC3(A_TGKILL, sys_call0(__NR_getpid), t->os->tid, s);
                t->cpu.x[31] = (uint64_t)f;
        }
        seen.depth--;
}

/* Runs what pc points at until the state of before the signals is back. */
static void run_handlers(struct thread *t, bool *ret_restarted)
{
        while (t->cpu.pc != SVC_PC && t->cpu.pc != SVC_PC + 4) {
                uint64_t sp = t->cpu.x[31];
                guest_fn *fn = (guest_fn *)(uintptr_t)t->cpu.pc;
                uint64_t lr = t->cpu.x[30];
                if (sp % 16 != 0 || fn != handler || lr == 0)
                        CHECK(!"entered a handler as it should");
                fn(t);
                t->cpu.x[31] = sp;
                t->cpu.x[8] = A_SIGRETURN;
                t->cpu.pc = lr + 8;
                linux_syscall(t);
        }
        *ret_restarted = t->cpu.pc == SVC_PC;
}

static uint8_t guest_stack[65536] __attribute__((aligned(16)));

static long set_handler(struct thread *t, int sig, uint64_t fn, uint64_t flags, uint64_t mask)
{
        struct guest_sigaction act = { fn, flags, 0, mask };
        return SVC4(A_SIGACTION, sig, &act, 0, 8);
}
#define HANDLER ((uint64_t)(uintptr_t)handler)

static void reset(void)
{
        memset(&seen, 0, sizeof(seen));
        n_order = 0;
}

static long set_mask(struct thread *t, int how, uint64_t set)
{
        return SVC4(A_SIGPROCMASK, how, &set, 0, 8);
}

static long me(void)
{
        return sys_call0(__NR_getpid);
}

/* ---- tests ---- */

static void test_simple(struct thread *t)
{
        struct guest_sigaction old;

        reset();
        CHECK(set_handler(t, SIGUSR1, HANDLER, SA_SIGINFO | 0x400, SIGNAL_BIT(SIGHUP) | SIGNAL_BIT(SIGKILL)) == 0);
        CHECK(SVC4(A_SIGACTION, SIGUSR1, 0, &old, 8) == 0 && old.handler == HANDLER && old.flags == SA_SIGINFO);
        CHECK(old.mask == SIGNAL_BIT(SIGHUP));
        CHECK(SVC2(A_KILL, me(), SIGUSR1) == 0);
        CHECK(seen.count == 1 && seen.sig == SIGUSR1 && seen.info.signo == SIGUSR1 && seen.info.code == SI_USER);
        CHECK(seen.info.kill.pid == me() && seen.x0_saved == 0 && seen.pc_saved == SVC_PC + 4);
        CHECK(seen.mask_inside == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGHUP)) && seen.mask_saved == 0);
        CHECK(t->os->sigmask == 0 && t->cpu.x[31] == (uint64_t)(guest_stack + sizeof(guest_stack)));
        CHECK(SVC4(A_SIGACTION, SIGKILL, &old, 0, 8) == -EINVAL && SVC4(A_SIGACTION, 65, 0, 0, 8) == -EINVAL);
        CHECK(SVC4(A_SIGACTION, SIGUSR1, 1, 0, 8) == -EFAULT && SVC4(A_SIGACTION, SIGUSR1, 0, 0, 16) == -EINVAL);
}

static void test_all_signals(struct thread *t)
{
        bool all = true;
        reset();
        for (int sig = 1; sig <= 64; sig++) {
                if (sig == SIGKILL || sig == SIGSTOP)
                        continue;
                unsigned before = seen.count;
                all = all && set_handler(t, sig, HANDLER, SA_SIGINFO | SA_RESETHAND, 0) == 0;
                all = all && SVC3(A_TGKILL, me(), t->os->tid, sig) == 0;
                all = all && seen.count == before + 1 && seen.sig == sig && seen.info.code == SI_TKILL;
                struct guest_sigaction old;
                all = all && SVC4(A_SIGACTION, sig, 0, &old, 8) == 0 && old.handler == 0;
        }
        CHECK(all);
}

static void test_blocked_and_pending(struct thread *t)
{
        uint64_t set;
        struct linux_siginfo info;
        struct __kernel_timespec ts = { 0, 1000000 };

        reset();
        for (int sig = 34; sig < 37; sig++)
                set_handler(t, sig, HANDLER, SA_SIGINFO, ~0ull);
        set_handler(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
        set_handler(t, SIGUSR2, HANDLER, 0, 0);
        CHECK(set_mask(t, SIG_BLOCK, ~0ull) == 0);
        for (int k = 0; k < 3; k++) {
                struct linux_siginfo q = { .code = SI_QUEUE, .kill = { .pid = (int)me(), .value = (uint64_t)k } };
                CHECK(SVC3(A_SIGQUEUEINFO, me(), 36 - k, &q) == 0);
                CHECK(SVC3(A_SIGQUEUEINFO, me(), 34, &q) == 0);
        }
        SVC2(A_KILL, me(), SIGUSR2);
        SVC2(A_KILL, me(), SIGUSR2);
        SVC3(A_TGKILL, me(), t->os->tid, SIGSEGV);
        SVC3(A_TGKILL, me(), t->os->tid, SIGSEGV);
        CHECK(seen.count == 0);
        CHECK(SVC2(A_SIGPENDING, &set, 8) == 0);
        CHECK(set == (SIGNAL_BIT(34) | SIGNAL_BIT(35) | SIGNAL_BIT(36) | SIGNAL_BIT(SIGUSR2) | SIGNAL_BIT(SIGSEGV)));
        set = SIGNAL_BIT(36) | SIGNAL_BIT(40);
        CHECK(SVC4(A_SIGTIMEDWAIT, &set, &info, &ts, 8) == 36 && info.kill.value == 0 && info.code == SI_QUEUE);
        CHECK(SVC4(A_SIGTIMEDWAIT, &set, &info, &ts, 8) == -EAGAIN);
        CHECK(set_mask(t, SIG_SETMASK, 0) == 0);
        CHECK(seen.count == 7); /* 34 four times, 35 once, USR2 once, SEGV once; 36 was taken */
        CHECK(t->os->sigmask == 0);
        SVC2(A_SIGPENDING, &set, 8);
        CHECK(set == 0);

        set_mask(t, SIG_BLOCK, SIGNAL_BIT(SIGSEGV));
        SVC2(A_KILL, me(), SIGSEGV);
        set = SIGNAL_BIT(SIGSEGV);
        CHECK(SVC4(A_SIGTIMEDWAIT, &set, &info, &ts, 8) == SIGSEGV && info.code == SI_USER);
        CHECK(SVC4(A_SIGTIMEDWAIT, &set, &info, &ts, 8) == -EAGAIN);
        set_mask(t, SIG_SETMASK, 0);
}

static void test_nested(struct thread *t)
{
        reset();
        set_handler(t, SIGUSR1, HANDLER, SA_SIGINFO, 0);
        set_handler(t, SIGUSR2, HANDLER, SA_SIGINFO, 0);
        nested_sig = SIGUSR2;
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 2 && seen.max_depth == 2 && seen.sig == SIGUSR2);
        CHECK(seen.mask_saved == SIGNAL_BIT(SIGUSR1) && t->os->sigmask == 0);
        reset();
        nested_sig = SIGUSR1; /* blocked in its own handler: comes after it */
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 2 && seen.max_depth == 1);
        reset();
        set_handler(t, SIGUSR1, HANDLER, SA_SIGINFO | SA_NODEFER, 0);
        nested_sig = SIGUSR1;
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 2 && seen.max_depth == 2);
}

static uint8_t alternate[16384] __attribute__((aligned(16)));

static void test_altstack(struct thread *t)
{
        struct a64_stack s = { .sp = (uint64_t)alternate, .size = sizeof(alternate) }, old;

        reset();
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == 0 && SVC2(A_SIGALTSTACK, 0, &old) == 0 && old.sp == s.sp && old.flags == 0);
        set_handler(t, SIGUSR1, HANDLER, SA_ONSTACK, 0);
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.sp >= s.sp && seen.sp < s.sp + s.size && (seen.sp & 15) == 0);
        set_handler(t, SIGUSR1, HANDLER, 0, 0);
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.sp >= (uint64_t)guest_stack && seen.sp < (uint64_t)(guest_stack + sizeof(guest_stack)));
        s.size = 5119;
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == -ENOMEM);
        s.flags = 4;
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == -EINVAL);
        s = (struct a64_stack){ .sp = (uint64_t)alternate, .size = sizeof(alternate), .flags = 1u << 31 };
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == 0);
        set_handler(t, SIGUSR1, HANDLER, SA_ONSTACK, 0);
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.sp >= s.sp && seen.sp < s.sp + s.size);
        CHECK(SVC2(A_SIGALTSTACK, 0, &old) == 0 && old.sp == s.sp && old.flags == 1u << 31); /* sigreturn armed it */
        s.flags = 2;
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == 0 && SVC2(A_SIGALTSTACK, 0, &old) == 0 && old.flags == 2 && old.size == 0);
}

static void test_synchronous(struct thread *t)
{
        bool restarted;
        reset();
        set_handler(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
        t->cpu.pc = SVC_PC + 4;
        t->cpu.x[5] = 0x1234;
        t->cpu.flags = nzcv_to_flags(0xa0000000);
        t->cpu.v[7].d[1] = 77;
        signal_force(t, SIGSEGV, SEGV_ACCERR, 0xdead000, 0x92000046);
        struct a64_sigframe *f = (void *)t->cpu.x[31];
        CHECK(t->cpu.x[1] == (uint64_t)&f->info && t->cpu.x[2] == (uint64_t)&f->uc);
        CHECK(f->uc.mcontext.regs[5] == 0x1234 && f->uc.mcontext.pstate == 0xa0000000);
        struct a64_fpsimd_context *fp = (void *)f->uc.mcontext.reserved;
        struct a64_esr_context *esr = (void *)(fp + 1);
        CHECK(fp->head.magic == A64_FPSIMD_MAGIC && fp->head.size == 528 && fp->v[7][1] == 77);
        CHECK(esr->head.magic == A64_ESR_MAGIC && esr->head.size == 16 && esr->esr == 0x92000046);
        CHECK(((struct a64_context_head *)(esr + 1))->magic == 0);
        struct a64_frame_record *r = (void *)t->cpu.x[29];
        CHECK((uint64_t)r == (uint64_t)(f + 1));
        t->cpu.x[5] = 0;
        t->cpu.v[7].d[1] = 0;
        t->cpu.flags = 0;
        run_handlers(t, &restarted);
        CHECK(seen.count == 1 && seen.info.code == SEGV_ACCERR && seen.info.fault.addr == 0xdead000);
        CHECK(seen.fault_address == 0xdead000);
        CHECK(t->cpu.x[5] == 0x1234 && t->cpu.v[7].d[1] == 77 && flags_to_nzcv(t->cpu.flags) == 0xa0000000);
        /* copies of ours recover */
        uint64_t word;
        CHECK(guest_read(&word, 0x10, 8) == -EFAULT && guest_write(0x8000000000000000ull, &word, 8) == -EFAULT);
        /* re-raised by the program with the original information */
        reset();
        struct linux_siginfo q = { .code = SEGV_MAPERR, .fault.addr = 0x77 };
        CHECK(SVC4(A_TGSIGQUEUEINFO, me(), t->os->tid, SIGSEGV, &q) == 0);
        CHECK(seen.count == 1 && seen.info.code == SEGV_MAPERR && seen.info.fault.addr == 0x77);
}

/* ---- children ---- */

static long fork_guest(struct thread *t)
{
        return SVC5(A_CLONE, SIGCHLD, 0, 0, 0, 0);
}

static int wait_for(struct thread *t, long pid)
{
        int status = -1;
        long r;
        while ((r = SVC4(A_WAIT4, pid, &status, 0, 0)) == -EINTR)
                ;
        return r == pid ? status : -1;
}

static bool fault_in_handler;

static void store_to_null(void)
{
        __asm__ volatile("movl $1, 8" ::: "memory");
}

/* An internal error ends the process by that signal, with a message, also where the handler itself has it. */
static void test_internal_error(struct thread *t)
{
        static const uint64_t seconds[2] = { 2, 2 }; /* then SIGKILL */
        for (int nested = 0; nested < 2; nested++) {
                char text[400] = { 0 };
                int fd[2];
                CHECK(sys_call2(__NR_pipe2, fd, 0) == 0);
                long pid = fork_guest(t);
                if (pid == 0) {
                        sys_call3(__NR_dup3, fd[1], 2, 0);
                        sys_call4(__NR_prlimit64, 0, RLIMIT_CPU, seconds, 0);
                        fault_in_handler = nested;
                        store_to_null();
                        SVC1(A_EXIT_GROUP, 1);
                }
                sys_call1(__NR_close, fd[1]);
                CHECK((wait_for(t, pid) & 0x7f) == SIGSEGV);
                CHECK(sys_call3(__NR_read, fd[0], text, sizeof(text) - 1) > 0);
                sys_call1(__NR_close, fd[0]);
                CHECK(!strncmp(text, "binfmt-translator: internal error: SIGSEGV (code 1) at host address ", 68));
                CHECK((strcmp(text + strlen(text) - 11, "dealt with\n") == 0) == nested);
        }
}

static void test_death(struct thread *t)
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
        if (pid == 0) { /* a fault, blocked: kills */
                set_handler(t, SIGSEGV, HANDLER, 0, 0);
                set_mask(t, SIG_BLOCK, SIGNAL_BIT(SIGSEGV));
                signal_force(t, SIGSEGV, SEGV_MAPERR, 0, 0);
                SVC1(A_EXIT_GROUP, 1);
        }
        CHECK((wait_for(t, pid) & 0x7f) == SIGSEGV);
        pid = fork_guest(t);
        if (pid == 0) { /* no room for the frame */
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
        if (pid == 0) { /* stops, is continued */
                SVC2(A_KILL, me(), SIGSTOP);
                SVC1(A_EXIT_GROUP, 9);
        }
        int status;
        CHECK(SVC4(A_WAIT4, pid, &status, WUNTRACED, 0) == pid && (status & 0xff) == 0x7f && status >> 8 == SIGSTOP);
        SVC2(A_KILL, pid, SIGCONT);
        CHECK(wait_for(t, pid) == 9 << 8);
}

/* ---- interrupted system calls ---- */

/* A child that sends `sig` after a while, then runs `then`. */
static long later(struct thread *t, int sig, int fd)
{
        long parent = me(), pid = fork_guest(t);
        if (pid == 0) {
                struct __kernel_timespec ts = { 0, 30000000 };
                sys_call2(__NR_nanosleep, &ts, 0);
                sys_call2(__NR_kill, parent, sig);
                sys_call2(__NR_nanosleep, &ts, 0);
                if (fd >= 0)
                        sys_call3(__NR_write, fd, "x", 1);
                SVC1(A_EXIT_GROUP, 0);
        }
        return pid;
}

static void test_interrupted(struct thread *t)
{
        int fd[2];
        char c;
        CHECK(sys_call2(__NR_pipe2, fd, 0) == 0);
        sys_call1(__NR_pipe, fd);
        set_handler(t, SIGUSR1, HANDLER, 0, 0);
        reset();
        long pid = later(t, SIGUSR1, fd[1]);
        CHECK(SVC3(A_READ, fd[0], &c, 1) == -EINTR && seen.count == 1 && (long)seen.x0_saved == -EINTR);
        CHECK(SVC3(A_READ, fd[0], &c, 1) == 1);
        wait_for(t, pid);
        reset();
        set_handler(t, SIGUSR1, HANDLER, SA_RESTART, 0);
        pid = later(t, SIGUSR1, fd[1]);
        CHECK(SVC3(A_READ, fd[0], &c, 1) == 1 && seen.count == 1 && seen.pc_saved == SVC_PC);
        wait_for(t, pid);
        /* never restarted */
        struct __kernel_timespec ts = { 5, 0 }, left = { 0, 0 };
        pid = later(t, SIGUSR1, -1);
        CHECK(SVC2(A_NANOSLEEP, &ts, &left) == -EINTR && left.tv_sec == 4);
        wait_for(t, pid);
        pid = later(t, SIGUSR1, -1);
        CHECK(SVC5(A_PPOLL, 0, 0, &ts, 0, 8) == -EINTR);
        wait_for(t, pid);
        /* a stop and a continue in between go unnoticed */
        reset();
        ts = (struct __kernel_timespec){ 0, 200000000 };
        long parent = me();
        pid = fork_guest(t);
        if (pid == 0) {
                struct __kernel_timespec w = { 0, 30000000 };
                sys_call2(__NR_nanosleep, &w, 0);
                sys_call2(__NR_kill, parent, SIGSTOP);
                sys_call2(__NR_nanosleep, &w, 0);
                sys_call2(__NR_kill, parent, SIGCONT);
                SVC1(A_EXIT_GROUP, 0);
        }
        CHECK(SVC2(A_NANOSLEEP, &ts, 0) == 0 && seen.count == 0);
        wait_for(t, pid);
        uint32_t word = 0;
        set_handler(t, SIGUSR1, HANDLER, SA_RESTART, 0);
        pid = later(t, SIGUSR1, -1);
        ts = (struct __kernel_timespec){ 0, 150000000 };
        CHECK(svc(t, A_FUTEX, (uint64_t)&word, FUTEX_WAIT, 0, (uint64_t)&ts, 0, 0) == -EINTR);
        wait_for(t, pid);
}

static void test_suspend(struct thread *t)
{
        uint64_t none = 0;
        struct __kernel_timespec ts = { 5, 0 };

        reset();
        set_handler(t, SIGUSR1, HANDLER, SA_RESTART, 0);
        set_mask(t, SIG_BLOCK, SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2));
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 0);
        CHECK(SVC2(A_SIGSUSPEND, &none, 8) == -EINTR && seen.count == 1);
        CHECK(seen.mask_saved == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2)) && seen.mask_inside == SIGNAL_BIT(SIGUSR1));
        CHECK(t->os->sigmask == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2)) && !t->os->suspended);
        long pid = later(t, SIGUSR1, -1);
        CHECK(SVC2(A_SIGSUSPEND, &none, 8) == -EINTR && seen.count == 2);
        wait_for(t, pid);
        pid = later(t, SIGUSR1, -1);
        CHECK(SVC5(A_PPOLL, 0, 0, &ts, &none, 8) == -EINTR && seen.count == 3);
        wait_for(t, pid);
        ts = (struct __kernel_timespec){ 0, 1000 };
        CHECK(SVC5(A_PPOLL, 0, 0, &ts, &none, 8) == 0 && !t->os->suspended);
        /* a synchronous one that was sent */
        set_handler(t, SIGSEGV, HANDLER, 0, 0);
        set_mask(t, SIG_SETMASK, SIGNAL_BIT(SIGSEGV));
        SVC2(A_KILL, me(), SIGSEGV);
        CHECK(seen.count == 3);
        CHECK(SVC2(A_SIGSUSPEND, &none, 8) == -EINTR && seen.count == 4 && seen.sig == SIGSEGV);
        pid = later(t, SIGSEGV, -1);
        CHECK(SVC2(A_SIGSUSPEND, &none, 8) == -EINTR && seen.count == 5);
        wait_for(t, pid);
        set_mask(t, SIG_SETMASK, 0);
}

/* Signals all the time: nothing is lost (queued ones), nothing hangs, data through a pipe is complete. */
static void test_storm(struct thread *t)
{
        enum { SIGNALS = 3000, BYTES = 3000 };
        int fd[2];
        long parent = me();

        reset();
        sys_call1(__NR_pipe, fd);
        set_handler(t, 40, HANDLER, SA_RESTART, 0);
        set_handler(t, 41, HANDLER, SA_RESTART, 0);
        long a = fork_guest(t);
        if (a == 0) {
                for (int k = 0; k < SIGNALS; k++)
                        while (sys_call2(__NR_kill, parent, 40 + (k & 1)) == -EAGAIN)
                                sys_call0(__NR_sched_yield);
                SVC1(A_EXIT_GROUP, 0);
        }
        long b = fork_guest(t);
        if (b == 0) {
                for (int k = 0; k < BYTES; k++) {
                        sys_call3(__NR_write, fd[1], "y", 1);
                        if (k % 16 == 0)
                                sys_call0(__NR_sched_yield);
                }
                SVC1(A_EXIT_GROUP, 0);
        }
        long bad = 0;
        char c;
        for (int k = 0; k < BYTES; k++) {
                long r = SVC3(A_READ, fd[0], &c, 1);
                uint64_t set = SIGNAL_BIT(40 + (k & 1));
                bad += r != 1;
                SVC4(A_SIGPROCMASK, SIG_BLOCK, &set, 0, 8);
                SVC4(A_SIGPROCMASK, SIG_UNBLOCK, &set, 0, 8);
        }
        CHECK(bad == 0);
        CHECK(wait_for(t, a) == 0 && wait_for(t, b) == 0);
        SVC0(A_GETPID);
        CHECK(seen.count == SIGNALS);
        CHECK(t->os->sigmask == 0 && t->cpu.x[31] == (uint64_t)(guest_stack + sizeof(guest_stack)));
        sys_call1(__NR_close, fd[0]);
        sys_call1(__NR_close, fd[1]);
}

/* ---- threads ---- */

static uint32_t thread_word, thread_tid, thread_ctid, thread_sum;
static uint8_t thread_stack[4][16384] __attribute__((aligned(16)));

static void thread_body(struct thread *t)
{
        CHECK(t->cpu.x[0] == 0 && t->cpu.tpidr == 0x5150);
        CHECK(SVC0(A_GETTID) == t->os->tid && t->os->tid != me());
        __atomic_store_n(&thread_word, 1, __ATOMIC_SEQ_CST);
        SVC3(A_FUTEX, &thread_word, FUTEX_WAKE, 1);
        SVC1(A_EXIT, 0);
}

#define THREAD_FLAGS \
        (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | \
         CLONE_CHILD_CLEARTID)

/* clone with the child starting in `body`, as the instruction after the SVC would be */
static long clone_to(struct thread *t, guest_fn *body, uint64_t flags, void *stack, uint32_t *ptid, uint32_t *ctid)
{
        uint64_t a[] = { flags, (uint64_t)stack, (uint64_t)ptid, 0x5150, (uint64_t)ctid };
        memcpy(t->cpu.x, a, sizeof(a));
        t->cpu.x[8] = A_CLONE;
        t->cpu.pc = (uint64_t)(uintptr_t)body;
        linux_syscall(t);
        t->cpu.pc = SVC_PC + 4;
        return (long)t->cpu.x[0];
}

static void join(uint32_t *ctid)
{
        uint32_t v;
        while ((v = __atomic_load_n(ctid, __ATOMIC_SEQ_CST)))
                sys_call4(__NR_futex, ctid, FUTEX_WAIT, v, 0);
}

static void test_thread(struct thread *t)
{
        thread_ctid = 1;
        long tid = clone_to(t, thread_body, THREAD_FLAGS, thread_stack[0] + 16384, &thread_tid, &thread_ctid);
        CHECK(tid > 0 && thread_tid == (uint32_t)tid);
        while (!__atomic_load_n(&thread_word, __ATOMIC_SEQ_CST))
                SVC4(A_FUTEX, &thread_word, FUTEX_WAIT, 0, 0);
        join(&thread_ctid);
        CHECK(t->os->tid == me());
}

static void short_body(struct thread *t)
{
        __atomic_add_fetch(&thread_sum, 1, __ATOMIC_SEQ_CST);
        SVC1(A_EXIT, 0);
}

static uint64_t mapped_pages(void)
{
        char buf[128];
        long fd = sys_call3(__NR_open, "/proc/self/statm", 0, 0), n = sys_call3(__NR_read, fd, buf, 100);
        uint64_t v = 0;
        sys_call1(__NR_close, fd);
        for (long i = 0; i < n && buf[i] >= '0' && buf[i] <= '9'; i++)
                v = v * 10 + (uint64_t)(buf[i] - '0');
        return v;
}

static void test_many_threads(struct thread *t)
{
        static uint32_t ctid[4];
        uint64_t before = mapped_pages();
        for (int k = 0; k < 400; k++) {
                join(&ctid[k % 4]);
                ctid[k % 4] = 1;
                if (clone_to(t, short_body, THREAD_FLAGS, thread_stack[k % 4] + 16384, &thread_tid, &ctid[k % 4]) < 0)
                        ctid[k % 4] = 0, CHECK(!"clone");
        }
        for (int k = 0; k < 4; k++)
                join(&ctid[k]);
        CHECK(thread_sum == 400);
        CHECK(mapped_pages() < before + 300);
}

/* ---- vfork ---- */

static int vfork_word;

static void vfork_body(struct thread *t)
{
        /* what posix_spawn's child does: dispositions of its own, an error through shared memory */
        CHECK(SVC0(A_GETPPID) != 0);
        set_handler(t, SIGUSR1, 1, 0, 0);
        set_handler(t, SIGUSR2, 0, 0, 0);
        set_mask(t, SIG_SETMASK, SIGNAL_BIT(SIGTERM));
        vfork_word = 42;
        SVC1(A_EXIT_GROUP, 3);
}

static void test_vfork(struct thread *t)
{
        set_handler(t, SIGUSR1, HANDLER, 0, 0);
        set_handler(t, SIGUSR2, HANDLER, 0, 0);
        reset();
        long pid = clone_to(t, vfork_body, CLONE_VM | CLONE_VFORK | SIGCHLD, thread_stack[0] + 16384, 0, 0);
        CHECK(pid > 0 && vfork_word == 42);
        CHECK(wait_for(t, pid) == 3 << 8);
        SVC2(A_KILL, me(), SIGUSR1);
        SVC2(A_KILL, me(), SIGUSR2);
        CHECK(seen.count == 2 && t->os->sigmask == 0);

        struct clone_args args = { .flags = CLONE_VM | CLONE_VFORK | CLONE_CLEAR_SIGHAND,
                                   .exit_signal = SIGCHLD,
                                   .stack = (uint64_t)thread_stack[0],
                                   .stack_size = 16384 };
        vfork_word = 0;
        t->cpu.x[0] = (uint64_t)&args;
        t->cpu.x[1] = sizeof(args);
        t->cpu.x[8] = A_CLONE3;
        t->cpu.pc = (uint64_t)(uintptr_t)vfork_body;
        linux_syscall(t);
        t->cpu.pc = SVC_PC + 4;
        CHECK((long)t->cpu.x[0] > 0 && vfork_word == 42);
        CHECK(wait_for(t, (long)t->cpu.x[0]) == 3 << 8);
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 3);
        args.stack_size = 0;
        CHECK(SVC2(A_CLONE3, &args, sizeof(args)) == -EINVAL && SVC2(A_CLONE3, &args, 8) == -EINVAL);
        CHECK(SVC2(A_CLONE3, 8, sizeof(args)) == -EFAULT);
}

static void test_epoll(struct thread *t)
{
        struct {
                uint32_t events, pad;
                uint64_t data;
        } ev[4] = { { 1, 0, 0x1111222233334444 }, { 1, 0, 0x5555666677778888 } }, out[4];
        long ep = SVC1(A_EPOLL_CREATE1, 0), e1 = SVC2(A_EVENTFD2, 1, 0), e2 = SVC2(A_EVENTFD2, 1, 0);

        CHECK(SVC4(A_EPOLL_CTL, ep, 1, e1, &ev[0]) == 0 && SVC4(A_EPOLL_CTL, ep, 1, e2, &ev[1]) == 0);
        CHECK(SVC5(A_EPOLL_PWAIT, ep, out, 4, 0, 0) == 2);
        CHECK(out[0].events == 1 && out[0].data + out[1].data == ev[0].data + ev[1].data && out[0].data != out[1].data);
        CHECK(SVC4(A_EPOLL_CTL, ep, 2, e1, 0) == 0 && SVC5(A_EPOLL_PWAIT, ep, out, 4, 0, 0) == 1);
        CHECK(out[0].data == ev[1].data);
        CHECK(SVC4(A_EPOLL_CTL, ep, 1, e1, 16) == -EFAULT && svc(t, 9999, 0, 0, 0, 0, 0, 0) == -ENOSYS);
}

/* The status of a child that executes file argv[0] under what `prepare` does. */
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

/* Whether a program started after `prepare` has `line` in /proc/self/status. */
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

static void test_exec(struct thread *t)
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

/* By hand: a script whose interpreter is native goes to the kernel. The options must survive as given. */
static void test_exec_by_hand(struct thread *t)
{
        char *argv[] = { "translator", "-0", "x", "-L", "/", "-strace", "-E", "A=b", "/bin/sh", NULL };
        execve_by_hand("/translator", argv, 8);
        CHECK(!strcmp(argv[1], "-L") && !strcmp(argv[2], "/") && !strcmp(argv[3], "-strace"));
        CHECK(exec_shell(t, "exit 5") == 5 << 8);
        const char *words[] = { "x", NULL };
        CHECK(SVC3(A_EXECVE, "/nowhere", words, 0) == -ENOENT && SVC3(A_EXECVE, "/etc/passwd", words, 0) == -EACCES);
}

/* ---- the stack protector ---- */

extern uint64_t __stack_chk_guard;

__attribute__((noinline)) static void write_beyond(volatile size_t n)
{
        char small[24];
        memset(small, 'x', n);
        __asm__ volatile("" : : "r"(small) : "memory");
}

static void test_stack_protector(struct thread *t)
{
        CHECK(__stack_chk_guard && !(__stack_chk_guard & 0xff));
        for (size_t n = 24; n <= 48; n += 24) {
                long pid = fork_guest(t);
                if (pid == 0) {
                        sys_call1(__NR_close, 2);
                        write_beyond(n);
                        SVC1(A_EXIT_GROUP, 1);
                }
                CHECK(wait_for(t, pid) == (n == 24 ? 1 : 125) << 8);
        }
}

static void main_body(struct thread *t)
{
        static guest_fn *const all[] = { test_simple,       test_all_signals,    test_blocked_and_pending,
                                         test_nested,       test_altstack,       test_synchronous,
                                         test_death,        test_internal_error, test_interrupted,
                                         test_suspend,      test_storm,          test_thread,
                                         test_many_threads, test_vfork,          test_exec,
                                         test_exec_by_hand, test_epoll,          test_stack_protector };
        for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
                all[i](t);
        char buf[32];
        sys_call3(__NR_write, 1, buf, rt_snprintf(buf, sizeof(buf), "1..%u\n", tests));
        rt_exit((int)failures);
}

/* ---- what stands for the core ---- */

void log_stats(void)
{
}

_Noreturn void exec_loop(struct thread *t)
{
        ((guest_fn *)(uintptr_t)t->cpu.pc)(t);
        rt_exit(99);
}

int exec_thread_init(struct thread *t)
{
        (void)t;
        return 0;
}

void exec_thread_done(struct thread *t)
{
        (void)t;
}

void exec_fork_prepare(void)
{
}

void exec_fork_done(void)
{
}

bool mm_is_own(uint64_t start, uint64_t size)
{
        (void)start, (void)size;
        return false;
}

void limits_after_fork(void)
{
}

void limits_for_exec(int dirfd, const char *path)
{
        (void)dirfd, (void)path;
}

void limits_for_exec_off(void)
{
}

void mm_lock(void)
{
}

void mm_unlock(void)
{
}

void mm_exec_fork_prepare(void)
{
}

void mm_exec_fork_done(void)
{
}

void exec_after_fork(struct thread *t)
{
        (void)t;
}

void cpu_set_fpcr(struct cpu *cpu, uint64_t v)
{
        cpu->fpcr = (uint32_t)v;
}

void cpu_set_fpsr(struct cpu *cpu, uint64_t v)
{
        cpu->fpsr = (uint32_t)v;
}

uint32_t cpu_get_fpsr(struct cpu *cpu)
{
        return cpu->fpsr;
}

/* The core's part of the handler: none of them is the guest's. Or it has a fault of its own, which it would go on from. */
enum fault_verdict exec_host_fault(struct thread *t, int sig, void *info, void *uc)
{
        static bool faulted;
        (void)t, (void)sig, (void)info, (void)uc;
        if (!fault_in_handler)
                return FAULT_NOT_GUEST;
        if (faulted)
                return FAULT_RESUME;
        faulted = true;
        store_to_null();
        return FAULT_RESUME;
}

__attribute__((used)) static _Noreturn void start(uint64_t *sp)
{
        int e;
        rt_guard_init(NULL);
        struct thread *t = thread_init_first(&e);

        if (sp[0] > 1)
                rt_log_mask = LOG_STRACE;
        if (!t)
                rt_exit(98);
        t->cpu.pc = (uint64_t)(uintptr_t)main_body;
        signal_trampoline = 0x2000;
        t->cpu.x[31] = (uint64_t)(guest_stack + sizeof(guest_stack));
        exec_loop(t);
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n\tud2\n");
