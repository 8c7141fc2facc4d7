/* SPDX-License-Identifier: GPL-2.0-or-later */
/* translator/fp against the oracle (oracle.h): results and flags of every function, TAP on standard output.
 *
 * usage: unit [SCALE [SEED]]    SCALE multiplies the number of random operands
 */
#include <stdio.h>
#include <stdlib.h>
#include "../../translator/fp/fp.h"
#include "oracle.h"
#include "values.h"

typedef uint64_t ours_1(struct fp_env *, unsigned, uint64_t);
typedef uint64_t ours_2(struct fp_env *, unsigned, uint64_t, uint64_t);
typedef uint64_t theirs_1(struct oracle *, unsigned, uint64_t);
typedef uint64_t theirs_2(struct oracle *, unsigned, uint64_t, uint64_t);

static struct rng rng;
static unsigned long scale = 1;

/* ---- results ---- */

static unsigned test_number, failed_tests, mismatches;
static unsigned long cases;
static const char *test_name;

static const char *const size_name[] = { "", "half", "single", "double" };

static void begin(const char *name)
{
        test_name = name;
        mismatches = 0;
        cases = 0;
}

static void end(void)
{
        printf("%sok %u %s (%lu cases, %u wrong)\n", mismatches ? "not " : "", ++test_number, test_name, cases, mismatches);
        failed_tests += mismatches != 0;
}

struct run {
        struct fp_env ours;
        struct oracle theirs;
};

static struct run start(uint32_t fpcr)
{
        return (struct run){ .ours = { .fpcr = fpcr }, .theirs = { .fpcr = fpcr } };
}

static void judge(const struct run *r, const char *what, uint64_t a, uint64_t b, uint64_t c, uint64_t ours, uint64_t theirs)
{
        cases++;
        if (ours == theirs && r->ours.fpsr == r->theirs.fpsr)
                return;
        if (mismatches++ < 10)
                printf("# %s %s a=%#lx b=%#lx c=%#lx fpcr=%#x: %#lx fpsr %#x, should be %#lx fpsr %#x\n", test_name, what, a, b,
                       c, r->ours.fpcr, ours, r->ours.fpsr, theirs, r->theirs.fpsr);
}

/* ---- what is gone through ---- */

/* All bits of FPCR that matter. */
static uint32_t fpcr_of(unsigned k)
{
        return (k & 3) << 22 | (k & 4 ? OR_FZ : 0) | (k & 8 ? OR_DN : 0) | (k & 16 ? OR_FZ16 : 0) | (k & 32 ? OR_AHP : 0);
}
enum { FPCRS = 64, SIZES = 3 };

/* FPCRs for a format's arithmetic: those bits that have no effect are set at times. */
static uint32_t fpcr_for(unsigned sz, unsigned k)
{
        uint32_t v = fpcr_of(k & 11);
        if (k & 4)
                v |= sz == 1 ? OR_FZ16 : OR_FZ;
        return next(&rng) & 1 ? v | OR_AHP | (sz == 1 ? OR_FZ : OR_FZ16) : v;
}
enum { FPCRS_FOR = 16 };

static uint64_t signed_special(unsigned sz, unsigned k)
{
        return special(sz, k >> 1) | (uint64_t)(k & 1) << (v_width(sz) - 1);
}

static void each_pair(void (*fn)(unsigned sz, uint64_t a, uint64_t b, uint32_t fpcr))
{
        for (unsigned sz = 1; sz <= SIZES; sz++) {
                for (unsigned a = 0; a < 2 * SPECIALS; a++)
                        for (unsigned b = 0; b < 2 * SPECIALS; b++)
                                for (unsigned k = (a ^ b) & 1; k < FPCRS_FOR; k += 2)
                                        fn(sz, signed_special(sz, a), signed_special(sz, b), fpcr_for(sz, k));
                for (unsigned long n = 0; n < 60000 * scale; n++) {
                        uint64_t a = random_value(&rng, sz, true), b = partner(&rng, sz, a, true);
                        bool swap = next(&rng) & 1;
                        fn(sz, swap ? b : a, swap ? a : b, fpcr_for(sz, below(&rng, FPCRS_FOR)));
                }
        }
}

