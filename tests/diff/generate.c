/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes cases of random A64 instructions from the tables: a line each, "NAME SEED WORD...", in hexadecimal but for the name.
 *
 *   generate SEED SINGLES SEQUENCES   SINGLES cases of each encoding, and SEQUENCES of 2 to 6 instructions (named "sequence")
 *   generate drop                     reads a case, prints it once without each of its instructions
 *   generate list                     prints "NAME reason" for each encoding that no case is made of
 *   generate names                    prints all names
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "enc.h"

extern const struct enc_table a64_table;

enum { WORDS = 6 };

/* The instructions that cannot be compared between machines, and why. */
static const struct {
        const char *name, *why;
} left_out[] = {
        { "svc", "calls the system" },
        { "mrs_cntvct", "reads the time" },
        { "mrs_cntfrq", "differs between machines" },
        { "mrs_ctr", "differs between machines" },
        { "mrs_id", "differs between machines; see tests/guest" },
        { "mrs_tpidrro", "differs between machines" },
        { "mrs_tpidr", "the thread pointer of the test program itself" },
        { "msr_tpidr", "the thread pointer of the test program itself" },
        { "mrs_dczid", "differs between machines" },
        { "dc_zva", "the block's size differs between machines; see tests/guest" },
};

static uint64_t rng;

static uint64_t next(void)
{
        rng = rng * 6364136223846793005u + 1442695040888963407u;
        return rng >> 24;
}

static const char *why_not(unsigned op)
{
        for (size_t k = 0; k < sizeof(left_out) / sizeof(left_out[0]); k++)
                if (!strcmp(left_out[k].name, enc_name(&a64_table, op)))
                        return left_out[k].why;
        return NULL;
}

static unsigned bits(uint32_t w, unsigned pos, unsigned n)
{
        return w >> pos & ((1u << n) - 1);
}

static bool is_memory(uint32_t w)
{
        return (w >> 25 & 5) == 4;
}

static bool starts(unsigned op, const char *s)
{
        return !strncmp(enc_name(&a64_table, op), s, strlen(s));
}

static bool has_field(unsigned op, const char *name)
{
        const struct enc *e = &a64_table.enc[op];
        for (unsigned k = 0; k < e->nfields; k++)
                if (!strcmp(a64_table.strings + a64_table.fields[e->field + k].name, name))
                        return true;
        return false;
}

/* Registers that must not be the same: the instruction would be CONSTRAINED UNPREDICTABLE (Arm ARM K1.1.13 ...). */
static bool is_unpredictable(unsigned op, uint32_t w)
{
        unsigned rt = bits(w, 0, 5), rn = bits(w, 5, 5), rt2 = bits(w, 10, 5), rs = bits(w, 16, 5);
        if (!is_memory(w))
                return false;
        if (bits(w, 24, 6) == 0x08) /* exclusives, ordered */
                return (has_field(op, "rs") && (rs == rt || rs == rn || (has_field(op, "rt2") && rs == rt2))) ||
                       (has_field(op, "rt2") && bits(w, 22, 1) && rt == rt2);
        bool vector = bits(w, 26, 1);
        if (bits(w, 27, 3) == 5) { /* pairs */
                bool writeback = bits(w, 23, 1), load = bits(w, 22, 1);
                return (load && rt == rt2) || (!vector && writeback && rn != 31 && (rt == rn || rt2 == rn));
        }
        if (bits(w, 27, 3) == 7 && bits(w, 24, 1) == 0 && bits(w, 21, 1) == 0 && bits(w, 10, 1)) /* writeback */
                return !vector && rn != 31 && rt == rn;
        return false;
}

/* Branches go to the instruction behind the next one. */
static uint32_t tame_branch(unsigned op, uint32_t w)
{
        if (!strcmp(enc_name(&a64_table, op), "b") || !strcmp(enc_name(&a64_table, op), "bl"))
                return (w & 0xfc000000) | 2;
        if (starts(op, "b_cond") || starts(op, "cbz") || starts(op, "cbnz"))
                return (w & ~(0x7ffffu << 5)) | 2 << 5;
        if (starts(op, "tbz") || starts(op, "tbnz"))
                return (w & ~(0x3fffu << 5)) | 2 << 5;
        return w;
}

/* A cache operation on address 0 faults, but QEMU does none. */
static uint32_t tame_cache_operation(uint32_t w)
{
        return (w & 0xfffff01f) == 0xd50b701f ? w ^ 1 : w;
}

static bool is_branch(uint32_t w)
{
        return bits(w, 26, 3) == 5 && (w >> 24 & 0xff) != 0xd5;
}

static uint32_t word_of(unsigned op)
{
        uint32_t w;
        do {
                w = enc_random(&a64_table, op, &rng);
        } while (is_unpredictable(op, w));
        return tame_branch(op, tame_cache_operation(w));
}

