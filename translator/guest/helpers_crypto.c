/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cryptography in C. Hosts without AES-NI, PCLMULQDQ or the SHA extensions need all of it; for others it is the SHA rounds, which
 * use the extensions. */
#include <immintrin.h>
#include "simd_lift.h"
#include "ir/target.h"

/* ---- AES (FIPS 197). State byte 4 c + r is row r, column c. There are no tables: they would have to be filled at each start.
 * ---- */

static uint8_t xtime(uint8_t x)
{
        return (uint8_t)(x << 1 ^ (x >> 7) * 0x1b);
}

static uint8_t gf_mul(uint8_t x, uint8_t y)
{
        uint8_t r = 0;
        for (; y; y >>= 1, x = xtime(x))
                r ^= y & 1 ? x : 0;
        return r;
}

/* Returns the inverse of x, which is x to the power of 254; 0 for 0. */
static uint8_t gf_inverse(uint8_t x)
{
        uint8_t r = 1, p = x;
        for (unsigned k = 0; k < 7; k++) {
                p = gf_mul(p, p);
                r = gf_mul(r, p);
        }
        return r;
}

static uint8_t rotl8(uint8_t x, unsigned n)
{
        return (uint8_t)(x << n | x >> (8 - n));
}

static uint8_t sub_byte(uint8_t x)
{
        x = gf_inverse(x);
        return (uint8_t)(x ^ rotl8(x, 1) ^ rotl8(x, 2) ^ rotl8(x, 3) ^ rotl8(x, 4) ^ 0x63);
}

static uint8_t inv_sub_byte(uint8_t x)
{
        return gf_inverse((uint8_t)(rotl8(x, 1) ^ rotl8(x, 3) ^ rotl8(x, 6) ^ 0x05));
}

static void sub_shift(harg *d, const harg *s, bool inverse)
{
        for (unsigned c = 0; c < 4; c++)
                for (unsigned r = 0; r < 4; r++) {
                        uint8_t x = s->b[4 * ((inverse ? c + 4 - r : c + r) & 3) + r];
                        d->b[4 * c + r] = inverse ? inv_sub_byte(x) : sub_byte(x);
                }
}

static void mix_columns(harg *d, const harg *s, bool inverse)
{
        static const uint8_t coef[2][4] = { { 2, 3, 1, 1 }, { 14, 11, 13, 9 } };
        for (unsigned k = 0; k < 16; k++) {
                d->b[k] = 0;
                for (unsigned j = 0; j < 4; j++)
                        d->b[k] ^= gf_mul(s->b[(k & 12) | ((k + j) & 3)], coef[inverse][j]);
        }
}

void helper_aes(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu;
        bool inverse = imm == IR_VAESDEC || imm == IR_VAESDECL || imm == IR_VAESIMC;
        harg x = arg[1];
        if (imm != IR_VAESIMC)
                sub_shift(&x, &arg[1], inverse);
        arg[0] = x;
        if (imm == IR_VAESENC || imm == IR_VAESDEC || imm == IR_VAESIMC)
                mix_columns(&arg[0], &x, inverse);
}

void helper_pmull_d(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu;
        unsigned __int128 x = arg[1].d[imm], r = 0;
        for (uint64_t y = arg[2].d[imm]; y; y >>= 1, x <<= 1)
                r ^= y & 1 ? x : 0;
        arg[0].d[0] = (uint64_t)r;
        arg[0].d[1] = (uint64_t)(r >> 64);
}

/* ---- SHA (FIPS 180-4) ---- */

static uint32_t ror32(uint32_t x, unsigned n)
{
        return x >> n | x << (32 - n);
}

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z)
{
        return z ^ (x & (y ^ z));
}

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
        return (x & y) | ((x | y) & z);
}

/* SHA1hash of four rounds: arg[1] = d c b a from the top, arg[2] = e, arg[3] = words with the constant. */
static void sha1_portable(harg *arg, uint64_t which)
{
        uint32_t a = arg[1].s[0], b = arg[1].s[1], c = arg[1].s[2], d = arg[1].s[3], e = arg[2].s[0];
        for (unsigned k = 0; k < 4; k++) {
                uint32_t f = which == 0 ? choose(b, c, d) : which == 1 ? b ^ c ^ d : majority(b, c, d);
                uint32_t t = ror32(a, 27) + f + e + arg[3].s[k];
                e = d;
                d = c;
                c = ror32(b, 2);
                b = a;
                a = t;
        }
        arg[0] = (harg){ .s = { a, b, c, d } };
}

