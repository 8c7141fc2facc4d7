/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shows what a generated decoder does. Compiled once for each instruction set, with PREFIX set.
 *
 *   identify    prints each word of standard input: name and fields
 *   lift        the lifter of each word of standard input prints its arguments (lifters.c), or "refused" is printed; only
 *               when it is compiled with LIFTERS
 *   selfcheck   makes random words of each encoding; fails when one is identified as another
 *   words       prints random words: of each encoding, such words with some bits changed, and any others
 *   speed       prints the time that identifying takes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PASTE(a, b) a##b
#define NAME(prefix, name) PASTE(prefix, name)
#define TABLE NAME(PREFIX, _table)
extern const struct enc_table TABLE;
#ifdef LIFTERS
#define LIFT NAME(PREFIX, _lift)
#endif

static uint64_t rng = 1;

static uint32_t any_word(void)
{
        rng = rng * 6364136223846793005u + 1442695040888963407u;
        return (uint32_t)(rng >> 32);
}

static void print(uint32_t insn)
{
        char text[200];
        enc_print(&TABLE, text, sizeof text, insn);
        puts(text);
}

/* The next word of standard input. */
static bool read_word(uint32_t *ret)
{
        uint16_t unit;
        if (!TABLE.has_second)
                return fread(ret, 4, 1, stdin) == 1;
        if (fread(&unit, 2, 1, stdin) != 1)
                return false;
        *ret = (uint32_t)unit << 16;
        if (!TABLE.has_second(*ret))
                return true;
        if (fread(&unit, 2, 1, stdin) != 1)
                return false;
        *ret |= unit;
        return true;
}

static int identify(void)
{
        uint32_t insn;
        while (read_word(&insn))
                print(insn);
        return 0;
}

#ifdef LIFTERS
static int lift(void)
{
        uint32_t insn;
        while (read_word(&insn))
                if (!LIFT(NULL, insn))
                        puts("refused");
        return 0;
}
#endif

static int selfcheck(void)
{
        int wrong = 0;
        for (unsigned op = 1; op < TABLE.count; op++)
                for (int i = 0; i < 1000; i++) {
                        uint32_t insn = enc_random(&TABLE, op, &rng);
                        unsigned got = TABLE.identify(insn);
                        if (got == op)
                                continue;
                        printf("%08x: %s taken for %s\n", insn, enc_name(&TABLE, op), enc_name(&TABLE, got));
                        wrong = 1;
                        break;
                }
        return wrong;
}

/* Bits that the encoding ignores are as they should be. */
static void print_word(uint32_t insn)
{
        const struct enc *e = &TABLE.enc[TABLE.identify(insn)];
        insn = (insn & ~e->ignored) | e->prefer;
        printf("%08x ", insn);
        print(insn);
}

static int words(void)
{
        for (unsigned op = 1; op < TABLE.count; op++)
                for (int i = 0; i < 60; i++) {
                        uint32_t insn = enc_random(&TABLE, op, &rng);
                        print_word(insn);
                        print_word(insn ^ 1u << any_word() % 32);
                }
        for (int i = 0; i < 60000; i++)
                print_word(any_word());
        return 0;
}

static int speed(void)
{
        static uint32_t insn[4096];
        struct timespec a, b;
        unsigned sum = 0;
        for (unsigned i = 0; i < 4096; i++)
                insn[i] = enc_random(&TABLE, 1 + any_word() % (TABLE.count - 1), &rng);
        clock_gettime(CLOCK_MONOTONIC, &a);
        for (unsigned i = 0; i < 4096 * 1000; i++)
                sum += TABLE.identify(insn[i % 4096]);
        clock_gettime(CLOCK_MONOTONIC, &b);
        double ns = (double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec);
        printf("%.1f ns (%u)\n", ns / 4096e3, sum);
        return 0;
}

int main(int argc, char **argv)
{
        const char *verb = argc == 2 ? argv[1] : "";
        if (!strcmp(verb, "identify"))
                return identify();
#ifdef LIFTERS
        if (!strcmp(verb, "lift"))
                return lift();
#endif
        if (!strcmp(verb, "selfcheck"))
                return selfcheck();
        if (!strcmp(verb, "words"))
                return words();
        if (!strcmp(verb, "speed"))
                return speed();
        fputs("usage: dump identify|lift|selfcheck|words|speed\n", stderr);
        return 2;
}
