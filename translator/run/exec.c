/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running guest code: the loop around translated code (see exec.h). */
#include <asm/errno.h>
#include "cache.h"
#include "exec.h"
#include "guest/code.h"
#include "guest/fp_in_software.h"
#include "guest/fpcr.h"
#include "hooks.h"
#include "ir/exits.h"
#include "rt/rt.h"
#include "settings.h"
#include "thread.h"
#include "threads.h"
#include "translate.h"
#include "unit.h"

struct run_settings run_settings;
const struct run_hooks *run_hooks;

int exec_init(void)
{
        if (!x64_detect(run_settings.cpu_limit))
                rt_die("this CPU lacks SSE4.2 (x86-64-v2), which translated code needs");
        return threads_prepare() ? cache_init(run_settings.cache_size) : -ENOMEM;
}

/* ---- tagged addresses ---- */

/* Arm ignores the top byte of an address (TBI), the host does not. The first address with a tag there that faults empties the
 * cache; all code is translated anew then, with instructions that take the tag off. */
static void ignore_tags(struct thread *t)
{
        struct exec_thread *self = t->exec;
        rt_mutex_lock(&run_lock);
        if (!translate_tagged) {
                threads_empty_cache(t);
                translate_tagged = true; /* only now, when no thread is in code that knows nothing of tags */
        }
        rt_mutex_unlock(&run_lock);
        self->tag_fault = false;
}

/* ---- why translated code was left ---- */

/* The exit of a region whose CALL returns to `after`; NULL: there is none. */
static struct exit_rec *exit_at(struct region *r, const uint8_t *after)
{
        uint32_t at = (uint32_t)(after - X64_LINK_SITE - r->code);
        for (unsigned k = 0; k < r->nexits; k++)
                if (r->exits[k].at == at)
                        return &r->exits[k];
        return NULL;
}

/* By what a region was left that can be linked to where it leads: an exit of a region in the cache, or what jumps through a slot. Both
 * are NULL where there is nothing to be linked. */
struct way {
        struct region *region;
        struct exit_rec *exit; /* of the region */
        uint64_t *slot;        /* of a unit */
        uint8_t *unlinked;     /* what the slot leads to at first */
};

/* Finds by cpu.exit_site the exit or the poll by which a region was left: cpu.pc becomes its target. No other thread may empty the cache
 * meanwhile. */
static struct way resolve_exit(struct thread *t)
{
        uint8_t *after = (uint8_t *)t->cpu.exit_site;
        struct region *r = cache_region_at(after - X64_LINK_SITE);
        struct exit_rec *e = r ? exit_at(r, after) : NULL;
        struct unit_exit u;
        if (e) {
                t->cpu.pc = loc_target(r->loc, e->target).pc;
                return (struct way){ .region = r, .exit = e };
        }
        if (!unit_exit_at(after, &u))
                rt_die("translated code was left through an unknown exit");
        t->cpu.pc = u.pc;
        return (struct way){ .slot = u.slot, .unlinked = after - X64_LINK_SITE };
}

static void link(const struct way *way, const struct found *to)
{
        if (run_settings.off & RUN_NO_LINK)
                return;
        if (way->region && to->region)
                cache_link(way->region, way->exit, to->region);
        else if (way->region)
                cache_link_code(way->region, way->exit, to->code);
        else if (way->slot && to->region)
                cache_link_slot(way->slot, way->unlinked, to->region);
        else if (way->slot)
                __atomic_store_n(way->slot, (uint64_t)(uintptr_t)to->code, __ATOMIC_RELEASE);
}

/* Returns the entry point of the region at cpu.pc, or NULL when there is no code. It was reached by *way, by an indirect branch that
 * missed the table (`indirect`), or otherwise; the first two go there directly from now on. *resets: how often the cache had been
 * emptied when *way was found; becomes how often it has been now. */
