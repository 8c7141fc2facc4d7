/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of guest threads, their first and their last steps. */
#include <asm/errno.h>
#include <linux/mman.h>
#include <asm/prctl.h>
#include <asm/unistd.h>
#include "abi.h"
#include "thread.h"
#include "signal.h"
#include "syscalls.h"
#include "guest/guest.h"
#include "run/exec.h"
#include "run/thread.h"

#pragma GCC diagnostic ignored "-Wunused-parameter" /* naked functions: assembly takes them */

/* A guest thread with the Linux side's part of it. That comes first: the thread's tables of branches, of which most programs use little, are at
 * its end. */
struct linux_thread {
        struct thread_os os;
        struct thread thread;
};

/* One mapping holds all that a thread needs, so that a single munmap, done by a few instructions that need no stack,
 * takes it away: [guard page | C stack | host signal stack | struct linux_thread]. Pages cost nothing until they are used. */
enum {
        PAGE = 4096,
        STACK_SIZE = 256 * 1024,
        SIGNAL_STACK_SIZE = 64 * 1024, /* a frame with AVX-512 is 3.5 KiB; a fault inside a handler nests */
        THREAD_SIZE = (sizeof(struct linux_thread) + PAGE - 1) / PAGE * PAGE,
        BLOCK_SIZE = PAGE + STACK_SIZE + SIGNAL_STACK_SIZE + THREAD_SIZE,
};

static struct linux_thread first_thread RT_LARGE;
static uint8_t first_signal_stack[SIGNAL_STACK_SIZE] RT_LARGE;

void *thread_stack_base(struct thread *t)
{
        return (uint8_t *)t->os->block + PAGE;
}

void *thread_stack_top(struct thread *t)
{
        return (uint8_t *)t->os->block + PAGE + STACK_SIZE;
}

void thread_populate(struct thread *t, bool begins)
{
        rt_populate((uint8_t *)t - offsetof(struct linux_thread, thread), &t->cpu.ibtc[begins ? 1 << IBTC_FIRST_BITS : 0], true);
}

struct thread *thread_init_first(int *ret_error)
{
        struct thread *t = &first_thread.thread;

        thread_populate(t, true);
        t->self = t;
        t->os = &first_thread.os;
        t->cpu.thread = t;
        t->os->is_process_main = true;
        t->os->tid = (int32_t)sys_call0(__NR_gettid);
        long r = sys_call2(__NR_arch_prctl, ARCH_SET_FS, t);
        if (r >= 0)
                r = signals_init(t, first_signal_stack, sizeof(first_signal_stack));
        if (r < 0) {
                *ret_error = (int)r;
                return NULL;
        }
        return t;
}

/* One that was freed, for the next one that is wanted: programs that make others with vfork(2) or posix_spawn(3) do so again. It is in the list
 * of threads (run/threads.c), and looks there as one does that is being made: it has no dispositions. */
static struct thread *spare;

struct thread *thread_spare(void)
{
        return spare;
}

static void *map_block(void)
{
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
        size_t at = BLOCK_SIZE - THREAD_SIZE + offsetof(struct linux_thread, os.block_own);
        long p = own_memory_map(NULL, at, BLOCK_SIZE, PROT_READ | PROT_WRITE, flags, -1);

        if (rt_failed(p))
                return NULL;
        (void)rt_mprotect((void *)p, PAGE, PROT_NONE);
        return (void *)p;
}

static struct thread *map_thread(void)
{
        uint8_t *block = map_block();

        if (!block)
                return NULL;
        struct linux_thread *whole = (struct linux_thread *)(void *)(block + BLOCK_SIZE - THREAD_SIZE);
        struct thread *t = &whole->thread;
        t->self = t;
        t->os = &whole->os;
        t->cpu.thread = t;
        t->os->block = block;
        t->os->block_size = BLOCK_SIZE;
        if (exec_thread_init(t) < 0) {
                own_memory_remove(&t->os->block_own);
                (void)rt_munmap(block, BLOCK_SIZE);
                return NULL;
        }
        return t;
}

