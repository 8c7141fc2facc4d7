/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Soft-float core: unpacking, NaNs, rounding, arithmetic (see fp.h). */
#include "core.h"

const struct format fp_formats[4] = { { 0, 0 }, { 5, 10 }, { 8, 23 }, { 11, 52 } };

/* ---- unpack: FPUnpackBase ---- */

static bool flushes(const struct fp_env *e, unsigned sz)
{
        return e->fpcr & (sz == 1 ? FPCR_FZ16 : FPCR_FZ);
}

static struct num unpack(struct fp_env *e, unsigned sz, uint64_t bits, bool fz, bool ahp)
{
        const struct format f = fp_formats[sz];
        unsigned exp = (unsigned)(bits >> f.m) & ((1u << f.e) - 1), bias = (1u << (f.e - 1)) - 1;
        uint64_t frac = bits & ((UINT64_C(1) << f.m) - 1);
        struct num n = { .sign = bits >> (f.m + f.e) & 1 };
        if (exp == (1u << f.e) - 1 && !ahp) {
                n.kind = !frac ? INF : frac >> (f.m - 1) ? QNAN : SNAN;
                n.sig = frac;
        } else if (exp == 0 && (!frac || fz)) {
                n.kind = ZERO;
                if (frac && sz != 1)
                        e->fpsr |= FPSR_IDC;
        } else {
                n.kind = FINITE;
                if (exp == 0) {
                        unsigned lead = (unsigned)__builtin_clzll(frac);
                        n.sig = frac << lead;
                        n.exp = 1 - (int)bias - (int)f.m + (63 - (int)lead);
                } else {
                        n.sig = (UINT64_C(1) << 63) | frac << (63 - f.m);
                        n.exp = (int)exp - (int)bias;
                }
        }
        return n;
}

struct num fp_unpack(struct fp_env *e, unsigned sz, uint64_t bits)
{
        return unpack(e, sz, bits, flushes(e, sz), false);
}

struct num fp_unpack_cv(struct fp_env *e, unsigned sz, uint64_t bits)
{
        return unpack(e, sz, bits, sz != 1 && flushes(e, sz), sz == 1 && e->fpcr & FPCR_AHP);
}

/* ---- results that are not computed ---- */

uint64_t fp_zero(unsigned sz, bool sign)
{
        const struct format f = fp_formats[sz];
        return (uint64_t)sign << (f.e + f.m);
}

uint64_t fp_inf(unsigned sz, bool sign)
{
        const struct format f = fp_formats[sz];
        return fp_zero(sz, sign) | ((UINT64_C(1) << f.e) - 1) << f.m;
}

uint64_t fp_default_nan(unsigned sz)
{
        return fp_inf(sz, false) | UINT64_C(1) << (fp_formats[sz].m - 1);
}

uint64_t fp_invalid(struct fp_env *e, unsigned sz)
{
        e->fpsr |= FPSR_IOC;
        return fp_default_nan(sz);
}

static uint64_t max_finite(unsigned sz, bool sign)
{
        return fp_inf(sz, sign) - 1;
}

/* Makes a NaN quiet (FPProcessNaN). */
uint64_t fp_process_nan(struct fp_env *e, unsigned sz, struct num n, uint64_t bits)
{
        if (n.kind == SNAN) {
                e->fpsr |= FPSR_IOC;
                bits |= UINT64_C(1) << (fp_formats[sz].m - 1);
        }
        return e->fpcr & FPCR_DN ? fp_default_nan(sz) : bits;
}

/* Returns true, and the result in *ret, when an operand is a NaN (FPProcessNaNs). */
bool fp_process_nans(struct fp_env *e, unsigned sz, struct num x, uint64_t a, struct num y, uint64_t b, uint64_t *ret)
{
        if (x.kind == SNAN)
                *ret = fp_process_nan(e, sz, x, a);
        else if (y.kind == SNAN)
                *ret = fp_process_nan(e, sz, y, b);
        else if (x.kind == QNAN)
                *ret = fp_process_nan(e, sz, x, a);
        else if (y.kind == QNAN)
                *ret = fp_process_nan(e, sz, y, b);
        else
                return false;
        return true;
}

