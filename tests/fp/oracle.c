/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See oracle.h. Function by function as in the Arm ARM's shared pseudocode; its names are in the comments. */
#include <assert.h>
#include <mpfr.h>
#include "oracle.h"

/* Sums of a product and a number of double precision are exact in EXACT bits; quotients and roots are kept to SHORT bits with a
 * sticky bit below. */
enum { OPERAND = 64, PRODUCT = 128, SHORT = 192, STICKY = 256, EXACT = 4400 };

enum cls { ZERO, FINITE, INFINITE, QNAN, SNAN };

struct num {
        enum cls cls;
        bool sign;
        mpfr_ptr value;
};

static mpfr_t operand[3], product, sum, quotient, sticky, half_ulp, scaled, floor_, error_;

void or_start(void)
{
        for (unsigned k = 0; k < 3; k++)
                mpfr_init2(operand[k], OPERAND);
        mpfr_inits2(PRODUCT, product, (mpfr_ptr)NULL);
        mpfr_inits2(SHORT, quotient, half_ulp, (mpfr_ptr)NULL);
        mpfr_inits2(STICKY, sticky, (mpfr_ptr)NULL);
        mpfr_inits2(EXACT, sum, scaled, floor_, error_, (mpfr_ptr)NULL);
}

/* ---- formats ---- */

static unsigned width(unsigned sz)
{
        return 8u << sz;
}
static unsigned frac_bits(unsigned sz)
{
        return sz == 1 ? 10 : sz == 2 ? 23 : 52;
}
static unsigned exp_bits(unsigned sz)
{
        return sz == 1 ? 5 : sz == 2 ? 8 : 11;
}
static int min_exp(unsigned sz)
{
        return sz == 1 ? -14 : sz == 2 ? -126 : -1022;
}
static uint64_t ones(unsigned n)
{
        return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}
static bool sign_of(unsigned sz, uint64_t a)
{
        return a >> (width(sz) - 1) & 1;
}
static uint64_t exp_of(unsigned sz, uint64_t a)
{
        return a >> frac_bits(sz) & ones(exp_bits(sz));
}
static uint64_t frac_of(unsigned sz, uint64_t a)
{
        return a & ones(frac_bits(sz));
}
static uint64_t quiet_bit(unsigned sz)
{
        return UINT64_C(1) << (frac_bits(sz) - 1);
}

static uint64_t pack(unsigned sz, bool sign, uint64_t exp, uint64_t frac)
{
        return (uint64_t)sign << (width(sz) - 1) | exp << frac_bits(sz) | frac;
}

static uint64_t zero(unsigned sz, bool sign)
{
        return pack(sz, sign, 0, 0);
}
static uint64_t infinity(unsigned sz, bool sign)
{
        return pack(sz, sign, ones(exp_bits(sz)), 0);
}
static uint64_t max_normal(unsigned sz, bool sign)
{
        return pack(sz, sign, ones(exp_bits(sz)) - 1, ones(frac_bits(sz)));
}
static uint64_t default_nan(unsigned sz)
{
        return pack(sz, false, ones(exp_bits(sz)), quiet_bit(sz));
}
static uint64_t two(unsigned sz, bool sign)
{
        return pack(sz, sign, UINT64_C(1) << (exp_bits(sz) - 1), 0);
}

static uint64_t one_point_five(unsigned sz, bool sign)
{
        return pack(sz, sign, ones(exp_bits(sz) - 1), quiet_bit(sz));
}

uint64_t or_neg(unsigned sz, uint64_t a)
{
        return a ^ UINT64_C(1) << (width(sz) - 1);
}
uint64_t or_abs(unsigned sz, uint64_t a)
{
        return a & ones(width(sz) - 1);
}

enum or_round or_mode(const struct oracle *o)
{
        return (enum or_round)(o->fpcr >> 22 & 3);
}

static bool flushes(const struct oracle *o, unsigned sz)
{
        return o->fpcr & (sz == 1 ? OR_FZ16 : OR_FZ);
}

/* ---- FPUnpackBase, FPUnpack, FPUnpackCV ---- */