static void each_one(void (*fn)(unsigned sz, uint64_t a, uint32_t fpcr))
{
        for (unsigned a = 0; a < 0x10000; a++)
                fn(1, a, fpcr_of(below(&rng, FPCRS)));
        for (unsigned sz = 1; sz <= SIZES; sz++) {
                for (unsigned a = 0; a < 2 * SPECIALS; a++)
                        for (unsigned k = 0; k < FPCRS; k++)
                                fn(sz, signed_special(sz, a), fpcr_of(k));
                for (unsigned long n = 0; n < 100000 * scale; n++)
                        fn(sz, random_value(&rng, sz, true), fpcr_of(below(&rng, FPCRS)));
        }
}

/* ---- two operands ---- */

static ours_2 *ours_fn2;
static theirs_2 *theirs_fn2;

static void check_pair(unsigned sz, uint64_t a, uint64_t b, uint32_t fpcr)
{
        struct run r = start(fpcr);
        uint64_t ours = ours_fn2(&r.ours, sz, a, b), theirs = theirs_fn2(&r.theirs, sz, a, b);
        judge(&r, size_name[sz], a, b, 0, ours, theirs);
}

static void test_pairs(void)
{
        static const struct {
                const char *name;
                ours_2 *ours;
                theirs_2 *theirs;
        } table[] = {
#define F(name) { #name, fp_##name, or_##name }
                F(add), F(sub), F(mul), F(mulx), F(div), F(max), F(min), F(maxnm), F(minnm), F(recps), F(rsqrts),
#undef F
        };
        for (unsigned k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
                ours_fn2 = table[k].ours, theirs_fn2 = table[k].theirs;
                begin(table[k].name);
                each_pair(check_pair);
                end();
        }
}

static void check_compare(unsigned sz, uint64_t a, uint64_t b, uint32_t fpcr)
{
        static const char *const name[] = { "compare", "compare-signalling", "eq", "ge", "gt" };
        for (unsigned k = 0; k < 5; k++) {
                struct run r = start(fpcr);
                uint64_t ours, theirs;
                switch (k) {
                case 0:
                case 1:
                        ours = fp_compare(&r.ours, sz, a, b, k);
                        theirs = or_compare(&r.theirs, sz, a, b, k);
                        break;
                case 2: ours = fp_eq(&r.ours, sz, a, b), theirs = or_eq (&r.theirs, sz, a, b); break;
                case 3: ours = fp_ge(&r.ours, sz, a, b), theirs = or_ge(&r.theirs, sz, a, b); break;
                default: ours = fp_gt(&r.ours, sz, a, b), theirs = or_gt(&r.theirs, sz, a, b); break;
                }
                judge(&r, name[k], a, b, sz, ours, theirs);
        }
}

/* ---- three operands ---- */

static void check_muladd(unsigned sz, uint64_t c, uint64_t a, uint64_t b, uint32_t fpcr)
{
        struct run r = start(fpcr);
        uint64_t ours = fp_muladd(&r.ours, sz, c, a, b), theirs = or_muladd(&r.theirs, sz, c, a, b);
        judge(&r, size_name[sz], a, b, c, ours, theirs);
}

/* Returns an addend that all but cancels the product, or whose lowest bits are below those of the product. */
static uint64_t random_addend(unsigned sz, uint64_t a, uint64_t b)
{
        struct oracle o = { .fpcr = (uint32_t)below(&rng, 4) << 22 };
        uint64_t p = or_mul(&o, sz, a, b);
        switch (below(&rng, 4)) {
        case 0: return or_neg(sz, p);
        case 1: return or_neg(sz, p) + below(&rng, 3) - 1;
        case 2: return partner(&rng, sz, p, true);
        default: return random_value(&rng, sz, true);
        }
}

