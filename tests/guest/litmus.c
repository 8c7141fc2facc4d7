/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory order between threads. Outcomes that Arm forbids must never happen (Arm ARM B2.3); the shapes have their names in the
 * literature: SB, MP, LB, 2+2W, IRIW. And atomics of every kind must lose nothing when several threads use them on the same
 * memory. arm-atomics.c is this for 32-bit ARM. */
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { ROUNDS = 200000 };

static bool two_cpus(void)
{
        return sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

typedef void body(unsigned round, unsigned who, uint64_t *ret);
struct shape {
        body *fn;
        uint64_t (*result)[2];
        unsigned who;
};

static uint64_t results[4][ROUNDS][2];
static atomic_uint seq[4];

/* Runs a body round after round, a bit ahead of the other thread or behind it. */
static void *runner(void *arg)
{
        struct shape *s = arg;
        for (unsigned r = 0; r < ROUNDS; r++) {
                s->fn(r, s->who, s->result[r]);
                if (r % 64 == 0) { /* wait for the other thread */
                        atomic_store(&seq[s->who], r + 1);
                        for (unsigned k = 0; k < 2; k++)
                                while (atomic_load(&seq[k]) < r + 1)
                                        sched_yield();
                }
        }
        atomic_store(&seq[s->who], ROUNDS + 1);
        return NULL;
}

static uint64_t *xs, *ys; /* a pair of cells for each round */

static void run_two(body *a, body *b)
{
        pthread_t th[2];
        struct shape s[2] = { { a, results[0], 0 }, { b, results[1], 1 } };
        if (!two_cpus())
                SKIP("one CPU only");
        xs = calloc(ROUNDS * 8, 8);
        ys = calloc(ROUNDS * 8, 8);
        for (unsigned k = 0; k < 2; k++)
                EQ(pthread_create(&th[k], NULL, runner, &s[k]), 0);
        for (unsigned k = 0; k < 2; k++)
                pthread_join(th[k], NULL);
}

#define X(r) (&xs[(r)*8])
#define Y(r) (&ys[(r)*8])

static inline void stlr(uint64_t *p, uint64_t v)
{
        __asm__ volatile("stlr %1, %0" : "=Q"(*p) : "r"(v) : "memory");
}
static inline uint64_t ldar(uint64_t *p)
{
        uint64_t v;
        __asm__ volatile("ldar %0, %1" : "=r"(v) : "Q"(*p) : "memory");
        return v;
}
static inline void str(uint64_t *p, uint64_t v)
{
        __asm__ volatile("str %1, %0" : "=Q"(*p) : "r"(v) : "memory");
}
static inline uint64_t ldr(uint64_t *p)
{
        uint64_t v;
        __asm__ volatile("ldr %0, %1" : "=r"(v) : "Q"(*p) : "memory");
        return v;
}
#define BARRIER(what) __asm__ volatile(what ::: "memory")

static void sb_sc0(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w, stlr(X(r), 1), *ret = ldar(Y(r));
}
static void sb_sc1(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w, stlr(Y(r), 1), *ret = ldar(X(r));
}

static void none_zero_zero(const char *what)
{
        for (unsigned r = 0; r < ROUNDS; r++)
                if (!results[0][r][0] && !results[1][r][0])
                        FAIL("%s: both read 0 in round %u", what, r);
}

TEST_NOT_ON_QEMU(sb_stlr_ldar, "QEMU 7.2 lets both read 0")
{
        run_two(sb_sc0, sb_sc1);
        none_zero_zero("SB with STLR, LDAR");
}

static void sb_dmb0(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w;
        str(X(r), 1);
        BARRIER("dmb ish");
        *ret = ldr(Y(r));
}
static void sb_dmb1(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w;
        str(Y(r), 1);
        BARRIER("dmb sy");
        *ret = ldr(X(r));
}

TEST(sb_dmb)
{
        run_two(sb_dmb0, sb_dmb1);
        none_zero_zero("SB with DMB");
}

static void sb_swp0(unsigned r, unsigned w, uint64_t *ret)
{
        uint64_t old;
        (void)w;
        __asm__ volatile("swpal %2, %0, %1" : "=r"(old), "+Q"(*X(r)) : "r"(1ul) : "memory");
        *ret = ldar(Y(r));
}
static void sb_swp1(unsigned r, unsigned w, uint64_t *ret)
{
        uint64_t old;
        (void)w;
        __asm__ volatile("ldaddal %2, %0, %1" : "=r"(old), "+Q"(*Y(r)) : "r"(1ul) : "memory");
        *ret = ldar(X(r));
}

TEST(sb_atomics)
{
        run_two(sb_swp0, sb_swp1);
        none_zero_zero("SB with SWPAL, LDADDAL");
}

static void mp_write_dmb(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w, (void)ret;
        str(X(r), 1);
        BARRIER("dmb ishst");
        str(Y(r), 1);
}
static void mp_read_dmb(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w;
        ret[0] = ldr(Y(r));
        BARRIER("dmb ishld");
        ret[1] = ldr(X(r));
}
static void mp_write_stlr(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w, (void)ret, str(X(r), 1), stlr(Y(r), 1);
}
static void mp_read_ldar(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w, ret[0] = ldar(Y(r)), ret[1] = ldr(X(r));
}
/* The address of the second load depends on the result of the first one, which orders them. */
static void mp_read_dep(unsigned r, unsigned w, uint64_t *ret)
{
        uint64_t flag, zero, value;
        (void)w;
        __asm__ volatile("ldr %0, [%3]\n\teor %1, %0, %0\n\tldr %2, [%4, %1]"
                         : "=&r"(flag), "=&r"(zero), "=&r"(value)
                         : "r"(Y(r)), "r"(X(r))
                         : "memory");
        ret[0] = flag;
        ret[1] = value;
}

static void none_one_zero(const char *what)
{
        for (unsigned r = 0; r < ROUNDS; r++)
                if (results[1][r][0] && !results[1][r][1])
                        FAIL("%s: the flag without the data in round %u", what, r);
}

TEST(mp_dmb)
{
        run_two(mp_write_dmb, mp_read_dmb), none_one_zero("MP with DMB");
}
TEST(mp_stlr_ldar)
{
        run_two(mp_write_stlr, mp_read_ldar), none_one_zero("MP with STLR, LDAR");
}
TEST(mp_dependency)
{
        run_two(mp_write_dmb, mp_read_dep), none_one_zero("MP with a dependency");
}

static void lb0(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w, *ret = ldar(X(r)), stlr(Y(r), 1);
}
static void lb1(unsigned r, unsigned w, uint64_t *ret)
{
        (void)w, *ret = ldar(Y(r)), stlr(X(r), 1);
}

TEST(lb_acquire_release)
{
        run_two(lb0, lb1);
        for (unsigned r = 0; r < ROUNDS; r++)
                if (results[0][r][0] && results[1][r][0])
                        FAIL("both loads saw the other's later store in round %u", r);
}

/* ---- contention ---- */

enum { THREADS = 4, COUNT = 100000 };
static _Alignas(64) struct {
        uint64_t lo, hi;
} shared;
static uint64_t totals[THREADS];

static void contend(void *(*fn)(void *))
{
        pthread_t th[THREADS];
        for (unsigned k = 0; k < THREADS; k++)
                EQ(pthread_create(&th[k], NULL, fn, (void *)(uintptr_t)k), 0);
        for (unsigned k = 0; k < THREADS; k++)
                pthread_join(th[k], NULL);
}

#define EXCLUSIVE_ADD(name, type, ld, st, mod) \
        static void *name(void *arg) \
        { \
                type *p = (type *)&shared; \
                for (unsigned k = 0; k < COUNT; k++) \
                        __asm__ volatile("1: " ld " %" mod "0, [%2]\n\tadd %" mod "0, %" mod "0, #1\n\t" st " %w1, %" mod \
                                         "0, [%2]\n\tcbnz %w1, 1b" \
                                         : "=&r"((uint64_t){ 0 }), "=&r"((uint64_t){ 0 }) \
                                         : "r"(p) \
                                         : "memory"); \
                return arg; \
        } \
        TEST(contended_##name) \
        { \
                contend(name); \
                EQ(*(type *)&shared, (type)(THREADS * COUNT)); \
        }

EXCLUSIVE_ADD(ldxr_64, uint64_t, "ldxr", "stxr", "x")
EXCLUSIVE_ADD(ldaxr_32, uint32_t, "ldaxr", "stlxr", "w")
EXCLUSIVE_ADD(ldxrh, uint16_t, "ldxrh", "stlxrh", "w")
EXCLUSIVE_ADD(ldaxrb, uint8_t, "ldaxrb", "stxrb", "w")

/* Adds to both halves of a pair by LDAXP and STLXP: they must never be seen from different times. */
static void *pair_add(void *arg)
{
        for (unsigned k = 0; k < COUNT; k++) {
                uint64_t a, b;
                unsigned fail;
                do {
                        __asm__ volatile("ldaxp %0, %1, [%3]\n\tadd %0, %0, #1\n\tadd %1, %1, #3\n\tstlxp %w2, %0, %1, [%3]"
                                         : "=&r"(a), "=&r"(b), "=&r"(fail)
                                         : "r"(&shared)
                                         : "memory");
                } while (fail);
                if (b != 3 * a)
                        FAIL("halves of a pair from different times: %" PRIu64 " %" PRIu64, a, b);
        }
        return arg;
}

TEST(contended_ldxp_64)
{
        contend(pair_add);
        EQ(shared.lo, THREADS * COUNT);
        EQ(shared.hi, 3 * THREADS * COUNT);
}

static void *pair_add_32(void *arg)
{
        for (unsigned k = 0; k < COUNT; k++)
                __asm__ volatile(
                        "1: ldxp %w0, %w1, [%3]\n\tadd %w0, %w0, #1\n\tadd %w1, %w1, #3\n\tstxp %w2, %w0, %w1, [%3]\n\tcbnz %w2, 1b"
                        : "=&r"((uint64_t){ 0 }), "=&r"((uint64_t){ 0 }), "=&r"((uint64_t){ 0 })
                        : "r"(&shared)
                        : "memory");
        return arg;
}

TEST(contended_ldxp_32)
{
        contend(pair_add_32);
        EQ(shared.lo, (uint64_t)(3 * THREADS * COUNT) << 32 | THREADS * COUNT);
}

static void *casp_add(void *arg)
{
        for (unsigned k = 0; k < COUNT; k++) {
                register uint64_t x0 __asm__("x0") = shared.lo, x1 __asm__("x1") = shared.hi;
                register uint64_t x2 __asm__("x2"), x3 __asm__("x3");
                for (;;) {
                        uint64_t was0 = x0, was1 = x1;
                        x2 = x0 + 1;
                        x3 = x1 + 5;
                        __asm__ volatile("caspal x0, x1, x2, x3, [%4]"
                                         : "+r"(x0), "+r"(x1)
                                         : "r"(x2), "r"(x3), "r"(&shared)
                                         : "memory");
                        if (x0 == was0 && x1 == was1)
                                break;
                }
        }
        return arg;
}

TEST(contended_casp)
{
        contend(casp_add);
        EQ(shared.lo, THREADS * COUNT);
        EQ(shared.hi, 5 * THREADS * COUNT);
}

static void *lse_all(void *arg)
{
        static uint32_t bits;
        uint64_t who = (uint64_t)arg;
        for (unsigned k = 0; k < COUNT; k++) {
                uint64_t old;
                __asm__ volatile("ldadd %2, %0, %1" : "=r"(old), "+Q"(shared.lo) : "r"(1ul) : "memory");
                __asm__ volatile("stset %w1, %0" : "+Q"(bits) : "r"(1u << who) : "memory");
                __asm__ volatile("ldclr %w2, %w0, %1" : "=r"(old), "+Q"(bits) : "r"(1u << who) : "memory");
                if (!((uint32_t)old >> who & 1))
                        FAIL("a bit that only this thread sets was not there");
                __asm__ volatile("steor %w1, %0" : "+Q"(bits) : "r"(1u << (who + 8)) : "memory");
                __asm__ volatile("stsmax %1, %0" : "+Q"(totals[0]) : "r"((uint64_t)k * THREADS + who) : "memory");
                __asm__ volatile("stumin %1, %0" : "+Q"(totals[1]) : "r"(1000000 - (uint64_t)k) : "memory");
        }
        return arg;
}

TEST(contended_lse)
{
        totals[1] = ~0ul;
        contend(lse_all);
        EQ(shared.lo, THREADS * COUNT);
        EQ(totals[0], (COUNT - 1) * THREADS + THREADS - 1);
        EQ(totals[1], 1000000 - (COUNT - 1));
}

/* Adds 1 three times, by different atomics, at an address that is not aligned, but within 16 bytes. */
static void *unaligned(void *arg)
{
        uint64_t *p = (uint64_t *)((char *)&shared + 5);
        for (unsigned k = 0; k < COUNT; k++) {
                uint64_t old;
                uint32_t fail;
                __asm__ volatile("ldadd %2, %0, [%1]" : "=&r"(old) : "r"(p), "r"(1ul) : "memory");
                __asm__ volatile("1: ldaxr %0, [%2]\nadd %0, %0, #1\nstlxr %w1, %0, [%2]\ncbnz %w1, 1b"
                                 : "=&r"(old), "=&r"(fail)
                                 : "r"(p)
                                 : "memory");
                __asm__ volatile("1: ldar %0, [%2]\nmov x9, %0\nadd x10, %0, #1\ncasal %0, x10, [%2]\ncmp %0, x9\nb.ne 1b"
                                 : "=&r"(old), "=&r"(fail)
                                 : "r"(p)
                                 : "x9", "x10", "cc", "memory");
        }
        return arg;
}

TEST_NOT_ON_QEMU(contended_unaligned, "QEMU 7.2 does not have FEAT_LSE2")
{
        uint64_t sum;
        contend(unaligned);
        memcpy(&sum, (char *)&shared + 5, 8);
        EQ(sum, 3 * THREADS * COUNT);
}

/* Each value that is put in by SWP must come out once. */
static void *swapper(void *arg)
{
        uint64_t who = (uint64_t)arg, sum = 0;
        for (unsigned k = 1; k <= COUNT; k++) {
                uint64_t old;
                __asm__ volatile("swpal %2, %0, %1" : "=r"(old), "+Q"(shared.lo) : "r"((uint64_t)k * THREADS + who) : "memory");
                sum += old;
        }
        totals[who] = sum;
        return arg;
}

TEST(contended_swp)
{
        uint64_t put_in = 0, out;
        contend(swapper);
        out = shared.lo;
        for (uint64_t w = 0; w < THREADS; w++) {
                out += totals[w];
                for (uint64_t k = 1; k <= COUNT; k++)
                        put_in += k * THREADS + w;
        }
        EQ(out, put_in);
}

/* ---- a stack without locks: CASP changes its head, a pointer and a counter, in one go ---- */

struct node {
        struct node *next;
        uint64_t value;
};
static _Alignas(16) struct head {
        struct node *top;
        uint64_t tag;
} head;

static bool casp_head(struct head *expected, struct head desired)
{
        register uint64_t x0 __asm__("x0") = (uint64_t)expected->top, x1 __asm__("x1") = expected->tag;
        register uint64_t x2 __asm__("x2") = (uint64_t)desired.top, x3 __asm__("x3") = desired.tag;
        uint64_t was0 = x0, was1 = x1;
        __asm__ volatile("caspal x0, x1, x2, x3, [%4]" : "+r"(x0), "+r"(x1) : "r"(x2), "r"(x3), "r"(&head) : "memory");
        expected->top = (struct node *)x0;
        expected->tag = x1;
        return x0 == was0 && x1 == was1;
}

static void push(struct node *n)
{
        struct head h = head;
        do
                n->next = h.top;
        while (!casp_head(&h, (struct head){ n, h.tag + 1 }));
}

static struct node *pop(void)
{
        struct head h = head;
        while (h.top && !casp_head(&h, (struct head){ ((volatile struct node *)h.top)->next, h.tag + 1 }))
                ;
        return h.top;
}

static void *push_and_pop(void *arg)
{
        uint64_t who = (uint64_t)arg, sum = 0;
        for (unsigned k = 0; k < COUNT; k++) {
                struct node *n = pop();
                if (!n)
                        continue;
                sum += n->value;
                n->value++;
                push(n);
        }
        totals[who] = sum;
        return arg;
}

TEST(lock_free_stack)
{
        static struct node nodes[8];
        uint64_t values = 0, n = 0;
        for (unsigned k = 0; k < 8; k++)
                push(&nodes[k]);
        contend(push_and_pop);
        for (struct node *p; (p = pop()); n++)
                values += p->value;
        EQ(n, 8);
        EQ(values, head.tag / 2 - 8);
}

/* A store-exclusive after CLREX, or without a load-exclusive, does not store. */
TEST(monitor)
{
        uint64_t a = 5, b = 6, v;
        unsigned fail;
        __asm__ volatile("ldxr %0, %2\n\tclrex\n\tstxr %w1, %0, %2" : "=&r"(v), "=&r"(fail), "+Q"(a));
        EQ(fail, 1);
        __asm__ volatile("ldxr %0, %2\n\tstxr %w1, xzr, %3" : "=&r"(v), "=&r"(fail), "+Q"(a), "+Q"(b));
        if (!fail) /* to another address than the load's it may store or not (constrained unpredictable) */
                EQ(b, 0);
        __asm__ volatile("stxr %w0, xzr, %1" : "=&r"(fail), "+Q"(a));
        EQ(fail, 1);
        EQ(a, 5);
}
