/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf nightly=armhf-arm */
/* 32-bit ARM: exclusives of all sizes, SWP, and barriers between threads (Arm ARM, "Synchronization and semaphores"; for the shapes,
 * litmus.c). */
#include "check.h"
#include <pthread.h>
#include <sched.h>

#define ARCH ".arch armv8-a\n\t"
enum { THREADS = 4, ROUNDS = 30000 };

static void in_threads(void *(*fn)(void *), unsigned n)
{
        pthread_t t[THREADS];
        for (uintptr_t k = 0; k < n; k++)
                EQ(pthread_create(&t[k], NULL, fn, (void *)k), 0);
        for (unsigned k = 0; k < n; k++)
                EQ(pthread_join(t[k], NULL), 0);
}

/* ---- counters ---- */

/* Beside each other, so that a store that is too wide shows. */
static struct {
        uint8_t before, byte, behind, pad;
        uint16_t low, half;
        uint32_t word, word_ordered, locked;
        uint64_t both __attribute__((aligned(8))), both_ordered;
} counters;

#define COUNT(load, store, at) \
        do { \
                uint32_t v, failed; \
                __asm__ volatile(ARCH "1: " load " %0, [%2]\n\tadd %0, %0, #1\n\t" store " %1, %0, [%2]\n\tcmp %1, #0\n\tbne 1b" \
                                 : "=&r"(v), "=&r"(failed) \
                                 : "r"(&counters.at) \
                                 : "cc", "memory"); \
        } while (0)
#define COUNT_BOTH(load, store, at) \
        __asm__ volatile(ARCH "1: " load " r2, r3, [%0]\n\tadds r2, r2, #1\n\tadc r3, r3, #1\n\t" store \
                              " r1, r2, r3, [%0]\n\tcmp r1, #0\n\tbne 1b" ::"r"(&counters.at) \
                         : "r1", "r2", "r3", "cc", "memory")

static void *count(void *arg)
{
        for (unsigned k = 0; k < ROUNDS; k++) {
                COUNT("ldrexb", "strexb", byte);
                COUNT("ldrexh", "strexh", half);
                COUNT("ldrex", "strex", word);
                COUNT("ldaex", "stlex", word_ordered);
                COUNT_BOTH("ldrexd", "strexd", both);
                COUNT_BOTH("ldaexd", "stlexd", both_ordered);
        }
        return arg;
}

TEST(nothing_is_lost)
{
        const uint32_t n = THREADS * ROUNDS;
        in_threads(count, THREADS);
        EQ(counters.byte, (uint8_t)n);
        EQ(counters.half, (uint16_t)n);
        EQ(counters.word, n);
        EQ(counters.word_ordered, n);
        EQ(counters.both, n * 0x100000001ull);
        EQ(counters.both_ordered, n * 0x100000001ull);
        EQ(counters.before | counters.behind | counters.pad | counters.low, 0);
}

/* ---- SWP, which is in A32 only: a lock as programs for Armv4 and v5 have it ---- */

__attribute__((target("arm"), noinline)) static uint32_t swp(uint32_t new, volatile uint32_t *at)
{
        register uint32_t r0 __asm__("r0") = new;
        register volatile uint32_t *r1 __asm__("r1") = at;
        __asm__ volatile(".inst 0xe1010090" : "+r"(r0) : "r"(r1) : "memory"); /* swp r0, r0, [r1] */
        return r0;
}

__attribute__((target("arm"), noinline)) static uint32_t swpb(uint32_t new, volatile uint8_t *at)
{
        register uint32_t r0 __asm__("r0") = new;
        register volatile uint8_t *r1 __asm__("r1") = at;
        __asm__ volatile(".inst 0xe1410090" : "+r"(r0) : "r"(r1) : "memory"); /* swpb r0, r0, [r1] */
        return r0;
}

static volatile uint32_t lock;
static volatile uint8_t byte_lock;
static volatile unsigned guarded; /* or the compiler would keep it in a register, as nothing else knows its address */

static void *count_guarded(void *arg)
{
        for (unsigned k = 0; k < ROUNDS / 4; k++) {
                while (k & 1 ? swp(1, &lock) : (swp(1, &lock) || swpb(1, &byte_lock)))
                        sched_yield();
                guarded = guarded + 1;
                if (!(k & 1))
                        swpb(0, &byte_lock);
                swp(0, &lock);
        }
        return arg;
}

