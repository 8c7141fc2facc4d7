/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare CASES EXPECTED GOT: prints what differs between two files of records (harness.c). Before each difference it prints
 * "CASE" and the case's line. It prints no more than three of one name in a row. Status: 1 when something differs. */
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
        if (e != g)
                printf("    %s%.0d: expected %016llx, got %016llx\n", what, k, (unsigned long long)e, (unsigned long long)g);
}

static void show_all(const struct record *e, const struct record *g)
{
        for (int k = 0; k < 31; k++)
                if (e->x[k] != g->x[k])
                        printf("    x%d: expected %016llx, got %016llx\n", k, (unsigned long long)e->x[k],
                               (unsigned long long)g->x[k]);
        for (int k = 0; k < 32; k++)
                if (memcmp(e->v[k], g->v[k], 16))
                        printf("    v%d: expected %016llx%016llx, got %016llx%016llx\n", k, (unsigned long long)e->v[k][1],
                               (unsigned long long)e->v[k][0], (unsigned long long)g->v[k][1], (unsigned long long)g->v[k][0]);
        show("sp", 0, e->sp, g->sp);
        show("pc", 0, e->pc, g->pc);
        show("nzcv", 0, e->nzcv, g->nzcv);
        show("fpsr", 0, e->fpsr, g->fpsr);
        show("fpcr", 0, e->fpcr, g->fpcr);
        show("signal", 0, e->signal, g->signal);
        show("memory", 0, e->memory, g->memory);
}

/* x86 tells whether a result is tiny after rounding, Arm before: a result that rounds up to the least normal number does not
 * underflow (docs/KNOWN-ISSUES.md). */
static int is_known_underflow(const struct record *e, const struct record *g)
{
        enum { UFC = 8 };
        struct record r = *g;
        r.fpsr |= e->fpsr & UFC;
        return !memcmp(e, &r, sizeof(r));
}

/* An atomic access that is not aligned, but within 16 bytes, behind an instruction that changed its base: QEMU 7.2 has no
 * FEAT_LSE2. Single instructions get no such address (harness.c); tests/guest/faults.c has all. */
static int is_known_alignment(const char *line, const struct record *e, const struct record *g)
{
        enum { BUS = 7 };
        bool further = g->signal != BUS || g->pc > e->pc;
        return !strncmp(line, "sequence ", 9) && e->signal == BUS && further;
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
                if (is_known_underflow(&e[k], &g[k]) || is_known_alignment(line, &e[k], &g[k])) {
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
