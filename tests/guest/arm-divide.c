/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf,armhf-arm,armel */
/* 32-bit ARM: the loop of libgcc's division of 64 bits, which the translator knows (guest/a32/divide.c), with numbers that it divides
 * and such that do not fit; and loops that look like it and are something else. */
#include "check.h"

struct state {
        uint64_t r, y;
        uint32_t k, t;
};

/* What one turn does. The empty assembly keeps the compiler from making the loop itself of it. */
static void turn(struct state *s)
{
        bool fits = s->r >= s->y;
        s->t = (uint32_t)((s->r - s->y) >> 32);
        __asm__ volatile("" : "+r"(fits));
        s->r = fits ? ((s->r - s->y) << 1) + 1 : s->r << 1;
        s->k--;
}

#define LOOP(lo, hi, ylo, yhi, k, t, add, counted, low, sbc) \
        "b 2f\n1:\tsubs " lo ", " lo ", " ylo "\n\t" sbc " " hi ", " hi ", " yhi "\n\t" \
        "adds " lo ", " lo ", " lo "\n\tadc " hi ", " hi ", " hi "\n\tadds " lo ", " lo ", #" add "\n\tadc " hi ", " hi \
        ", #0\n\t" \
        "subs " k ", " k ", #" counted "\n\tbeq 3f\n2:\tcmp " lo ", " ylo "\n\tsbcs " t ", " hi ", " yhi "\n\tbcs 1b\n\t" \
        "adds " low ", " lo ", " lo "\n\tadc " hi ", " hi ", " hi "\n\tsubs " k ", " k ", #" counted "\n\tbne 2b\n3:\n\t"

/* Runs a loop with these registers. r0 has the address of the state. */
#define DEFINE(name, lo, hi, ylo, yhi, k, t, add, counted, low, sbc) \
        static void name(struct state *s) \
        { \
                register struct state *at __asm__("r0") = s; \
                __asm__ volatile(".syntax unified\n\tldr " lo ", [r0]\n\tldr " hi ", [r0, #4]\n\tldr " ylo ", [r0, #8]\n\t" \
                                 "ldr " yhi ", [r0, #12]\n\tldr " k \
                                 ", [r0, #16]\n\t" LOOP(lo, hi, ylo, yhi, k, t, add, counted, low, \
                                                        sbc) "str " lo ", [r0]\n\tstr " hi ", [r0, #4]\n\tstr " k \
                                                             ", [r0, #16]\n\tstr " t ", [r0, #20]" \
                                 : "+r"(at) \
                                 : \
                                 : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r12", "cc", "memory"); \
        }

DEFINE(as_libgcc, "r4", "r5", "r2", "r3", "r8", "r9", "1", "1", "r4", "sbc")
DEFINE(low_registers, "r1", "r2", "r3", "r4", "r5", "r6", "1", "1", "r1", "sbc")
DEFINE(high_registers, "r12", "r10", "r9", "r8", "r6", "r1", "1", "1", "r12", "sbc")
/* Those of these are other loops. */
DEFINE(adds_two, "r4", "r5", "r2", "r3", "r8", "r9", "2", "1", "r4", "sbc")
DEFINE(counts_by_two, "r4", "r5", "r2", "r3", "r8", "r9", "1", "2", "r4", "sbc")
DEFINE(adds_carry, "r4", "r5", "r2", "r3", "r8", "r9", "1", "1", "r4", "adc")
DEFINE(same_counter, "r4", "r5", "r2", "r3", "r8", "r8", "1", "1", "r4", "sbc")

static uint64_t next(uint64_t *seed)
{
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        return *seed ^ *seed >> 29;
}

static void compare(void (*loop)(struct state *), struct state s)
{
        struct state want = s;
        do
                turn(&want);
        while (want.k);
        loop(&s);
        EQ(s.r, want.r);
        EQ(s.k, 0);
        EQ(s.t, want.t);
}

static void all_sorts(void (*loop)(struct state *))
{
        static const uint64_t edges[] = { 0, 1, 2, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, UINT64_MAX };
        uint64_t seed = 1;
        for (uint32_t k = 1; k <= 70; k++)
                for (unsigned n = 0; n < 40; n++) {
                        uint64_t y = next(&seed) >> (next(&seed) & 63), d = next(&seed) >> (next(&seed) & 63);
                        compare(loop, (struct state){ .r = next(&seed) >> (n & 63), .y = y, .k = k });
                        d &= UINT64_MAX >> (k & 63); /* as a division has them */
                        y = k <= 63 ? d << (k - 1) : d;
                        compare(loop, (struct state){ .r = y ? next(&seed) % (2 * y ?: 1) : 0, .y = y, .k = k });
                }
        for (unsigned i = 0; i < 8; i++)
                for (unsigned j = 0; j < 8; j++)
                        for (uint32_t k = 1; k < 66; k += 16)
                                compare(loop, (struct state){ .r = edges[i], .y = edges[j], .k = k });
}

TEST(divides)
{
        all_sorts(as_libgcc);
        all_sorts(low_registers);
        all_sorts(high_registers);
}

/* The same in plain C, where nothing can be taken for it. */
static void slowly(struct state *s, unsigned add, unsigned counted, bool carry)
{
        do {
                uint32_t lo = (uint32_t)s->r, hi = (uint32_t)(s->r >> 32), ylo = (uint32_t)s->y, yhi = (uint32_t)(s->y >> 32);
                bool fits = s->r >= s->y;
                s->t = (uint32_t)((s->r - s->y) >> 32);
                if (fits) {
                        uint32_t c = lo >= ylo, d = lo - ylo, h = carry ? hi + yhi + c : hi - yhi - !c;
                        s->r = (((uint64_t)h << 32 | d) << 1) + add;
                } else {
                        s->r <<= 1;
                }
                __asm__ volatile("" : "+m"(*s));
                s->k -= counted;
        } while (s->k);
}

static void compare_other(void (*loop)(struct state *), unsigned add, unsigned counted, bool carry)
{
        uint64_t seed = 3;
        for (uint32_t k = 2; k <= 40; k += 2) {
                struct state s = { .r = next(&seed) >> (k & 31), .y = next(&seed) >> (k & 31), .k = k }, want = s;
                slowly(&want, add, counted, carry);
                loop(&s);
                EQ(s.r, want.r);
                EQ(s.k, 0);
                EQ(s.t, want.t);
        }
}

TEST(other_loops)
{
        compare_other(adds_two, 2, 1, false);
        compare_other(counts_by_two, 1, 2, false);
        compare_other(adds_carry, 1, 1, true);
}

/* t is the counter: the loop ends when the difference is 1, or 0 after a shift. */
TEST(counter_that_is_written)
{
        struct state s = { .r = 0x500000000, .y = 0x400000000, .k = 9 };
        same_counter(&s);
        EQ(s.r, 0x200000001);
        EQ(s.k, 0);
}

TEST(division)
{
        uint64_t seed = 5;
        for (unsigned n = 0; n < 20000; n++) {
                volatile uint64_t a = next(&seed) >> (next(&seed) & 63), b = next(&seed) >> (next(&seed) & 63);
                if (!b)
                        continue;
                uint64_t q = a / b, r = a % b;
                EQ(q * b + r, a);
                EQ(r < b, 1);
        }
}
