/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer kernels. */
#include "kernel.h"

static void sieve(long scale)
{
        enum { N = 200000 };
        static uint8_t composite[N];
        long primes = 0;
        for (long r = 0; r < scale; r++) {
                memset(composite, 0, N);
                for (long i = 2; i < N; i++)
                        if (!composite[i]) {
                                primes++;
                                for (long j = 2 * i; j < N; j += i)
                                        composite[j] = 1;
                        }
        }
        printf("%ld\n", primes);
}

static long place(unsigned all, unsigned columns, unsigned left, unsigned right)
{
        if (columns == all)
                return 1;
        long n = 0;
        for (unsigned free = all & ~(columns | left | right); free; free &= free - 1) {
                unsigned bit = free & -free;
                n += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
        }
        return n;
}

static void queens(long scale)
{
        printf("%ld\n", place((1u << scale) - 1, 0, 0, 0));
}

static void crc(long scale)
{
        static uint32_t table[256];
        static uint8_t data[65536];
        for (uint32_t i = 0; i < 256; i++) {
                uint32_t c = i;
                for (int k = 0; k < 8; k++)
                        c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
                table[i] = c;
        }
        for (unsigned i = 0; i < sizeof(data); i++)
                data[i] = (uint8_t)(i * 7 + (i >> 8));
        uint32_t c = 0;
        for (long r = 0; r < scale; r++)
                for (unsigned i = 0; i < sizeof(data); i++)
                        c = table[(c ^ data[i]) & 255] ^ c >> 8;
        printf("%08x\n", c);
}

static int by_value(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
        return (x > y) - (x < y);
}

static void sorting(long scale)
{
        enum { N = 50000 };
        static uint32_t v[N];
        uint64_t seed = 1, sum = 0;
        for (long r = 0; r < scale; r++) {
                for (int i = 0; i < N; i++)
                        v[i] = (uint32_t)random_next(&seed);
                qsort(v, N, sizeof(v[0]), by_value);
                for (int i = 0; i < N; i += 997)
                        sum = sum * 31 + v[i];
        }
        printf("%llx\n", (unsigned long long)sum);
}

static void hashing(long scale)
{
        enum { BITS = 16 };
        static struct {
                uint64_t key, value;
        } table[1 << BITS];
        uint64_t seed = 7, found = 0;
        for (long i = 0; i < scale * 100000; i++) {
                uint64_t key = random_next(&seed) % 40000 + 1, h = key * 0x9e3779b97f4a7c15 >> (64 - BITS);
                while (table[h].key && table[h].key != key)
                        h = (h + 1) & ((1 << BITS) - 1);
                table[h].key = key;
                found += ++table[h].value;
        }
        printf("%llu\n", (unsigned long long)found);
}

/* Finds the longest earlier match of each position, as compressors do. */
static void matching(long scale)
{
        enum { N = 1 << 16 };
        static uint8_t text[N + 64];
        static int32_t head[1 << 13], previous[N];
        uint64_t seed = 3, total = 0;
        for (int i = 0; i < N; i++)
                text[i] = i > 300 && random_next(&seed) % 5 ? text[i - 1 - (int)(seed % 200)] : (uint8_t)(seed % 29 + 'a');
        for (long r = 0; r < scale; r++) {
                memset(head, 0xff, sizeof(head));
                for (int i = 0; i < N; i++) {
                        uint32_t w;
                        memcpy(&w, text + i, 4);
                        uint32_t h = w * 2654435761u >> 19;
                        int best = 0;
                        for (int at = head[h], chain = 0; at >= 0 && chain < 16; at = previous[at], chain++) {
                                int n = 0;
                                while (n < 60 && text[at + n] == text[i + n])
                                        n++;
                                best = n > best ? n : best;
                        }
                        previous[i] = head[h];
                        head[h] = i;
                        total += (uint64_t)best;
                }
        }
        printf("%llu\n", (unsigned long long)total);
}

static void strings(long scale)
{
        char line[200], out[4000];
        uint64_t sum = 0;
        for (long r = 0; r < scale * 1000; r++) {
                size_t n = 0;
                for (int i = 0; i < 20; i++) {
                        snprintf(line, sizeof(line), "item-%d:%ld;", i, r * i);
                        size_t k = strlen(line);
                        memcpy(out + n, line, k + 1);
                        n += k;
                }
                for (char *p = out; (p = strchr(p, ';')); p++)
                        sum += (uint64_t)(p - out);
                sum += strstr(out, "item-19") - out;
        }
        printf("%llu\n", (unsigned long long)sum);
}

