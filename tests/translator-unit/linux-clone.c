/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of what clone and clone3 make in the same memory: threads, and the child of a vfork. */
#include <linux/futex.h>
#include <linux/sched.h>
#include "linux-host.h"

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

/* clone whose child starts in `body`, which stands for the instruction behind the SVC. Returns the child's ID or a negative errno. */
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

void test_thread(struct thread *t)
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

void test_many_threads(struct thread *t)
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

/* ---- children of a vfork ---- */

static int vfork_word;

static void vfork_body(struct thread *t)
{
        /* as posix_spawn's child does: it changes dispositions and the mask, and tells an error through shared memory */
        CHECK(SVC0(A_GETPPID) != 0);
        set_handler(t, SIGUSR1, 1, 0, 0);
        set_handler(t, SIGUSR2, 0, 0, 0);
        set_mask(t, SIG_SETMASK, SIGNAL_BIT(SIGTERM));
        vfork_word = 42;
        SVC1(A_EXIT_GROUP, 3);
}

void test_vfork(struct thread *t)
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
