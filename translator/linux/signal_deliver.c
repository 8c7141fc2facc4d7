/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Delivery: from a signal that has arrived to the guest's handler or the end of the process. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "signal.h"
#include "syscalls.h"
#include "tagged.h"
#include "thread.h"
#include "guest/guest.h"
#include "run/thread.h"

/* siginfo codes (asm-generic/siginfo.h), which are the same for all signals used here */
enum { CODE_ILL_ILLOPC = 1, CODE_TRAP_BRKPT = 1, CODE_KERNEL = 0x80, CODE_TKILL = -6 };

static const uint8_t sync_signals[SYNC_SIGNALS] = { GSIG_ILL, GSIG_TRAP, GSIG_BUS, GSIG_FPE, GSIG_SEGV };

/* ---- held synchronous signals ---- */

void signal_hold(struct thread *t, const struct linux_siginfo *info)
{
        for (unsigned i = 0; i < SYNC_SIGNALS; i++) {
                if (sync_signals[i] != info->signo)
                        continue;
                /* Where one is held already the second is lost, as with the kernel's standard signals. */
                if (!(__atomic_load_n(&t->os->held, __ATOMIC_ACQUIRE) & 1u << i)) {
                        t->os->held_info[i] = *info;
                        __atomic_or_fetch(&t->os->held, 1u << i, __ATOMIC_RELEASE);
                }
        }
        __atomic_store_n(&t->cpu.poll, 1, __ATOMIC_RELEASE);
}

uint64_t signal_held_set(const struct thread *t)
{
        uint32_t held = __atomic_load_n(&t->os->held, __ATOMIC_ACQUIRE);
        uint64_t set = 0;

        for (unsigned i = 0; held && i < SYNC_SIGNALS; i++)
                if (held & 1u << i)
                        set |= SIGNAL_BIT(sync_signals[i]);
        return set;
}

int signal_take_held(struct thread *t, uint64_t set, struct linux_siginfo *ret)
{
        uint32_t held = __atomic_load_n(&t->os->held, __ATOMIC_ACQUIRE);

        for (unsigned i = 0; held && i < SYNC_SIGNALS; i++) {
                if (!(held & 1u << i) || !(set & SIGNAL_BIT(sync_signals[i])))
                        continue;
                *ret = t->os->held_info[i];
                __atomic_and_fetch(&t->os->held, ~(1u << i), __ATOMIC_ACQ_REL);
                return sync_signals[i];
        }
        return 0;
}

/* Hands a signal for this thread back to the host's kernel, which acts on it or keeps it until the mask lets it in. */
static void requeue(struct thread *t, const struct linux_siginfo *info)
{
        long pid = sys_call0(__NR_getpid);
        (void)sys_call4(__NR_rt_tgsigqueueinfo, pid, t->os->tid, info->signo, info);
}

void signal_host_keeps_held(struct thread *t)
{
        struct linux_siginfo info;

        while (signal_take_held(t, SYNC_MASK, &info))
                if (info.code <= 0) /* any other would be taken for a fault of ours when it comes again */
                        requeue(t, &info);
}

/* Gives a signal back to the process, unless it was sent to this thread alone: then it ends with the thread. */
static void pass_on(const struct linux_siginfo *info)
{
        if (info->code != CODE_TKILL && (info->code <= 0 || !(SIGNAL_BIT(info->signo) & SYNC_MASK)))
                (void)sys_call3(__NR_rt_sigqueueinfo, sys_call0(__NR_getpid), info->signo, info);
}

void signal_pass_on(struct thread *t)
{
        struct linux_siginfo info;

        if (t->os->slot_full)
                pass_on(&t->os->slot);
        while (signal_take_held(t, SYNC_MASK, &info))
                pass_on(&info);
}

/* ---- masks ---- */

static uint64_t effective_mask(const struct thread *t)
{
        return t->os->suspended ? t->os->suspend_mask : t->os->sigmask;
}

static long host_mask(uint64_t mask)
{
        mask &= ~SYNC_MASK;
        enum { HOW_SETMASK = 2 };
        return safe_syscall(__NR_rt_sigprocmask, HOW_SETMASK, (uint64_t)&mask, 0, sizeof(mask), 0, 0);
}