static void test_muladd(void)
{
        begin("muladd");
        for (unsigned sz = 1; sz <= SIZES; sz++) {
                for (unsigned n = 0; n < 2 * SPECIALS * 2 * SPECIALS * 12; n++) {
                        unsigned pair = n / 12;
                        check_muladd(sz, signed_special(sz, below(&rng, 2 * SPECIALS)), signed_special(sz, pair % (2 * SPECIALS)),
                                     signed_special(sz, pair / (2 * SPECIALS)), fpcr_for(sz, below(&rng, FPCRS_FOR)));
                }
                for (unsigned long n = 0; n < 150000 * scale; n++) {
                        uint64_t a = random_value(&rng, sz, true), b = partner(&rng, sz, a, true);
                        check_muladd(sz, random_addend(sz, a, b), a, b, fpcr_for(sz, below(&rng, FPCRS_FOR)));
                }
        }
        end();
}

/* ---- one operand ---- */

static ours_1 *ours_fn1;
static theirs_1 *theirs_fn1;

static void check_one(unsigned sz, uint64_t a, uint32_t fpcr)
{
        struct run r = start(fpcr);
        uint64_t ours = ours_fn1(&r.ours, sz, a), theirs = theirs_fn1(&r.theirs, sz, a);
        judge(&r, size_name[sz], a, 0, 0, ours, theirs);
}

static uint64_t ours_neg(struct fp_env *e, unsigned sz, uint64_t a)
{
        return (void)e, fp_neg(sz, a);
}
static uint64_t ours_abs(struct fp_env *e, unsigned sz, uint64_t a)
{
        return (void)e, fp_abs(sz, a);
}
static uint64_t theirs_neg(struct oracle *o, unsigned sz, uint64_t a)
{
        return (void)o, or_neg(sz, a);
}
static uint64_t theirs_abs(struct oracle *o, unsigned sz, uint64_t a)
{
        return (void)o, or_abs(sz, a);
}

static void test_ones(void)
{
        static const struct {
                const char *name;
                ours_1 *ours;
                theirs_1 *theirs;
        } table[] = {
#define F(name) { #name, fp_##name, or_##name }
                F(sqrt), F(recpe), F(rsqrte), F(recpx), { "neg", ours_neg, theirs_neg }, { "abs", ours_abs, theirs_abs },
#undef F
        };
        for (unsigned k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
                ours_fn1 = table[k].ours, theirs_fn1 = table[k].theirs;
                begin(table[k].name);
                each_one(check_one);
                end();
        }
}

static void check_roundint(unsigned sz, uint64_t a, uint32_t fpcr)
{
        for (unsigned m = FPR_N; m <= FPR_A; m++) {
                struct run r = start(fpcr);
                bool exact = next(&rng) & 1;
                uint64_t ours = fp_roundint(&r.ours, sz, a, (enum fp_round)m, exact);
                uint64_t theirs = or_roundint(&r.theirs, sz, a, (enum or_round)m, exact);
                judge(&r, size_name[sz], a, m, exact, ours, theirs);
        }
}

static void check_convert(unsigned from, uint64_t a, uint32_t fpcr)
{
        static const char *const name[] = { "", "to half", "to single", "to double" };
        for (unsigned to = 1; to <= SIZES; to++) {
                struct run r = start(fpcr);
                enum or_round m = from == 3 && to == 2 && next(&rng) & 1 ? OR_ODD : or_mode(&r.theirs);
                if (from == to)
                        continue;
                uint64_t ours = fp_convert(&r.ours, from, to, a, (enum fp_round)m),
                         theirs = or_convert(&r.theirs, from, to, a, m);
                judge(&r, name[to], a, from, m, ours, theirs);
        }
}

