/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands for tests of floating point, the same for a seed wherever they are made: integer arithmetic only, and never two random
 * numbers among the arguments of one call, which compilers evaluate in different orders. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct rng {
        uint64_t state;
};

static inline uint64_t next(struct rng *g)
{ /* splitmix64 */
        uint64_t z = g->state += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        return z ^ z >> 31;
}

static inline unsigned below(struct rng *g, unsigned n)
{
        return (unsigned)(next(g) >> 32) % n;
}

static inline unsigned v_width(unsigned sz)
{
        return 8u << sz;
}
static inline unsigned v_frac_bits(unsigned sz)
{
        return sz == 1 ? 10 : sz == 2 ? 23 : 52;
}
static inline unsigned v_exp_bits(unsigned sz)
{
        return sz == 1 ? 5 : sz == 2 ? 8 : 11;
}
static inline unsigned v_bias(unsigned sz)
{
        return (1u << (v_exp_bits(sz) - 1)) - 1;
}
static inline uint64_t v_ones(unsigned n)
{
        return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

/* Makes a number from an exponent field and a fraction, which are cut to what the format has. */
static inline uint64_t v_make(unsigned sz, bool sign, int exp, uint64_t frac)
{
        int most = (int)v_ones(v_exp_bits(sz)) - 1;
        if (exp < 0 || exp > most)
                exp = exp < 0 ? 0 : most;
        return (uint64_t)sign << (v_width(sz) - 1) | (uint64_t)exp << v_frac_bits(sz) | (frac & v_ones(v_frac_bits(sz)));
}

/* ---- the values where something happens ---- */

enum { SPECIALS = 52, SPECIAL_ZERO = 33, SPECIAL_NANS = 7 }; /* infinity and NaNs are the last of them */

static inline uint64_t special(unsigned sz, unsigned k)
{
        /* Exponents relative to the bias, fractions: all ones, the top bit, ... */
        enum { ONES = 1, TOP, LOW, TOP_LOW, BELOW_TOP, ONES_BUT_LOW };
        static const struct {
                short exp;
                uint8_t frac;
        } ordinary[] = {
                { 0, 0 },     { 0, LOW },   { 0, ONES }, { -1, 0 },     { -1, ONES }, { -1, LOW },  { 0, TOP },
                { 1, 0 },     { 1, TOP },   { 1, LOW },  { -2, 0 },     { -2, TOP },  { 10, ONES }, { 11, LOW },
                { 15, ONES }, { 16, 0 },    { -14, 0 },  { -15, ONES }, { -24, 0 },   { -25, LOW }, { 22, ONES },
                { 23, LOW },  { 30, ONES }, { 31, 0 },   { 31, LOW },   { 31, ONES }, { 32, 0 },    { 52, LOW },
                { 62, ONES }, { 63, 0 },    { 63, LOW }, { 63, ONES },  { 64, 0 },
        };
        enum { ORDINARY = sizeof(ordinary) / sizeof(ordinary[0]) };
        const unsigned f = v_frac_bits(sz);
        const uint64_t all = v_ones(f), top = UINT64_C(1) << (f - 1), inf = v_ones(v_exp_bits(sz)) << f;
        const uint64_t fracs[] = { 0, all, top, 1, top | 1, top - 1, all - 1 };
        const uint64_t others[SPECIALS - ORDINARY] = {
                0,
                1,
                2,
                3,
                top - 1,
                top,
                top + 1,
                all - 1,
                all, /* zero and what is below the normal numbers */
                all + 1,
                all + 2,
                inf - 1,
                inf,
                inf | top,
                inf | top | 5,
                inf | all,
                inf | 1,
                inf | (top >> 1) | 3,
                inf | (top - 1),
        };
        if (k < ORDINARY)
                return v_make(sz, false, (int)v_bias(sz) + ordinary[k].exp, fracs[ordinary[k].frac]);
        return others[k - ORDINARY];
}

/* ---- random values ---- */

static inline uint64_t random_frac(struct rng *g, unsigned sz)
{
        const unsigned f = v_frac_bits(sz);
        const uint64_t r = next(g), all = v_ones(f);
        switch (below(g, 8)) {
        case 0: return all;
        case 1: return r & 3;
        case 2: return all - (r & 3);
        case 3: return ((UINT64_C(1) << (f - 1)) + (r & 3) - 1) & all;
        case 4: return UINT64_C(1) << (r % f);
        case 5: return all << (r % f) & all;
        case 6: return r << (f * 5 / 8) & all; /* short: products are exact */
        default: return r & all;
        }
}

static inline int random_exp(struct rng *g, unsigned sz)
{
        /* Relative to the bias: integers' and other formats' limits. */
        static const short edges[] = { 10,  15,  23,  24,  31,  32,  52,   53,   63,   64,
                                       126, 127, 128, -14, -15, -24, -126, -127, -149, -150 };
        int bias = (int)v_bias(sz), most = (int)v_ones(v_exp_bits(sz)) - 1;
        switch (below(g, 6)) {
        case 0: return (int)below(g, 4);             /* smallest */
        case 1: return most - (int)below(g, 3);      /* largest */
        case 2: return bias - 8 + (int)below(g, 17); /* near 1 */
        case 3: return bias + edges[below(g, sizeof(edges) / sizeof(edges[0]))];
        case 4: return bias / 2 + (int)below(g, 5); /* squares underflow */
        default: return (int)below(g, (unsigned)most + 1);
        }
}

static inline uint64_t random_value(struct rng *g, unsigned sz, bool nans)
{
        bool sign = next(g) & 1;
        uint64_t any = next(g), frac = random_frac(g, sz);
        int exp = random_exp(g, sz);
        switch (below(g, 4)) {
        case 0:
                any = special(sz, below(g, 4) ? below(g, nans ? SPECIALS : SPECIALS - SPECIAL_NANS) : SPECIAL_ZERO);
                return any | (uint64_t)sign << (v_width(sz) - 1);
        case 1: return nans ? any & v_ones(v_width(sz)) : v_make(sz, sign, exp, any);
        default: return v_make(sz, sign, exp, frac);
        }
}

/* Returns a second operand with which the first one cancels, or comes to results at the limits of the format. */
static inline uint64_t partner(struct rng *g, unsigned sz, uint64_t a, bool nans)
{
        const unsigned f = v_frac_bits(sz);
        int exp = (int)(a >> f & v_ones(v_exp_bits(sz))), bias = (int)v_bias(sz), most = (int)v_ones(v_exp_bits(sz)) - 1;
        bool sign = next(g) & 1, is_nan = exp > most;
        uint64_t near = a + below(g, 5) - 2, frac = random_frac(g, sz);
        int some = (int)below(g, 4);
        if (is_nan)
                return random_value(g, sz, nans);
        switch (below(g, 10)) {
        case 0: return a ^ (uint64_t)sign << (v_width(sz) - 1);
        case 1: return v_make(sz, sign, exp, near);
        case 2: return v_make(sz, sign, bias - exp + some - 1, frac);        /* a * b near the smallest */
        case 3: return v_make(sz, sign, bias + exp - some + 1, frac);        /* a / b */
        case 4: return v_make(sz, sign, most + bias - exp + some - 2, frac); /* a * b near the largest */
        case 5: return v_make(sz, sign, exp + (int)below(g, 2 * f + 8) - (int)f - 4, frac);
        case 6: return v_make(sz, sign, 2 * bias - exp, frac); /* a * b near 1 */
        default: return random_value(g, sz, nans);
        }
}
/* Returns a * b >> n, where 0 < n < 64 and the result fits. Not every machine has integers of 128 bits. */
static inline uint64_t product_shifted(uint64_t a, uint64_t b, unsigned n)
{
        uint64_t low = (a & 0xffffffff) * (b & 0xffffffff), mid = (a >> 32) * (b & 0xffffffff) + (low >> 32);
        uint64_t mid2 = (a & 0xffffffff) * (b >> 32) + (mid & 0xffffffff);
        uint64_t high = (a >> 32) * (b >> 32) + (mid >> 32) + (mid2 >> 32);
        return high << (64 - n) | (mid2 << 32 | (low & 0xffffffff)) >> n;
}

/* Returns an addend that all but cancels a * b, or lies far below it. The product is cut off, not rounded. */
static inline uint64_t addend(struct rng *g, unsigned sz, uint64_t a, uint64_t b, bool nans)
{
        const unsigned f = v_frac_bits(sz);
        int ea = (int)(a >> f & v_ones(v_exp_bits(sz))), eb = (int)(b >> f & v_ones(v_exp_bits(sz)));
        int exp = ea + eb - (int)v_bias(sz);
        uint64_t implied = UINT64_C(1) << f, ma = (a & v_ones(f)) | implied, mb = (b & v_ones(f)) | implied;
        uint64_t m = product_shifted(ma, mb, f);
        bool sign = (a ^ b) >> (v_width(sz) - 1) & 1, any_sign = next(g) & 1;
        uint64_t frac = random_frac(g, sz);
        if (m >> (f + 1))
                m >>= 1, exp++;
        switch (below(g, 6)) {
        case 0: return v_make(sz, !sign, exp, m);
        case 1: return v_make(sz, !sign, exp, m + below(g, 3) - 1);
        case 2: return v_make(sz, any_sign, exp + (int)below(g, 2 * f + 8) - (int)f - 4, frac);
        case 3: return (uint64_t)any_sign << (v_width(sz) - 1);
        default: return random_value(g, sz, nans);
        }
}

/* Returns an integer near a power of two, or any. */
static inline uint64_t random_integer(struct rng *g)
{
        uint64_t r = next(g), p = UINT64_C(1) << (r & 63);
        switch (below(g, 4)) {
        case 0: return p + (r >> 8 & 7) - 3;
        case 1: return 0 - p + (r >> 8 & 7) - 3;
        case 2: return r >> (r & 63) & ~((UINT64_C(1) << (r >> 6 & 31)) - 1);
        default: return r;
        }
}