/* ---- FPRound ---- */

static bool round_up(enum fp_round r, bool sign, uint64_t kept, uint64_t rest, uint64_t half)
{
        switch (r) {
        case FPR_N: return rest > half || (rest == half && (kept & 1));
        case FPR_P: return rest && !sign;
        case FPR_M: return rest && sign;
        case FPR_A: return rest >= half && rest;
        default: return false;
        }
}

static uint64_t overflow(struct fp_env *e, unsigned sz, bool sign, enum fp_round r)
{
        bool to_inf = r == FPR_N || r == FPR_A || (r == FPR_P && !sign) || (r == FPR_M && sign);
        e->fpsr |= FPSR_OFC | FPSR_IXC;
        return to_inf ? fp_inf(sz, sign) : max_finite(sz, sign);
}

/* Rounds (sig / 2^63) * 2^exp, where bit 63 of sig is set; with `sticky` the value is a little more than that. */
struct value {
        bool sign, sticky;
        int exp;
        uint64_t sig;
};

static uint64_t round_base(struct fp_env *e, unsigned sz, struct value v, enum fp_round r, bool fz, bool ahp)
{
        const struct format f = fp_formats[sz];
        int bias = (1 << (f.e - 1)) - 1, min_exp = 1 - bias;
        unsigned drop = 63 - f.m;
        bool tiny = v.exp < min_exp, sign = v.sign, sticky = v.sticky;
        uint64_t sig = v.sig;
        if (fz && tiny) {
                e->fpsr |= FPSR_UFC;
                return fp_zero(sz, sign);
        }
        if (tiny) { /* denormal: shift out what does not fit */
                unsigned n = (unsigned)(min_exp - v.exp);
                sticky |= n > 63 ? sig != 0 : (sig & ((UINT64_C(1) << n) - 1)) != 0;
                sig = n > 63 ? 0 : sig >> n;
        }
        /* Makes room for one bit below `drop`, the sticky one: shifts right by one and keeps what falls out. */
        uint64_t rest = (sig & ((UINT64_C(1) << drop) - 1)) << 1 | sticky, half = UINT64_C(1) << drop;
        uint64_t kept = sig >> drop;
        bool error = rest != 0;
        if (tiny && error)
                e->fpsr |= FPSR_UFC;
        if (round_up(r, sign, kept, rest, half))
                kept++;
        if (r == FPR_ODD && error)
                kept |= 1;
        int biased = tiny ? 0 : v.exp + bias;
        if (tiny && kept >> f.m)
                biased = 1;
        if (!tiny && kept >> (f.m + 1)) {
                kept >>= 1;
                biased++;
        }
        if (biased >= (1 << f.e) - 1 + ahp) {
                if (!ahp)
                        return overflow(e, sz, sign, r);
                e->fpsr |= FPSR_IOC; /* no infinity in the alternative format */
                return fp_zero(1, sign) | 0x7fff;
        }
        if (error)
                e->fpsr |= FPSR_IXC;
        return fp_zero(sz, sign) | (uint64_t)biased << f.m | (kept & ((UINT64_C(1) << f.m) - 1));
}

uint64_t fp_round_to(struct fp_env *e, unsigned sz, bool sign, int exp, uint64_t sig, bool sticky, enum fp_round r)
{
        return round_base(e, sz, (struct value){ sign, sticky, exp, sig }, r, flushes(e, sz), false);
}

uint64_t fp_round_cv(struct fp_env *e, unsigned sz, struct num n, enum fp_round r)
{
        bool fz = sz != 1 && flushes(e, sz), ahp = sz == 1 && e->fpcr & FPCR_AHP;
        return round_base(e, sz, (struct value){ n.sign, false, n.exp, n.sig }, r, fz, ahp);
}

