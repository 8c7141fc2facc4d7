/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evaluator: vectors of integers (see eval.h, ops_vec.def). They are computed element by element, as the table words it. */
#include <string.h>
#include "eval.h"

static int64_t sx(const harg *v, unsigned sz, unsigned k)
{
        switch (sz) {
        case 0: return v->sb[k];
        case 1: return v->sh[k];
        case 2: return v->ss[k];
        default: return v->sd[k];
        }
}

static uint64_t zx(const harg *v, unsigned sz, unsigned k)
{
        uint64_t r = 0;
        memcpy(&r, &v->b[k << sz], 1u << sz);
        return r;
}

static void put(harg *d, unsigned sz, unsigned k, uint64_t x)
{
        memcpy(&d->b[k << sz], &x, 1u << sz);
}

static unsigned lanes(unsigned sz)
{
        return 16u >> sz;
}

/* Clamps to the range of an element. */
static uint64_t clamp(__int128 v, unsigned sz, bool u)
{
        __int128 one = 1, min = u ? 0 : -(one << ((8 << sz) - 1)), max = (one << (u ? 8 << sz : (8 << sz) - 1)) - 1;
        return (uint64_t)(v < min ? min : v > max ? max : v);
}

/* ---- one element of two ---- */

static uint64_t ushl(uint64_t a, int n)
{
        if (n <= -64 || n >= 64)
                return 0;
        return n < 0 ? a >> -n : a << n;
}

static uint64_t sshl(int64_t a, int n)
{
        if (n >= 0)
                return n >= 64 ? 0 : (uint64_t)a << n;
        return (uint64_t)(a >> (n <= -64 ? 63 : -n));
}

static uint64_t double_high(int64_t a, int64_t b, unsigned sz, bool round)
{
        unsigned bits = 8u << sz;
        __int128 p = 2 * (__int128)a * b + (round ? (__int128)1 << (bits - 1) : 0);
        return clamp(p >> bits, sz, false);
}

/* Ops whose element k depends on the operands' elements k alone. */
static bool elementwise(const struct ir_ins *i, uint64_t a, uint64_t b, int64_t as, int64_t bs, uint64_t *ret)
{
        uint64_t yes = UINT64_MAX;
        unsigned sz = i->sz;
        switch (i->op) {
        case IR_VADD: *ret = a + b; break;
        case IR_VSUB: *ret = a - b; break;
        case IR_VMUL: *ret = a * b; break;
        case IR_VNEG: *ret = -a; break;
        case IR_VABS: *ret = as < 0 ? -a : a; break;
        case IR_VCMPEQ: *ret = a == b ? yes : 0; break;
        case IR_VCMPGT: *ret = as > bs ? yes : 0; break;
        case IR_VCMPGE: *ret = as >= bs ? yes : 0; break;
        case IR_VCMPHI: *ret = a > b ? yes : 0; break;
        case IR_VCMPHS: *ret = a >= b ? yes : 0; break;
        case IR_VTST: *ret = a & b ? yes : 0; break;
        case IR_VMINS: *ret = (uint64_t)(as < bs ? as : bs); break;
        case IR_VMAXS: *ret = (uint64_t)(as > bs ? as : bs); break;
        case IR_VMINU: *ret = a < b ? a : b; break;
        case IR_VMAXU: *ret = a > b ? a : b; break;
        case IR_VRHADDU: *ret = (a + b + 1) >> 1; break;
        case IR_VQADDS: *ret = clamp((__int128)as + bs, sz, false); break;
        case IR_VQADDU: *ret = clamp((__int128)a + b, sz, true); break;
        case IR_VQSUBS: *ret = clamp((__int128)as - bs, sz, false); break;
        case IR_VQSUBU: *ret = clamp((__int128)a - b, sz, true); break;
        case IR_VSHL: *ret = ushl(a, i->disp); break;
        case IR_VSHR: *ret = ushl(a, -i->disp); break;
        case IR_VSAR: *ret = sshl(as, -i->disp); break;
        case IR_VUSHL: *ret = ushl(a, (int8_t)b); break;
        case IR_VSSHL: *ret = sshl(as, (int8_t)b); break;
        case IR_VQDMULH: *ret = double_high(as, bs, sz, false); break;
        case IR_VQRDMULH: *ret = double_high(as, bs, sz, true); break;
        case IR_VCNT: *ret = (uint64_t)__builtin_popcountll(a); break;
        case IR_VRBIT:
                *ret = 0;
                for (unsigned k = 0; k < 8; k++)
                        *ret |= (a >> k & 1) << (7 - k);
                break;
        default: return false;
        }
        return true;
}