TEST(locks_of_swp)
{
        volatile uint32_t word = 0x11223344;
        EQ(swp(0x55667788, &word), 0x11223344);
        EQ(word, 0x55667788);
        EQ(swpb(0x1ff, (volatile uint8_t *)&word + 1), 0x77);
        EQ(word, 0x5566ff88);
        in_threads(count_guarded, THREADS);
        EQ(guarded, THREADS * (ROUNDS / 4));
}

/* ---- the monitor ---- */

static uint32_t cells[4] __attribute__((aligned(16))) = { 1, 2, 3, 4 };

/* LDREX of cells[0], then what `between` says, then STREX of 9 to cells[to]. Returns what STREX gives. */
#define EXCLUSIVE(between, to) \
        ({ \
                uint32_t failed, v; \
                __asm__ volatile(ARCH "ldrex %1, [%2]\n\t" between "\n\tmov %1, #9\n\tstrex %0, %1, [%3]" \
                                 : "=&r"(failed), "=&r"(v) \
                                 : "r"(&cells[0]), "r"(&cells[to]) \
                                 : "cc", "memory"); \
                failed; \
        })

TEST(monitor)
{
        EQ(EXCLUSIVE("", 0), 0);
        EQ(cells[0], 9);
        EQ(EXCLUSIVE("clrex", 0), 1);
        EQ(EXCLUSIVE("", 1), 1);
        EQ(cells[1], 2);
        EQ(EXCLUSIVE("strex %0, %1, [%2]", 0), 1); /* the second one: the first has used it up */
        EQ(EXCLUSIVE("nop", 0), 0);
}

static void handler(int sig)
{
        (void)sig;
}

/* A signal handler opens the monitor, also where it returns to between the two. */
TEST_NOT_ON_QEMU(signals_open_the_monitor, "QEMU 7.2 does so for signals that come between translated blocks only")
{
        signal(SIGUSR1, handler);
        for (unsigned k = 0; k < 4; k++) {
                uint32_t failed;
                register uint32_t r0 __asm__("r0") = (uint32_t)getpid();
                register uint32_t r1 __asm__("r1") = SIGUSR1;
                register uint32_t *r2 __asm__("r2") = cells;
                __asm__ volatile(
                        ARCH
                        "ldrex r3, [r2]\n\tpush {r7}\n\tmov r7, #37\n\tsvc #0\n\tpop {r7}\n\tmov r3, #1\n\tstrex %0, r3, [r2]"
                        : "=&r"(failed), "+r"(r0)
                        : "r"(r1), "r"(r2)
                        : "r3", "cc", "memory");
                EQ(failed, 1);
        }
}

/* ---- order ---- */

enum { CELLS = 100000 };
static volatile uint32_t (*xs)[16], (*ys)[16]; /* a pair for each round, in lines of their own */
static uint32_t seen[2][CELLS];
static volatile unsigned at[2];

static void meet(unsigned who, unsigned round)
{
        if (round % 64 == 0) {
                at[who] = round + 1;
                while (at[!who] < round + 1)
                        sched_yield();
        }
}

/* Defines what each of two threads does in a round, and the thread. */
#define SHAPE(name) \
        static void name##_round(unsigned who, unsigned k); \
        static void *name(void *arg) \
        { \
                unsigned who = (uintptr_t)arg; \
                for (unsigned k = 0; k < CELLS; k++) { \
                        meet(who, k); \
                        name##_round(who, k); \
                } \
                at[who] = ~0u; \
                return arg; \
        } \
        static inline __attribute__((always_inline)) void name##_round(unsigned who, unsigned k)

/* SB: both threads write one cell and read the other's. With a barrier between, one of them must see the other's write. */
SHAPE(store_buffering)
{
        (who ? ys : xs)[k][0] = 1;
        __asm__ volatile("dmb ish" ::: "memory");
        seen[who][k] = (who ? xs : ys)[k][0];
}

/* MP: one writes data, then a flag; who sees the flag must see the data. */
SHAPE(message_passing)
{
        if (who) {
                xs[k][0] = 1;
                __asm__ volatile("dmb ishst" ::: "memory");
                ys[k][0] = 1;
        } else {
                seen[0][k] = ys[k][0];
                __asm__ volatile("dmb ish" ::: "memory");
                seen[1][k] = xs[k][0];
        }
}

