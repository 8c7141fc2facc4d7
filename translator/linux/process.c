/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clone, fork, vfork, exit, and the calls that must not simply be passed on because of what they do to a process that
 * runs a translator. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/sched.h>
#include "abi.h"
#include "image.h"
#include "limits.h"
#include "mm.h"
#include "share_fd.h"
#include "signal.h"
#include "syscalls.h"
#include "tagged.h"
#include "thread.h"
#include "guest/guest.h"
#include "run/exec.h"
#include "run/log.h"
#include "run/thread.h"

/* What clone and clone3 have in common. */
struct clone_request {
        struct clone_args k; /* flags without the exit signal; stack is the guest's stack pointer, or 0 */
        size_t size;         /* clone3(2): bytes of the arguments that the guest gave; 0: it was clone(2) */
};

static void child_registers(struct cpu *cpu, const struct clone_request *req)
{
        guest_abi->child_registers(cpu, req->k.stack, req->k.flags & CLONE_SETTLS ? (const uint64_t *)&req->k.tls : NULL);
}

/* Takes all locks, so that no other thread holds one while memory is copied. Their order is that in which they are nested
 * elsewhere: calls that change mappings drop translations, translating asks what may be executed, and the list of that allocates
 * memory. */
static void fork_prepare(struct sighand *h)
{
        rt_mutex_lock(&h->lock);
        mm_lock();
        exec_fork_prepare();
        mm_exec_fork_prepare();
        mm_memory_fork_prepare();
        rt_alloc_fork_prepare();
}

static void fork_done(struct sighand *h)
{
        rt_alloc_fork_done();
        mm_memory_fork_done();
        mm_exec_fork_done();
        exec_fork_done();
        mm_unlock();
        rt_mutex_unlock(&h->lock);
}

/* Makes a child with memory of its own: it returns from the same call, on a copy of the same stack. The synchronous signals that
 * the parent holds are not the child's. They are signals that the guest blocks, because any other would have been delivered
 * before the call. While the parent holds one, the host keeps new ones, so that what the child holds afterwards came to it
 * alone. */
static long clone_copy(struct thread *t, const struct clone_request *req)
{
        struct clone_args k = req->k;
        struct sighand *h = t->os->sighand;
        bool holds = signal_held_set(t);
        long r;

        k.flags &= ~(CLONE_SETTLS | CLONE_CLEAR_SIGHAND);
        k.stack = k.stack_size = k.tls = 0;
        fork_prepare(h);
        if (holds)
                host_signal_block_sync(true);
        if (req->size)
                r = safe_syscall(__NR_clone3, (uint64_t)&k, req->size, 0, 0, 0, 0);
        else
                r = safe_syscall(__NR_clone, k.flags | k.exit_signal, 0, k.parent_tid, k.child_tid, 0, 0);
        if (holds && r == 0)
                __atomic_store_n(&t->os->held, 0, __ATOMIC_RELEASE); /* pending signals stay behind */
        if (holds)
                host_signal_block_sync(false);
        own_program_ask_again(r == 0);
        thread_populate(t, false);
        fork_done(h);
        if (r != 0)
                return r;

        t->os->tid = (int32_t)sys_call0(__NR_gettid);
        t->os->parent_frees = false;
        t->os->robust_list = 0;
        t->os->shares_files = req->k.flags & CLONE_FILES;
        share_fd_in_child(t, t, req->k.flags);
        limits_after_fork();
        exec_after_fork(t, thread_spare());
        child_registers(&t->cpu, req);
        if (req->k.flags & CLONE_CLEAR_SIGHAND)
                sighand_clear(h);
        return 0;
}

/* Returns the dispositions for a child that shares the memory, or NULL without memory for them. */
static struct sighand *child_sighand(struct thread *t, uint64_t flags)
{
        if (flags & CLONE_SIGHAND)
                return sighand_share(t->os->sighand);
        sighand_know(t->os->sighand);
        return sighand_copy(t->os->sighand);
}

/* Makes a child in the same memory: a thread, a vfork child, or one of the kinds between. */
static long clone_shared(struct thread *t, const struct clone_request *req)
{
        bool waits = (req->k.flags & CLONE_VFORK) && !(req->k.flags & CLONE_THREAD);
        struct thread *child = thread_new(t);
        struct clone_args k = req->k;
        long r;

        if (!child)
                return -ENOMEM;
        child->os->sighand = child_sighand(t, k.flags);
        if (!child->os->sighand) {
                thread_free(child);
                return -ENOMEM;
        }
        child_registers(&child->cpu, req);
        if (k.flags & CLONE_VFORK)
                child->os->altstack = t->os->altstack;
        child->os->parent_frees = waits;
        child->os->shares_files = k.flags & CLONE_FILES;
        share_fd_in_child(t, child, k.flags);
        child->os->clear_sighand = k.flags & CLONE_CLEAR_SIGHAND;
        child->os->guard_sighand = !(k.flags & CLONE_SIGHAND);

        k.flags = (k.flags | CLONE_SETTLS) & ~CLONE_CLEAR_SIGHAND;
        k.tls = (uint64_t)child;
        k.stack = (uint64_t)thread_stack_base(child);
        k.stack_size = (uint64_t)thread_stack_top(child) - k.stack;
        if (req->size)
                r = thread_spawn(child, __NR_clone3, (uint64_t)&k, req->size, 0, 0, 0);
        else
                r = thread_spawn(child, __NR_clone, k.flags | k.exit_signal, k.stack + k.stack_size, k.parent_tid, k.child_tid,
                                 k.tls);
        if (r < 0 || waits)
                thread_free(child);
        return r;
}

