/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oracle's conversions to integers, to and from fixed-point numbers, and between formats (oracle.h). Headings and comments
 * tell the names in the Arm ARM's shared pseudocode. */
#include "oracle-num.h"

/* ---- integers and fixed-point numbers ---- */

/* Sets floor_ to x rounded to an integer. Returns true if that is another number than x. */
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
