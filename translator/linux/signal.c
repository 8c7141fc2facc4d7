/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signal dispositions and the system calls about signals. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "signal.h"
#include "syscalls.h"
#include "run/thread.h"

/* ---- dispositions ---- */

struct sighand *sighand_share(struct sighand *h)
{
        __atomic_add_fetch(&h->refs, 1, __ATOMIC_RELAXED);
        return h;
}

struct sighand *sighand_copy(struct sighand *h)
{
        struct sighand *n = rt_alloc(sizeof(*n));

        if (!n)
                return NULL;
        rt_mutex_lock(&h->lock);
        memcpy(n, h, sizeof(*n));
        rt_mutex_unlock(&h->lock);
        memset(&n->lock, 0, sizeof(n->lock));
        n->refs = 1;
        return n;
}

void sighand_put(struct sighand *h)
{
        if (__atomic_sub_fetch(&h->refs, 1, __ATOMIC_ACQ_REL) == 0)
                rt_free(h);
}

/* Returns action[sig], after it was asked of the host if it is still what exec left. Called with the lock. */
static struct guest_sigaction *known_action(struct sighand *h, int sig)
{
        struct guest_sigaction *act = &h->action[sig - 1];

        if (!(h->known & SIGNAL_BIT(sig))) {
                host_signal_query(sig, act);
                h->known |= SIGNAL_BIT(sig);
        }
        return act;
}

static bool is_handler(const struct guest_sigaction *act)
{
        return act->handler != GUEST_SIG_DFL && act->handler != GUEST_SIG_IGN;
}

bool sighand_guards(const struct sighand *h, int sig)
{
        return h->guarded && !((SYNC_MASK | HARMLESS_MASK | UNBLOCKABLE_MASK) & SIGNAL_BIT(sig));
}

/* Makes the host treat the signal as the guest's `act` asks. Nothing is done for synchronous signals, which are always ours, and
 * where one handler follows another. Called with the lock. Returns 0 or a negative errno. */
static long host_follow(struct sighand *h, int sig, const struct guest_sigaction *act)
{
        static const struct guest_sigaction guard = { .handler = ~0ull };
        uint64_t bit = SIGNAL_BIT(sig), cld = act->flags & (GUEST_SA_NOCLDSTOP | GUEST_SA_NOCLDWAIT);

        if (SYNC_MASK & bit)
                return 0;
        if (act->handler == GUEST_SIG_DFL && sighand_guards(h, sig))
                act = &guard;
        if (is_handler(act) && (h->hosted & bit) && (sig != GSIG_CHLD || h->host_cld == cld))
                return 0;
        long r = host_signal_install(sig, act);
        if (r < 0)
                return r;
        h->hosted = is_handler(act) ? h->hosted | bit : h->hosted & ~bit;
        if (sig == GSIG_CHLD)
                h->host_cld = cld;
        return 0;
}

void sighand_know(struct sighand *h)
{
        rt_mutex_lock(&h->lock);
        for (int sig = 1; sig <= GSIG_COUNT; sig++)
                (void)known_action(h, sig);
        rt_mutex_unlock(&h->lock);
}

void sighand_guard(struct sighand *h)
{
        rt_mutex_lock(&h->lock);
        h->guarded = true;
        for (int sig = 1; sig <= GSIG_COUNT; sig++) {
                const struct guest_sigaction *act = known_action(h, sig);
                if (act->handler == GUEST_SIG_DFL && sighand_guards(h, sig))
                        (void)host_follow(h, sig, act);
        }
        rt_mutex_unlock(&h->lock);
}

void sighand_clear(struct sighand *h)
{
        static const struct guest_sigaction none;

        rt_mutex_lock(&h->lock);
        for (int sig = 1; sig <= GSIG_COUNT; sig++) {
                struct guest_sigaction *act = &h->action[sig - 1];
                if ((h->known & SIGNAL_BIT(sig)) && is_handler(act)) {
                        *act = none;
                        (void)host_follow(h, sig, act);
                }
        }
        rt_mutex_unlock(&h->lock);
}

struct guest_sigaction sighand_take(struct sighand *h, int sig)
{
        rt_mutex_lock(&h->lock);
        struct guest_sigaction *act = known_action(h, sig), r = *act;
        if (is_handler(act) && (act->flags & GUEST_SA_RESETHAND)) {
                act->handler = GUEST_SIG_DFL;
                (void)host_follow(h, sig, act);
        }
        rt_mutex_unlock(&h->lock);
        return r;
}