/* ---- the same without barriers: ordered loads and stores, and a dependency ---- */

static void store_ordered(volatile uint32_t *p, uint32_t v)
{
        __asm__ volatile(ARCH "stl %1, [%0]" ::"r"(p), "r"(v) : "memory");
}

static uint32_t load_ordered(const volatile uint32_t *p)
{
        uint32_t v;
        __asm__ volatile(ARCH "lda %0, [%1]" : "=r"(v) : "r"(p) : "memory");
        return v;
}

SHAPE(store_buffering_ordered)
{
        store_ordered(&(who ? ys : xs)[k][0], 1);
        seen[who][k] = load_ordered(&(who ? xs : ys)[k][0]);
}

SHAPE(message_passing_ordered)
{
        if (who) {
                xs[k][0] = 1;
                store_ordered(&ys[k][0], 1);
        } else {
                seen[0][k] = load_ordered(&ys[k][0]);
                seen[1][k] = xs[k][0];
        }
}

/* The address of the second load depends on the result of the first one. */
SHAPE(message_passing_by_dependency)
{
        if (who) {
                xs[k][0] = 1;
                __asm__ volatile("dmb ishst" ::: "memory");
                ys[k][0] = 1;
        } else {
                uint32_t flag, zero, value;
                __asm__ volatile("ldr %0, [%3]\n\teor %1, %0, %0\n\tldr %2, [%4, %1]"
                                 : "=&r"(flag), "=&r"(zero), "=&r"(value)
                                 : "r"(&ys[k][0]), "r"(&xs[k][0])
                                 : "memory");
                seen[0][k] = flag;
                seen[1][k] = value;
        }
}

/* LB: both threads read one cell and write the other. They must not both read what is written later. */
SHAPE(load_buffering)
{
        seen[who][k] = load_ordered(&(who ? ys : xs)[k][0]);
        store_ordered(&(who ? xs : ys)[k][0], 1);
}

/* SB by a locked instruction in place of a barrier: LDAEX and STLEX, then LDA. */
SHAPE(store_buffering_exclusive)
{
        volatile uint32_t *p = &(who ? ys : xs)[k][0];
        uint32_t v, failed;
        __asm__ volatile(ARCH "1: ldaex %0, [%2]\n\tadd %0, %0, #1\n\tstlex %1, %0, [%2]\n\tcmp %1, #0\n\tbne 1b"
                         : "=&r"(v), "=&r"(failed)
                         : "r"(p)
                         : "cc", "memory");
        seen[who][k] = load_ordered(&(who ? xs : ys)[k][0]);
}

static void run_shape(void *(*fn)(void *))
{
        if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
                SKIP("one CPU only");
        xs = calloc(CELLS, sizeof(*xs));
        ys = calloc(CELLS, sizeof(*ys));
        CHECK(xs && ys);
        in_threads(fn, 2);
}

TEST(store_buffering_with_barriers)
{
        run_shape(store_buffering);
        for (unsigned k = 0; k < CELLS; k++)
                CHECK(seen[0][k] || seen[1][k]);
}

TEST(message_passing_with_barriers)
{
        run_shape(message_passing);
        for (unsigned k = 0; k < CELLS; k++)
                CHECK(!seen[0][k] || seen[1][k]);
}

TEST_NOT_ON_QEMU(store_buffering_without_barriers, "QEMU 7.2 has no barrier between the two")
{
        run_shape(store_buffering_ordered);
        for (unsigned k = 0; k < CELLS; k++)
                CHECK(seen[0][k] || seen[1][k]);
}

TEST(store_buffering_with_exclusives)
{
        run_shape(store_buffering_exclusive);
        for (unsigned k = 0; k < CELLS; k++)
                CHECK(seen[0][k] || seen[1][k]);
}

TEST(message_passing_without_barriers)
{
        static void *(*const ways[])(void *) = { message_passing_ordered, message_passing_by_dependency };
        for (unsigned w = 0; w < 2; w++) {
                at[0] = at[1] = 0;
                run_shape(ways[w]);
                for (unsigned k = 0; k < CELLS; k++)
                        CHECK(!seen[0][k] || seen[1][k]);
        }
}

TEST(load_buffering_without_barriers)
{
        run_shape(load_buffering);
        for (unsigned k = 0; k < CELLS; k++)
                CHECK(!seen[0][k] || !seen[1][k]);
}
