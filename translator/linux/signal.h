/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals of the guest.
 *
 * The host's kernel does as much as possible: a signal that the guest blocks is blocked on the host, one that it
 * ignores or leaves to its default action is so on the host, so that stopping, dying with the right status, merging,
 * queueing, signalfd and pending sets are the kernel's. Only a signal that the guest handles gets a host handler,
 * which puts it into the thread's slot and blocks all others until the slot is empty again: one place is enough,
 * and order is the kernel's.
 *
 * The exception are the synchronous signals (SYNC_MASK), which translated code needs unblocked and handled at any
 * time. When one of them was *sent*, it waits in thread_os.held for the guest to be ready for it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi.h"
#include "thread_os.h"
#include "rt/rt.h"

struct thread;

/* Numbers are the same on both machines (asm-generic/signal.h). Names of our own: the uapi header's would need
 * its types too, which unit tests that use a libc cannot have. */
enum {
        GSIG_ILL = 4,
        GSIG_TRAP = 5,
        GSIG_BUS = 7,
        GSIG_FPE = 8,
        GSIG_KILL = 9,
        GSIG_SEGV = 11,
        GSIG_CHLD = 17,
        GSIG_CONT = 18,
        GSIG_STOP = 19,
        GSIG_TSTP = 20,
        GSIG_TTIN = 21,
        GSIG_TTOU = 22,
        GSIG_URG = 23,
        GSIG_WINCH = 28,
        GSIG_COUNT = 64,
};
#define SIGNAL_BIT(sig) (1ull << ((sig)-1))
#define SYNC_MASK \
        (SIGNAL_BIT(GSIG_ILL) | SIGNAL_BIT(GSIG_TRAP) | SIGNAL_BIT(GSIG_BUS) | SIGNAL_BIT(GSIG_FPE) | SIGNAL_BIT(GSIG_SEGV))
/* Is that the number of a synchronous signal? It may be any number. */
static inline bool signal_is_sync(uint64_t sig)
{
        return sig >= 1 && sig <= GSIG_COUNT && (SIGNAL_BIT(sig) & SYNC_MASK);
}
/* Of the others, those whose default action is not to end the process (signal(7)). */
#define HARMLESS_MASK \
        (SIGNAL_BIT(GSIG_CHLD) | SIGNAL_BIT(GSIG_CONT) | SIGNAL_BIT(GSIG_TSTP) | SIGNAL_BIT(GSIG_TTIN) | SIGNAL_BIT(GSIG_TTOU) | \
         SIGNAL_BIT(GSIG_URG) | SIGNAL_BIT(GSIG_WINCH))
#define UNBLOCKABLE_MASK (SIGNAL_BIT(GSIG_KILL) | SIGNAL_BIT(GSIG_STOP))

/* struct sigaction of 64-bit machines (asm-generic/signal.h); other guests' is converted (abi.sigaction). */
struct guest_sigaction {
        uint64_t handler;
        uint64_t flags;
        uint64_t restorer;
        uint64_t mask;
};
enum { GUEST_SIG_DFL = 0, GUEST_SIG_IGN = 1 };
#define GUEST_SA_NOCLDSTOP 0x00000001ull
#define GUEST_SA_NOCLDWAIT 0x00000002ull
#define GUEST_SA_SIGINFO 0x00000004ull
#define GUEST_SA_EXPOSE_TAGBITS 0x00000800ull
#define GUEST_SA_RESTORER 0x04000000ull
#define GUEST_SA_ONSTACK 0x08000000ull
#define GUEST_SA_RESTART 0x10000000ull
#define GUEST_SA_NODEFER 0x40000000ull
#define GUEST_SA_RESETHAND 0x80000000ull

/* Dispositions, shared by the threads of a process (CLONE_SIGHAND). A vfork child has its own although it shares
 * the memory. */
struct sighand {
        struct rt_mutex lock;
        uint32_t refs;
        uint64_t known;    /* bit per signal: `action` is valid; others are as exec left them, known to the kernel */
        uint64_t hosted;   /* bit per signal: our host handler is installed */
        uint64_t host_cld; /* GUEST_SA_NOCLD* that the host's SIGCHLD handler was installed with */
        bool guarded;      /* hosted too: what would end the process (sighand_guard()) */
        struct guest_sigaction action[GSIG_COUNT];
};

/* ---- life of a thread (linux/signal_host.c) ---- */

/* For the first thread: reads the mask and the dispositions that exec has left, installs the handlers of the synchronous signals
 * and the host signal stack [stack, stack + size). Returns 0 or a negative errno. */
int signals_init(struct thread *t, void *stack, size_t size);
/* Called in a thread that clone made: installs its host signal stack. The thread's mask is set at its first poll, because a
 * signal may be there already. */
void signals_thread_start(struct thread *t, void *stack, size_t size);
/* Blocks all signals, for the thread's last steps. */
void signals_thread_end(void);

