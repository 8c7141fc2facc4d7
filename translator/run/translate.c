/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From guest code to a region in the cache (see translate.h). */
#include "cache.h"
#include "guest/code.h"
#include "guest/region_lift.h"
#include "log.h"
#include "rt/rt.h"
#include "settings.h"
#include "share.h"
#include "thread.h"
#include "threads.h"
#include "translate.h"
#include "unit.h"
#include "x64/compile.h"

bool translate_tagged;
static bool translating; /* guest code is being read, for a region that is not in the cache yet */

/* Links the exits of a new region that lead to regions in the cache. Otherwise each would go to exec_loop once, to be linked
 * there. */
static void link_known(struct region *r)
{
        for (unsigned k = 0; k < r->nexits && !(run_settings.off & RUN_NO_LINK); k++) {
                struct exit_rec *e = &r->exits[k];
                if (e->poll || e->other)
                        continue;
                const struct loc target = loc_target(r->loc, e->target);
                struct region *to = cache_find(target);
                uint8_t *code = to ? NULL : unit_find(target, false);
                if (to)
                        cache_link(r, e, to);
                else if (code)
                        cache_link_code(r, e, code);
        }
}

/* The memory that a translation works in. There is one translation at a time. */
static struct translation {
        struct ir ir;
        struct compile compile;
} translation RT_LARGE;

/* Takes the region at t->cpu.pc from what was handed down, or returns NULL. */
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

/* Returns the region at loc that was dropped, if its guest code has not changed, or NULL. */
static struct region *revive(struct loc loc)
{
        struct region *r = cache_revive(loc);
        if (r)
                link_known(r);
        return r;
}

/* Is nothing known of the lines that were read but what is there? */
static bool nothing_known(void)
{
        unsigned known = 0;
        for (unsigned k = 0; k < guest_lines.n; k++)
                known |= guest_lines.known[k];
        return !known;
}

/* Translates the region at t->cpu.pc. Returns NULL when there is no guest code. */
static struct region *translate(struct thread *t)
{
        const struct loc loc = loc_of(&t->cpu);
        const bool sharing = share_wanted();
        for (unsigned max = TRANSLATE_MAX_INSNS; max; max /= 2) {
                struct code code;
                const struct region_out *out;
                uint64_t undefined;
                if (!cache_room(&code))
                        threads_empty_cache(t);
                if (!cache_room(&code))
                        rt_die("code cache too small: use a larger -tb-size");
                guest_code_begin();
                translation.ir.guest = the_guest->registers;
                translation.ir.opts = run_settings.passes_off;
                translation.ir.tagged = translate_tagged;
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
                const struct guest_deps deps = { guest_lines.n, guest_lines.base, nothing_known() ? guest_lines.bytes : NULL };
                struct region *r = cache_add(loc, &deps, entry, out, &code);
                if (r) {
                        link_known(r);
                        return r;
                }
                threads_empty_cache(t);
        }
        rt_die("cannot translate the instruction at %#lx", (unsigned long)loc.pc);
}

bool translate_goes_on(void)
{
        return __atomic_load_n(&translating, __ATOMIC_SEQ_CST);
}

struct found translate_find(struct thread *t)
{
        const struct loc loc = loc_of(&t->cpu);
        struct found ret = { .region = cache_find(loc) };
        if (!ret.region) {
                __atomic_store_n(&translating, true, __ATOMIC_SEQ_CST); /* before guest code is read */
                ret.region = revive(loc);
                if (!ret.region)
                        ret.code = unit_find(loc, true);
                if (!ret.code && !ret.region)
                        ret.region = take_over(t);
                if (!ret.code && !ret.region)
                        ret.region = translate(t);
                __atomic_store_n(&translating, false, __ATOMIC_RELEASE);
        }
        if (ret.region)
                ret.code = ret.region->code;
        return ret;
}