static void check_to_fixed(unsigned sz, uint64_t a, uint32_t fpcr)
{
        static const char *const name[] = { "", "to s16", "to s32", "to s64", "", "to u16", "to u32", "to u64" };
        for (unsigned n = 0; n < 6; n++) {
                unsigned isz = n % 3 + 1, fbits = next(&rng) & 1 ? 0 : below(&rng, (8u << isz) + 1);
                enum or_round m = (enum or_round)below(&rng, OR_TIEAWAY + 1);
                bool u = n >= 3;
                struct run r = start(fpcr);
                uint64_t ours = fp_to_fixed(&r.ours, sz, a, isz, fbits, u, (enum fp_round)m) & v_ones(8u << isz);
                uint64_t theirs = or_to_fixed(&r.theirs, sz, a, isz, fbits, u, m);
                judge(&r, name[isz + 4 * u], a, fbits, m | sz << 4, ours, theirs);
        }
}

static void check_js(unsigned sz, uint64_t a, uint32_t fpcr)
{
        struct run r = start(fpcr);
        bool ours_z, theirs_z;
        if (sz != 3)
                return;
        uint64_t ours = fp_to_int_js(&r.ours, a, &ours_z), theirs = or_to_int_js(&r.theirs, a, &theirs_z);
        judge(&r, "", a, 0, 0, ours | (uint64_t)ours_z << 32, theirs | (uint64_t)theirs_z << 32);
}

static void test_each_one(const char *name, void (*fn)(unsigned sz, uint64_t a, uint32_t fpcr))
{
        begin(name);
        each_one(fn);
        end();
}

/* ---- from integers; estimates ---- */

static void check_from_fixed(uint64_t v, unsigned sz, unsigned isz, unsigned fbits, bool u)
{
        struct run r = start(fpcr_of(below(&rng, FPCRS)));
        uint64_t ours = fp_from_fixed(&r.ours, sz, v, isz, fbits, u, fp_rmode(&r.ours));
        uint64_t theirs = or_from_fixed(&r.theirs, sz, v, isz, fbits, u, or_mode(&r.theirs));
        judge(&r, size_name[sz], v, isz | (u ? 16 : 0), fbits, ours, theirs);
}

static void test_from_fixed(void)
{
        begin("from_fixed");
        for (unsigned sz = 1; sz <= SIZES; sz++)
                for (unsigned isz = 1; isz <= 3; isz++)
                        for (unsigned long n = 0; n < 60000 * scale; n++) {
                                unsigned fbits = n & 1 ? 0 : below(&rng, (8u << isz) + 1);
                                check_from_fixed(random_integer(&rng), sz, isz, fbits, n & 2);
                        }
        end();
}

static void test_estimates(void)
{
        begin("urecpe, ursqrte");
        for (unsigned long n = 0; n < 512 + 20000 * scale; n++) {
                uint32_t a = n < 512 ? (uint32_t)n << 23 : (uint32_t)next(&rng);
                struct run r = start(0);
                judge(&r, "urecpe", a, 0, 0, fp_urecpe(a), or_urecpe(a));
                judge(&r, "ursqrte", a, 0, 0, fp_ursqrte(a), or_ursqrte(a));
        }
        end();
}

int main(int argc, char **argv)
{
        if (argc > 1)
                scale = strtoul(argv[1], NULL, 0);
        if (argc > 2)
                rng.state = strtoull(argv[2], NULL, 0);
        or_start();
        test_pairs();
        begin("comparisons");
        each_pair(check_compare);
        end();
        test_muladd();
        test_ones();
        test_each_one("roundint", check_roundint);
        test_each_one("convert", check_convert);
        test_each_one("to_fixed", check_to_fixed);
        test_each_one("to_int_js", check_js);
        test_from_fixed();
        test_estimates();
        printf("1..%u\n", test_number);
        return failed_tests != 0;
}