/* ---- sharing (linux/signal.c) ---- */
struct sighand *sighand_share(struct sighand *h);
struct sighand *sighand_copy(struct sighand *h); /* NULL: no memory */
void sighand_put(struct sighand *h);
/* Gives each handled signal its default action (CLONE_CLEAR_SIGHAND). */
void sighand_clear(struct sighand *h);
/* Called in a process that uses another one's memory: installs host handlers for the signals that end it, which end it at a poll.
 * It shares the translator's locks, and must not be gone while it holds one. (SIGKILL ends it at once.) */
void sighand_guard(struct sighand *h);
/* Called in the parent of such a process, before: asks the host for all dispositions, so that the child need not. */
void sighand_know(struct sighand *h);
/* Has the host a handler in place of the signal's default action, so that the action is ours to do? */
bool sighand_guards(const struct sighand *h, int sig);

/* ---- delivery (linux/signal_deliver.c) ---- */

/* Raises a synchronous signal at the thread's present state, as the kernel's force_sig_fault() does, with code and address for
 * siginfo. Frames say nothing of a fault. */
void signal_force(struct thread *t, int sig, int code, uint64_t addr);
/* Raises the synchronous signal of that siginfo. Frames say what thread_os.fault_address and fault_syndrome have. */
void signal_force_info(struct thread *t, const struct linux_siginfo *info);
/* Ends the process by that signal, so that its parent sees which one it was. */
_Noreturn void signal_die(int sig, const struct linux_siginfo *info);

/* Sets the guest's mask and the host's. Returns 0 or SYS_RESTART_ALWAYS (not done, a signal comes first). */
long signal_set_mask(struct thread *t, uint64_t mask);
/* Lets `mask` be the guest's mask for the one system call that follows, whose handler passes *ret_host to the kernel as
 * its signal set. Returns 0 or -EINTR when a signal is already there. The dispatcher takes it back. */
long signal_suspend(struct thread *t, uint64_t mask, uint64_t *ret_host);
/* Reads a `sigset_t *, size_t` argument pair. Returns 0, -EINVAL or -EFAULT. */
long signal_read_set(uint64_t addr, uint64_t size, uint64_t *ret);
/* rt_sigtimedwait(2) with these arguments, but for the time to wait, which may be NULL. */
long signal_timed_wait(struct thread *t, const uint64_t a[6], const int64_t time[2]);
/* Takes a held synchronous signal out of `set`. Returns its number or 0. */
int signal_take_held(struct thread *t, uint64_t set, struct linux_siginfo *ret);
/* Held synchronous signals, as a signal set. */
uint64_t signal_held_set(const struct thread *t);
/* Puts a synchronous signal that was sent among the held ones. Async-signal-safe. */
void signal_hold(struct thread *t, const struct linux_siginfo *info);

/* Gives the held signals back to the host's kernel, for execve. The host must block them. */
void signal_host_keeps_held(struct thread *t);
/* Called when a thread ends, with all signals blocked: signals that it holds and that may be for any thread go back to the
 * process. */
void signal_pass_on(struct thread *t);

/* ---- called by run/ (run/hooks.h) ---- */

void guest_poll(struct thread *t);
void guest_undefined(struct thread *t);
void guest_breakpoint(struct thread *t);
void guest_fault_deliver(struct thread *t);
void guest_fetch_fault(struct thread *t);

/* ---- dispositions (linux/signal.c) ---- */

/* Returns the disposition of a signal that is delivered now, and does what SA_RESETHAND says. */
struct guest_sigaction sighand_take(struct sighand *h, int sig);

/* ---- alternate stacks (linux/signal_stack.c) ---- */

/* Modes of an alternate stack (SS_ONSTACK, SS_DISABLE), and the flag SS_AUTODISARM. */
enum { ALT_ONSTACK = 1, ALT_DISABLE = 2 };
#define ALT_AUTODISARM 0x80000000u

/* Tells as sigaltstack(2) does whether stack pointer `sp` is on the alternate stack: SS_ONSTACK, 0, or SS_DISABLE where there is
 * none. */
uint32_t altstack_flags(const struct guest_altstack *s, uint64_t sp);
/* Sets an alternate stack, with the kernel's checks. Returns 0, -EPERM, -EINVAL or -ENOMEM. */
long altstack_set(struct guest_altstack *s, uint64_t sp, uint64_t new_sp, uint32_t new_flags, uint64_t new_size);

/* ---- host (linux/signal_host.c) ---- */

/* Makes the host treat `sig` as `act` asks. Returns 0 or a negative errno. */
long host_signal_install(int sig, const struct guest_sigaction *act);
/* Takes a synchronous signal from us, for execve, and gives it back. */
void host_signal_sync(int sig, bool ignore);
/* Asks the host for the disposition of a signal that we do not handle. */
void host_signal_query(int sig, struct guest_sigaction *ret);
/* Sets the host's mask without looking at anything. */
void host_signal_mask(uint64_t mask);
/* With `block` true lets the host keep synchronous signals that are sent, else gives them to on_signal() again. No code that may
 * fault comes between two such calls. */
void host_signal_block_sync(bool block);

/* Address that a handler without SA_RESTORER returns to: the vDSO's __kernel_rt_sigreturn. Set by the loader. */
extern uint64_t signal_trampoline;

/* "SIGSEGV", or "SIG64" in `buf`. */
const char *signal_name(int sig, char buf[16]);
