/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oracle's estimates of reciprocals and of reciprocal square roots, and the steps that make estimates more precise
 * (oracle.h). Headings are names of the Arm ARM's shared pseudocode. */
#include <assert.h>
#include "oracle-num.h"

/* ---- RecipEstimate, RecipSqrtEstimate ---- */

/* Entries of the Arm ARM's tables of estimates, computed. */

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

/* The fraction of `a`, widened to double precision's 52 bits. */
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
