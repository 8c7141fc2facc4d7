/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's side of signals: handlers, masks, and the system call that no signal can slip past.
 *
 * How an asynchronous signal comes in. The handler puts it into the thread's slot, sets cpu.poll and blocks
 * everything (but the synchronous signals) in the context that it returns to, so the slot stays as it is until
 * guest_poll() empties it and opens the mask again. Therefore only that may open the mask while the slot is full, and
 * each change of the mask goes through safe_syscall(), which does not start the call when poll is set.
 *
 * How a system call is interrupted. Host handlers have SA_RESTART, so the kernel itself tells the kinds apart: a call
 * that may be restarted comes to the handler with rip at its syscall instruction again, any other comes with EINTR.
 * The handler turns the first into the result SYS_RESTART. rcx tells a call that has run (the instruction
 * leaves its return address there) from one that has not.
 */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include "signal.h"
#include "syscalls.h"
#include "run/exec.h"
#include "run/thread.h"

#pragma GCC diagnostic ignored "-Wunused-parameter" /* naked functions: assembly takes them */

extern const char safe_syscall_begin[] __attribute__((visibility("hidden")));
extern const char safe_syscall_insn[] __attribute__((visibility("hidden")));
extern const char safe_syscall_end[] __attribute__((visibility("hidden")));
extern const char safe_syscall_interrupted[] __attribute__((visibility("hidden")));

/* rdi = number, rsi, rdx, rcx, r8, r9, 8(rsp) = arguments */
__attribute__((naked, noinline)) long safe_syscall(long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                                                   uint64_t a5)
{
        __asm__ volatile(CALL_TO_SYSCALL
                         "mov 8(%%rsp), %%r9\n"
                         ".globl safe_syscall_begin, safe_syscall_insn, safe_syscall_end, safe_syscall_interrupted\n"
                         ".hidden safe_syscall_begin, safe_syscall_insn, safe_syscall_end, safe_syscall_interrupted\n"
                         "safe_syscall_begin:\n\t"
                         "xor %%ecx, %%ecx\n\t"
                         "cmpl $0, %%fs:%c0\n\t"
                         "jne safe_syscall_interrupted\n"
                         "safe_syscall_insn:\n\t"
                         "syscall\n"
                         "safe_syscall_end:\n\t"
                         "ret\n"
                         "safe_syscall_interrupted:\n\t"
                         "mov %1, %%rax\n\t"
                         "ret"
                         :
                         : "i"(offsetof(struct thread, cpu.poll)), "i"((long)SYS_RESTART_ALWAYS));
}

__attribute__((naked, noinline)) static void host_restorer(void)
{
        __asm__ volatile("mov $15, %eax\n\tsyscall");
}

/* Takes the interrupted thread out of safe_syscall(). Async-signal-safe. */
static void leave_safe_syscall(struct sigcontext_64 *mc)
{
        if (mc->ip < (uintptr_t)safe_syscall_begin || mc->ip > (uintptr_t)safe_syscall_insn)
                return;
        if (mc->ip == (uintptr_t)safe_syscall_insn && mc->cx == (uintptr_t)safe_syscall_end) {
                /* The call has run. restart_syscall(2) stands for calls that do not run again after a handler. */
                mc->ax = (uint64_t)(mc->ax == __NR_restart_syscall ? -EINTR : SYS_RESTART);
                mc->ip = (uintptr_t)safe_syscall_end;
        } else
                mc->ip = (uintptr_t)safe_syscall_interrupted;
}

/* Notes a fault of the guest's for guest_fault_deliver(). Async-signal-safe. */
static void record_fault(struct thread *t, const struct linux_siginfo *info, const struct sigcontext_64 *mc)
{
        t->os->fault = *info;
        t->os->fault_trap = (uint32_t)mc->trapno;
        t->os->fault_error = (uint32_t)mc->err;
        if (info->signo == GSIG_SEGV && info->code == SEGV_PKUERR) /* how the host does execute-only memory */
                t->os->fault.code = SEGV_ACCERR;
}

/* A fault that is neither the guest's nor expected is a bug of the translator: says so and ends the process by that signal. */
static _Noreturn void internal_fault(struct thread *t, int sig, const struct linux_siginfo *info, const struct sigcontext_64 *mc)
{
        char buf[16];

        if (t->os->faults <= 2) /* a third one came from saying so: not a word more */
                rt_error("internal error: %s (code %d) at host address %#lx, data %#lx, guest pc %#lx%s", signal_name(sig, buf),
                         info->code, (unsigned long)mc->ip, info->fault.addr, t->cpu.pc,
                         t->os->faults == 1 ? "" : ", while another fault was dealt with");
        signal_die(sig, info);
}

/* Called for each fault. One that comes while another is dealt with can only be the translator's own, wherever it seems to be. */
static void on_fault(struct thread *t, int sig, struct linux_siginfo *info, struct ucontext *uc)
{
        struct sigcontext_64 *mc = (struct sigcontext_64 *)(void *)&uc->uc_mcontext;

        enum fault_verdict verdict = ++t->os->faults == 1 ? exec_host_fault(t, sig, info, uc) : FAULT_NOT_GUEST;
        switch (verdict) {
        case FAULT_RESUME: break;
        case FAULT_GUEST: record_fault(t, info, mc); break;
        case FAULT_NOT_GUEST: internal_fault(t, sig, info, mc);
        }
        t->os->faults = 0;
}