/* Rounds sig * 2^(exp - 127), whatever the highest bit of sig is. */
uint64_t fp_round_wide(struct fp_env *e, unsigned sz, bool sign, int exp, unsigned __int128 sig, bool sticky)
{
        uint64_t hi = (uint64_t)(sig >> 64), lo = (uint64_t)sig;
        unsigned lead = hi ? (unsigned)__builtin_clzll(hi) : 64 + (unsigned)__builtin_clzll(lo);
        sig <<= lead;
        return fp_round_to(e, sz, sign, exp - (int)lead, (uint64_t)(sig >> 64), sticky | ((uint64_t)sig != 0), fp_rmode(e));
}

/* ---- addition ---- */

/* Returns the sum of two finite numbers with significands of 128 bits, which are worth x * 2^(ex - 127) and y * 2^(ey - 127). */
uint64_t fp_sum(struct fp_env *e, unsigned sz, bool sx, int ex, unsigned __int128 x, bool sy, int ey, unsigned __int128 y)
{
        if (ex < ey || (ex == ey && x < y)) {
                unsigned __int128 t = x;
                int te = ex;
                bool ts = sx;
                x = y, ex = ey, sx = sy;
                y = t, ey = te, sy = ts;
        }
        int d = ex - ey;
        bool carry_room = x >> 127; /* makes room for a carry and for the bits that y loses */
        bool lost = false;
        if (carry_room) {
                lost = (x & 1) | (y & 1);
                x >>= 1;
                y >>= 1;
                ex++;
        }
        if (d > 127) {
                lost |= y != 0;
                y = 0;
        } else if (d) {
                lost |= (y & (((unsigned __int128)1 << d) - 1)) != 0;
                y >>= d;
        }
        unsigned __int128 s;
        bool sign = sx;
        if (sx == sy) {
                s = x + y;
        } else if (x >= y) {
                s = x - y - lost; /* the bits that y lost make the difference smaller */
        } else {
                s = y - x;
                sign = sy;
        }
        if (!s && !lost)
                return fp_zero(sz, sx == sy ? sx : fp_rmode(e) == FPR_M);
        return fp_round_wide(e, sz, sign, ex, s, lost);
}

static uint64_t add(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b, bool negate)
{
        struct num x = fp_unpack(e, sz, a), y = fp_unpack(e, sz, b);
        uint64_t r;
        if (fp_process_nans(e, sz, x, a, y, b, &r))
                return r;
        y.sign ^= negate;
        if (x.kind == INF && y.kind == INF && x.sign != y.sign)
                return fp_invalid(e, sz);
        if (x.kind == INF || y.kind == INF)
                return fp_inf(sz, x.kind == INF ? x.sign : y.sign);
        if (x.kind == ZERO && y.kind == ZERO)
                return fp_zero(sz, x.sign == y.sign ? x.sign : fp_rmode(e) == FPR_M);
        if (x.kind == ZERO)
                return fp_round_to(e, sz, y.sign, y.exp, y.sig, false, fp_rmode(e));
        if (y.kind == ZERO)
                return fp_round_to(e, sz, x.sign, x.exp, x.sig, false, fp_rmode(e));
        return fp_sum(e, sz, x.sign, x.exp, (unsigned __int128)x.sig << 64, y.sign, y.exp, (unsigned __int128)y.sig << 64);
}

uint64_t fp_add(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return add(e, sz, a, b, false);
}
uint64_t fp_sub(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return add(e, sz, a, b, true);
}

/* ---- multiplication, division, square root ---- */

static uint64_t mul(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b, bool extended)
{
        struct num x = fp_unpack(e, sz, a), y = fp_unpack(e, sz, b);
        bool sign = x.sign ^ y.sign;
        uint64_t r;
        if (fp_process_nans(e, sz, x, a, y, b, &r))
                return r;
        if ((x.kind == INF && y.kind == ZERO) || (x.kind == ZERO && y.kind == INF)) {
                if (!extended)
                        return fp_invalid(e, sz);
                return fp_zero(sz, sign) | (UINT64_C(1) << (fp_formats[sz].e - 1)) << fp_formats[sz].m; /* 2.0 */
        }
        if (x.kind == INF || y.kind == INF)
                return fp_inf(sz, sign);
        if (x.kind == ZERO || y.kind == ZERO)
                return fp_zero(sz, sign);
        return fp_round_wide(e, sz, sign, x.exp + y.exp + 1, (unsigned __int128)x.sig * y.sig, false);
}

