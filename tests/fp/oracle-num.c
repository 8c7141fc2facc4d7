/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See oracle-num.h. */
#include <assert.h>
#include "oracle-num.h"

mpfr_t operand[3], product, sum, quotient, scaled, floor_, error_;
static mpfr_t sticky, half_ulp;

void or_start(void)
{
        for (unsigned k = 0; k < 3; k++)
                mpfr_init2(operand[k], OPERAND);
        mpfr_inits2(PRODUCT, product, (mpfr_ptr)NULL);
        mpfr_inits2(SHORT, quotient, half_ulp, (mpfr_ptr)NULL);
        mpfr_inits2(STICKY, sticky, (mpfr_ptr)NULL);
        mpfr_inits2(EXACT, sum, scaled, floor_, error_, (mpfr_ptr)NULL);
}

enum or_round or_mode(const struct oracle *o)
{
        return (enum or_round)(o->fpcr >> 22 & 3);
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

struct num unpack(struct oracle *o, unsigned slot, unsigned sz, uint64_t a)
{
        return unpack_base(o, slot, sz, a, flushes(o, sz), false);
}

struct num unpack_cv(struct oracle *o, unsigned sz, uint64_t a)
{
        return unpack_base(o, 0, sz, a, sz != 1 && o->fpcr & OR_FZ, sz == 1 && o->fpcr & OR_AHP);
}

/* ---- FPRoundBase, FPRound, FPRoundCV ---- */

/* x is below the normal numbers. Returns true if it would be rounded up to the smallest of them if exponents had no limit.
 * Machines that look for tininess after rounding then find no tininess. */
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

uint64_t round_base(struct oracle *o, unsigned sz, mpfr_srcptr x, enum or_round r, bool flush, bool alternative)
{
        bool sign = mpfr_signbit(x);
        int exponent = (int)mpfr_get_exp(x) - 1; /* MPFR's significands are below 1 */
        int F = (int)frac_bits(sz), minimum = min_exp(sz);
        if (flush && exponent < minimum) {
                o->fpsr |= OR_UFC;
                o->late_tininess |= normal_when_rounded(sz, x, r);
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

uint64_t round_to(struct oracle *o, unsigned sz, mpfr_srcptr x, enum or_round r)
{
        return round_base(o, sz, x, r, flushes(o, sz), false);
}

uint64_t round_sum(struct oracle *o, unsigned sz, mpfr_srcptr x)
{
        if (mpfr_zero_p(x))
                return zero(sz, or_mode(o) == OR_NEGINF);
        return round_to(o, sz, x, or_mode(o));
}

uint64_t round_quotient(struct oracle *o, unsigned sz, int inexact)
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

uint64_t invalid(struct oracle *o, unsigned sz)
{
        o->fpsr |= OR_IOC;
        return default_nan(sz);
}

uint64_t process_nan(struct oracle *o, unsigned sz, struct num n, uint64_t a)
{
        if (n.cls == SNAN)
                o->fpsr |= OR_IOC;
        return o->fpcr & OR_DN ? default_nan(sz) : a | quiet_bit(sz);
}

bool process_nans(struct oracle *o, unsigned sz, unsigned count, const struct num *n, const uint64_t *bits, uint64_t *result)
{
        for (enum cls c = SNAN; c >= QNAN; c--)
                for (unsigned k = 0; k < count; k++)
                        if (n[k].cls == c) {
                                *result = process_nan(o, sz, n[k], bits[k]);
                                return true;
                        }
        return false;
}

struct pair unpack_pair(struct oracle *o, unsigned sz, uint64_t a, uint64_t b)
{
        struct pair p = { .a = unpack(o, 0, sz, a), .b = unpack(o, 1, sz, b) };
        p.done = process_nans(o, sz, 2, (struct num[]){ p.a, p.b }, (uint64_t[]){ a, b }, &p.result);
        return p;
}

void multiply(struct num a, struct num b)
{
        int lost = mpfr_mul(product, a.value, b.value, MPFR_RNDN);
        assert(!lost);
}