/* Is it a fault, and none of what the kernel sends with a positive code although no instruction has done it: an event that is counted
 * (perf_event_open(2)), memory that is found to be broken before anybody uses it? */
static bool is_fault(int sig, const struct linux_siginfo *info)
{
        enum { CODE_TRAP_PERF = 6, CODE_BUS_MCEERR_AO = 5 };
        bool sent = (sig == GSIG_TRAP && info->code == CODE_TRAP_PERF) || (sig == GSIG_BUS && info->code == CODE_BUS_MCEERR_AO);

        return signal_is_sync((uint64_t)sig) && info->code > 0 && !sent;
}

/* The host's handler of all signals, on the host signal stack. */
static void on_signal(int sig, struct linux_siginfo *info, struct ucontext *uc)
{
        struct thread *t = thread_self();
        struct sigcontext_64 *mc = (struct sigcontext_64 *)(void *)&uc->uc_mcontext;

        if (is_fault(sig, info)) {
                if (!rt_fixup_fault((uint64_t *)&mc->ip))
                        on_fault(t, sig, info, uc);
                return;
        }
        if (SIGNAL_BIT(sig) & SYNC_MASK) {
                signal_hold(t, info);
        } else {
                t->os->slot = *info;
                t->os->slot_full = 1;
                uc->uc_sigmask = ~SYNC_MASK;
                __atomic_store_n(&t->cpu.poll, 1, __ATOMIC_RELEASE);
        }
        leave_safe_syscall(mc);
}

static long set_action(int sig, unsigned long flags, struct sigaction *ret_old)
{
        struct sigaction act = {
                .sa_handler = (__sighandler_t)(void *)on_signal,
                .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_RESTORER | flags,
                .sa_restorer = host_restorer,
                .sa_mask = ~SYNC_MASK,
        };
        return sys_call4(__NR_rt_sigaction, sig, &act, ret_old, sizeof(sigset_t));
}

long host_signal_install(int sig, const struct guest_sigaction *act)
{
        unsigned long flags = act->flags & (GUEST_SA_NOCLDSTOP | GUEST_SA_NOCLDWAIT);

        if (act->handler == GUEST_SIG_DFL || act->handler == GUEST_SIG_IGN) {
                struct sigaction h = { .sa_handler = (__sighandler_t)act->handler, .sa_flags = flags };
                return sys_call4(__NR_rt_sigaction, sig, &h, 0, sizeof(sigset_t));
        }
        return set_action(sig, flags, NULL);
}

void host_signal_query(int sig, struct guest_sigaction *ret)
{
        struct sigaction old = { 0 };

        (void)sys_call4(__NR_rt_sigaction, sig, 0, &old, sizeof(sigset_t));
        *ret = (struct guest_sigaction){ .handler = (uint64_t)old.sa_handler };
}

void host_signal_sync(int sig, bool ignore)
{
        struct sigaction ignored = { .sa_handler = SIG_IGN };

        if (ignore)
                (void)sys_call4(__NR_rt_sigaction, sig, &ignored, 0, sizeof(sigset_t));
        else
                (void)set_action(sig, SA_NODEFER, NULL);
}

void host_signal_mask(uint64_t mask)
{
        (void)sys_call4(__NR_rt_sigprocmask, SIG_SETMASK, &mask, 0, sizeof(mask));
}

void host_signal_block_sync(bool block)
{
        uint64_t set = SYNC_MASK;
        (void)sys_call4(__NR_rt_sigprocmask, block ? SIG_BLOCK : SIG_UNBLOCK, &set, 0, sizeof(set));
}

static void set_stack(void *stack, size_t size)
{
        stack_t ss = { .ss_sp = stack, .ss_size = size };
        (void)sys_call1(__NR_sigaltstack, &ss);
}

int signals_init(struct thread *t, void *stack, size_t size)
{
        static const uint8_t sync[SYNC_SIGNALS] = { GSIG_ILL, GSIG_TRAP, GSIG_BUS, GSIG_FPE, GSIG_SEGV };
        static struct sighand first;
        uint64_t unblock = SYNC_MASK;

        first.refs = 2; /* never freed */
        t->os->sighand = &first;
        set_stack(stack, size);
        for (size_t i = 0; i < SYNC_SIGNALS; i++) {
                struct sigaction old = { 0 };
                long r = set_action(sync[i], SA_NODEFER, &old);
                if (r < 0)
                        return (int)r;
                first.action[sync[i] - 1].handler = old.sa_handler == SIG_IGN ? GUEST_SIG_IGN : GUEST_SIG_DFL;
                first.known |= SIGNAL_BIT(sync[i]);
        }
        return (int)sys_call4(__NR_rt_sigprocmask, SIG_UNBLOCK, &unblock, &t->os->sigmask, sizeof(unblock));
}

void signals_thread_start(struct thread *t, void *stack, size_t size)
{
        set_stack(stack, size);
        t->os->mask_stale = true;
        __atomic_store_n(&t->cpu.poll, 1, __ATOMIC_RELEASE);
}

void signals_thread_end(void)
{
        host_signal_mask(~0ull);
}