static struct num unpack_base(struct oracle *o, unsigned slot, unsigned sz, uint64_t a, bool flush, bool alternative)
{
        struct num n = { .sign = sign_of(sz, a), .value = operand[slot] };
        uint64_t exp = exp_of(sz, a), frac = frac_of(sz, a);
        mpfr_set_zero(n.value, n.sign ? -1 : 1);
        if (exp == 0 && (frac == 0 || flush)) {
                n.cls = ZERO;
                if (frac && sz != 1) /* FZ16 is silent */
                        o->fpsr |= OR_IDC;
        } else if (exp == ones(exp_bits(sz)) && !alternative) {
                n.cls = frac == 0 ? INFINITE : frac & quiet_bit(sz) ? QNAN : SNAN;
        } else {
                n.cls = FINITE;
                uint64_t mant = exp ? frac | UINT64_C(1) << frac_bits(sz) : frac;
                int e = exp ? (int)exp - 1 : 0;
                mpfr_set_ui_2exp(n.value, mant, e + min_exp(sz) - (int)frac_bits(sz), MPFR_RNDN);
                mpfr_setsign(n.value, n.value, n.sign, MPFR_RNDN);
        }
        return n;
}

static struct num unpack(struct oracle *o, unsigned slot, unsigned sz, uint64_t a)
{
        return unpack_base(o, slot, sz, a, flushes(o, sz), false);
}

/* For conversions between formats: FZ16 does not count, AHP does. */
static struct num unpack_cv(struct oracle *o, unsigned sz, uint64_t a)
{
        return unpack_base(o, 0, sz, a, sz != 1 && o->fpcr & OR_FZ, sz == 1 && o->fpcr & OR_AHP);
}

static bool is_nan(struct num n)
{
        return n.cls >= QNAN;
}

/* ---- FPRoundBase, FPRound, FPRoundCV ---- */

/* Would x, which is below the normal numbers, be rounded up to the smallest of them if exponents had no limit? Then it is not
 * tiny for machines that look after rounding. */
static bool normal_when_rounded(unsigned sz, mpfr_srcptr x, enum or_round r)
{
        bool sign = mpfr_signbit(x);
        int exponent = (int)mpfr_get_exp(x) - 1, F = (int)frac_bits(sz);
        if (exponent != min_exp(sz) - 1 || r == OR_ZERO || r == OR_ODD || (r == OR_POSINF && sign) || (r == OR_NEGINF && !sign))
                return false;
        mpfr_abs(scaled, x, MPFR_RNDN);
        mpfr_mul_2si(scaled, scaled, F - exponent, MPFR_RNDN);
        mpfr_ui_sub(scaled, (2ul << F), scaled, MPFR_RNDN); /* what is missing, in units of the last place */
        return r == OR_POSINF || r == OR_NEGINF ? mpfr_cmp_ui(scaled, 1) < 0 : mpfr_cmp_d(scaled, 0.5) <= 0;
}

static uint64_t round_base(struct oracle *o, unsigned sz, mpfr_srcptr x, enum or_round r, bool flush, bool alternative)
{
        bool sign = mpfr_signbit(x);
        int exponent = (int)mpfr_get_exp(x) - 1; /* MPFR's significands are below 1 */
        int F = (int)frac_bits(sz), minimum = min_exp(sz);
        if (flush && exponent < minimum) {
                o->fpsr |= OR_UFC;
                return zero(sz, sign);
        }
        uint64_t biased = exponent < minimum ? 0 : (uint64_t)(exponent - minimum + 1);
        mpfr_abs(scaled, x, MPFR_RNDN);
        mpfr_mul_2si(scaled, scaled, F - (biased ? exponent : minimum), MPFR_RNDN);
        mpfr_floor(floor_, scaled);
        mpfr_sub(error_, scaled, floor_, MPFR_RNDN);
        uint64_t mant = mpfr_get_ui(floor_, MPFR_RNDZ);
        bool exact = mpfr_zero_p(error_), up, overflow_to_inf;
        int half = mpfr_cmp_d(error_, 0.5);
        if (!biased && !exact)
                o->fpsr |= OR_UFC;
        switch (r) {
        case OR_TIEEVEN: up = half > 0 || (half == 0 && mant & 1), overflow_to_inf = true; break;
        case OR_TIEAWAY: up = half >= 0, overflow_to_inf = true; break;
        case OR_POSINF: up = !exact && !sign, overflow_to_inf = !sign; break;
        case OR_NEGINF: up = !exact && sign, overflow_to_inf = sign; break;
        default: up = overflow_to_inf = false; break;
        }
        if (up) {
                mant++;
                if (!biased && mant == UINT64_C(1) << F) {
                        biased = 1;
                        o->late_tininess |= normal_when_rounded(sz, x, r);
                }
                if (mant == UINT64_C(1) << (F + 1))
                        biased++, mant >>= 1;
        }
        if (!exact && r == OR_ODD)
                mant |= 1;
        if (alternative && biased >= ones(exp_bits(sz)) + 1) {
                o->fpsr |= OR_IOC;
                return pack(sz, sign, ones(exp_bits(sz)), ones(frac_bits(sz)));
        }
        if (!alternative && biased >= ones(exp_bits(sz))) {
                o->fpsr |= OR_OFC | OR_IXC;
                return overflow_to_inf ? infinity(sz, sign) : max_normal(sz, sign);
        }
        if (!exact)
                o->fpsr |= OR_IXC;
        return pack(sz, sign, biased, mant & ones(frac_bits(sz)));
}