/* rt_sigaction(2) */
long sys_rt_sigaction(struct thread *t, const uint64_t a[6])
{
        const uint64_t known_flags = GUEST_SA_NOCLDSTOP | GUEST_SA_NOCLDWAIT | GUEST_SA_SIGINFO | GUEST_SA_EXPOSE_TAGBITS |
                                     GUEST_SA_RESTORER | GUEST_SA_ONSTACK | GUEST_SA_RESTART | GUEST_SA_NODEFER |
                                     GUEST_SA_RESETHAND;
        struct sighand *h = t->os->sighand;
        struct guest_sigaction new, old;
        int sig = (int)a[0];
        long r = 0;

        if (a[3] != sizeof(uint64_t))
                return -EINVAL;
        if (a[1] && guest_get(sigaction, &new, a[1]) < 0)
                return -EFAULT;
        if (sig < 1 || sig > GSIG_COUNT || (a[1] && (SIGNAL_BIT(sig) & UNBLOCKABLE_MASK)))
                return -EINVAL;

        rt_mutex_lock(&h->lock);
        struct guest_sigaction *act = known_action(h, sig);
        old = *act;
        if (a[1]) {
                new.flags &= known_flags;
                new.mask &= ~UNBLOCKABLE_MASK;
                r = host_follow(h, sig, &new);
                if (r >= 0)
                        *act = new;
        }
        rt_mutex_unlock(&h->lock);
        if (r < 0)
                return r;
        if (a[2] && guest_put(sigaction, a[2], &old) < 0)
                return -EFAULT;
        return 0;
}

/* ---- masks ---- */

long signal_read_set(uint64_t addr, uint64_t size, uint64_t *ret)
{
        if (size != sizeof(*ret))
                return -EINVAL;
        return guest_read(ret, addr, sizeof(*ret)) < 0 ? -EFAULT : 0;
}

/* rt_sigprocmask(2) */
long sys_rt_sigprocmask(struct thread *t, const uint64_t a[6])
{
        enum { HOW_BLOCK, HOW_UNBLOCK, HOW_SETMASK };
        uint64_t old = t->os->sigmask, set, new;

        if (a[3] != sizeof(set))
                return -EINVAL;
        if (a[1]) {
                if (guest_read(&set, a[1], sizeof(set)) < 0)
                        return -EFAULT;
                switch ((int)a[0]) {
                case HOW_BLOCK: new = old | set; break;
                case HOW_UNBLOCK: new = old & ~set; break;
                case HOW_SETMASK: new = set; break;
                default: return -EINVAL;
                }
                long r = signal_set_mask(t, new);
                if (r < 0)
                        return r;
        }
        if (a[2] && guest_write(a[2], &old, sizeof(old)) < 0)
                return -EFAULT;
        return 0;
}

/* rt_sigpending(2) */
long sys_rt_sigpending(struct thread *t, const uint64_t a[6])
{
        uint64_t set = 0;

        if (a[1] > sizeof(set))
                return -EINVAL;
        long r = sys_call2(__NR_rt_sigpending, &set, sizeof(set));
        if (r < 0)
                return r;
        set = (set & ~SYNC_MASK) | (signal_held_set(t) & t->os->sigmask);
        return guest_write(a[0], &set, a[1]) < 0 ? -EFAULT : 0;
}

/* rt_sigsuspend(2) */
long sys_rt_sigsuspend(struct thread *t, const uint64_t a[6])
{
        uint64_t set;
        long r = signal_read_set(a[0], a[1], &set);

        if (r < 0)
                return r;
        r = signal_suspend(t, set, &set);
        if (r < 0)
                return r;
        return safe_syscall(__NR_rt_sigsuspend, (uint64_t)&set, sizeof(set), 0, 0, 0, 0);
}

/* ---- waiting and sending ---- */

/* Writes the siginfo of the signal that rt_sigtimedwait(2) has found. Returns the signal or -EFAULT. */
static long waited(int sig, uint64_t to, const struct linux_siginfo *info)
{
        if (to && guest_put(siginfo, to, info) < 0)
                return -EFAULT;
        return sig;
}

long signal_timed_wait(struct thread *t, const uint64_t a[6], const int64_t time[2])
{
        struct linux_siginfo info;
        uint64_t set, host;
        long r = signal_read_set(a[0], a[3], &set);

        if (r < 0)
                return r;
        /* as the kernel does, even where a signal is there already */
        if (time && (time[0] < 0 || time[1] < 0 || time[1] >= 1000000000))
                return -EINVAL;
        int sig = signal_take_held(t, set, &info);
        if (sig)
                return waited(sig, a[1], &info);
        host = set & ~SYNC_MASK;
        r = safe_syscall(__NR_rt_sigtimedwait, (uint64_t)&host, (uint64_t)&info, (uint64_t)time, sizeof(host), 0, 0);
        if (r == -EINTR && (sig = signal_take_held(t, set, &info)))
                return waited(sig, a[1], &info);
        return r > 0 ? waited((int)r, a[1], &info) : r;
}

