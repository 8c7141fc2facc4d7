/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of translated regions (see log.h). */
#include "cache.h"
#include "guest/guest.h"
#include "log.h"
#include "rt/rt.h"

static void write_text(void *ctx, const char *s, size_t n)
{
        (void)ctx;
        rt_log_write(s, n);
}

static __attribute__((noinline)) void log_insn(uint64_t pc, fetch_fn *fetch, const char *what)
{
        char text[160];
        if (the_guest->print(fetch, pc, text, sizeof(text)))
                rt_log("%s%#lx: %s", what, (unsigned long)pc, text);
}

void log_region_ir(const struct ir *ir, uint64_t undefined, fetch_fn *fetch)
{
        if (!rt_log_mask)
                return;
        if (rt_log_enabled(LOG_IN_ASM)) {
                rt_log("IN: region %#lx, %u instructions", (unsigned long)ir->pc, ir->insns);
                for (unsigned r = 1; r < ir->n; r++)
                        if (ir->ins[r].op == IR_INSN)
                                log_insn(ir->pc + (uint64_t)(int64_t)ir->ins[r].disp, fetch, "");
                if (undefined)
                        log_insn(undefined, fetch, "undefined: ");
        }
        if (rt_log_enabled(LOG_IR)) {
                rt_log("IR: region %#lx", (unsigned long)ir->pc);
                ir_print(ir, write_text, NULL);
        }
}

void log_region_code(const struct ir *ir, const uint8_t *code, uint32_t size)
{
        if (!rt_log_enabled(LOG_OUT_ASM))
                return;
        rt_log("OUT: region %#lx at %p, %u bytes", (unsigned long)ir->pc, (const void *)code, size);
        for (uint32_t at = 0; at < size; at += 32) {
                char line[80];
                int n = 0;
                for (uint32_t k = at; k < at + 32 && k < size; k++)
                        n += rt_snprintf(line + n, sizeof(line) - (size_t)n, "%02x", code[k]);
                rt_log("%s", line);
        }
}

void log_stats(void)
{
        if (!rt_log_enabled(LOG_STATS))
                return;
        const struct cache_stats *s = &cache_stats;
        rt_log("regions %lu, guest instructions %lu, host instructions %lu, spills %lu, host bytes %lu, metadata bytes %lu",
               (unsigned long)s->regions, (unsigned long)s->guest_insns, (unsigned long)s->host_insns, (unsigned long)s->spills,
               (unsigned long)s->host_bytes, (unsigned long)s->metadata_bytes);
        rt_log("links %lu, link exits %lu, indirect misses %lu, FP traps %lu, killed %lu, revived %lu, resets %lu",
               (unsigned long)s->links, (unsigned long)s->link_exits, (unsigned long)s->misses, (unsigned long)s->fp_traps,
               (unsigned long)s->killed, (unsigned long)s->revived, (unsigned long)s->resets);
        rt_log("regions taken over from other processes %lu, pages executed in place %lu", (unsigned long)s->taken,
               (unsigned long)s->pages);
}