long signal_set_mask(struct thread *t, uint64_t mask)
{
        mask &= ~UNBLOCKABLE_MASK;
        if (mask == t->os->sigmask && !t->os->mask_stale)
                return 0;
        if (((mask ^ t->os->sigmask) & ~SYNC_MASK) || t->os->mask_stale) {
                long r = host_mask(mask);
                if (r < 0)
                        return r;
                t->os->mask_stale = false;
        }
        t->os->sigmask = mask;
        if (signal_held_set(t) & ~mask)
                __atomic_store_n(&t->cpu.poll, 1, __ATOMIC_RELEASE);
        return 0;
}

long signal_suspend(struct thread *t, uint64_t mask, uint64_t *ret_host)
{
        mask &= ~UNBLOCKABLE_MASK;
        t->os->suspend_mask = mask;
        t->os->suspended = true;
        if (signal_held_set(t) & ~mask)
                return -EINTR;
        *ret_host = mask & ~SYNC_MASK;
        return 0;
}

/* ---- delivery ---- */

_Noreturn void signal_die(int sig, const struct linux_siginfo *info)
{
        static const struct guest_sigaction none;
        long pid = sys_call0(__NR_getpid);
        long tid = sys_call0(__NR_gettid);

        host_signal_mask(~0ull);
        (void)host_signal_install(sig, &none);
        (void)sys_call4(__NR_rt_tgsigqueueinfo, pid, tid, sig, info);
        (void)sys_call3(__NR_tgkill, pid, tid, sig);
        host_signal_mask(~SIGNAL_BIT(sig));
        /* This is the first process of a PID namespace, which its own signals do not kill. */
        for (;;)
                (void)sys_call1(__NR_exit_group, 128 + sig);
}

/* Ends the process by a signal of the thread's own. */
static _Noreturn void die(struct thread *t, int sig, const struct linux_siginfo *info)
{
        process_ends(t);
        signal_die(sig, info);
}

/* The system call that was interrupted does not run again: it returns EINTR. */
static void end_syscall(struct thread *t)
{
        syscall_set_result(t, -EINTR);
        t->cpu.pc = t->os->behind_call;
        t->os->restart = false;
}

/* Makes the guest enter its handler. The caller sets the host's mask. */
static void call_handler(struct thread *t, const struct guest_sigaction *act, const struct linux_siginfo *info)
{
        uint64_t mask = effective_mask(t) | act->mask;
        struct linux_siginfo shown = *info;

        if ((SIGNAL_BIT(info->signo) & SYNC_MASK) && info->code > 0 && !(act->flags & GUEST_SA_EXPOSE_TAGBITS))
                shown.fault.addr = signal_untagged(info->fault.addr); /* hide_si_addr_tag_bits() */

        if (!(act->flags & GUEST_SA_NODEFER))
                mask |= SIGNAL_BIT(info->signo);
        if (t->os->restart && !(act->flags & GUEST_SA_RESTART))
                end_syscall(t);
        t->os->restart = false;

        int r = guest_abi->push_frame(t, act, &shown, t->os->sigmask);
        t->os->suspended = false;
        if (r >= 0) {
                t->os->sigmask = mask & ~UNBLOCKABLE_MASK;
                return;
        }
        /* No room for the frame (force_sigsegv()) */
        struct linux_siginfo segv = { .signo = GSIG_SEGV, .code = CODE_KERNEL };
        if (info->signo == GSIG_SEGV)
                die(t, GSIG_SEGV, &segv);
        signal_force_info(t, &segv);
}

/* The first process of a PID namespace ignores signals that it has no handler for, other than its own faults
 * (sig_task_ignored()). The kernel sees to that except where our handler has taken the signal. */
static bool is_ignored_by_init(const struct linux_siginfo *info)
{
        return info->code <= 0 && sys_call0(__NR_getpid) == 1;
}

