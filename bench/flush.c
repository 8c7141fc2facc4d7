/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flush N BYTES ROUNDS: what one change of code costs while N other functions are translated, as in programs that compile as
 * they run. A function is written anew, BYTES from its start on are flushed, and it is called, ROUNDS times. Prints nanoseconds
 * a round. With BYTES 0: pages of data beside the code are mapped, touched and unmapped instead. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { STEP = 256, DATA = 1 << 20 };

typedef int function(int);

static double now(void)
{
        struct timespec t;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return t.tv_sec * 1e9 + t.tv_nsec;
}

static void write_function(char *at, unsigned k)
{
#ifdef __aarch64__
        uint32_t code[] = { 0x52800001u | (k & 0xfff) << 5, 0x0b010000, 0xd65f03c0 }; /* mov w1, #k; add w0, w0, w1; ret */
#elif defined(__arm__)
        uint32_t code[] = { 0xe3001000u | (k & 0xfff), 0xe0810000, 0xe12fff1e }; /* movw r1, #k; add r0, r1, r0; bx lr */
#else
        uint8_t code[] = { 0x8d, 0x87, (uint8_t)k, (uint8_t)(k >> 8 & 15), 0, 0, 0xc3 }; /* lea k(%rdi), %eax; ret */
#endif
        memcpy(at, code, sizeof(code));
}

static int call(char *at)
{
        return ((function *)(uintptr_t)at)(1);
}

static char *map(size_t size, int prot)
{
        char *p = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (p == MAP_FAILED)
                exit(1);
        return p;
}

static unsigned change(char *at, size_t bytes, unsigned k)
{
        write_function(at, k);
        __builtin___clear_cache(at, at + bytes);
        return (unsigned)call(at);
}

static unsigned use_data(void)
{
        char *p = map(DATA, PROT_READ | PROT_WRITE);

        p[0] = 1;
        return munmap(p, DATA) == 0;
}

int main(int argc, char **argv)
{
        if (argc != 4)
                return 2;
        size_t n = strtoul(argv[1], NULL, 10), bytes = strtoul(argv[2], NULL, 10), rounds = strtoul(argv[3], NULL, 10);
        char *others = map(n * STEP + 4096, PROT_READ | PROT_WRITE | PROT_EXEC),
             *one = map(65536, PROT_READ | PROT_WRITE | PROT_EXEC);
        unsigned sum = 0;

        for (size_t k = 0; k < n; k++)
                write_function(others + k * STEP, (unsigned)k);
        __builtin___clear_cache(others, others + n * STEP);
        for (size_t k = 0; k < n; k++)
                sum += (unsigned)call(others + k * STEP);
        double start = now();
        for (size_t k = 0; k < rounds; k++)
                sum += bytes ? change(one, bytes, (unsigned)k) : use_data();
        printf("%.0f\n", (now() - start) / (double)rounds);
        return sum == 0;
}