static uint64_t round_to(struct oracle *o, unsigned sz, mpfr_srcptr x, enum or_round r)
{
        return round_base(o, sz, x, r, flushes(o, sz), false);
}

/* The result of a calculation; a zero that was not one of the operands' has the sign that the rounding mode asks for. */
static uint64_t round_sum(struct oracle *o, unsigned sz, mpfr_srcptr x)
{
        if (mpfr_zero_p(x))
                return zero(sz, or_mode(o) == OR_NEGINF);
        return round_to(o, sz, x, or_mode(o));
}

/* quotient was rounded towards zero; the sticky bit says whether it is exact. */
static uint64_t round_quotient(struct oracle *o, unsigned sz, int inexact)
{
        mpfr_set(sticky, quotient, MPFR_RNDN);
        if (inexact) {
                mpfr_set_si_2exp(half_ulp, mpfr_sgn(quotient), mpfr_get_exp(quotient) - SHORT - 1, MPFR_RNDN);
                int lost = mpfr_add(sticky, sticky, half_ulp, MPFR_RNDN);
                assert(!lost);
        }
        return round_to(o, sz, sticky, or_mode(o));
}

/* ---- FPProcessNaN, FPProcessNaNs, FPProcessNaNs3 ---- */

static uint64_t invalid(struct oracle *o, unsigned sz)
{
        o->fpsr |= OR_IOC;
        return default_nan(sz);
}

static uint64_t process_nan(struct oracle *o, unsigned sz, struct num n, uint64_t a)
{
        if (n.cls == SNAN)
                o->fpsr |= OR_IOC;
        return o->fpcr & OR_DN ? default_nan(sz) : a | quiet_bit(sz);
}

static bool process_nans(struct oracle *o, unsigned sz, unsigned count, const struct num *n, const uint64_t *bits,
                         uint64_t *result)
{
        for (enum cls c = SNAN; c >= QNAN; c--)
                for (unsigned k = 0; k < count; k++)
                        if (n[k].cls == c) {
                                *result = process_nan(o, sz, n[k], bits[k]);
                                return true;
                        }
        return false;
}

struct pair {
        struct num a, b;
        bool done;
        uint64_t result;
};

static struct pair unpack_pair(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        struct pair p = { .a = unpack(o, 0, sz, a), .b = unpack(o, 1, sz, b) };
        p.done = process_nans(o, sz, 2, (struct num[]){ p.a, p.b }, (uint64_t[]){ a, b }, &p.result);
        return p;
}

static bool either(struct pair p, enum cls c)
{
        return p.a.cls == c || p.b.cls == c;
}

static bool inf_times_zero(struct num a, struct num b)
{
        return (a.cls == INFINITE && b.cls == ZERO) || (a.cls == ZERO && b.cls == INFINITE);
}

static void multiply(struct num a, struct num b)
{
        int lost = mpfr_mul(product, a.value, b.value, MPFR_RNDN);
        assert(!lost);
}

