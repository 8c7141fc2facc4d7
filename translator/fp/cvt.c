/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Soft-float conversions and estimates (see fp.h). */
#include "core.h"

/* ---- between formats: FPConvert ---- */

/* Returns a NaN's payload in another format: its top bits keep their place (FPConvertNaN). */
static uint64_t convert_nan(struct fp_env *e, unsigned from, unsigned to, struct num n)
{
        int shift = (int)fp_formats[to].m - (int)fp_formats[from].m;
        if (n.kind == SNAN)
                e->fpsr |= FPSR_IOC;
        if (e->fpcr & FPCR_DN)
                return fp_default_nan(to);
        uint64_t payload = shift >= 0 ? n.sig << shift : n.sig >> -shift;
        return fp_inf(to, n.sign) | UINT64_C(1) << (fp_formats[to].m - 1) | payload;
}

uint64_t fp_convert(struct fp_env *e, unsigned from, unsigned to, uint64_t a, enum fp_round r)
{
        struct num n = fp_unpack_cv(e, from, a);
        bool ahp = to == 1 && (e->fpcr & FPCR_AHP);
        if (ahp && n.kind >= INF) { /* the alternative format has neither infinity nor NaNs */
                e->fpsr |= FPSR_IOC;
                return fp_zero(1, n.sign) | (n.kind == INF ? 0x7fff : 0);
        }
        if (n.kind >= QNAN)
                return convert_nan(e, from, to, n);
        if (n.kind == INF)
                return fp_inf(to, n.sign);
        return n.kind == ZERO ? fp_zero(to, n.sign) : fp_round_cv(e, to, n, r);
}

/* ---- integers ---- */

/* Returns |value| * 2^fbits, rounded to an integer. Sets *ret_huge when that is 2^64 or more. */
static uint64_t round_magnitude(struct num n, unsigned fbits, enum fp_round r, bool *ret_error, bool *ret_huge)
{
        int exp = n.exp + (int)fbits;
        uint64_t kept, rest;
        *ret_huge = exp > 63;
        *ret_error = false;
        if (exp >= 63)
                return exp == 63 ? n.sig : ~UINT64_C(0);
        if (exp < -1) {
                kept = 0;
                rest = 1; /* less than a half */
        } else {
                kept = exp < 0 ? 0 : n.sig >> (63 - exp);
                rest = n.sig << (exp + 1);
        }
        const uint64_t half = UINT64_C(1) << 63;
        bool up = r == FPR_N   ? rest > half || (rest == half && (kept & 1))
                  : r == FPR_P ? rest && !n.sign
                  : r == FPR_M ? rest && n.sign
                  : r == FPR_A ? rest >= half
                               : false;
        *ret_error = rest != 0;
        kept += up;
        if (up && !kept)
                *ret_huge = true;
        return kept;
}

uint64_t fp_to_fixed(struct fp_env *e, unsigned sz, uint64_t a, unsigned isz, unsigned fbits, bool is_unsigned, enum fp_round r)
{
        struct num n = fp_unpack(e, sz, a);
        unsigned bits = 8u << isz;
        uint64_t mask = bits == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1;
        uint64_t most = is_unsigned ? mask : mask >> 1, least = is_unsigned ? 0 : (mask >> 1) + 1;
        if (n.kind >= QNAN) {
                e->fpsr |= FPSR_IOC;
                return 0;
        }
        if (n.kind == ZERO)
                return 0;
        bool error = false, huge = n.kind == INF;
        uint64_t v = huge ? 0 : round_magnitude(n, fbits, r, &error, &huge);
        uint64_t limit = n.sign ? least : most;
        if (huge || v > limit) {
                e->fpsr |= FPSR_IOC;
                return limit;
        }
        if (error)
                e->fpsr |= FPSR_IXC;
        return (n.sign ? -v : v) & mask;
}

uint64_t fp_from_fixed(struct fp_env *e, unsigned sz, uint64_t v, unsigned isz, unsigned fbits, bool is_unsigned, enum fp_round r)
{
        unsigned bits = 8u << isz;
        int64_t s = (int64_t)(v << (64 - bits)) >> (64 - bits);
        bool sign = !is_unsigned && s < 0;
        uint64_t m = is_unsigned ? (bits == 64 ? v : v & ((UINT64_C(1) << bits) - 1)) : sign ? -(uint64_t)s : (uint64_t)s;
        if (!m)
                return fp_zero(sz, false);
        unsigned lead = (unsigned)__builtin_clzll(m);
        return fp_round_to(e, sz, sign, 63 - (int)lead - (int)fbits, m << lead, false, r);
}

