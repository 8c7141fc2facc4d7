/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the harnesses of tests/diff and tests/diff32 share: how they get from case to case, and numbers.
 *
 * Before this is included: state.h, struct test with a seed, PAD and STRIDE, which tell where code is, and doubles[], some numbers. */
#pragma once
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

/* So many cases are in memory at once: an emulator of 32-bit machines puts larger arrays where the code has to be. */
enum { BATCH = 100000 };

static struct test *tests;
static size_t ntests, current;
static struct record *records;
static uint64_t rng;

static uint64_t next(void)
{
        uint64_t z = rng += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
}

/* ---- interesting values ---- */

#define ANY_OF(list, r) list[(r) % (sizeof(list) / sizeof(list[0]))]

static uint64_t single(void)
{
        static const uint32_t v[] = { 0,          0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000,
                                      0x7f800001, 0xffc12345, 0x7fa00000, 1,          0x80000001, 0x007fffff, 0x00800000,
                                      0x7f7fffff, 0x4f000000, 0xcf000000, 0x4f800000, 0x3f000000, 0x3effffff, 0x40200000,
                                      0x4b7fffff, 0x3fc00000, 0x477fe000, 0x33800000, 0x387fc000 };
        uint64_t r = next();
        switch (r & 3) {
        case 0:
        case 1: return ANY_OF(v, r >> 8);
        case 2: return (uint32_t)next();
        default: return ((uint32_t)next() & 0x807fffff) | (uint32_t)(100 + (r >> 8) % 60) << 23; /* near 1 */
        }
}

static uint64_t dbl(void)
{
        uint64_t r = next();
        switch (r & 3) {
        case 0:
        case 1: return ANY_OF(doubles, r >> 8);
        case 2: return next();
        default: return (next() & 0x800fffffffffffff) | (uint64_t)(1000 + (r >> 8) % 50) << 52;
        }
}

/* ---- a machine's own ---- */

/* Reads what stands in a line behind the seed. */
static void read_test(struct test *t, char *p);

/* Writes the code of a case, and breakpoints behind it to the end of its place. */
static void write_case(const struct test *t, uint8_t *at);

/* Makes the scratch memory of a case whose code is at `at`. */
static void fill_scratch(const struct test *t, uintptr_t at);

/* Makes the state of a case, puts it into a frame, and makes a record of what a frame has. */
static void make_state(const struct test *t, uintptr_t at, struct record *s);
static void load(ucontext_t *uc, const struct record *s);
static void store(ucontext_t *uc, int sig, uintptr_t at, struct record *s);

/* ---- cases ---- */

/* Of the scratch memory. */
static uint64_t hash(void)
{
        const uint64_t *p = (const uint64_t *)SCRATCH;
        uint64_t h = 0;
        for (int k = 0; k < SCRATCH_SIZE / 8; k++)
                h = (h ^ p[k]) * 0x100000001b3 + (h >> 32);
        return h;
}

static uintptr_t code_of(size_t k)
{
        return CODE + PAD + k * STRIDE;
}

static void handler(int sig, siginfo_t *info, void *uc_)
{
        static ucontext_t back;
        ucontext_t *uc = uc_;
        (void)info;
        uintptr_t at = code_of(current);
        if (sig == SIGUSR1) {
                struct record s;
                memcpy(&back, uc, sizeof(back));
                make_state(&tests[current], at, &s);
                load(uc, &s);
        } else {
                store(uc, sig, at, &records[current]);
                memcpy(uc, &back, sizeof(back));
        }
}

/* Reads the next cases; false when there are none left. */
static bool read_tests(void)
{
        char line[512], *p;
        for (ntests = 0; ntests < BATCH && fgets(line, sizeof(line), stdin); ntests++) {
                struct test *t = &tests[ntests];
                memset(t, 0, sizeof(*t));
                p = strchr(line, ' ');
                t->seed = strtoull(p, &p, 16);
                read_test(t, p);
        }
        return ntests;
}

static void *map(uintptr_t at, size_t n, int prot)
{
        void *p = mmap((void *)at, n, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (p != (void *)at)
                exit(2);
        return p;
}

/* Returns how much is mapped at CODE. */
static size_t write_code(void)
{
        size_t size = (2 * PAD + ntests * STRIDE + 4095) & ~(size_t)4095;
        char *base = map(CODE, size, PROT_READ | PROT_WRITE);
        for (size_t k = 0; k < ntests; k++)
                write_case(&tests[k], (uint8_t *)code_of(k));
        __builtin___clear_cache(base, base + size);
        mprotect(base, size, PROT_READ | PROT_EXEC);
        return size;
}

/* Runs the cases that were read; false when their records cannot be written. */
static bool run_tests(void)
{
        size_t size = write_code();
        for (current = 0; current < ntests; current++) {
                fill_scratch(&tests[current], code_of(current));
                raise(SIGUSR1);
        }
        munmap((void *)CODE, size);
        return fwrite(records, sizeof(*records), ntests, stdout) == ntests;
}

int main(void)
{
        static const int signals[] = { SIGUSR1, SIGTRAP, SIGILL, SIGSEGV, SIGBUS };
        stack_t alt = { .ss_sp = malloc(1 << 18), .ss_size = 1 << 18 };
        struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        tests = calloc(BATCH, sizeof(*tests));
        records = calloc(BATCH, sizeof(*records));
        map(SCRATCH, SCRATCH_SIZE, PROT_READ | PROT_WRITE);
        sigaltstack(&alt, NULL);
        for (unsigned k = 0; k < sizeof(signals) / sizeof(signals[0]); k++)
                sigaction(signals[k], &sa, NULL);
        while (read_tests())
                if (!run_tests())
                        return 1;
        return 0;
}