/* A bytecode machine with computed addresses. */
static void interpreter(long scale)
{
        enum { LOAD, ADD, XOR, SHIFT, STORE, LOOP, END };
        static const uint8_t program[] = { LOAD, 0, ADD, 1, XOR, 2, SHIFT, 3, STORE, 1, LOAD, 2, ADD, 0, STORE, 2, LOOP, 0, END };
        static void *const label[] = { &&load, &&add, &&xor_, &&shift, &&store, &&loop, &&end };
        uint64_t v[4] = { 1, 2, 3, 5 }, acc = 0;
        long count = scale * 100000;
        const uint8_t *p = program;
#define NEXT goto *label[*p]
        NEXT;
load:
        acc = v[p[1]], p += 2;
        NEXT;
add:
        acc += v[p[1]], p += 2;
        NEXT;
xor_:
        acc ^= v[p[1]], p += 2;
        NEXT;
shift:
        acc = acc << p[1] | acc >> (64 - p[1]), p += 2;
        NEXT;
store:
        v[p[1]] = acc, p += 2;
        NEXT;
loop:
        p = --count > 0 ? program : p + 2;
        NEXT;
end:
        printf("%llx\n", (unsigned long long)(acc ^ v[1] ^ v[2]));
}

struct tree {
        struct tree *l, *r;
};

static struct tree *grow(int depth)
{
        struct tree *t = malloc(sizeof(*t));
        t->l = depth ? grow(depth - 1) : NULL;
        t->r = depth ? grow(depth - 1) : NULL;
        return t;
}

static long fell(struct tree *t)
{
        long n = t->l ? fell(t->l) + fell(t->r) : 0;
        free(t);
        return n + 1;
}

static void trees(long scale)
{
        long n = 0;
        for (long r = 0; r < scale; r++)
                n += fell(grow(14));
        printf("%ld\n", n);
}

struct shape {
        long (*area)(const struct shape *);
        long a, b;
};
static __attribute__((noinline)) long square(const struct shape *s)
{
        return s->a * s->a;
}
static __attribute__((noinline)) long box(const struct shape *s)
{
        return s->a * s->b;
}
static __attribute__((noinline)) long sum(const struct shape *s)
{
        return s->a + s->b;
}

static void methods(long scale)
{
        enum { N = 1000 };
        static struct shape shapes[N];
        long (*const area[])(const struct shape *) = { square, box, sum };
        uint64_t seed = 5;
        for (int i = 0; i < N; i++)
                shapes[i] = (struct shape){ area[random_next(&seed) % 3], i, i + 2 };
        unsigned long total = 0;
        for (long r = 0; r < scale * 100; r++)
                for (int i = 0; i < N; i++)
                        total += shapes[i].area(&shapes[i]);
        printf("%u\n", (unsigned)total); /* what a long of 32 bits has, too */
}

static void matrix(long scale)
{
        enum { N = 64 };
        static int32_t a[N][N], b[N][N], c[N][N];
        for (int i = 0; i < N * N; i++)
                a[i / N][i % N] = i * 7 % 13, b[i / N][i % N] = i * 5 % 11;
        for (long r = 0; r < scale; r++)
                for (int i = 0; i < N; i++)
                        for (int j = 0; j < N; j++) {
                                int32_t s = c[i][j];
                                for (int k = 0; k < N; k++)
                                        s += a[i][k] * b[k][j];
                                c[i][j] = s & 0xffff;
                        }
        printf("%d\n", c[3][5] + c[60][7]);
}

/* Digits are as wide as a register of the guest, on all machines that are compared. */
#ifdef DIGITS_32
typedef uint32_t digit;
typedef uint64_t two_digits;
#else
typedef uint64_t digit;
typedef unsigned __int128 two_digits;
#endif

static void bignum(long scale)
{
        enum { N = 64, BITS = 8 * sizeof(digit) };
        static digit a[N], b[N], r[2 * N];
        uint64_t seed = 11;
        digit x = 0;
        for (int i = 0; i < N; i++)
                a[i] = (digit)random_next(&seed), b[i] = (digit)random_next(&seed);
        for (long n = 0; n < scale * 100; n++) {
                memset(r, 0, sizeof(r));
                for (int i = 0; i < N; i++) {
                        two_digits carry = 0;
                        for (int j = 0; j < N; j++) {
                                carry += (two_digits)a[i] * b[j] + r[i + j];
                                r[i + j] = (digit)carry;
                                carry >>= BITS;
                        }
                        r[i + N] = (digit)carry;
                }
                x ^= r[N] ^ r[2 * N - 1];
                a[n % N] ^= x;
        }
        printf("%llx\n", (unsigned long long)x);
}

int main(int argc, char **argv)
{
        static const struct kernel kernels[] = {
                { "sieve", sieve },     { "queens", queens },     { "crc", crc },         { "sorting", sorting },
                { "hashing", hashing }, { "matching", matching }, { "strings", strings }, { "interpreter", interpreter },
                { "trees", trees },     { "methods", methods },   { "matrix", matrix },   { "bignum", bignum },
                { NULL, NULL },
        };
        return kernel_main(argc, argv, kernels);
}