uint64_t fp_roundint(struct fp_env *e, unsigned sz, uint64_t a, enum fp_round r, bool exact)
{
        struct num n = fp_unpack(e, sz, a);
        bool error, huge;
        if (n.kind >= QNAN)
                return fp_process_nan(e, sz, n, a);
        if (n.kind == INF)
                return fp_inf(sz, n.sign);
        if (n.kind == ZERO)
                return fp_zero(sz, n.sign);
        if (n.exp >= (int)fp_formats[sz].m)
                return a;
        uint64_t v = round_magnitude(n, 0, r, &error, &huge);
        if (error && exact)
                e->fpsr |= FPSR_IXC;
        if (!v)
                return fp_zero(sz, n.sign);
        struct fp_env quiet = { .fpcr = 0 };
        unsigned lead = (unsigned)__builtin_clzll(v);
        return fp_round_to(&quiet, sz, n.sign, 63 - (int)lead, v << lead, false, FPR_Z);
}

uint32_t fp_to_int_js(struct fp_env *e, uint64_t a, bool *ret_exact)
{
        struct num n = fp_unpack(e, 3, a);
        *ret_exact = false;
        if (n.kind >= QNAN || n.kind == INF) {
                e->fpsr |= FPSR_IOC;
                return 0;
        }
        if (n.kind == ZERO) {
                *ret_exact = !n.sign && !(a << 1);
                return 0;
        }
        bool error = false;
        uint64_t v; /* modulo 2^64 */
        if (n.exp > 63 + 63) {
                v = 0;
        } else if (n.exp >= 63) {
                v = n.exp - 63 > 63 ? 0 : n.sig << (n.exp - 63);
        } else if (n.exp < 0) {
                v = 0;
                error = true;
        } else {
                v = n.sig >> (63 - n.exp);
                error = (n.sig << n.exp << 1) != 0;
        }
        bool fits = n.exp < 31 || (n.exp == 31 && n.sign && v == UINT64_C(0x80000000));
        if (!fits)
                e->fpsr |= FPSR_IOC;
        else if (error)
                e->fpsr |= FPSR_IXC;
        *ret_exact = fits && !error;
        return (uint32_t)(n.sign ? -v : v);
}

/* ---- estimates: RecipEstimate and RecipSqrtEstimate ---- */

/* a: 256..511 for 0.5 <= a < 1; result 256..511 */
static unsigned recip_estimate(unsigned a)
{
        a = a * 2 + 1;
        unsigned b = (1u << 19) / a;
        return (b + 1) / 2;
}

/* a: 128..511; result 256..511 */
static unsigned rsqrt_estimate(unsigned a)
{
        if (a < 256)
                a = a * 2 + 1;
        else
                a = ((a >> 1 << 1) + 1) * 2;
        unsigned b = 512; /* the least for which a * (b + 1) * (b + 1) is 1 << 28 or more */
        for (unsigned bit = 256; bit; bit /= 2)
                if (a * (b + bit) * (b + bit) < 1u << 28)
                        b += bit;
        return (b + 1) / 2;
}

uint32_t fp_urecpe(uint32_t a)
{
        return a >> 31 ? recip_estimate(a >> 23) << 23 : ~0u;
}
uint32_t fp_ursqrte(uint32_t a)
{
        return a >> 30 ? rsqrt_estimate(a >> 23) << 23 : ~0u;
}

/* What FPRecipEstimate returns for an operand so small that its reciprocal overflows. */
static uint64_t recpe_overflow(struct fp_env *e, unsigned sz, bool sign)
{
        enum fp_round r = fp_rmode(e);
        bool to_inf = r == FPR_N || (r == FPR_P && !sign) || (r == FPR_M && sign);
        e->fpsr |= FPSR_OFC | FPSR_IXC;
        return to_inf ? fp_inf(sz, sign) : fp_inf(sz, sign) - 1;
}

uint64_t fp_recpe(struct fp_env *e, unsigned sz, uint64_t a)
{
        const struct format f = fp_formats[sz];
        const int bias = (1 << (f.e - 1)) - 1, biased_in = (int)(a >> f.m & ((UINT64_C(1) << f.e) - 1));
        if (biased_in >= 1 && biased_in <= 2 * bias - 2) { /* most numbers */
                uint64_t frac = recip_estimate((unsigned)(256 | (a >> (f.m - 8) & 255))) & 255;
                return fp_zero(sz, a >> (f.m + f.e) & 1) | (uint64_t)(2 * bias - 1 - biased_in) << f.m | frac << (f.m - 8);
        }
        struct num n = fp_unpack(e, sz, a);
        bool fz = sz == 1 ? e->fpcr & FPCR_FZ16 : e->fpcr & FPCR_FZ;
        if (n.kind >= QNAN)
                return fp_process_nan(e, sz, n, a);
        if (n.kind == INF)
                return fp_zero(sz, n.sign);
        if (n.kind == ZERO) {
                e->fpsr |= FPSR_DZC;
                return fp_inf(sz, n.sign);
        }
        if (n.exp < -bias - 1)
                return recpe_overflow(e, sz, n.sign);
        int exp = -n.exp - 1; /* of the result, whose significand is 256..511 / 256 */
        if (fz && exp + bias <= 0) {
                e->fpsr |= FPSR_UFC;
                return fp_zero(sz, n.sign);
        }
        uint64_t frac = (uint64_t)(recip_estimate((unsigned)(n.sig >> 55)) & 255) << (f.m - 8);
        int biased = exp + bias;
        if (biased <= 0) { /* denormal: shifted right by one or two, no rounding */
                frac = (frac | UINT64_C(1) << f.m) >> (1 - biased);
                biased = 0;
        }
        return fp_zero(sz, n.sign) | (uint64_t)biased << f.m | frac;
}