uint64_t fp_mul(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return mul(e, sz, a, b, false);
}
uint64_t fp_mulx(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return mul(e, sz, a, b, true);
}

uint64_t fp_div(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        struct num x = fp_unpack(e, sz, a), y = fp_unpack(e, sz, b);
        bool sign = x.sign ^ y.sign;
        uint64_t r;
        if (fp_process_nans(e, sz, x, a, y, b, &r))
                return r;
        if ((x.kind == INF && y.kind == INF) || (x.kind == ZERO && y.kind == ZERO))
                return fp_invalid(e, sz);
        if (x.kind == INF || y.kind == ZERO) {
                if (x.kind != INF)
                        e->fpsr |= FPSR_DZC;
                return fp_inf(sz, sign);
        }
        if (x.kind == ZERO || y.kind == INF)
                return fp_zero(sz, sign);
        uint64_t q, rem; /* of x.sig * 2^63 / y.sig: 2^62 < q < 2^64 as both have bit 63 set. A compiler would call a library. */
        __asm__("divq %4" : "=a"(q), "=d"(rem) : "a"(x.sig << 63), "d"(x.sig >> 1), "r"(y.sig) : "cc");
        return fp_round_wide(e, sz, sign, x.exp - y.exp + 64, q, rem != 0);
}

uint64_t fp_sqrt(struct fp_env *e, unsigned sz, uint64_t a)
{
        struct num x = fp_unpack(e, sz, a);
        if (x.kind == QNAN || x.kind == SNAN)
                return fp_process_nan(e, sz, x, a);
        if (x.kind == ZERO)
                return fp_zero(sz, x.sign);
        if (x.sign)
                return fp_invalid(e, sz);
        if (x.kind == INF)
                return fp_inf(sz, false);
        /* value = n * 2^(k - 126) with even k; its root is sqrt(n) * 2^(k / 2 - 63) */
        int k = x.exp & ~1;
        unsigned __int128 n = (unsigned __int128)x.sig << (63 + (x.exp & 1)), root = 0, bit = (unsigned __int128)1 << 126;
        for (unsigned __int128 rem = n; bit; bit >>= 2) {
                if (rem >= root + bit) {
                        rem -= root + bit;
                        root = (root >> 1) + bit;
                } else {
                        root >>= 1;
                }
                if (bit == 1)
                        return fp_round_wide(e, sz, false, k / 2 + 64, root, rem != 0);
        }
        return 0;
}

/* ---- FPMulAdd ---- */

/* Returns true, and the result in *ret, when one of three operands is a NaN (FPProcessNaNs3; the addend is the first). */
static bool nans3(struct fp_env *e, unsigned sz, const struct num n[3], const uint64_t bits[3], uint64_t *ret)
{
        for (unsigned pass = 0; pass < 2; pass++)
                for (unsigned k = 0; k < 3; k++)
                        if (n[k].kind == (pass ? QNAN : SNAN)) {
                                *ret = fp_process_nan(e, sz, n[k], bits[k]);
                                return true;
                        }
        return false;
}

uint64_t fp_muladd(struct fp_env *e, unsigned sz, uint64_t addend, uint64_t a, uint64_t b)
{
        const uint64_t bits[3] = { addend, a, b };
        const struct num n[3] = { fp_unpack(e, sz, addend), fp_unpack(e, sz, a), fp_unpack(e, sz, b) };
        struct num z = n[0], x = n[1], y = n[2];
        bool sign = x.sign ^ y.sign, inf = x.kind == INF || y.kind == INF, zero = x.kind == ZERO || y.kind == ZERO;
        uint64_t r;
        bool nan = nans3(e, sz, n, bits, &r);
        if (z.kind == QNAN && inf && zero)
                return fp_invalid(e, sz);
        if (nan)
                return r;
        if ((inf && zero) || (z.kind == INF && inf && z.sign != sign))
                return fp_invalid(e, sz);
        if (z.kind == INF || inf)
                return fp_inf(sz, z.kind == INF ? z.sign : sign);
        if (zero && z.kind == ZERO)
                return fp_zero(sz, z.sign == sign ? sign : fp_rmode(e) == FPR_M);
        if (zero)
                return fp_round_to(e, sz, z.sign, z.exp, z.sig, false, fp_rmode(e));
        unsigned __int128 p = (unsigned __int128)x.sig * y.sig;
        int ep = x.exp + y.exp + 1;
        if (!(p >> 127)) {
                p <<= 1;
                ep--;
        }
        if (z.kind == ZERO)
                return fp_round_wide(e, sz, sign, ep, p, false);
        return fp_sum(e, sz, sign, ep, p, z.sign, z.exp, (unsigned __int128)z.sig << 64);
}