/* SHA1RNDS4 adds its round constant, and wants the state the other way round; e goes into the first word. Its constants
 * (K of rounds 0, 20, 40) are taken off again. */
__attribute__((target("sha,sse4.1,ssse3"))) static void sha1_native(harg *arg, uint64_t which)
{
        static const int k[3] = { 0x5a827999, 0x6ed9eba1, (int)0x8f1bbcdc };
        __m128i abcd = _mm_shuffle_epi32(_mm_load_si128((const __m128i *)&arg[1]), 0x1b);
        __m128i w = _mm_sub_epi32(_mm_load_si128((const __m128i *)&arg[3]), _mm_set1_epi32(k[which]));
        w = _mm_shuffle_epi32(_mm_add_epi32(w, _mm_cvtsi32_si128((int)arg[2].s[0])), 0x1b);
        if (which == 0)
                abcd = _mm_sha1rnds4_epu32(abcd, w, 0);
        else if (which == 1)
                abcd = _mm_sha1rnds4_epu32(abcd, w, 1);
        else
                abcd = _mm_sha1rnds4_epu32(abcd, w, 2);
        _mm_store_si128((__m128i *)&arg[0], _mm_shuffle_epi32(abcd, 0x1b));
}

/* The host's instructions for SHA-1 and SHA-256 are one extension. */
static bool has_sha(void)
{
        return ir_has(IR_VSHA256M1, 2, 0);
}

void helper_sha1(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu;
        if (has_sha())
                sha1_native(arg, imm);
        else
                sha1_portable(arg, imm);
}

/* SHA256hash: x = d c b a, y = h g f e from the top; both after four rounds. */
static void sha256_portable(harg *x, harg *y, const harg *w)
{
        for (unsigned k = 0; k < 4; k++) {
                uint32_t a = x->s[0], e = y->s[0];
                uint32_t t = y->s[3] + (ror32(e, 6) ^ ror32(e, 11) ^ ror32(e, 25)) + choose(e, y->s[1], y->s[2]) + w->s[k];
                uint32_t u = t + (ror32(a, 2) ^ ror32(a, 13) ^ ror32(a, 22)) + majority(a, x->s[1], x->s[2]);
                *y = (harg){ .s = { x->s[3] + t, e, y->s[1], y->s[2] } };
                *x = (harg){ .s = { u, a, x->s[1], x->s[2] } };
        }
}

/* SHA256RNDS2's halves of the state are a b e f and c d g h, from the top. */
__attribute__((target("sha,sse4.1,ssse3"))) static void sha256_native(harg *x, harg *y, const harg *w)
{
        __m128i abcd = _mm_shuffle_epi32(_mm_load_si128((const __m128i *)x), 0x1b);
        __m128i efgh = _mm_shuffle_epi32(_mm_load_si128((const __m128i *)y), 0x1b);
        __m128i abef = _mm_unpackhi_epi64(efgh, abcd), cdgh = _mm_unpacklo_epi64(efgh, abcd);
        __m128i wk = _mm_load_si128((const __m128i *)w);
        cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
        abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0e));
        _mm_store_si128((__m128i *)x, _mm_shuffle_epi32(_mm_unpackhi_epi64(cdgh, abef), 0x1b));
        _mm_store_si128((__m128i *)y, _mm_shuffle_epi32(_mm_unpacklo_epi64(cdgh, abef), 0x1b));
}

/* SHA256H has the first half of the state in Qd, SHA256H2 the second. */
void helper_sha256(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu;
        harg x = arg[imm ? 2 : 1], y = arg[imm ? 1 : 2];
        if (has_sha())
                sha256_native(&x, &y, &arg[3]);
        else
                sha256_portable(&x, &y, &arg[3]);
        arg[0] = imm ? y : x;
}

void helper_sha256_su0(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu, (void)imm;
        for (unsigned k = 0; k < 4; k++) {
                uint32_t e = k < 3 ? arg[1].s[k + 1] : arg[2].s[0];
                arg[0].s[k] = arg[1].s[k] + (ror32(e, 7) ^ ror32(e, 18) ^ e >> 3);
        }
}

/* arg[1] = Qd + (Qm:Qn from word 1), arg[2] = Qm */
void helper_sha256_su1(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu, (void)imm;
        for (unsigned k = 0; k < 4; k++) {
                uint32_t e = k < 2 ? arg[2].s[k + 2] : arg[0].s[k - 2];
                arg[0].s[k] = arg[1].s[k] + (ror32(e, 17) ^ ror32(e, 19) ^ e >> 10);
        }
}