/* ---- FPAdd, FPSub ---- */

static uint64_t add_sub(struct oracle *o, unsigned sz, uint64_t a, uint64_t b, bool subtract)
{
        struct pair p = unpack_pair(o, sz, a, b);
        if (p.done)
                return p.result;
        bool sign_b = p.b.sign != subtract;
        if (p.a.cls == INFINITE && p.b.cls == INFINITE && p.a.sign != sign_b)
                return invalid(o, sz);
        if (p.a.cls == INFINITE)
                return infinity(sz, p.a.sign);
        if (p.b.cls == INFINITE)
                return infinity(sz, sign_b);
        if (p.a.cls == ZERO && p.b.cls == ZERO && p.a.sign == sign_b)
                return zero(sz, p.a.sign);
        int lost = (subtract ? mpfr_sub : mpfr_add)(sum, p.a.value, p.b.value, MPFR_RNDN);
        assert(!lost);
        return round_sum(o, sz, sum);
}

uint64_t or_add(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return add_sub(o, sz, a, b, false);
}
uint64_t or_sub(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return add_sub(o, sz, a, b, true);
}

/* ---- FPMul, FPMulX, FPDiv, FPSqrt ---- */

static uint64_t mul(struct oracle *o, unsigned sz, uint64_t a, uint64_t b, bool extended)
{
        struct pair p = unpack_pair(o, sz, a, b);
        bool sign = p.a.sign != p.b.sign;
        if (p.done)
                return p.result;
        if (inf_times_zero(p.a, p.b))
                return extended ? two(sz, sign) : invalid(o, sz);
        if (either(p, INFINITE))
                return infinity(sz, sign);
        if (either(p, ZERO))
                return zero(sz, sign);
        multiply(p.a, p.b);
        return round_to(o, sz, product, or_mode(o));
}

uint64_t or_mul(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return mul(o, sz, a, b, false);
}
uint64_t or_mulx(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return mul(o, sz, a, b, true);
}

uint64_t or_div(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        struct pair p = unpack_pair(o, sz, a, b);
        bool sign = p.a.sign != p.b.sign;
        if (p.done)
                return p.result;
        if ((p.a.cls == INFINITE && p.b.cls == INFINITE) || (p.a.cls == ZERO && p.b.cls == ZERO))
                return invalid(o, sz);
        if (p.a.cls == INFINITE || p.b.cls == ZERO) {
                if (p.a.cls != INFINITE)
                        o->fpsr |= OR_DZC;
                return infinity(sz, sign);
        }
        if (p.a.cls == ZERO || p.b.cls == INFINITE)
                return zero(sz, sign);
        return round_quotient(o, sz, mpfr_div(quotient, p.a.value, p.b.value, MPFR_RNDZ));
}

uint64_t or_sqrt(struct oracle *o, unsigned sz, uint64_t a)
{
        struct num n = unpack(o, 0, sz, a);
        if (is_nan(n))
                return process_nan(o, sz, n, a);
        if (n.cls == ZERO)
                return zero(sz, n.sign);
        if (n.sign)
                return invalid(o, sz);
        if (n.cls == INFINITE)
                return infinity(sz, false);
        return round_quotient(o, sz, mpfr_sqrt(quotient, n.value, MPFR_RNDZ));
}

/* ---- FPMulAdd ---- */

uint64_t or_muladd(struct oracle *o, unsigned sz, uint64_t addend, uint64_t a, uint64_t b)
{
        struct num c = unpack(o, 2, sz, addend), n = unpack(o, 0, sz, a), m = unpack(o, 1, sz, b);
        uint64_t result;
        bool done = process_nans(o, sz, 3, (struct num[]){ c, n, m }, (uint64_t[]){ addend, a, b }, &result);
        if (c.cls == QNAN && inf_times_zero(n, m))
                return invalid(o, sz);
        if (done)
                return result;
        bool sign_p = n.sign != m.sign, inf_p = n.cls == INFINITE || m.cls == INFINITE, zero_p = n.cls == ZERO || m.cls == ZERO;
        if (inf_times_zero(n, m) || (c.cls == INFINITE && inf_p && c.sign != sign_p))
                return invalid(o, sz);
        if (c.cls == INFINITE)
                return infinity(sz, c.sign);
        if (inf_p)
                return infinity(sz, sign_p);
        if (c.cls == ZERO && zero_p && c.sign == sign_p)
                return zero(sz, c.sign);
        multiply(n, m);
        int lost = mpfr_add(sum, c.value, product, MPFR_RNDN);
        assert(!lost);
        return round_sum(o, sz, sum);
}