/* ---- minimum and maximum ---- */

/* Returns the order of two numbers that are not NaNs: -1, 0 or 1. Zeros are equal. */
int fp_order(struct num x, struct num y)
{
        if (x.kind == ZERO && y.kind == ZERO)
                return 0;
        if (x.kind == ZERO)
                return y.sign ? 1 : -1;
        if (y.kind == ZERO || x.sign != y.sign)
                return x.sign ? -1 : 1;
        int m;
        if (x.kind == INF || y.kind == INF)
                m = (x.kind == INF) - (y.kind == INF);
        else if (x.exp != y.exp)
                m = x.exp < y.exp ? -1 : 1;
        else
                m = (x.sig > y.sig) - (x.sig < y.sig);
        return x.sign ? -m : m;
}

static uint64_t minmax(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b, bool max, bool number)
{
        struct num x = fp_unpack(e, sz, a), y = fp_unpack(e, sz, b);
        uint64_t r;
        if (number && x.kind == QNAN && y.kind < QNAN) { /* a quiet NaN counts as -inf, or inf */
                a = fp_inf(sz, max);
                x = fp_unpack(e, sz, a);
        } else if (number && y.kind == QNAN && x.kind < QNAN) {
                b = fp_inf(sz, max);
                y = fp_unpack(e, sz, b);
        }
        if (fp_process_nans(e, sz, x, a, y, b, &r))
                return r;
        int o = fp_order(x, y);
        struct num w = (max ? o > 0 : o < 0) ? x : y;
        if (w.kind == INF)
                return fp_inf(sz, w.sign);
        if (w.kind == ZERO)
                return fp_zero(sz, x.kind != y.kind ? w.sign : max ? x.sign && y.sign : x.sign || y.sign);
        return fp_round_to(e, sz, w.sign, w.exp, w.sig, false, fp_rmode(e));
}

uint64_t fp_max(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return minmax(e, sz, a, b, true, false);
}
uint64_t fp_min(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return minmax(e, sz, a, b, false, false);
}
uint64_t fp_maxnm(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return minmax(e, sz, a, b, true, true);
}
uint64_t fp_minnm(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return minmax(e, sz, a, b, false, true);
}

/* ---- signs and comparisons ---- */

uint64_t fp_neg(unsigned sz, uint64_t a)
{
        return a ^ fp_zero(sz, true);
}
uint64_t fp_abs(unsigned sz, uint64_t a)
{
        return a & ~fp_zero(sz, true);
}

unsigned fp_compare(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b, bool signalling)
{
        struct num x = fp_unpack(e, sz, a), y = fp_unpack(e, sz, b);
        if (x.kind >= QNAN || y.kind >= QNAN) {
                if (x.kind == SNAN || y.kind == SNAN || signalling)
                        e->fpsr |= FPSR_IOC;
                return 3;
        }
        int o = fp_order(x, y);
        return o < 0 ? 8 : o > 0 ? 2 : 6;
}

bool fp_eq(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return fp_compare(e, sz, a, b, false) == 6;
}

bool fp_ge(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        unsigned c = fp_compare(e, sz, a, b, true);
        return c == 6 || c == 2;
}

bool fp_gt(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b)
{
        return fp_compare(e, sz, a, b, true) == 2;
}
