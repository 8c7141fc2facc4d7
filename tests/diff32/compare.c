/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See tests/diff/compare.h: records of 32-bit ARM. */
#include <signal.h>
#include "state.h"
#include "compare.h"

static void show_all(const struct record *e, const struct record *g)
{
        for (int k = 0; k < 15; k++)
                show("r", k, e->r[k], g->r[k]);
        for (int k = 0; k < 32; k++)
                show("d", k, e->d[k], g->d[k]);
        show("pc", -1, e->pc, g->pc);
        show("cpsr", -1, e->cpsr, g->cpsr);
        show("fpscr", -1, e->fpscr, g->fpscr);
        show("signal", -1, e->signal, g->signal);
        show("memory", -1, e->memory, g->memory);
}

/* Returns `got` with zeros where it has the least normal number of that sign and `expected` zero. */
static uint64_t flush_least(uint64_t expected, uint64_t got)
{
        const uint64_t high = UINT64_C(0xffffffff) << 32, least = UINT64_C(1) << 52, least_s = UINT64_C(1) << 23;
        if (!(expected << 1) && got == (expected | least))
                return expected;
        if (!(expected << 33) && (uint32_t)got == (uint32_t)(expected | least_s))
                got = (got & high) | (uint32_t)expected;
        if (!(expected >> 32 << 33) && (got & high) == ((expected & high) | least_s << 32))
                got = (uint32_t)got | (expected & high);
        return got;
}

/* Makes the bit of FPSCR what it is in e, in registers that VMRS has written too. */
static void same_bit(const char *line, const struct record *e, struct record *r, uint32_t bit)
{
        r->fpscr = (r->fpscr & ~bit) | (e->fpscr & bit);
        for (int k = 0; k < 15 && !strncmp(line, "sequence ", 9); k++)
                if ((r->r[k] ^ e->r[k]) == bit)
                        r->r[k] = e->r[k];
}

/* x86 tells whether a result is tiny after rounding, Arm before: a result that rounds up to the least normal number does not
 * underflow, and so is not flushed to zero (docs/KNOWN-ISSUES.md). */
static bool is_known_underflow(const char *line, const struct record *e, const struct record *g)
{
        enum { UFC = 8 };
        struct record r = *g;
        if (!(e->fpscr & UFC))
                return false;
        same_bit(line, e, &r, UFC);
        for (int k = 0; k < 32; k++)
                r.d[k] = flush_least(e->d[k], r.d[k]);
        return !memcmp(e, &r, sizeof(r));
}

/* x86 says that a result was inexact, too, where Arm flushes it to zero and says only that it underflowed. What was inexact before
 * cannot be told from that: what is left of it is too much in a region with other results, and too little where another region had
 * them (docs/KNOWN-ISSUES.md). A single instruction is a region. */
static bool is_known_flush(const char *line, const struct record *e, const struct record *g)
{
        enum { UFC = 8, IXC = 16 };
        struct record r = *g;
        if (!(e->fpscr & UFC))
                return false;
        if (strncmp(line, "sequence ", 9) && !(g->fpscr & IXC))
                return false;
        same_bit(line, e, &r, IXC);
        return !memcmp(e, &r, sizeof(r));
}

/* Where an instruction that loads several registers faults, those but the base are UNKNOWN, and so are flags that nobody will read
 * behind the fault (docs/KNOWN-ISSUES.md). */
static bool is_known_fault(const char *line, const struct record *e, const struct record *g)
{
        static const char *const several[] = { "sequence", "a32:ldm",  "t32:ldm",  "t32:pop",
                                               "a32:ldrd", "t32:ldrd", "vfp:vldm", "neon:vld" };
        if (e->signal != SIGSEGV || g->signal != SIGSEGV || e->pc != g->pc || ((e->cpsr ^ g->cpsr) & 0x0fffffff))
                return false;
        for (size_t k = 0; k < sizeof(several) / sizeof(several[0]); k++)
                if (!strncmp(line, several[k], strlen(several[k])))
                        return true;
        return false;
}

/* Accesses of several words that are not aligned, behind an instruction that changed their base: hardware without a kernel refuses
 * them, as QEMU does (docs/KNOWN-ISSUES.md). Single instructions get no such address (insn.c). */
static bool is_known_alignment(const char *line, const struct record *e, const struct record *g)
{
        return !strncmp(line, "sequence ", 9) && e->signal == SIGBUS && (g->signal != SIGBUS || g->pc > e->pc);
}

static bool is_known(const char *line, const struct record *e, const struct record *g)
{
        return is_known_underflow(line, e, g) || is_known_flush(line, e, g) || is_known_fault(line, e, g) ||
               is_known_alignment(line, e, g);
}