/* rt_sigtimedwait(2) */
long sys_rt_sigtimedwait(struct thread *t, const uint64_t a[6])
{
        int64_t time[2];
        uint64_t set;

        if (a[2] && guest_get(timespec, &time, a[2]) < 0) {
                long r = signal_read_set(a[0], a[3], &set); /* which the kernel looks at first */
                return r < 0 ? r : -EFAULT;
        }
        return signal_timed_wait(t, a, a[2] ? time : NULL);
}

/* Would the host's handler take that for a real fault? */
static bool looks_like_fault(int sig, const struct linux_siginfo *info)
{
        return signal_is_sync((uint64_t)sig) && info->code > 0;
}

/* A program that sends itself the signal of a fault again, with the siginfo of the first (breakpad does): the signal is held here and
 * never reaches the host. Returns true when that was done. */
static bool forged_fault(struct thread *t, int sig, struct linux_siginfo *info)
{
        if (!looks_like_fault(sig, info))
                return false;
        info->signo = sig;
        signal_hold(t, info);
        return true;
}

/* Reads what is to be sent with a signal, whose number tells which members there are, whatever is in si_signo. */
static int get_sent(struct linux_siginfo *ret, uint64_t at, int sig)
{
        int32_t raw[sizeof(*ret) / sizeof(int32_t)];

        if (guest_read(raw, at, sizeof(raw)) < 0)
                return -EFAULT;
        raw[0] = sig;
        return guest_get(siginfo, ret, (uint64_t)raw);
}

/* rt_sigqueueinfo(2): to a process. A thread may send such a code to the process by its own number only. */
long sys_rt_sigqueueinfo(struct thread *t, const uint64_t a[6])
{
        struct linux_siginfo info;

        if (get_sent(&info, a[2], (int)a[1]) < 0)
                return -EFAULT;
        if ((int)a[0] == t->os->tid && forged_fault(t, (int)a[1], &info))
                return 0;
        return safe_syscall(__NR_rt_sigqueueinfo, a[0], a[1], (uint64_t)&info, 0, 0, 0);
}

/* rt_tgsigqueueinfo(2): to a thread */
long sys_rt_tgsigqueueinfo(struct thread *t, const uint64_t a[6])
{
        struct linux_siginfo info;

        if (get_sent(&info, a[3], (int)a[2]) < 0)
                return -EFAULT;
        if ((int)a[1] == t->os->tid && forged_fault(t, (int)a[2], &info))
                return 0;
        return safe_syscall(__NR_rt_tgsigqueueinfo, a[0], a[1], a[2], (uint64_t)&info, 0, 0);
}

/* pidfd_send_signal(2). Nobody may send such a code to another process: the kernel says whose the descriptor is. */
long sys_pidfd_send_signal(struct thread *t, const uint64_t a[6])
{
        enum { NR = 424 };
        struct linux_siginfo info, none;
        uint64_t at = a[2];

        if (at)
                at = guest_get(siginfo, &info, at) < 0 ? UNREADABLE : (uint64_t)&info;
        if (at != (uint64_t)&info || info.signo != (int)a[1] || !looks_like_fault(info.signo, &info))
                return safe_syscall(NR, a[0], a[1], at, a[3], 0, 0);
        none = info;
        none.signo = 0;
        long r = safe_syscall(NR, a[0], 0, (uint64_t)&none, a[3], 0, 0);
        if (r == 0)
                signal_hold(t, &info);
        return r;
}

/* rt_sigreturn(2) */
long sys_rt_sigreturn(struct thread *t, const uint64_t a[6])
{
        (void)a;
        return guest_abi->pop_frame(t, true);
}

/* sigreturn(2) */
long sys_sigreturn(struct thread *t, const uint64_t a[6])
{
        (void)a;
        return guest_abi->pop_frame(t, false);
}

/* restart_syscall(2). Only the kernel makes programs call it; on the host it makes us call the host's. */
long sys_restart_syscall(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return -EINTR;
}

const char *signal_name(int sig, char buf[16])
{
        static const char names[][12] = {
                "0",         "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
                "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
                "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
                "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
        };

        if (sig >= 0 && sig < (int)(sizeof(names) / sizeof(names[0])))
                return names[sig];
        rt_snprintf(buf, 16, "SIG%d", sig);
        return buf;
}