static void print_case(const char *name, uint64_t seed, const uint32_t *w, unsigned n)
{
        printf("%s %llx", name, (unsigned long long)seed);
        for (unsigned k = 0; k < n; k++)
                printf(" %x", w[k]);
        putchar('\n');
}

/* A branch is followed by EOR X0, X0, #1, which shows whether it was taken. */
static void single(unsigned op)
{
        uint32_t w[2] = { word_of(op), 0xd2400000 };
        print_case(enc_name(&a64_table, op), next(), w, is_branch(w[0]) ? 2 : 1);
}

static bool is_casp(uint32_t w)
{
        return (w & 0xbfa07c00) == 0x08207c00;
}

/* In sequences X28 is the base of memory accesses and X26 the index; nothing else writes them. */
static uint32_t for_sequence(unsigned op, uint32_t w)
{
        if (is_memory(w)) {
                if ((w & 0xbe800000) == 0x0c800000) /* structures, post-index */
                        w |= 31 << 16;
                if (has_field(op, "rn"))
                        w = (w & ~(31u << 5)) | 28 << 5;
                if (bits(w, 27, 3) == 7 && bits(w, 24, 1) == 0 && bits(w, 21, 1) && bits(w, 10, 2) == 2)
                        w = (w & ~(31u << 16)) | 26 << 16;
                if (has_field(op, "rt2") && (bits(w, 10, 5) == 28 || bits(w, 10, 5) == 26))
                        w &= ~(31u << 10) | 5 << 10;
                if (has_field(op, "rs") && (bits(w, 16, 5) == 28 || bits(w, 16, 5) == 26))
                        w &= ~(31u << 16) | 6 << 16;
        }
        if ((w & 0xfffff000) == 0xd50b7000) /* cache operations */
                return (w & ~31u) | 28;
        if (bits(w, 0, 5) == 28 || bits(w, 0, 5) == 26)
                w ^= 2;
        return w;
}

static bool is_exclusive(uint32_t w)
{
        return bits(w, 24, 6) == 0x08 && !bits(w, 23, 1) && !is_casp(w);
}

/* The size of a store-exclusive must be that of the load-exclusive before it (Arm ARM B2.9.5). */
static bool fits_exclusive(uint32_t before, uint32_t w)
{
        if (!is_exclusive(w) || bits(w, 22, 1))
                return true;
        return is_exclusive(before) && bits(before, 22, 1) && bits(before, 30, 2) == bits(w, 30, 2) &&
               bits(before, 21, 1) == bits(w, 21, 1);
}

static void sequence(void)
{
        uint32_t w[WORDS];
        unsigned n = 2 + (unsigned)(next() % (WORDS - 1));
        for (unsigned k = 0; k < n;) {
                unsigned op = 1 + (unsigned)(next() % (a64_table.count - 1));
                if (why_not(op) || starts(op, "brk") || starts(op, "udf") || starts(op, "ldapr") || starts(op, "msr_fp"))
                        continue;
                uint32_t x = for_sequence(op, word_of(op));
                if (is_branch(x) || a64_table.identify(x) != op || is_unpredictable(op, x))
                        continue;
                if (fits_exclusive(k ? w[k - 1] : 0, x))
                        w[k++] = x;
        }
        print_case("sequence", next(), w, n);
}

static int drop(void)
{
        char name[64];
        unsigned long long seed;
        uint32_t w[WORDS], v[WORDS];
        unsigned n = 0;
        if (scanf("%63s %llx", name, &seed) != 2)
                return 1;
        while (n < WORDS && scanf("%x", &w[n]) == 1)
                n++;
        for (unsigned skip = 0; skip < n && n > 1; skip++) {
                unsigned m = 0;
                for (unsigned k = 0; k < n; k++)
                        if (k != skip)
                                v[m++] = w[k];
                print_case(name, seed, v, m);
        }
        return 0;
}

int main(int argc, char **argv)
{
        if (argc == 2 && !strcmp(argv[1], "drop"))
                return drop();
        for (unsigned op = 1; argc == 2 && op < a64_table.count; op++) {
                if (!strcmp(argv[1], "names"))
                        puts(enc_name(&a64_table, op));
                else if (why_not(op))
                        printf("%s %s\n", enc_name(&a64_table, op), why_not(op));
        }
        if (argc != 4)
                return argc != 2;
        rng = strtoull(argv[1], NULL, 0);
        next();
        for (unsigned op = 1; op < a64_table.count; op++)
                for (int k = atoi(argv[2]); k > 0 && !why_not(op); k--)
                        single(op);
        for (int k = atoi(argv[3]); k > 0; k--)
                sequence();
        return 0;
}