struct thread *thread_new(struct thread *parent)
{
        struct thread *t = __atomic_exchange_n(&spare, NULL, __ATOMIC_ACQ_REL);

        if (!t)
                t = map_thread();
        if (!t)
                return NULL;
        t->os->sigmask = parent->os->sigmask;
        t->os->tagged_abi = parent->os->tagged_abi;
        the_guest->copy_state(&t->cpu, &parent->cpu);
        the_guest->reset_state(&t->cpu);
        return t;
}

/* Makes what the Linux side keeps of a thread new. Its memory stays where it is, and in the list of that. */
static void forget_os(struct thread_os *os)
{
        memset(os, 0, offsetof(struct thread_os, block));
        memset(&os->is_process_main, 0, sizeof(*os) - offsetof(struct thread_os, is_process_main));
}

void thread_free(struct thread *t)
{
        struct sighand *h = t->os->sighand;
        struct thread *none = NULL;

        rt_free(t->os->exec_words);
        forget_os(t->os);
        if (h)
                sighand_put(h);
        exec_thread_renew(t);
        if (__atomic_compare_exchange_n(&spare, &none, t, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
                return;
        exec_thread_done(t);
        own_memory_remove(&t->os->block_own);
        (void)rt_munmap(t->os->block, t->os->block_size);
}

/* The first function of a new thread, on its own stack. The kernel has set FS. */
__attribute__((used)) static _Noreturn void thread_main(struct thread *t)
{
        t->os->tid = (int32_t)sys_call0(__NR_gettid);
        signals_thread_start(t, (uint8_t *)thread_stack_top(t), SIGNAL_STACK_SIZE);
        if (t->os->guard_sighand)
                sighand_guard(t->os->sighand);
        if (t->os->clear_sighand)
                sighand_clear(t->os->sighand);
        exec_loop(t);
}

/* rdi = number, rsi, rdx, rcx, r8, r9 = arguments of the call. The child comes back with rax = 0 on an empty stack. */
__attribute__((naked, noinline)) static long spawn(long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
        __asm__ volatile(CALL_TO_SYSCALL "syscall\n\t"
                                         "test %%eax, %%eax\n\t"
                                         "jz 1f\n\t"
                                         "ret\n"
                                         "1:\n\t"
                                         "xor %%ebp, %%ebp\n\t"
                                         "mov %%fs:0, %%rdi\n\t"
                                         "call %P0\n\t"
                                         "ud2"
                         :
                         : "i"(thread_main));
}

long thread_spawn(struct thread *t, long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
        (void)t;
        return spawn(nr, a0, a1, a2, a3, a4);
}

/* Unmaps the memory that the stack is in, then exits. rdi, rsi are the mapping, rdx the status. */
__attribute__((naked, noinline)) static _Noreturn void unmap_and_exit(void *block, size_t size, int status)
{
        __asm__ volatile("mov %%edx, %%ebx\n\t"
                         "mov %0, %%eax\n\t"
                         "syscall\n\t"
                         "mov %%ebx, %%edi\n\t"
                         "mov %1, %%eax\n\t"
                         "syscall\n\t"
                         "ud2"
                         :
                         : "i"(__NR_munmap), "i"(__NR_exit));
}

_Noreturn void thread_exit(struct thread *t, int status)
{
        if (guest_abi->thread_end)
                guest_abi->thread_end(t);
        signals_thread_end();
        signal_pass_on(t);
        if (t->os->is_process_main || t->os->parent_frees)
                for (;;)
                        (void)sys_call1(__NR_exit, status);
        exec_thread_done(t);
        sighand_put(t->os->sighand);
        own_memory_remove(&t->os->block_own);
        unmap_and_exit(t->os->block, t->os->block_size, status);
}