uint64_t fp_rsqrte(struct fp_env *e, unsigned sz, uint64_t a)
{
        const struct format f = fp_formats[sz];
        struct num n = fp_unpack(e, sz, a);
        int bias = (1 << (f.e - 1)) - 1;
        if (n.kind >= QNAN)
                return fp_process_nan(e, sz, n, a);
        if (n.kind == ZERO) {
                e->fpsr |= FPSR_DZC;
                return fp_inf(sz, n.sign);
        }
        if (n.sign)
                return fp_invalid(e, sz);
        if (n.kind == INF)
                return fp_zero(sz, false);
        /* scaled to 0.25 <= x < 1 with an even exponent taken out */
        unsigned scaled = n.exp & 1 ? (unsigned)(n.sig >> 55) : (unsigned)(n.sig >> 56);
        int biased_in = n.exp + bias, biased = (3 * bias - 1 - biased_in) >> 1;
        if (n.exp & 1)
                biased = (3 * bias - 1 - biased_in) / 2;
        uint64_t frac = (uint64_t)(rsqrt_estimate(scaled) & 255) << (f.m - 8);
        return (uint64_t)biased << f.m | frac;
}

uint64_t fp_recpx(struct fp_env *e, unsigned sz, uint64_t a)
{
        const struct format f = fp_formats[sz];
        struct num n = fp_unpack(e, sz, a);
        uint64_t exp = a >> f.m & ((UINT64_C(1) << f.e) - 1), all = (UINT64_C(1) << f.e) - 1;
        if (n.kind >= QNAN)
                return fp_process_nan(e, sz, n, a);
        if (exp == 0 || n.kind == ZERO)
                return fp_zero(sz, n.sign) | (all - 1) << f.m;
        return fp_zero(sz, n.sign) | (~exp & all) << f.m;
}

/* ---- Newton steps: FPRecipStepFused, FPRSqrtStepFused ---- */

static uint64_t constant(unsigned sz, unsigned two_or_three)
{
        const struct format f = fp_formats[sz];
        uint64_t two = (UINT64_C(1) << (f.e - 1)) << f.m;
        return two_or_three == 2 ? two : two | UINT64_C(1) << (f.m - 1);
}

static uint64_t step(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b, unsigned k, uint64_t if_inf_zero)
{
        uint64_t na = fp_neg(sz, a), r;
        struct num x = fp_unpack(e, sz, na), y = fp_unpack(e, sz, b);
        if (fp_process_nans(e, sz, x, na, y, b, &r))
                return r;
        if ((x.kind == INF && y.kind == ZERO) || (x.kind == ZERO && y.kind == INF))
                return if_inf_zero;
        if (x.kind == INF || y.kind == INF)
                return fp_inf(sz, x.sign ^ y.sign);
        if (k == 2)
                return fp_muladd(e, sz, constant(sz, 2), na, b);
        /* (3 - a * b) / 2 is rounded once, after the halving: an intermediate result can neither be denormal nor overflow. */
        if (x.kind == ZERO || y.kind == ZERO)
                return constant(sz, 3) - (UINT64_C(1) << fp_formats[sz].m); /* 1.5 */
        unsigned __int128 p = (unsigned __int128)x.sig * y.sig, three = (unsigned __int128)3 << 126;
        int ep = x.exp + y.exp + 1;
        if (!(p >> 127)) {
                p <<= 1;
                ep--;
        }
        return fp_sum(e, sz, false, 1 - 1, three, x.sign ^ y.sign, ep - 1, p);
}

uint64_t fp_recps(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return step(e, sz, a, b, 2, constant(sz, 2));
}

uint64_t fp_rsqrts(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return step(e, sz, a, b, 3, constant(sz, 3) - (UINT64_C(1) << fp_formats[sz].m));
}

/* The steps of A32, which round the product, and the difference too. */
static uint64_t rounded_step(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b, unsigned k)
{
        struct num x = fp_unpack(e, sz, a), y = fp_unpack(e, sz, b);
        uint64_t product;
        if (fp_process_nans(e, sz, x, a, y, b, &product))
                return product;
        bool inf_zero = (x.kind == INF && y.kind == ZERO) || (x.kind == ZERO && y.kind == INF);
        product = inf_zero ? fp_zero(sz, false) : fp_mul(e, sz, a, b);
        return fp_sub(e, sz, constant(sz, k), product);
}

uint64_t fp_recip_step(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return rounded_step(e, sz, a, b, 2);
}

uint64_t fp_rsqrt_step(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return fp_div(e, sz, rounded_step(e, sz, a, b, 3), constant(sz, 2));
}