static uint8_t *next_code(struct thread *t, const struct way *way, uint64_t *resets, bool indirect)
{
        const struct loc loc = loc_of(&t->cpu);
        struct exec_thread *self = t->exec;
        rt_mutex_lock(&run_lock);
        const struct found to = translate_find(t);
        const bool links = to.code && self->aloof == 0;
        if (links && *resets == cache_stats.resets)
                link(way, &to);
        if (links && indirect)
                threads_put_target(t, loc, to.code);
        self->aloof -= self->aloof > 0;
        *resets = cache_stats.resets;
        rt_mutex_unlock(&run_lock); /* *to.region may be gone from here on */
        return to.code;
}

typedef int enter_fn(struct cpu *cpu, void *code);

/* IC IVAU. The top byte is no part of the address. */
static void flush_line(uint64_t addr)
{
        uint64_t line = addr << 8 >> 8 & ~(uint64_t)(FETCH_LINE - 1);
        exec_flush(line, line + FETCH_LINE);
}

/* Does what a region was left for, if it is neither a branch nor a poll. */
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

/* Drops the translations of guest code in [start, end); for_good: even if the code stays as it is. With run_lock held. What is executed in
 * place cannot be cut off alone. */
static void drop(struct thread *t, uint64_t start, uint64_t end, bool for_good)
{
        if (unit_lose(start, end))
                threads_empty_cache(t);
        else
                cache_kill(start, end, for_good, threads_forget_region);
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

static void take_wanted_in_software(struct thread *t)
{
        uint64_t addr = guest_address(__atomic_exchange_n(&wanted_in_software, 0, __ATOMIC_ACQ_REL));
        if (!addr)
                return;
        rt_mutex_lock(&run_lock);
        fp_in_software_add(addr);
        drop(t, addr, addr + guest_unit(), true);
        rt_mutex_unlock(&run_lock);
}

_Noreturn void exec_loop(struct thread *t)
{
        struct cpu *cpu = &t->cpu;
        struct exec_thread *self = t->exec;
        cpu_set_fpcr(cpu, cpu->fpcr);
        for (;;) {
                struct way way = { 0 };
                uint64_t resets = 0;
                bool indirect = false;
                for (;;) {
                        if (__atomic_load_n(&cpu->poll, __ATOMIC_ACQUIRE)) {
                                take_wanted_in_software(t);
                                run_hooks->poll(t);
                                way = (struct way){ 0 };
                        }
                        if (cpu->mode != self->mode)
                                threads_change_mode(t);
                        uint8_t *code = next_code(t, &way, &resets, indirect);
                        way = (struct way){ 0 };
                        indirect = false;
                        if (!code) {
                                run_hooks->fetch_fault(t);
                                continue;
                        }
                        if (!threads_go_inside(self, resets))
                                continue;
                        enum exit_reason why = (enum exit_reason)((enter_fn *)cache_exec(x64_stubs.enter))(cpu, code);
                        x64_make_flags(cpu);
                        if (why == EXIT_LINK || why == EXIT_POLL) {
                                way = resolve_exit(t);
                                resets = cache_stats.resets;
                        }
                        __atomic_store_n(&self->inside, 0, __ATOMIC_RELEASE);
                        if (why == EXIT_LINK) {
                                cache_stats.link_exits++;
                        } else if (why == EXIT_POLL) {
                                way = (struct way){ 0 };
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
        /* Another thread that begins to translate from now on reads the code as it is now. */
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        unit_changed();
        if (!translate_goes_on() && !cache_depends_on(start, end) && !unit_depends_on(start, end))
                return;
        rt_mutex_lock(&run_lock);
        drop(thread_self(), start, end, false);
        rt_mutex_unlock(&run_lock);
}

void exec_flush(uint64_t start, uint64_t end)
{
        enum { PAGE = 4096 };
        exec_invalidate(start, end);
        for (uint64_t next; start < end; start = next) {
                next = (start | (PAGE - 1)) + 1;
                if (next > end)
                        next = end;
                uint64_t alias = code_hooks->alias(start);
                if (alias)
                        exec_invalidate(alias, alias + (next - start));
        }
}