/* ---- FPMax, FPMin, FPMaxNum, FPMinNum ---- */

static uint64_t max_min(struct oracle *o, unsigned sz, uint64_t a, uint64_t b, bool want_min)
{
        struct pair p = unpack_pair(o, sz, a, b);
        if (p.done)
                return p.result;
        if (p.a.cls == INFINITE)
                mpfr_set_inf(p.a.value, p.a.sign ? -1 : 1);
        if (p.b.cls == INFINITE)
                mpfr_set_inf(p.b.value, p.b.sign ? -1 : 1);
        int order = mpfr_cmp(p.a.value, p.b.value);
        struct num n = (want_min ? order < 0 : order > 0) ? p.a : p.b;
        if (n.cls == INFINITE)
                return infinity(sz, n.sign);
        if (n.cls == ZERO)
                return zero(sz, want_min ? p.a.sign || p.b.sign : p.a.sign && p.b.sign);
        return round_to(o, sz, n.value, or_mode(o));
}

static uint64_t max_min_num(struct oracle *o, unsigned sz, uint64_t a, uint64_t b, bool want_min)
{
        struct num n = unpack(o, 0, sz, a), m = unpack(o, 1, sz, b);
        if (n.cls == QNAN && m.cls != QNAN)
                a = infinity(sz, !want_min);
        else if (n.cls != QNAN && m.cls == QNAN)
                b = infinity(sz, !want_min);
        return max_min(o, sz, a, b, want_min);
}

uint64_t or_max(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return max_min(o, sz, a, b, false);
}
uint64_t or_min(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return max_min(o, sz, a, b, true);
}
uint64_t or_maxnm(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return max_min_num(o, sz, a, b, false);
}
uint64_t or_minnm(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return max_min_num(o, sz, a, b, true);
}

/* ---- RecipEstimate, RecipSqrtEstimate: the tables, computed ---- */

static unsigned recip_estimate(unsigned a)
{
        assert(a >= 256 && a < 512);
        a = a * 2 + 1;
        unsigned b = (1u << 19) / a, r = (b + 1) / 2;
        assert(r >= 256 && r < 512);
        return r;
}

static unsigned recip_sqrt_estimate(unsigned a)
{
        assert(a >= 128 && a < 512);
        if (a < 256)
                a = a * 2 + 1;
        else
                a = ((a >> 1 << 1) + 1) * 2;
        unsigned b = 512;
        while (a * (b + 1) * (b + 1) < 1u << 28)
                b++;
        unsigned r = (b + 1) / 2;
        assert(r >= 256 && r < 512);
        return r;
}

uint32_t or_urecpe(uint32_t a)
{
        return a >> 31 ? recip_estimate(a >> 23) << 23 : 0xffffffff;
}
uint32_t or_ursqrte(uint32_t a)
{
        return a >> 30 ? recip_sqrt_estimate(a >> 23) << 23 : 0xffffffff;
}

/* ---- FPRecipEstimate, FPRSqrtEstimate, FPRecpX ---- */

/* The fraction as one of double precision. */
static uint64_t wide_frac(unsigned sz, uint64_t a)
{
        return frac_of(sz, a) << (52 - frac_bits(sz));
}

static uint64_t recip_finite(unsigned sz, uint64_t a)
{
        static const int base[] = { 0, 29, 253, 2045 };
        uint64_t frac = wide_frac(sz, a);
        int exp = (int)exp_of(sz, a);
        if (exp == 0) {
                if (frac >> 51)
                        frac = frac << 1 & ones(52);
                else
                        exp = -1, frac = frac << 2 & ones(52);
        }
        unsigned estimate = recip_estimate(256 | (unsigned)(frac >> 44));
        int result_exp = base[sz] - exp;
        frac = (uint64_t)(estimate & 0xff) << 44;
        if (result_exp == 0)
                frac = UINT64_C(1) << 51 | frac >> 1;
        else if (result_exp == -1)
                frac = UINT64_C(1) << 50 | frac >> 2, result_exp = 0;
        return pack(sz, sign_of(sz, a), (uint64_t)result_exp, frac >> (52 - frac_bits(sz)));
}