static bool eval_elementwise(const struct ir_ins *i, const harg *a, const harg *b, harg *d)
{
        for (unsigned k = 0; k < lanes(i->sz); k++) {
                uint64_t r;
                if (!elementwise(i, zx(a, i->sz, k), zx(b, i->sz, k), sx(a, i->sz, k), sx(b, i->sz, k), &r))
                        return false;
                put(d, i->sz, k, r);
        }
        return true;
}

/* ---- moves and logic ---- */

static bool eval_move(const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d)
{
        unsigned sz = i->sz;
        switch (i->op) {
        case IR_VCONST:
                d->d[0] = (uint64_t)i->imm;
                d->d[1] = sz == 4 ? (uint64_t)i->imm : 0;
                break;
        case IR_VZEXT:
        case IR_VFROM: memcpy(d, a, 1u << sz); break;
        case IR_VDUP:
        case IR_VDUPL:
                for (unsigned k = 0; k < lanes(sz); k++)
                        put(d, sz, k, zx(a, sz, i->op == IR_VDUPL ? i->aux : 0));
                break;
        case IR_VINS:
        case IR_VINSL:
                *d = *a;
                put(d, sz, i->aux, zx(b, sz, i->op == IR_VINSL ? i->aux2 : 0));
                break;
        case IR_VGET: d->d[0] = zx(a, sz, i->aux); break;
        case IR_VGETS:
                d->d[0] = (uint64_t)sx(a, sz, i->aux);
                if (i->aux2 == 2)
                        d->d[0] &= 0xffffffff;
                break;
        default:
                for (unsigned k = 0; k < 2; k++) {
                        uint64_t x = a->d[k], y = b->d[k], z = c->d[k];
                        switch (i->op) {
                        case IR_VAND: d->d[k] = x & y; break;
                        case IR_VOR: d->d[k] = x | y; break;
                        case IR_VXOR: d->d[k] = x ^ y; break;
                        case IR_VANDN: d->d[k] = x & ~y; break;
                        case IR_VNOT: d->d[k] = ~x; break;
                        case IR_VBSL: d->d[k] = (y & x) | (z & ~x); break;
                        default: return false;
                        }
                }
        }
        return true;
}

/* ---- element sizes that change ---- */

static bool eval_widen(const struct ir_ins *i, const harg *a, const harg *b, harg *d)
{
        unsigned sz = i->sz, half = lanes(sz) / 2, from = i->aux ? half : 0;
        for (unsigned k = 0; k < half; k++) {
                unsigned e = from + k;
                uint64_t r;
                switch (i->op) {
                case IR_VXTLS: r = (uint64_t)sx(a, sz, e); break;
                case IR_VXTLU: r = zx(a, sz, e); break;
                case IR_VMULLS: r = (uint64_t)(sx(a, sz, e) * sx(b, sz, e)); break;
                case IR_VMULLU: r = zx(a, sz, e) * zx(b, sz, e); break;
                case IR_VADDLPS: r = (uint64_t)(sx(a, sz, 2 * k) + sx(a, sz, 2 * k + 1)); break;
                case IR_VADDLPU: r = zx(a, sz, 2 * k) + zx(a, sz, 2 * k + 1); break;
                default: return false;
                }
                put(d, sz + 1, k, r);
        }
        return true;
}