static void deliver(struct thread *t, const struct linux_siginfo *info)
{
        struct guest_sigaction act = sighand_take(t->os->sighand, info->signo);

        strace_signal(t, info);
        if (act.handler == GUEST_SIG_IGN)
                return;
        if (act.handler != GUEST_SIG_DFL) {
                call_handler(t, &act, info);
                return;
        }
        if (is_ignored_by_init(info))
                return;
        if ((SIGNAL_BIT(info->signo) & SYNC_MASK) || sighand_guards(t->os->sighand, info->signo))
                die(t, info->signo, info);
        requeue(t, info); /* the guest has taken its handler away meanwhile, and the host has the default action */
}

/* Empties the slot. Returns true when a signal was in it. */
static bool deliver_slot(struct thread *t)
{
        struct linux_siginfo info;

        if (!__atomic_load_n(&t->os->slot_full, __ATOMIC_ACQUIRE))
                return false;
        info = t->os->slot;
        __atomic_store_n(&t->os->slot_full, 0, __ATOMIC_RELEASE);
        t->os->mask_stale = true;
        if (effective_mask(t) & SIGNAL_BIT(info.signo))
                requeue(t, &info); /* blocked by the handler of a fault that came between */
        else
                deliver(t, &info);
        return true;
}

static bool deliver_held(struct thread *t)
{
        struct linux_siginfo info;

        if (!signal_take_held(t, ~effective_mask(t), &info))
                return false;
        t->os->mask_stale = true;
        deliver(t, &info);
        return true;
}

void guest_poll(struct thread *t)
{
        do {
                __atomic_store_n(&t->cpu.poll, 0, __ATOMIC_SEQ_CST);
                while (deliver_slot(t) || deliver_held(t))
                        ;
                /* Opening the mask may bring the next signal at once. If it comes before the call, the call is not made and poll
                 * is set. */
                if (t->os->mask_stale && host_mask(t->os->sigmask) >= 0)
                        t->os->mask_stale = false;
        } while (__atomic_load_n(&t->cpu.poll, __ATOMIC_ACQUIRE));
        t->os->restart = false;
        t->os->suspended = false;
}

void signal_force_info(struct thread *t, const struct linux_siginfo *info)
{
        struct sighand *h = t->os->sighand;
        uint64_t bit = SIGNAL_BIT(info->signo);

        /* force_sig_info(): what is blocked or ignored cannot be held back, so it kills */
        if ((t->os->sigmask & bit) || h->action[info->signo - 1].handler == GUEST_SIG_IGN)
                die(t, info->signo, info);
        deliver(t, info);
        t->os->mask_stale = true;
        if (host_mask(t->os->sigmask) >= 0)
                t->os->mask_stale = false;
        /* otherwise a signal is in the slot, and guest_poll() comes next */
}

void signal_force(struct thread *t, int sig, int code, uint64_t addr)
{
        struct linux_siginfo info = { .signo = sig, .code = code, .fault.addr = addr };

        t->os->fault_address = 0;
        t->os->fault_syndrome = 0;
        signal_force_info(t, &info);
}

/* ---- called by run/ (run/hooks.h) ---- */

void guest_fault_deliver(struct thread *t)
{
        struct linux_siginfo info = t->os->fault;

        guest_abi->describe_fault(t, &info);
        signal_force_info(t, &info);
}

void guest_fetch_fault(struct thread *t)
{
        guest_abi->fetch_fault(t);
}

void guest_undefined(struct thread *t)
{
        uint64_t addr = guest_address(t->cpu.pc);
        uint32_t word = 0;

        if (rt_log_enabled(LOG_UNIMP)) {
                (void)guest_read(&word, addr, sizeof(word));
                rt_log("undefined instruction at %#lx: %08x", addr, word);
        }
        signal_force(t, GSIG_ILL, CODE_ILL_ILLOPC, addr);
}

void guest_breakpoint(struct thread *t)
{
        struct linux_siginfo info = { .signo = GSIG_TRAP, .code = CODE_TRAP_BRKPT, .fault.addr = guest_address(t->cpu.pc) };
        signal_force_info(t, &info); /* brk_handler() leaves the last fault's address and syndrome there */
}