uint64_t or_recpe(struct oracle *o, unsigned sz, uint64_t a)
{
        struct num n = unpack(o, 0, sz, a);
        enum or_round r = or_mode(o);
        if (is_nan(n))
                return process_nan(o, sz, n, a);
        if (n.cls == INFINITE)
                return zero(sz, n.sign);
        if (n.cls == ZERO) {
                o->fpsr |= OR_DZC;
                return infinity(sz, n.sign);
        }
        if (mpfr_cmpabs(n.value, (mpfr_set_ui_2exp(scaled, 1, min_exp(sz) - 2, MPFR_RNDN), scaled)) < 0) {
                o->fpsr |= OR_OFC | OR_IXC;
                bool to_inf = r == OR_TIEEVEN || (r == OR_POSINF && !n.sign) || (r == OR_NEGINF && n.sign);
                return to_inf ? infinity(sz, n.sign) : max_normal(sz, n.sign);
        }
        if (flushes(o, sz) && mpfr_cmpabs(n.value, (mpfr_set_ui_2exp(scaled, 1, -min_exp(sz), MPFR_RNDN), scaled)) >= 0) {
                o->fpsr |= OR_UFC;
                return zero(sz, n.sign);
        }
        return recip_finite(sz, a);
}

uint64_t or_rsqrte(struct oracle *o, unsigned sz, uint64_t a)
{
        static const int base[] = { 0, 44, 380, 3068 };
        struct num n = unpack(o, 0, sz, a);
        if (is_nan(n))
                return process_nan(o, sz, n, a);
        if (n.cls == ZERO) {
                o->fpsr |= OR_DZC;
                return infinity(sz, n.sign);
        }
        if (n.sign)
                return invalid(o, sz);
        if (n.cls == INFINITE)
                return zero(sz, false);
        uint64_t frac = wide_frac(sz, a);
        int exp = (int)exp_of(sz, a);
        if (exp == 0) {
                for (; !(frac >> 51); exp--)
                        frac = frac << 1 & ones(52);
                frac = frac << 1 & ones(52);
        }
        unsigned estimate = recip_sqrt_estimate(exp & 1 ? 128 | (unsigned)(frac >> 45) : 256 | (unsigned)(frac >> 44));
        int result_exp = (base[sz] - exp) / 2;
        return pack(sz, false, (uint64_t)result_exp, (uint64_t)(estimate & 0xff) << 44 >> (52 - frac_bits(sz)));
}

uint64_t or_recpx(struct oracle *o, unsigned sz, uint64_t a)
{
        struct num n = unpack(o, 0, sz, a);
        uint64_t exp = exp_of(sz, a), all = ones(exp_bits(sz));
        if (is_nan(n))
                return process_nan(o, sz, n, a);
        return pack(sz, n.sign, exp == 0 ? all - 1 : ~exp & all, 0);
}

/* ---- FPRecipStepFused, FPRSqrtStepFused ---- */

static uint64_t step(struct oracle *o, unsigned sz, uint64_t a, uint64_t b, bool root)
{
        struct pair p = unpack_pair(o, sz, or_neg(sz, a), b);
        if (p.done)
                return p.result;
        if (inf_times_zero(p.a, p.b))
                return root ? one_point_five(sz, false) : two(sz, false);
        if (either(p, INFINITE))
                return infinity(sz, p.a.sign != p.b.sign);
        multiply(p.a, p.b);
        int lost = mpfr_add_ui(sum, product, root ? 3 : 2, MPFR_RNDN);
        assert(!lost);
        if (root)
                mpfr_div_2ui(sum, sum, 1, MPFR_RNDN);
        return round_sum(o, sz, sum);
}

