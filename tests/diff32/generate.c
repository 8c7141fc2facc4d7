/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes cases of random A32 and T32 instructions from the tables, a line each:
 *
 *   NAME SEED STATES ROLES INSTRUCTION...
 *
 * NAME is the decoder's and the encoding's, or "sequence". STATES are two letters, a (A32) or t (T32): that in which the case
 * begins, and that in which it ends. ROLES has a letter for what is in each register from r0 to r14, and one for what is in memory
 * (harness.c). An instruction of A32 is written 12345678, one of T32 1234 or 1234.5678.
 *
 *   generate SEED SINGLES SEQUENCES   SINGLES cases of each encoding, and SEQUENCES of several instructions
 *   generate drop                     reads a case, prints it once without each of its instructions
 *   generate list                     prints "NAME reason" for each encoding that no case is made of
 *   generate names                    prints all names
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "generate.h"

static const struct decoder {
        const char *name;
        const struct enc_table *table;
} decoders[] = {
        { "a32", &a32_table }, { "a32u", &a32u_table }, { "t32", &t32_table }, { "vfp", &vfp_table }, { "neon", &neon_table },
};
enum { DECODERS = sizeof(decoders) / sizeof(decoders[0]) };

/* The instructions that cannot be compared between machines, and why. A name ends the encoding's, or begins it with '^'. */
static const struct {
        const char *name, *why;
} left_out[] = {
        { "svc", "calls the system" },
        { "mrrc_cntvct", "reads the time" },
        { "mrc_cntfrq", "differs between machines" },
        { "mrc_tpidruro", "the thread pointer of the test program itself" },
        { "mrc_tpidrurw", "QEMU's signal handlers change it" },
        { "mcr_tpidrurw", "QEMU's signal handlers change it" },
        { "udf_brk", "QEMU does not know the breakpoints of Linux" },
        { "udf_brk_w", "QEMU does not know the breakpoints of Linux" },
};

static const char *why_not(const struct insn *i)
{
        for (size_t k = 0; k < sizeof(left_out) / sizeof(left_out[0]); k++)
                if (!strcmp(left_out[k].name, insn_name(i)))
                        return left_out[k].why;
        return NULL;
}

static void print_case(const char *name, const struct test *t)
{
        printf("%s %llx %c%c %s", name, (unsigned long long)next(), t->first, t->last, t->roles);
        for (unsigned k = 0; k < t->n; k++)
                printf(" %s", t->text[k]);
        putchar('\n');
}

static void single(const struct decoder *d, unsigned op)
{
        struct test t;
        char name[80];
        struct insn i = { .table = d->table, .op = op };

        do {
                begin(&t, d->table == &t32_table || (d->table != &a32_table && d->table != &a32u_table && (next() & 1)));
        } while (!make_single(&t, &i));
        snprintf(name, sizeof(name), "%s:%s", d->name, insn_name(&i));
        print_case(name, &t);
}

/* An instruction for a sequence. in_it: it is in an IT block. */
static void any(struct test *t, bool in_it)
{
        bool flags = t->about_flags && next() % 8;
        for (;;) {
                const struct decoder *d = &decoders[next() % DECODERS];
                struct insn i = { .table = d->table };
                if ((d->table == &t32_table) != (t->state == 't') &&
                    (d->table == &t32_table || d->table == &a32_table || d->table == &a32u_table))
                        continue;
                if (in_it && d->table == &neon_table && (next() & 3))
                        continue;
                i.op = 1 + (unsigned)(next() % (d->table->count - 1));
                if (flags && !is_about_flags(&i))
                        continue;
                if (!why_not(&i) && make_for_sequence(t, &i, in_it))
                        return;
        }
}

static void it_block(struct test *t)
{
        unsigned n = 1 + (unsigned)(next() % 4), cond = (unsigned)(next() % 14), mask = (unsigned)(next() & 15);
        char text[8];
        mask = (mask << (5 - n) & 15) | 1u << (4 - n);
        snprintf(text, sizeof(text), "bf%x%x", cond, (mask | 8u >> (n - 1)) & 15);
        add_text(t, text, 2);
        while (n--)
                any(t, true);
}

/* A branch past the instruction behind it, which has a condition or not. */
static void skip(struct test *t)
{
        unsigned cond = (unsigned)(next() % 14), at = t->n;
        char text[TEXT];
        add_text(t, "", t->state == 'a' ? 4 : 2);
        any(t, false);
        if (t->state == 'a')
                snprintf(text, sizeof(text), "%x%s000000", next() & 3 ? cond : 14, next() & 7 ? "a" : "b");
        else
                snprintf(text, sizeof(text), "d%x%02x", cond, strlen(t->text[at + 1]) > 4);
        memcpy(t->text[at], text, sizeof(text));
}

static void sequence(void)
{
        struct test t;
        begin(&t, next() & 1);
        memcpy(t.roles, "......ia.....a..", 16);
        t.about_flags = next() & 1;
        while (t.n < 2 || (next() % 6 && t.n < INSNS - 8)) {
                uint64_t r = next();
                if (t.state == 't' && r % 4 == 0)
                        it_block(&t);
                else if (r % 16 == 1)
                        switch_state(&t);
                else if (r % 4 == 2)
                        skip(&t);
                else
                        any(&t, false);
        }
        t.last = t.state;
        print_case("sequence", &t);
}

static int drop(void)
{
        char name[80], states[8], roles[32], text[INSNS][16];
        unsigned long long seed;
        unsigned n = 0;
        if (scanf("%79s %llx %7s %31s", name, &seed, states, roles) != 4)
                return 1;
        while (n < INSNS && scanf("%15s", text[n]) == 1)
                n++;
        for (unsigned skip = 0; skip < n && n > 1; skip++) {
                printf("%s %llx %s %s", name, seed, states, roles);
                for (unsigned k = 0; k < n; k++)
                        if (k != skip)
                                printf(" %s", text[k]);
                putchar('\n');
        }
        return 0;
}

static void list(bool names)
{
        for (const struct decoder *d = decoders; d < decoders + DECODERS; d++)
                for (unsigned op = 1; op < d->table->count; op++) {
                        struct insn i = { .table = d->table, .op = op };
                        if (names)
                                printf("%s:%s\n", d->name, insn_name(&i));
                        else if (why_not(&i))
                                printf("%s:%s %s\n", d->name, insn_name(&i), why_not(&i));
                }
}

int main(int argc, char **argv)
{
        if (argc == 2 && !strcmp(argv[1], "drop"))
                return drop();
        if (argc == 2)
                list(!strcmp(argv[1], "names"));
        if (argc != 4)
                return argc != 2;
        seed_random(strtoull(argv[1], NULL, 0));
        for (const struct decoder *d = decoders; d < decoders + DECODERS; d++)
                for (unsigned op = 1; op < d->table->count; op++)
                        for (int k = atoi(argv[2]); k > 0 && !why_not(&(struct insn){ .table = d->table, .op = op }); k--)
                                single(d, op);
        for (int k = atoi(argv[3]); k > 0; k--)
                sequence();
        return 0;
}
