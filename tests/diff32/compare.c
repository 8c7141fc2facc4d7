/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare CASES EXPECTED GOT: prints what differs between two files of records (harness.c). Before each difference it prints
 * "CASE" and the case's line. It prints no more than three of one name in a row. Status: 1 when something differs. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "state.h"

static void *read_all(const char *name, size_t *ret_n)
{
        FILE *f = fopen(name, "rb");
        if (!f || fseek(f, 0, SEEK_END))
                exit(2);
        *ret_n = (size_t)ftell(f);
        rewind(f);
        char *p = malloc(*ret_n + 1);
        if (fread(p, 1, *ret_n, f) != *ret_n)
                exit(2);
        p[*ret_n] = 0;
        fclose(f);
        return p;
}

static void show(const char *what, int k, uint64_t e, uint64_t g)
{
        char number[12] = "";
        if (k >= 0)
                snprintf(number, sizeof(number), "%d", k);
        if (e != g)
                printf("    %s%s: expected %llx, got %llx\n", what, number, (unsigned long long)e, (unsigned long long)g);
}

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

/* x86 tells whether a result is tiny after rounding, Arm before: a result that rounds up to the least normal number does not
 * underflow (docs/KNOWN-ISSUES.md). */
static bool is_known_underflow(const struct record *e, const struct record *g)
{
        enum { UFC = 8 };
        struct record r = *g;
        r.fpscr |= e->fpscr & UFC;
        return !memcmp(e, &r, sizeof(r));
}

/* x86 says that a result was inexact, too, where Arm flushes it to zero and says only that it underflowed (docs/KNOWN-ISSUES.md). */
static bool is_known_flush(const struct record *e, const struct record *g)
{
        enum { UFC = 8, IXC = 16 };
        struct record r = *g;
        if (!(e->fpscr & UFC))
                return false;
        r.fpscr &= ~(uint32_t)IXC | e->fpscr;
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

int main(int argc, char **argv)
{
        if (argc != 4)
                return 2;
        size_t nc, ne, ng, differ = 0, known = 0, same_name = 0;
        char *cases = read_all(argv[1], &nc), last[64] = "";
        struct record *e = read_all(argv[2], &ne), *g = read_all(argv[3], &ng);
        if (ne != ng || ne % sizeof(*e)) {
                printf("the outputs have different sizes: %zu and %zu\n", ne, ng);
                return 1;
        }
        char *line = strtok(cases, "\n");
        for (size_t k = 0; k < ne / sizeof(*e) && line; k++, line = strtok(NULL, "\n")) {
                if (!memcmp(&e[k], &g[k], sizeof(*e)))
                        continue;
                if (is_known_underflow(&e[k], &g[k]) || is_known_flush(&e[k], &g[k]) || is_known_fault(line, &e[k], &g[k]) ||
                    is_known_alignment(line, &e[k], &g[k])) {
                        known++;
                        continue;
                }
                size_t n = strcspn(line, " ");
                same_name = n < sizeof(last) && !strncmp(last, line, n) && !last[n] ? same_name + 1 : 1;
                snprintf(last, sizeof(last), "%.*s", (int)n, line);
                differ++;
                if (same_name > 3)
                        continue;
                printf("CASE %s\n", line);
                show_all(&e[k], &g[k]);
        }
        printf("%zu of %zu cases differ, %zu in the known way\n", differ + known, ne / sizeof(*e), known);
        return differ != 0;
}