uint64_t or_recps(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return step(o, sz, a, b, false);
}
uint64_t or_rsqrts(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return step(o, sz, a, b, true);
}

/* ---- FPCompare, FPCompareEQ, FPCompareGE, FPCompareGT ---- */

enum order { LESS, EQUAL, GREATER, UNORDERED };

static enum order compare(struct oracle *o, unsigned sz, uint64_t a, uint64_t b, bool signalling)
{
        struct num n = unpack(o, 0, sz, a), m = unpack(o, 1, sz, b);
        if (is_nan(n) || is_nan(m)) {
                if (signalling || n.cls == SNAN || m.cls == SNAN)
                        o->fpsr |= OR_IOC;
                return UNORDERED;
        }
        if (n.cls == INFINITE)
                mpfr_set_inf(n.value, n.sign ? -1 : 1);
        if (m.cls == INFINITE)
                mpfr_set_inf(m.value, m.sign ? -1 : 1);
        int c = mpfr_cmp(n.value, m.value);
        return c < 0 ? LESS : c == 0 ? EQUAL : GREATER;
}

unsigned or_compare(struct oracle *o, unsigned sz, uint64_t a, uint64_t b, bool signalling)
{
        static const unsigned nzcv[] = { [LESS] = 8, [EQUAL] = 6, [GREATER] = 2, [UNORDERED] = 3 };
        return nzcv[compare(o, sz, a, b, signalling)];
}

bool or_eq (struct oracle * o, unsigned sz, uint64_t a, uint64_t b)
{
        return compare(o, sz, a, b, false) == EQUAL;
}

bool or_ge(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        enum order c = compare(o, sz, a, b, true);
        return c == GREATER || c == EQUAL;
}

bool or_gt(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        return compare(o, sz, a, b, true) == GREATER;
}

/* ---- to integers ---- */

/* floor_ = x rounded to an integer. Returns whether it is another number than x. */
static bool round_integer(mpfr_srcptr x, enum or_round r)
{
        mpfr_floor(floor_, x);
        mpfr_sub(error_, x, floor_, MPFR_RNDN);
        bool exact = mpfr_zero_p(error_), up = false;
        int half = mpfr_cmp_d(error_, 0.5);
        switch (r) {
        case OR_TIEEVEN:
                mpfr_div_2ui(scaled, floor_, 1, MPFR_RNDN);
                up = half > 0 || (half == 0 && !mpfr_integer_p(scaled));
                break;
        case OR_POSINF: up = !exact; break;
        case OR_ZERO: up = !exact && mpfr_sgn(floor_) < 0; break;
        case OR_TIEAWAY: up = half > 0 || (half == 0 && mpfr_sgn(floor_) >= 0); break;
        default: break;
        }
        if (up)
                mpfr_add_ui(floor_, floor_, 1, MPFR_RNDN);
        return !exact;
}

/* FPRoundInt */
uint64_t or_roundint(struct oracle *o, unsigned sz, uint64_t a, enum or_round r, bool exact)
{
        struct num n = unpack(o, 0, sz, a);
        if (is_nan(n))
                return process_nan(o, sz, n, a);
        if (n.cls == INFINITE)
                return infinity(sz, n.sign);
        if (n.cls == ZERO)
                return zero(sz, n.sign);
        bool inexact = round_integer(n.value, r);
        if (inexact && exact)
                o->fpsr |= OR_IXC;
        if (mpfr_zero_p(floor_))
                return zero(sz, n.sign);
        mpfr_set(sum, floor_, MPFR_RNDN);
        return round_to(o, sz, sum, OR_ZERO);
}

