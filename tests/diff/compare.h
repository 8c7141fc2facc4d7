/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare CASES EXPECTED GOT: prints what differs between two files of records (harness.c). Before each difference it prints
 * "CASE" and the case's line. It prints no more than three of one name in a row. Status: 1 when something differs.
 *
 * compare.c of tests/diff and of tests/diff32 say what a record is (state.h), how one is shown, and which differences are known. */
#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show_all(const struct record *e, const struct record *g);
static bool is_known(const char *line, const struct record *e, const struct record *g);

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

/* Shows a value, number `k` of those that are called `what`; -1: there is one only. */
static void show(const char *what, int k, uint64_t e, uint64_t g)
{
        char number[12] = "";
        if (k >= 0)
                snprintf(number, sizeof(number), "%d", k);
        if (e != g)
                printf("    %s%s: expected %llx, got %llx\n", what, number, (unsigned long long)e, (unsigned long long)g);
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
                if (is_known(line, &e[k], &g[k])) {
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
