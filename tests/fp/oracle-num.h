/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the parts of the oracle, oracle-*.c, keep numbers: a class and an exact value of MPFR. The functions here make them from
 * bits, and bits from results. Comments tell what a function is called in the Arm ARM's shared pseudocode. sz is a format as in
 * oracle.h. */
#pragma once
#include <mpfr.h>
#include "oracle.h"

/* ---- formats ---- */

static inline unsigned width(unsigned sz)
{
        return 8u << sz;
}
static inline unsigned frac_bits(unsigned sz)
{
        return sz == 1 ? 10 : sz == 2 ? 23 : 52;
}
static inline unsigned exp_bits(unsigned sz)
{
        return sz == 1 ? 5 : sz == 2 ? 8 : 11;
}
static inline int min_exp(unsigned sz)
{
        return sz == 1 ? -14 : sz == 2 ? -126 : -1022;
}
static inline uint64_t ones(unsigned n)
{
        return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}
static inline bool sign_of(unsigned sz, uint64_t a)
{
        return a >> (width(sz) - 1) & 1;
}
static inline uint64_t exp_of(unsigned sz, uint64_t a)
{
        return a >> frac_bits(sz) & ones(exp_bits(sz));
}
static inline uint64_t frac_of(unsigned sz, uint64_t a)
{
        return a & ones(frac_bits(sz));
}
static inline uint64_t quiet_bit(unsigned sz)
{
        return UINT64_C(1) << (frac_bits(sz) - 1);
}

static inline uint64_t pack(unsigned sz, bool sign, uint64_t exp, uint64_t frac)
{
        return (uint64_t)sign << (width(sz) - 1) | exp << frac_bits(sz) | frac;
}

static inline uint64_t zero(unsigned sz, bool sign)
{
        return pack(sz, sign, 0, 0);
}
static inline uint64_t infinity(unsigned sz, bool sign)
{
        return pack(sz, sign, ones(exp_bits(sz)), 0);
}
static inline uint64_t max_normal(unsigned sz, bool sign)
{
        return pack(sz, sign, ones(exp_bits(sz)) - 1, ones(frac_bits(sz)));
}
static inline uint64_t default_nan(unsigned sz)
{
        return pack(sz, false, ones(exp_bits(sz)), quiet_bit(sz));
}
static inline uint64_t two(unsigned sz, bool sign)
{
        return pack(sz, sign, UINT64_C(1) << (exp_bits(sz) - 1), 0);
}

static inline uint64_t one_point_five(unsigned sz, bool sign)
{
        return pack(sz, sign, ones(exp_bits(sz) - 1), quiet_bit(sz));
}

/* True when FPCR says that subnormal numbers of that format are taken for zero. */
static inline bool flushes(const struct oracle *o, unsigned sz)
{
        return o->fpcr & (sz == 1 ? OR_FZ16 : OR_FZ);
}

/* ---- values ---- */

/* Precision in bits. Sums of a product and a number of double precision are exact in EXACT bits; quotients and roots are kept to
 * SHORT bits with a sticky bit below. */
enum { OPERAND = 64, PRODUCT = 128, SHORT = 192, STICKY = 256, EXACT = 4400 };

/* Variables of these precisions. One calculation is made at a time; round_base() overwrites the last three. */
extern mpfr_t operand[3], product, sum, quotient, scaled, floor_, error_;

enum cls { ZERO, FINITE, INFINITE, QNAN, SNAN };

struct num {
        enum cls cls;
        bool sign;
        mpfr_ptr value; /* zero if cls is INFINITE, QNAN or SNAN */
};

static inline bool is_nan(struct num n)
{
        return n.cls >= QNAN;
}

/* FPUnpack: the number that `a` is, in operand[slot]. */
struct num unpack(struct oracle *o, unsigned slot, unsigned sz, uint64_t a);
/* FPUnpackCV: the operand of a conversion between formats, in operand[0]. For it FZ16 does not count and AHP does. */
struct num unpack_cv(struct oracle *o, unsigned sz, uint64_t a);

/* ---- results ---- */

/* FPRoundBase: the bits of x, which is not zero, rounded as r says. With `flush` a subnormal result becomes zero; with
 * `alternative` the format is the half-precision one without infinities and NaNs. */
uint64_t round_base(struct oracle *o, unsigned sz, mpfr_srcptr x, enum or_round r, bool flush, bool alternative);
/* FPRound: the bits of x, which is not zero, rounded as r says. */
uint64_t round_to(struct oracle *o, unsigned sz, mpfr_srcptr x, enum or_round r);
/* The bits of x, the result of a calculation, rounded as FPCR says. A zero gets the sign that the rounding mode asks for: zeros
 * whose sign the operands tell are the caller's. */
uint64_t round_sum(struct oracle *o, unsigned sz, mpfr_srcptr x);
/* The bits of `quotient`, rounded as FPCR says. It was rounded towards zero before; `inexact` is not 0 if it lost bits then. */
uint64_t round_quotient(struct oracle *o, unsigned sz, int inexact);

/* ---- NaNs ---- */

/* The result of an invalid operation: the default NaN. Sets IOC. */
uint64_t invalid(struct oracle *o, unsigned sz);
/* FPProcessNaN: the result of an operation one of whose operands is n, a NaN with the bits `a`. */
uint64_t process_nan(struct oracle *o, unsigned sz, struct num n, uint64_t a);
/* FPProcessNaNs, FPProcessNaNs3: returns true, and the operation's result, if one of `count` operands is a NaN. */
bool process_nans(struct oracle *o, unsigned sz, unsigned count, const struct num *n, const uint64_t *bits, uint64_t *result);

/* ---- pairs ---- */

/* Two operands, in operand[0] and operand[1]. If `done`, one is a NaN, and `result` is the operation's. */
struct pair {
        struct num a, b;
        bool done;
        uint64_t result;
};

struct pair unpack_pair(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);

static inline bool either(struct pair p, enum cls c)
{
        return p.a.cls == c || p.b.cls == c;
}

static inline bool inf_times_zero(struct num a, struct num b)
{
        return (a.cls == INFINITE && b.cls == ZERO) || (a.cls == ZERO && b.cls == INFINITE);
}

/* Sets `product` to a times b, exactly. Neither is infinite. */
void multiply(struct num a, struct num b);