static bool eval_narrow(const struct ir_ins *i, const harg *a, harg *d)
{
        unsigned sz = i->sz;
        for (unsigned k = 0; k < lanes(sz) / 2; k++) {
                int64_t s = sx(a, sz + 1, k);
                uint64_t u = zx(a, sz + 1, k);
                switch (i->op) {
                case IR_VXTN: put(d, sz, k, u); break;
                case IR_VQXTNS: put(d, sz, k, clamp(s, sz, false)); break;
                case IR_VQXTNSU: put(d, sz, k, clamp(s, sz, true)); break;
                case IR_VQXTNU: put(d, sz, k, clamp(u, sz, true)); break;
                default: return false;
                }
        }
        return true;
}

/* ---- sums ---- */

static bool eval_sum(const struct ir_ins *i, const harg *a, const harg *b, harg *d)
{
        unsigned n = lanes(i->sz);
        switch (i->op) {
        case IR_VADDP:
                for (unsigned k = 0; k < n; k++) {
                        const harg *v = k < n / 2 ? a : b;
                        unsigned e = 2 * (k % (n / 2));
                        put(d, i->sz, k, zx(v, i->sz, e) + zx(v, i->sz, e + 1));
                }
                return true;
        case IR_VSADB:
                for (unsigned k = 0; k < 16; k++)
                        d->d[k / 8] += a->b[k];
                return true;
        case IR_VDOTS:
        case IR_VDOTU:
                for (unsigned k = 0; k < 16; k++)
                        d->s[k / 4] += (uint32_t)(i->op == IR_VDOTS ? a->sb[k] * b->sb[k] : a->b[k] * b->b[k]);
                return true;
        default: return false;
        }
}

/* ---- permutes ---- */

/* Returns which element becomes element k of the result. The elements of b are counted behind those of a. */
static unsigned source(const struct ir_ins *i, unsigned k, unsigned n)
{
        unsigned second = k & 1 ? n : 0;
        switch (i->op) {
        case IR_VZIPL: return second + k / 2;
        case IR_VZIPH: return second + n / 2 + k / 2;
        case IR_VUZPE: return 2 * k;
        case IR_VUZPO: return 2 * k + 1;
        case IR_VTRNE: return second + (k & ~1u);
        case IR_VTRNO: return second + (k | 1);
        case IR_VREV: return k ^ ((1u << (i->aux - i->sz)) - 1);
        default: return 0xff;
        }
}

static bool eval_structs(const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d)
{
        const harg *v[3] = { a, b, c };
        unsigned n = lanes(i->sz);
        for (unsigned k = 0; k < n; k++) {
                unsigned e = i->op == IR_VLD3 ? 3 * k + i->aux : k + n * i->aux;
                if (i->op == IR_VLD3)
                        put(d, i->sz, k, zx(v[e / n], i->sz, e % n));
                else
                        put(d, i->sz, k, zx(v[e % 3], i->sz, e / 3));
        }
        return true;
}

static bool eval_permute(const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d)
{
        unsigned n = lanes(i->sz);
        if (i->op == IR_VLD3 || i->op == IR_VST3)
                return eval_structs(i, a, b, c, d);
        if (i->op == IR_VEXT || i->op == IR_VTBL) {
                for (unsigned k = 0; k < 16; k++) {
                        unsigned e = k + (unsigned)i->disp;
                        if (i->op == IR_VEXT)
                                d->b[k] = e < 16 ? b->b[e] : a->b[e - 16];
                        else
                                d->b[k] = b->b[k] < 16 ? a->b[b->b[k]] : 0;
                }
                return true;
        }
        for (unsigned k = 0; k < n; k++) {
                unsigned e = source(i, k, n);
                if (e == 0xff)
                        return false;
                put(d, i->sz, k, zx(e < n ? a : b, i->sz, e % n));
        }
        return true;
}

/* ---- cryptography: AES by the bytes' algebra (FIPS 197, 5.1 and 5.3), SHA-256's schedule ---- */

