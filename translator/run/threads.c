/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of guest threads, and stopping them (see threads.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/time_types.h>
#include "cache.h"
#include "exec.h"
#include "thread.h"
#include "threads.h"
#include "unit.h"

struct rt_mutex run_lock;

static struct exec_thread *threads; /* all guest threads */
static uint32_t stop_requested;     /* a thread waits until all others are out of translated code */

/* ---- the table of indirect branches, and the call/return stack ---- */

static void clear_table(struct ibtc_entry *table, unsigned entries)
{
        for (unsigned k = 0; k < entries; k++)
                __atomic_store_n(&table[k].pc, IBTC_EMPTY(k), __ATOMIC_RELAXED);
}

static uint32_t mask_of(unsigned bits)
{
        return ((1u << bits) - 1) << the_guest->registers->code_shift;
}

static unsigned near_entries(const struct cpu *cpu)
{
        return (cpu->ibtc_mask >> the_guest->registers->code_shift) + 1;
}

static void put_target(struct ibtc_entry *e, uint64_t pc, uint8_t *code)
{
        e->code = code;
        __atomic_store_n(&e->pc, pc, __ATOMIC_RELEASE);
}

/* Gives the near table twice as many entries, of which the new ones have never been used, and moves what belongs there. */
static void grow(struct cpu *cpu)
{
        const unsigned n = near_entries(cpu);
        cpu->ibtc_mask = cpu->ibtc_mask << 1 | mask_of(1);
        for (unsigned k = 0; k < n; k++) {
                struct ibtc_entry *e = &cpu->ibtc[k];
                const unsigned to = loc_ibtc_index(cpu, (struct loc){ .pc = e->pc });
                if (e->pc == IBTC_EMPTY(k) || to == k)
                        continue;
                put_target(&cpu->ibtc[to], e->pc, e->code);
                __atomic_store_n(&e->pc, IBTC_EMPTY(k), __ATOMIC_RELAXED);
        }
}

void threads_put_target(struct thread *t, struct loc loc, uint8_t *code)
{
        struct cpu *cpu = &t->cpu;
        struct exec_thread *self = t->exec;
        unsigned k = loc_ibtc_index(cpu, loc);
        const bool displaces = cpu->ibtc[k].pc != IBTC_EMPTY(k), is_full = near_entries(cpu) == 1u << IBTC_BITS;
        if (displaces && !is_full && ++self->displaced >= near_entries(cpu) / 8) {
                self->displaced = 0;
                grow(cpu);
                k = loc_ibtc_index(cpu, loc);
        }
        put_target(&cpu->ibtc[k], loc.pc, code);
        if (!is_full)
                return;
        if (!cpu->has_far)
                cpu->far[0].pc = IBTC_EMPTY(0);
        cpu->has_far = 1;
        put_target(&cpu->far[loc_far_index(loc)], loc.pc, code);
}

/* Empties the call/return stack. The pair at its base makes any return miss. */
static void reset_ret_stack(struct cpu *cpu)
{
        uint64_t *base = cpu->ret_base;
        base[0] = (uint64_t)(uintptr_t)cache_exec(x64_stubs.ret_miss);
        base[1] = 0;
        cpu->ret_sp = base;
}

static void forget_targets(struct cpu *cpu)
{
        clear_table(cpu->ibtc, near_entries(cpu));
        if (cpu->has_far)
                clear_table(cpu->far, 1u << IBTC_FAR_BITS);
        reset_ret_stack(cpu);
}

void threads_change_mode(struct thread *t)
{
        struct exec_thread *self = t->exec;
        forget_targets(&t->cpu);
        self->mode = t->cpu.mode;
}

/* ---- the list ---- */

#define RET_STACK_MAP (4096 + 65536) /* the call/return stack with its guard page, and struct exec_thread on top of it */

static struct exec_thread *first; /* memory for the first thread, until it is that thread's */

static struct exec_thread *map_thread(void)
{
        const size_t at = RET_STACK_MAP - sizeof(struct exec_thread);
        long p = own_memory_map(NULL, at + offsetof(struct exec_thread, own), RET_STACK_MAP, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
        if (rt_failed(p))
                return NULL;
        struct exec_thread *e = (struct exec_thread *)(p + (long)at);
        e->map = p;
        if (rt_mprotect((void *)p, 4096, PROT_NONE) >= 0)
                return e;
        own_memory_remove(&e->own);
        rt_munmap((void *)p, RET_STACK_MAP);
        return NULL;
}

bool threads_prepare(void)
{
        first = map_thread();
        return first;
}

/* Makes t what a thread is at its beginning, but for its tables of branches. */
static void begin(struct thread *t, struct exec_thread *e)
{
        t->exec = e;
        t->cpu.thread = t;
        t->cpu.image = __ehdr_start;
        t->cpu.ret_base = (void *)(((uintptr_t)e - 32) & ~(uintptr_t)15);
        e->displaced = 0;
        reset_ret_stack(&t->cpu);
}

void exec_thread_renew(struct thread *t)
{
        struct exec_thread *e = t->exec;
        const uint32_t mask = t->cpu.ibtc_mask, has_far = t->cpu.has_far;
        memset(&t->cpu, 0, offsetof(struct cpu, ibtc));
        t->cpu.ibtc_mask = mask;
        t->cpu.has_far = has_far;
        __atomic_store_n(&e->inside, 0, __ATOMIC_RELEASE); /* where it was killed in translated code */
        e->aloof = 0;
        e->tag_fault = false;
        begin(t, e);
}

int exec_thread_init(struct thread *t)
{
        struct exec_thread *e = first ? first : map_thread();
        if (!e)
                return -ENOMEM;
        first = NULL;
        e->thread = t;
        t->cpu.ibtc_mask = mask_of(IBTC_FIRST_BITS);
        t->cpu.ibtc[0].pc = IBTC_EMPTY(0);
        begin(t, e);
        rt_mutex_lock(&run_lock);
        e->next = threads;
        e->prev = &threads;
        if (threads)
                threads->prev = &e->next;
        threads = e;
        rt_mutex_unlock(&run_lock);
        return 0;
}

void exec_thread_done(struct thread *t)
{
        struct exec_thread *e = t->exec;
        rt_mutex_lock(&run_lock);
        *e->prev = e->next;
        if (e->next)
                e->next->prev = e->prev;
        rt_mutex_unlock(&run_lock);
        t->exec = NULL;
        own_memory_remove(&e->own);
        rt_munmap((void *)e->map, RET_STACK_MAP);
}

void exec_fork_prepare(void)
{
        rt_mutex_lock(&run_lock);
}
void exec_fork_done(void)
{
        rt_mutex_unlock(&run_lock);
}

/* A child's first links would copy a page each, and most children run little before they execute a program or end: leaving translated
 * code so often takes less. */
enum { ALOOF = 64 };

void exec_after_fork(struct thread *t, struct thread *spare)
{
        struct exec_thread *e = t->exec, *s = spare ? spare->exec : NULL;
        e->aloof = ALOOF;
        threads = e;
        e->next = s;
        e->prev = &threads;
        if (s) {
                s->next = NULL;
                s->prev = &e->next;
        }
        unit_after_fork();
        if (!cache_after_fork())
                return;
        for (e = threads; e; e = e->next)
                forget_targets(&e->thread->cpu);
}

/* ---- stopping the world, to empty the cache or to end ---- */

/* From now on no other thread enters translated code, and those that are there are to leave it. With run_lock held. */
static void call_others_out(struct thread *self)
{
        __atomic_store_n(&stop_requested, 1, __ATOMIC_SEQ_CST);
        for (struct exec_thread *e = threads; e; e = e->next)
                if (e->thread != self)
                        __atomic_store_n(&e->thread->cpu.poll, 1, __ATOMIC_SEQ_CST);
}

static bool is_inside(const struct exec_thread *e, const struct thread *self)
{
        return e->thread != self && __atomic_load_n(&e->inside, __ATOMIC_SEQ_CST);
}

/* Waits, with run_lock held, until no other thread is in translated code. */
static void stop_others(struct thread *self)
{
        call_others_out(self);
        for (struct exec_thread *e = threads; e; e = e->next)
                while (is_inside(e, self))
                        sys_call0(__NR_sched_yield);
}

void threads_empty_cache(struct thread *self)
{
        stop_others(self);
        cache_reset();
        for (struct exec_thread *e = threads; e; e = e->next)
                forget_targets(&e->thread->cpu);
        __atomic_store_n(&stop_requested, 0, __ATOMIC_SEQ_CST);
}

/* As stop_others, but not for ever: a thread may wait for memory that only another one brings (userfaultfd(2), FUSE). */
static void stop_most_others(struct thread *self)
{
        enum { YIELDS = 100, MOST_MS = 200 };
        const struct __kernel_timespec ms = { .tv_nsec = 1000000 };
        unsigned tries = 0;
        call_others_out(self);
        for (struct exec_thread *e = threads; e; e = e->next)
                for (; tries < YIELDS + MOST_MS && is_inside(e, self); tries++)
                        (void)(tries < YIELDS ? sys_call0(__NR_sched_yield) : sys_call2(__NR_nanosleep, &ms, 0));
}

void exec_end_threads(struct thread *self, bool (*ends)(const struct thread *t, const struct thread *self),
                      void (*f)(struct thread *t))
{
        bool all = true;
        rt_mutex_lock(&run_lock);
        for (struct exec_thread *e = threads; e; e = e->next)
                all &= ends(e->thread, self);
        if (all)
                stop_most_others(self);
        for (struct exec_thread *e = threads; e; e = e->next)
                if (ends(e->thread, self))
                        f(e->thread);
        if (!all)
                rt_mutex_unlock(&run_lock);
}

bool threads_go_inside(struct exec_thread *e, uint64_t resets)
{
        __atomic_store_n(&e->inside, 1, __ATOMIC_SEQ_CST);
        if (!__atomic_load_n(&stop_requested, __ATOMIC_SEQ_CST) &&
            __atomic_load_n(&cache_stats.resets, __ATOMIC_RELAXED) == resets)
                return true;
        __atomic_store_n(&e->inside, 0, __ATOMIC_SEQ_CST);
        rt_mutex_lock(&run_lock); /* waits for the thread that stops the others */
        rt_mutex_unlock(&run_lock);
        return false;
}

/* ---- dead regions ---- */

static void forget_target(struct ibtc_entry *table, unsigned k, const struct region *r)
{
        if (table[k].code == r->code)
                __atomic_store_n(&table[k].pc, IBTC_EMPTY(k), __ATOMIC_RELEASE);
}

/* A thread that is reading an entry at this moment may still go there, as if it had branched a moment earlier. */
void threads_forget_region(struct region *r)
{
        for (struct exec_thread *e = threads; e; e = e->next) {
                forget_target(e->thread->cpu.ibtc, loc_ibtc_index(&e->thread->cpu, r->loc), r);
                if (e->thread->cpu.has_far)
                        forget_target(e->thread->cpu.far, loc_far_index(r->loc), r);
        }
}
