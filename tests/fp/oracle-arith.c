/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oracle's arithmetic and comparisons (oracle.h). Headings are names of the Arm ARM's shared pseudocode. */
#include <assert.h>
#include "oracle-num.h"

/* ---- FPNeg, FPAbs ---- */

uint64_t or_neg(unsigned sz, uint64_t a)
{
        return a ^ UINT64_C(1) << (width(sz) - 1);
}
uint64_t or_abs(unsigned sz, uint64_t a)
{
        return a & ones(width(sz) - 1);
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
