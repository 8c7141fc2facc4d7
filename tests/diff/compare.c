/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See compare.h: records of AArch64. */
#include "state.h"
#include "compare.h"

static void show_all(const struct record *e, const struct record *g)
{
        for (int k = 0; k < 31; k++)
                show("x", k, e->x[k], g->x[k]);
        for (int k = 0; k < 32; k++)
                if (memcmp(e->v[k], g->v[k], 16))
                        printf("    v%d: expected %016llx%016llx, got %016llx%016llx\n", k, (unsigned long long)e->v[k][1],
                               (unsigned long long)e->v[k][0], (unsigned long long)g->v[k][1], (unsigned long long)g->v[k][0]);
        show("sp", -1, e->sp, g->sp);
        show("pc", -1, e->pc, g->pc);
        show("nzcv", -1, e->nzcv, g->nzcv);
        show("fpsr", -1, e->fpsr, g->fpsr);
        show("fpcr", -1, e->fpcr, g->fpcr);
        show("signal", -1, e->signal, g->signal);
        show("memory", -1, e->memory, g->memory);
}

/* x86 tells whether a result is tiny after rounding, Arm before: a result that rounds up to the least normal number does not
 * underflow (docs/KNOWN-ISSUES.md). */
static bool is_known_underflow(const struct record *e, const struct record *g)
{
        enum { UFC = 8 };
        struct record r = *g;
        r.fpsr |= e->fpsr & UFC;
        return !memcmp(e, &r, sizeof(r));
}

/* An atomic access that is not aligned, but within 16 bytes, behind an instruction that changed its base: QEMU 7.2 has no
 * FEAT_LSE2. Single instructions get no such address (harness.c); tests/guest/faults.c has all. */
static bool is_known_alignment(const char *line, const struct record *e, const struct record *g)
{
        enum { BUS = 7 };
        bool further = g->signal != BUS || g->pc > e->pc;
        return !strncmp(line, "sequence ", 9) && e->signal == BUS && further;
}

static bool is_known(const char *line, const struct record *e, const struct record *g)
{
        return is_known_underflow(e, g) || is_known_alignment(line, e, g);
}