/* A child that ends sends the signal it was made with, and a code that would make a fault of SIGSEGV and its like. Such a child sends
 * none. To who waits for it, it is the same: one without SIGCHLD. (In a thread, or a child of the parent's, the signal has no meaning.) */
static void drop_fault_signal(struct clone_args *k)
{
        if (signal_is_sync(k->exit_signal) && !(k->flags & (CLONE_THREAD | CLONE_PARENT)))
                k->exit_signal = 0;
}

static long do_clone(struct thread *t, struct clone_request *req)
{
        drop_fault_signal(&req->k);
        t->os->shares_files |= (req->k.flags & CLONE_FILES) != 0;
        share_fd_before_clone(t, req->k.flags);
        long r = req->k.flags & CLONE_VM ? clone_shared(t, req) : clone_copy(t, req);
        /* fork always runs again, whatever the handler's flags: it gives ERESTARTNOINTR */
        return r == SYS_RESTART ? SYS_RESTART_ALWAYS : r;
}

/* clone(2), with the TLS argument before the child's thread id (CONFIG_CLONE_BACKWARDS) */
long sys_clone(struct thread *t, const uint64_t a[6])
{
        struct clone_request req = {
                .k = {
                        .flags = (uint32_t) a[0] & ~(uint32_t) CSIGNAL,
                        .exit_signal = a[0] & CSIGNAL,
                        .stack = a[1],
                        .parent_tid = a[2],
                        .tls = a[3],
                        .child_tid = a[4],
                },
        };
        return do_clone(t, &req);
}

/* Checks what clone3_args_valid() of kernel/fork.c would, for those arguments that the host's kernel does not get to see. */
static bool clone3_args_valid(const struct clone_args *k)
{
        const uint64_t both = CLONE_SIGHAND | CLONE_CLEAR_SIGHAND;
        uint64_t end;

        if ((k->flags & both) == both || (k->stack == 0) != (k->stack_size == 0))
                return false;
        return !__builtin_add_overflow(k->stack, k->stack_size, &end) && end <= the_guest->address_limit;
}

/* clone3(2) */
long sys_clone3(struct thread *t, const uint64_t a[6])
{
        struct clone_request req = { .size = a[1] };

        if (req.size > 4096)
                return -E2BIG;
        if (req.size < CLONE_ARGS_SIZE_VER0)
                return -EINVAL;
        long r = read_growing_struct(&req.k, sizeof(req.k), a[0], req.size);
        if (r < 0)
                return r;
        if (t->os->tagged_abi)
                tagged_clone(&req.k);
        if (!clone3_args_valid(&req.k))
                return -EINVAL;
        if (req.size > sizeof(req.k))
                req.size = sizeof(req.k);
        req.k.stack += req.k.stack_size;
        return do_clone(t, &req);
}

/* unshare(2) */
long sys_unshare(struct thread *t, const uint64_t a[6])
{
        long r = safe_syscall(__NR_unshare, a[0], 0, 0, 0, 0, 0);

        if (r == 0 && (a[0] & CLONE_FILES))
                share_fd_unshared(t);
        return r;
}

/* landlock_restrict_self(2). From now on programs that this process starts may not be able to read what it could read. */
long sys_landlock_restrict_self(struct thread *t, const uint64_t a[6])
{
        long r = safe_syscall(__NR_landlock_restrict_self, a[0], a[1], 0, 0, 0, 0);

        if (r == 0)
                share_fd_give_up(t);
        return r;
}

/* exit(2): this thread */
long sys_exit(struct thread *t, const uint64_t a[6])
{
        thread_exit(t, (int)a[0]);
}

/* One that is being made has no dispositions yet. */
static bool ends_with(const struct thread *t, const struct thread *self)
{
        return !t->os->sighand || t->os->sighand == self->os->sighand;
}

void process_ends(struct thread *t)
{
        if (guest_abi->thread_end)
                exec_end_threads(t, ends_with, guest_abi->thread_end);
}

/* exit_group(2): the process */
long sys_exit_group(struct thread *t, const uint64_t a[6])
{
        process_ends(t);
        log_stats();
        for (;;)
                (void)sys_call1(__NR_exit_group, a[0]);
}

/* futex(2). The operations on priority-inheriting futexes always run again after a signal (ERESTARTNOINTR). */
long sys_futex(struct thread *t, const uint64_t a[6])
{
        enum { OP_MASK = 0x7f, LOCK_PI = 6, WAIT_REQUEUE_PI = 11, LOCK_PI2 = 13 };
        unsigned op = a[1] & OP_MASK;
        long r = safe_syscall(__NR_futex, a[0], a[1], a[2], a[3], a[4], a[5]);
        (void)t;

        if (r == SYS_RESTART && (op == LOCK_PI || op == LOCK_PI2 || op == WAIT_REQUEUE_PI))
                return SYS_RESTART_ALWAYS;
        return r;
}

/* rseq(2): the kernel would compare the host's instruction pointer with the guest's critical sections, and never
 * match. A C library that gets ENOSYS does without. */
long sys_rseq(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return -ENOSYS;
}

/* seccomp(2): a filter would see the host's numbers and architecture, and the translator's own calls. EINVAL is
 * what a kernel without filters says; programs go on without a sandbox. */
long sys_seccomp(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return -EINVAL;
}

/* ptrace(2): a tracer would see the host's registers. */
long sys_ptrace(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return -ENOSYS;
}