/* FPToFixed with SatQ */
uint64_t or_to_fixed(struct oracle *o, unsigned sz, uint64_t a, unsigned isz, unsigned fbits, bool is_unsigned, enum or_round r)
{
        struct num n = unpack(o, 0, sz, a);
        unsigned bits = width(isz);
        uint64_t largest = is_unsigned ? ones(bits) : ones(bits - 1), smallest = is_unsigned ? 0 : UINT64_C(1) << (bits - 1);
        if (is_nan(n) || n.cls == INFINITE) {
                o->fpsr |= OR_IOC;
                return is_nan(n) ? 0 : n.sign ? smallest : largest;
        }
        mpfr_mul_2ui(sum, n.value, fbits, MPFR_RNDN);
        bool inexact = round_integer(sum, r);
        mpfr_set_ui_2exp(scaled, 1, is_unsigned ? bits : bits - 1, MPFR_RNDN);
        if (mpfr_greaterequal_p(floor_, scaled)) {
                o->fpsr |= OR_IOC;
                return largest;
        }
        mpfr_neg(scaled, scaled, MPFR_RNDN);
        if (is_unsigned ? mpfr_sgn(floor_) < 0 : mpfr_less_p(floor_, scaled)) {
                o->fpsr |= OR_IOC;
                return smallest;
        }
        if (inexact)
                o->fpsr |= OR_IXC;
        uint64_t v = is_unsigned ? mpfr_get_ui(floor_, MPFR_RNDZ) : (uint64_t)mpfr_get_si(floor_, MPFR_RNDZ);
        return v & ones(bits);
}

/* FixedToFP */
uint64_t or_from_fixed(struct oracle *o, unsigned sz, uint64_t v, unsigned isz, unsigned fbits, bool is_unsigned, enum or_round r)
{
        unsigned unused = 64 - width(isz);
        if (is_unsigned)
                mpfr_set_ui(operand[0], v << unused >> unused, MPFR_RNDN);
        else
                mpfr_set_si(operand[0], (int64_t)(v << unused) >> unused, MPFR_RNDN);
        if (mpfr_zero_p(operand[0]))
                return zero(sz, false);
        mpfr_div_2ui(operand[0], operand[0], fbits, MPFR_RNDN);
        return round_to(o, sz, operand[0], r);
}

/* FPToFixedJS */
uint32_t or_to_int_js(struct oracle *o, uint64_t a, bool *z)
{
        struct num n = unpack(o, 0, 3, a);
        if (is_nan(n) || n.cls == INFINITE) {
                o->fpsr |= OR_IOC;
                *z = false;
                return 0;
        }
        bool inexact = round_integer(n.value, OR_ZERO);
        bool out = mpfr_cmp_si(floor_, INT32_MIN) < 0 || mpfr_cmp_si(floor_, INT32_MAX) > 0;
        if (out)
                o->fpsr |= OR_IOC;
        else if (inexact)
                o->fpsr |= OR_IXC;
        *z = !out && !inexact && !(n.cls == ZERO && (n.sign || frac_of(3, a)));
        mpfr_div_2ui(scaled, floor_, 32, MPFR_RNDN);
        mpfr_floor(scaled, scaled);
        mpfr_mul_2ui(scaled, scaled, 32, MPFR_RNDN);
        mpfr_sub(floor_, floor_, scaled, MPFR_RNDN);
        return (uint32_t)mpfr_get_ui(floor_, MPFR_RNDZ);
}

/* ---- FPConvert, FPConvertNaN ---- */

static uint64_t convert_nan(unsigned from, unsigned to, uint64_t a)
{
        uint64_t payload = (a & ones(frac_bits(from) - 1)) << (51 - (frac_bits(from) - 1));
        return pack(to, sign_of(from, a), ones(exp_bits(to)), quiet_bit(to) | payload >> (51 - (frac_bits(to) - 1)));
}

uint64_t or_convert(struct oracle *o, unsigned from, unsigned to, uint64_t a, enum or_round r)
{
        struct num n = unpack_cv(o, from, a);
        bool alternative = to == 1 && o->fpcr & OR_AHP;
        if (is_nan(n)) {
                if (n.cls == SNAN || alternative)
                        o->fpsr |= OR_IOC;
                return alternative ? zero(to, n.sign) : o->fpcr & OR_DN ? default_nan(to) : convert_nan(from, to, a);
        }
        if (n.cls == INFINITE && alternative) {
                o->fpsr |= OR_IOC;
                return pack(to, n.sign, ones(exp_bits(to)), ones(frac_bits(to)));
        }
        if (n.cls == INFINITE)
                return infinity(to, n.sign);
        if (n.cls == ZERO)
                return zero(to, n.sign);
        return round_base(o, to, n.value, r, to != 1 && o->fpcr & OR_FZ, alternative);
}