static unsigned times(unsigned x, unsigned y)
{
        unsigned r = 0;
        for (unsigned k = 0; k < 8; k++)
                r ^= y >> k & 1 ? x << k : 0;
        for (unsigned k = 14; k >= 8; k--)
                r ^= r >> k & 1 ? 0x11bu << (k - 8) : 0;
        return r;
}

static unsigned sbox(unsigned x)
{
        unsigned inv = 0, r = 0;
        for (unsigned y = 1; y < 256; y++)
                if (times(x, y) == 1)
                        inv = y;
        for (unsigned k = 0; k < 8; k++) /* affine transformation, bit by bit */
                r |= (inv >> k ^ inv >> (k + 4) % 8 ^ inv >> (k + 5) % 8 ^ inv >> (k + 6) % 8 ^ inv >> (k + 7) % 8 ^ 0x63 >> k) %
                             2
                     << k;
        return r;
}

static unsigned inverse_sbox(unsigned x)
{
        for (unsigned y = 0; y < 256; y++)
                if (sbox(y) == x)
                        return y;
        return 0;
}

static void mix(harg *d, const unsigned m[4])
{
        harg s = *d;
        for (unsigned k = 0; k < 16; k++) {
                unsigned r = 0;
                for (unsigned j = 0; j < 4; j++)
                        r ^= times(m[(j + 4 - k % 4) % 4], s.b[k / 4 * 4 + j]);
                d->b[k] = (uint8_t)r;
        }
}

static bool eval_aes(const struct ir_ins *i, const harg *a, harg *d)
{
        static const unsigned fwd[4] = { 2, 3, 1, 1 }, inv[4] = { 14, 11, 13, 9 };
        bool dec = i->op == IR_VAESDEC || i->op == IR_VAESDECL;
        *d = *a;
        if (i->op != IR_VAESIMC)
                for (unsigned k = 0; k < 16; k++) {
                        unsigned from = (dec ? k + 16 - 4 * (k % 4) : k + 4 * (k % 4)) % 16;
                        d->b[k] = (uint8_t)(dec ? inverse_sbox(a->b[from]) : sbox(a->b[from]));
                }
        if (i->op == IR_VAESENC)
                mix(d, fwd);
        if (i->op == IR_VAESDEC || i->op == IR_VAESIMC)
                mix(d, inv);
        return true;
}

static uint32_t sigma(uint32_t x, unsigned r, unsigned s, unsigned t)
{
        return (x >> r | x << (32 - r)) ^ (x >> s | x << (32 - s)) ^ x >> t;
}

static bool eval_crypto(const struct ir_ins *i, const harg *a, const harg *b, harg *d)
{
        switch (i->op) {
        case IR_VAESENC:
        case IR_VAESENCL:
        case IR_VAESDEC:
        case IR_VAESDECL:
        case IR_VAESIMC: return eval_aes(i, a, d);
        case IR_VPMULL:
                for (unsigned k = 0; k < 64; k++)
                        if (b->d[i->aux] >> k & 1) {
                                d->d[0] ^= a->d[i->aux] << k;
                                d->d[1] ^= k ? a->d[i->aux] >> (64 - k) : 0;
                        }
                return true;
        case IR_VSHA256M1:
                for (unsigned k = 0; k < 4; k++)
                        d->s[k] = a->s[k] + sigma(k < 3 ? a->s[k + 1] : b->s[0], 7, 18, 3);
                return true;
        case IR_VSHA256M2:
                for (unsigned k = 0; k < 4; k++)
                        d->s[k] = a->s[k] + sigma(k < 2 ? b->s[k + 2] : d->s[k - 2], 17, 19, 10);
                return true;
        default: return false;
        }
}

bool eval_vec(const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d)
{
        memset(d, 0, sizeof(*d));
        if (eval_move(i, a, b, c, d))
                return true;
        return i->sz <= 3 && (eval_crypto(i, a, b, d) || eval_widen(i, a, b, d) || eval_narrow(i, a, d) || eval_sum(i, a, b, d) ||
                              eval_permute(i, a, b, c, d) || eval_elementwise(i, a, b, d));
}
