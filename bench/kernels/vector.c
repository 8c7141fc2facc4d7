/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loops that compilers make vector instructions of (-O3), and hashing and encryption by the machine's own instructions. */
#include "kernel.h"
#if defined(__aarch64__) || defined(__arm__)
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif

enum { N = 1 << 15 };
static uint8_t a8[N], b8[N], c8[N];
static int16_t a16[N], b16[N];
static int32_t c32[N];
static float af[N], bf[N], cf[N];

static void fill(void)
{
        uint64_t s = 9;
        for (int i = 0; i < N; i++) {
                uint64_t r = random_next(&s);
                a8[i] = (uint8_t)r, b8[i] = (uint8_t)(r >> 8), a16[i] = (int16_t)(r >> 16), b16[i] = (int16_t)(r >> 32);
                af[i] = (float)(r >> 40 & 0xffff) / 256, bf[i] = (float)(r >> 48) / 512;
        }
}

static void blend(long scale)
{
        fill();
        for (long r = 0; r < scale * 10; r++)
                for (int i = 0; i < N; i++)
                        c8[i] = (uint8_t)((a8[i] * 77 + b8[i] * 179 + 128) >> 8), a8[i] ^= (uint8_t)(c8[i] & 1);
        unsigned s = 0;
        for (int i = 0; i < N; i++)
                s = s * 31 + c8[i];
        printf("%u\n", s);
}

static void difference(long scale)
{
        uint64_t s = 0;
        fill();
        for (long r = 0; r < scale * 10; r++) {
                uint32_t sum = 0;
                for (int i = 0; i < N; i++)
                        sum += (uint32_t)abs(a8[i] - b8[i]);
                s += sum;
                a8[r % N]++;
        }
        printf("%llu\n", (unsigned long long)s);
}

static void filter(long scale)
{
        fill();
        for (long r = 0; r < scale * 10; r++) {
                for (int i = 0; i < N - 4; i++)
                        c32[i] = (a16[i] * 3 + a16[i + 1] * 5 - a16[i + 2] * 7 + b16[i] * 11) >> 4;
                a16[r % N] = (int16_t)(a16[r % N] + 1);
        }
        unsigned s = 0;
        for (int i = 0; i < N - 4; i++)
                s = s * 31 + (unsigned)c32[i];
        printf("%u\n", s);
}

static void extremes(long scale)
{
        int32_t s = 0;
        fill();
        for (long r = 0; r < scale * 10; r++) {
                int16_t hi = -32768, lo = 32767;
                for (int i = 0; i < N; i++) {
                        hi = a16[i] > hi ? a16[i] : hi;
                        lo = b16[i] < lo ? b16[i] : lo;
                }
                s += hi - lo;
                a16[r % N] ^= 1;
        }
        printf("%d\n", s);
}

static void axpy(long scale)
{
        fill();
        for (long r = 0; r < scale * 10; r++)
                for (int i = 0; i < N; i++)
                        cf[i] = af[i] * 0.5f + bf[i] * 0.25f, bf[i] = cf[i] - 1;
        double s = 0;
        for (int i = 0; i < N; i++)
                s += cf[i];
        printf("%.9g\n", s);
}

static void letters(long scale)
{
        long n = 0;
        fill();
        for (long r = 0; r < scale * 10; r++) {
                for (int i = 0; i < N; i++)
                        n += a8[i] >= 'a' && a8[i] <= 'z';
                a8[r % N] ^= 32;
        }
        printf("%ld\n", n);
}

/* Rounds of AES in a chain: what a block cipher costs. */
static void aes(long scale)
{
        uint8_t x[16] = "0123456789abcde", k[16] = "fedcba987654321";
#if defined(__aarch64__) || defined(__arm__)
        uint8x16_t s = vld1q_u8(x), key = vld1q_u8(k), zero = vdupq_n_u8(0);
        for (long r = 0; r < scale * 100000; r++)
                s = veorq_u8(vaesmcq_u8(vaeseq_u8(s, zero)), key);
        vst1q_u8(x, s);
#else
        __m128i s = _mm_loadu_si128((const __m128i *)x), key = _mm_loadu_si128((const __m128i *)k);
        for (long r = 0; r < scale * 100000; r++)
                s = _mm_aesenc_si128(s, key);
        _mm_storeu_si128((__m128i *)x, s);
#endif
        for (int i = 0; i < 16; i++)
                printf("%02x", x[i]);
        putchar('\n');
}

/* Carry-less products, as GCM has them. */
static void clmul(long scale)
{
        uint64_t lo = 0x123456789abcdef, hi = 0xfedcba9876543210;
        for (long r = 0; r < scale * 100000; r++) {
#if defined(__aarch64__) || defined(__arm__)
                uint64x2_t p = vreinterpretq_u64_p128(vmull_p64((poly64_t)lo, (poly64_t)hi));
                uint64_t l = vgetq_lane_u64(p, 0), h = vgetq_lane_u64(p, 1);
#else
                __m128i p = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)lo), _mm_set_epi64x(0, (long long)hi), 0);
                uint64_t l = (uint64_t)_mm_cvtsi128_si64(p), h = (uint64_t)_mm_extract_epi64(p, 1);
#endif
                lo ^= l + 1;
                hi ^= h ^ l;
        }
        printf("%llx %llx\n", (unsigned long long)lo, (unsigned long long)hi);
}

int main(int argc, char **argv)
{
        static const struct kernel kernels[] = {
                { "blend", blend }, { "difference", difference }, { "filter", filter }, { "extremes", extremes },
                { "axpy", axpy },   { "letters", letters },       { "aes", aes },       { "clmul", clmul },
                { NULL, NULL },
        };
        return kernel_main(argc, argv, kernels);
}
