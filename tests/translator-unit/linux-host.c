/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start, list of tests, guest system calls and signal handler of the tests linux-*.c (linux-host.h). The program prints TAP; its exit
 * status is the number of failures. With any argument it logs its guest system calls as -strace does. */
#include "../../translator/linux/arm64/frame.h"
#include "../../translator/run/log.h"
#include "linux-host.h"

static unsigned tests, failures;

void check(bool ok, const char *what, const char *file, int line)
{
        char buf[300];
        __atomic_add_fetch(&tests, 1, __ATOMIC_SEQ_CST);
        if (!ok)
                __atomic_add_fetch(&failures, 1, __ATOMIC_SEQ_CST);
        int n = rt_snprintf(buf, sizeof(buf), "%s %u - %s line %d: %s\n", ok ? "ok" : "not ok", tests, file, line, what);
        sys_call3(__NR_write, 1, buf, n);
}

long svc(struct thread *t, long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
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

/* ---- handlers ---- */

struct seen seen;
unsigned nested_sig;

void handler(struct thread *t)
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

/* Calls sigreturn as what the handler returns to does. It runs again where a signal came just before, as any call does. */
static void return_from_handler(struct thread *t, uint64_t lr)
{
        t->cpu.x[8] = A_SIGRETURN;
        do {
                t->cpu.pc = lr + 8;
                linux_syscall(t);
        } while (t->cpu.pc == lr + 4);
}

void run_handlers(struct thread *t, bool *restarted)
{
        while (t->cpu.pc != SVC_PC && t->cpu.pc != SVC_PC + 4) {
                uint64_t sp = t->cpu.x[31];
                guest_fn *fn = (guest_fn *)(uintptr_t)t->cpu.pc;
                uint64_t lr = t->cpu.x[30];
                if (sp % 16 != 0 || fn != handler || lr == 0)
                        CHECK(!"entered a handler as it should");
                fn(t);
                t->cpu.x[31] = sp;
                return_from_handler(t, lr);
        }
        *restarted = t->cpu.pc == SVC_PC;
}

uint8_t guest_stack[GUEST_STACK_SIZE] __attribute__((aligned(16)));

long set_handler(struct thread *t, int sig, uint64_t fn, uint64_t flags, uint64_t mask)
{
        struct guest_sigaction act = { fn, flags, 0, mask };
        return SVC4(A_SIGACTION, sig, &act, 0, 8);
}

void reset(void)
{
        memset(&seen, 0, sizeof(seen));
}

long set_mask(struct thread *t, int how, uint64_t set)
{
        return SVC4(A_SIGPROCMASK, how, &set, 0, 8);
}

long me(void)
{
        return sys_call0(__NR_getpid);
}

/* ---- children ---- */

long fork_guest(struct thread *t)
{
        return SVC5(A_CLONE, SIGCHLD, 0, 0, 0, 0);
}

int wait_for(struct thread *t, long pid)
{
        int status = -1;
        long r;
        while ((r = SVC4(A_WAIT4, pid, &status, 0, 0)) == -EINTR)
                ;
        return r == pid ? status : -1;
}

/* ---- start ---- */

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

__attribute__((used)) static _Noreturn void start(uint64_t *sp)
{
        int e;
        rt_guard_init(NULL);
        abi_choose(all_abis[0]);
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
