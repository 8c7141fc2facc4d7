/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running guest code: translating, linking, and the loop around translated code (see exec.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include "cache.h"
#include "exec.h"
#include "threads.h"
#include "guest/code.h"
#include "guest/fpcr.h"
#include "hooks.h"
#include "log.h"
#include "rt/rt.h"
#include "settings.h"
#include "share.h"
#include "thread.h"
#include "guest/lift.h"
#include "guest/fp_in_software.h"
#include "guest/region_lift.h"
#include "x64/compile.h"

#define MAX_INSNS 64u

struct run_settings run_settings;
bool exec_tagged;
const struct run_hooks *run_hooks;

static struct rt_mutex lock;        /* the cache, translation and the list of threads */
static struct exec_thread *threads; /* all of them */
static uint32_t stop_requested;     /* a thread waits for all others to be out of translated code */
static bool translating;            /* guest code is being read, for a region that is not in the cache yet */

/* ---- threads ---- */

#define RET_STACK_MAP (4096 + 65536) /* the call/return stack with its guard page, and struct exec_thread on top of it */

int exec_init(void)
{
        if (!x64_detect(run_settings.cpu_limit))
                rt_die("this CPU lacks SSE4.2 (x86-64-v2), which translated code needs");
        return cache_init(run_settings.cache_size);
}

static void clear_ibtc(struct cpu *cpu)
{
        for (unsigned k = 0; k < 1u << IBTC_BITS; k++)
                __atomic_store_n(&cpu->ibtc[k].pc, IBTC_EMPTY(k), __ATOMIC_RELAXED);
}

/* The call/return stack: the pair at its base makes the first return miss, wherever it goes. */
static void reset_ret_stack(struct cpu *cpu)
{
        uint64_t *base = cpu->ret_base;
        base[0] = (uint64_t)(uintptr_t)cache_exec(x64_stubs.ret_miss);
        base[1] = 0;
        cpu->ret_sp = base;
}

/* What leads from one region to another without looking at the mode leads to regions of the old one. */
static void change_mode(struct thread *t)
{
        struct exec_thread *self = t->exec;
        clear_ibtc(&t->cpu);
        reset_ret_stack(&t->cpu);
        self->mode = t->cpu.mode;
}

int exec_thread_init(struct thread *t)
{
        const size_t at = RET_STACK_MAP - sizeof(struct exec_thread);
        long p = rt_own_map(NULL, at + offsetof(struct exec_thread, own), RET_STACK_MAP, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
        if (p < 0 && p > -4096)
                return (int)p;
        struct exec_thread *e = (struct exec_thread *)(p + (long)at);
        e->map = p;
        if (rt_mprotect((void *)p, 4096, PROT_NONE) < 0) {
                rt_own_remove(&e->own);
                rt_munmap((void *)p, RET_STACK_MAP);
                return -ENOMEM;
        }
        e->thread = t;
        t->exec = e;
        t->cpu.thread = t;
        t->cpu.ret_base = (void *)(((uintptr_t)e - 32) & ~(uintptr_t)15);
        reset_ret_stack(&t->cpu);
        t->cpu.ibtc[0].pc = IBTC_EMPTY(0);
        the_guest->reset_state(&t->cpu);
        rt_mutex_lock(&lock);
        e->next = threads;
        e->prev = &threads;
        if (threads)
                threads->prev = &e->next;
        threads = e;
        rt_mutex_unlock(&lock);
        return 0;
}

void exec_thread_done(struct thread *t)
{
        struct exec_thread *e = t->exec;
        rt_mutex_lock(&lock);
        *e->prev = e->next;
        if (e->next)
                e->next->prev = e->prev;
        rt_mutex_unlock(&lock);
        t->exec = NULL;
        rt_own_remove(&e->own);
        rt_munmap((void *)e->map, RET_STACK_MAP);
}

bool exec_share_file(struct share_file *ret)
{
        rt_mutex_lock(&lock);
        bool r = share_wanted() && share_file_make(ret);
        rt_mutex_unlock(&lock);
        return r;
}

void exec_fork_prepare(void)
{
        rt_mutex_lock(&lock);
}
void exec_fork_done(void)
{
        rt_mutex_unlock(&lock);
}

void exec_after_fork(struct thread *t)
{
        struct exec_thread *e = t->exec;
        threads = e;
        e->next = NULL;
        e->prev = &threads;
        if (cache_after_fork()) {
                clear_ibtc(&t->cpu);
                reset_ret_stack(&t->cpu);
        }
}

/* ---- stopping the world, to empty the cache ---- */

/* Waits, with the lock held, until no other thread is in translated code. */
static void stop_others(struct thread *self)
{
        __atomic_store_n(&stop_requested, 1, __ATOMIC_SEQ_CST);
        for (struct exec_thread *e = threads; e; e = e->next) {
                if (e->thread == self)
                        continue;
                __atomic_store_n(&e->thread->cpu.poll, 1, __ATOMIC_SEQ_CST);
                while (__atomic_load_n(&e->inside, __ATOMIC_SEQ_CST))
                        sys_call0(__NR_sched_yield);
        }
}

static void empty_cache(struct thread *self)
{
        stop_others(self);
        cache_reset();
        for (struct exec_thread *e = threads; e; e = e->next) {
                clear_ibtc(&e->thread->cpu);
                reset_ret_stack(&e->thread->cpu);
        }
        __atomic_store_n(&stop_requested, 0, __ATOMIC_SEQ_CST);
}

/* Marks the thread as being in translated code; false when it must not go there now, as code that was found when the cache
 * had been emptied `resets` times is no longer there. */
static bool go_inside(struct exec_thread *e, uint64_t resets)
{
        __atomic_store_n(&e->inside, 1, __ATOMIC_SEQ_CST);
        if (!__atomic_load_n(&stop_requested, __ATOMIC_SEQ_CST) &&
            __atomic_load_n(&cache_stats.resets, __ATOMIC_RELAXED) == resets)
                return true;
        __atomic_store_n(&e->inside, 0, __ATOMIC_SEQ_CST);
        rt_mutex_lock(&lock); /* until the one that stops us is done */
        rt_mutex_unlock(&lock);
        return false;
}

/* ---- translating ---- */

/* Exits of a new region to code that is there already go to it at once: each would otherwise come by here first. */
static void link_known(struct region *r)
{
        for (unsigned k = 0; k < r->nexits && !(run_settings.off & IR_OPT_NO_LINK); k++) {
                struct exit_rec *e = &r->exits[k];
                struct region *to = e->poll ? NULL : cache_find(loc_target(r->loc, e->target));
                if (to)
                        cache_link(r, e, to);
        }
}

/* What the one translation works in that goes on at a time, under the lock. */
static struct translation {
        struct ir ir;
        struct compile compile;
} translation;

static struct region *take_over(struct thread *t)
{
        struct code code;
        if (!share_wanted() || !cache_room(&code))
                return NULL;
        struct region *r = share_take(loc_of(&t->cpu), &code);
        if (r)
                link_known(r);
        return r;
}

/* Translates the region at cpu->pc, with the lock held. NULL: no guest code there (the fault is to be raised). */
static struct region *translate(struct thread *t)
{
        const struct loc loc = loc_of(&t->cpu);
        const bool sharing = share_wanted();
        for (unsigned max = MAX_INSNS; max; max /= 2) {
                struct code code;
                const struct region_out *out;
                uint64_t undefined;
                if (!cache_room(&code))
                        empty_cache(t);
                if (!cache_room(&code))
                        rt_die("code cache too small: use a larger -tb-size");
                guest_code_begin();
                translation.ir.guest = the_guest->registers;
                translation.ir.opts = run_settings.off;
                translation.ir.tagged = exec_tagged;
                translation.ir.movable = sharing;
                if (!lift_region(&translation.ir, loc, max, guest_code_fetch, &undefined))
                        return NULL;
                log_region_ir(&translation.ir, undefined, guest_code_fetch);
                uint8_t *entry = x64_compile(&translation.compile, &translation.ir, &code, &out);
                if (!entry)
                        continue;
                cache_stats.guest_insns += translation.ir.insns;
                cache_stats.host_insns += out->insns;
                cache_stats.spills += out->spills;
                log_region_code(&translation.ir, entry, out->code_size);
                if (sharing)
                        share_record(loc, entry, out);
                const struct guest_deps deps = { guest_lines.n, guest_lines.base };
                struct region *r = cache_add(loc, &deps, entry, out, &code);
                if (r) {
                        link_known(r);
                        return r;
                }
                empty_cache(t);
        }
        rt_die("cannot translate the instruction at %#lx", (unsigned long)loc.pc);
}

static struct region *find_or_translate(struct thread *t)
{
        struct region *r = cache_find(loc_of(&t->cpu));
        if (r)
                return r;
        __atomic_store_n(&translating, true, __ATOMIC_SEQ_CST); /* before guest code is read */
        r = take_over(t);
        if (!r)
                r = translate(t);
        __atomic_store_n(&translating, false, __ATOMIC_RELEASE);
        return r;
}

/* ---- tagged addresses ---- */

/* Arm ignores the top byte of an address (TBI), the host does not. The first address that has one makes all translations new,
 * ones that take it off. */
static void ignore_tags(struct thread *t)
{
        struct exec_thread *self = t->exec;
        rt_mutex_lock(&lock);
        if (!exec_tagged) {
                empty_cache(t);
                exec_tagged = true; /* only now: until here threads were in code that does not know of it */
        }
        rt_mutex_unlock(&lock);
        self->tag_fault = false;
}

/* ---- why translated code was left ---- */

static struct exit_rec *exit_at(struct region *r, const uint8_t *after)
{
        uint32_t at = (uint32_t)(after - 5 - r->code);
        for (unsigned k = 0; k < r->nexits; k++)
                if (r->exits[k].at == at)
                        return &r->exits[k];
        return NULL;
}

/* An exit that is not linked, or a poll: cpu.pc becomes its target. Another thread must not empty the cache meanwhile. */
static struct exit_rec *resolve_exit(struct thread *t, struct region **ret_from)
{
        const uint8_t *after = (const uint8_t *)t->cpu.exit_site;
        struct region *r = cache_region_at(after - 5);
        struct exit_rec *e = r ? exit_at(r, after) : NULL;
        if (!e)
                rt_die("translated code was left through an unknown exit");
        t->cpu.pc = loc_target(r->loc, e->target).pc;
        *ret_from = r;
        return e;
}

/* Next entry point after an unlinked exit (from != NULL) or an indirect miss; NULL: raise the fetch fault. *resets is how
 * often the cache had been emptied when `from` was found, and becomes that of the result. */
static uint8_t *next_code(struct thread *t, struct region *from, struct exit_rec *exit, uint64_t *resets, bool indirect)
{
        rt_mutex_lock(&lock);
        struct region *r = find_or_translate(t);
        if (r && *resets == cache_stats.resets && from && !(run_settings.off & IR_OPT_NO_LINK))
                cache_link(from, exit, r);
        if (r && indirect) {
                struct ibtc_entry *e = &t->cpu.ibtc[loc_ibtc_index(r->loc)];
                e->code = r->code;
                __atomic_store_n(&e->pc, r->loc.pc, __ATOMIC_RELEASE);
        }
        *resets = cache_stats.resets;
        uint8_t *code = r ? r->code : NULL; /* behind the lock *r may be gone */
        rt_mutex_unlock(&lock);
        return code;
}

typedef int enter_fn(struct cpu *cpu, void *code);

/* IC IVAU: the caches are those of physical memory (CTR_EL0.L1Ip says PIPT). The top byte is no part of the address. */
static void flush_line(uint64_t addr)
{
        uint64_t line = addr << 8 >> 8 & ~(uint64_t)(FETCH_LINE - 1), alias = code_hooks->alias(line);
        exec_invalidate(line, line + FETCH_LINE);
        if (alias)
                exec_invalidate(alias, alias + FETCH_LINE);
}

/* Everything but branches. */
static void handle_exit(struct thread *t, enum exit_reason why)
{
        const struct exec_thread *self = t->exec;
        switch (why) {
        case EXIT_SVC: run_hooks->syscall(t); break;
        case EXIT_UDF: run_hooks->undefined(t); break;
        case EXIT_BRK: run_hooks->breakpoint(t); break;
        case EXIT_ICACHE: flush_line(t->cpu.flush_addr); break;
        case EXIT_FAULT:
                if (self->tag_fault)
                        ignore_tags(t);
                else
                        run_hooks->fault(t);
                break;
        default: break;
        }
}

/* ---- dead regions ---- */

/* No thread's table may lead to a dead region. An entry that is being used right now may still be taken: as if the
 * branch had been executed a moment earlier. */
static void forget_region(struct region *r)
{
        for (struct exec_thread *e = threads; e; e = e->next) {
                unsigned k = loc_ibtc_index(r->loc);
                struct ibtc_entry *i = &e->thread->cpu.ibtc[k];
                if (i->code == r->code)
                        __atomic_store_n(&i->pc, IBTC_EMPTY(k), __ATOMIC_RELEASE);
        }
}

/* ---- FP instructions that trap too often (guest/fp_in_software.h) ---- */

/* The guest pc of the instruction that the next poll deals with; 0 = none. A request that comes before that is lost, and its
 * instruction traps on. */
static uint64_t wanted_in_software;

void exec_fp_in_software(struct cpu *cpu, uint64_t pc)
{
        __atomic_store_n(&wanted_in_software, pc, __ATOMIC_RELEASE);
        __atomic_store_n(&cpu->poll, 1, __ATOMIC_RELEASE);
}

static void take_wanted_in_software(void)
{
        uint64_t addr = guest_address(__atomic_exchange_n(&wanted_in_software, 0, __ATOMIC_ACQ_REL));
        if (!addr)
                return;
        rt_mutex_lock(&lock);
        fp_in_software_add(addr);
        cache_kill(addr, addr + guest_unit(), forget_region);
        rt_mutex_unlock(&lock);
}

_Noreturn void exec_loop(struct thread *t)
{
        struct cpu *cpu = &t->cpu;
        struct exec_thread *self = t->exec;
        cpu_set_fpcr(cpu, cpu->fpcr);
        for (;;) {
                struct region *from = NULL;
                struct exit_rec *exit = NULL;
                uint64_t resets = 0;
                bool indirect = false;
                for (;;) {
                        if (__atomic_load_n(&cpu->poll, __ATOMIC_ACQUIRE)) {
                                take_wanted_in_software();
                                run_hooks->poll(t);
                                from = NULL;
                        }
                        if (cpu->mode != self->mode)
                                change_mode(t);
                        uint8_t *code = next_code(t, from, exit, &resets, indirect);
                        from = NULL;
                        indirect = false;
                        if (!code) {
                                run_hooks->fetch_fault(t);
                                continue;
                        }
                        if (!go_inside(self, resets))
                                continue;
                        enum exit_reason why = (enum exit_reason)((enter_fn *)cache_exec(x64_stubs.enter))(cpu, code);
                        if (why == EXIT_LINK || why == EXIT_POLL) {
                                exit = resolve_exit(t, &from);
                                resets = cache_stats.resets;
                        }
                        __atomic_store_n(&self->inside, 0, __ATOMIC_RELEASE);
                        if (why == EXIT_LINK) {
                                cache_stats.link_exits++;
                        } else if (why == EXIT_POLL) {
                                from = NULL;
                        } else if (why == EXIT_MISS) {
                                indirect = true;
                                cache_stats.misses++;
                        } else {
                                handle_exit(t, why);
                        }
                }
        }
}

/* ---- invalidation ---- */

void exec_invalidate(uint64_t start, uint64_t end)
{
        if (start >= end)
                return;
        /* What another thread begins to translate from now on, it translates as it is now. */
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        if (!__atomic_load_n(&translating, __ATOMIC_SEQ_CST) && !cache_depends_on(start, end))
                return;
        rt_mutex_lock(&lock);
        cache_kill(start, end, forget_region);
        rt_mutex_unlock(&lock);
}
