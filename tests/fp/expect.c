/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges what guest.c wrote (standard input) by the oracle, TAP on standard output.
 *
 * usage: expect CASES SEED FIRST LAST    as given to guest
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "insns.h"
#include "oracle.h"

struct state {
        struct oracle o;
        uint64_t v[2], x;
        uint32_t nzcv, fpscr_nzcv;
};

static enum or_round mode_of(const struct oracle *o, unsigned opt)
{
        return (opt & ROUNDING) == AS_FPCR ? or_mode(o) : (enum or_round)(opt & ROUNDING);
}

static uint64_t truth(bool b)
{
        return b ? ~UINT64_C(0) : 0;
}

static uint64_t one_operand(struct oracle *o, const struct insn *i, uint64_t a)
{
        unsigned sz = i->sz, opt = i->opt;
        switch (i->op) {
        case ABS: return or_abs(sz, a);
        case NEG: return or_neg(sz, a);
        case MOV: return a;
        case SQRT: return or_sqrt(o, sz, a);
        case RINT: return or_roundint(o, sz, a, mode_of(o, opt), opt & IS_EXACT);
        case RECPE: return or_recpe(o, sz, a);
        case RSQRTE: return or_rsqrte(o, sz, a);
        case RECPX: return or_recpx(o, sz, a);
        case URECPE: return or_urecpe((uint32_t)a);
        case URSQRTE: return or_ursqrte((uint32_t)a);
        case CMEQ0: return truth(or_eq (o, sz, a, 0));
        case CMGE0: return truth(or_ge(o, sz, a, 0));
        case CMGT0: return truth(or_gt(o, sz, a, 0));
        case CMLE0: return truth(or_ge(o, sz, 0, a));
        case CMLT0: return truth(or_gt(o, sz, 0, a));
        case TOI: return or_to_fixed(o, sz, a, sz, opt >> 8, opt & UNSIGNED, mode_of(o, opt));
        case FROMI: return or_from_fixed(o, sz, a, sz, opt >> 8, opt & UNSIGNED, or_mode(o));
        default: abort();
        }
}

static uint64_t muladd(struct oracle *o, const struct insn *i, uint64_t c, uint64_t a, uint64_t b)
{
        if (i->opt & NEG_PRODUCT)
                a = or_neg(i->sz, a);
        if (i->opt & NEG_ADDEND)
                c = or_neg(i->sz, c);
        return or_muladd(o, i->sz, c, a, b);
}

/* The product, rounded and then added. */
static uint64_t mul_add(struct oracle *o, const struct insn *i, uint64_t c, uint64_t a, uint64_t b)
{
        uint64_t p = or_mul(o, i->sz, a, b);
        return or_add(o, i->sz, i->opt & NEG_ADDEND ? or_neg(i->sz, c) : c, i->opt & NEG_PRODUCT ? or_neg(i->sz, p) : p);
}

/* FPRecipStep, FPRSqrtStep of AArch32, single precision in the standard state: 2 - a * b, (3 - a * b) / 2, where infinity times
 * zero is zero. To halve is exact. */
static uint64_t step(struct oracle *o, unsigned op, uint64_t a, uint64_t b)
{
        enum { HALF = 0x3f000000, TWO = 0x40000000, THREE = 0x40400000, INF = 0x7f800000, REST = 0x7fffffff };
        bool inf = (a & REST) == INF || (b & REST) == INF, zero = !(a & INF) || !(b & INF);
        uint64_t p = 0;
        if (!inf || !zero)
                p = or_mul(o, 2, a, b);
        else if ((a & REST & ~(uint64_t)INF) | (b & REST & ~(uint64_t)INF))
                o->fpsr |= OR_IDC;
        p = or_sub(o, 2, op == RECPS_UNFUSED ? TWO : THREE, p);
        return op == RECPS_UNFUSED ? p : or_mul(o, 2, HALF, p);
}

static uint64_t two_operands(struct oracle *o, const struct insn *i, uint64_t a, uint64_t b)
{
        unsigned sz = i->sz;
        switch (i->op) {
        case ADD: return or_add(o, sz, a, b);
        case SUB: return or_sub(o, sz, a, b);
        case MUL: return or_mul(o, sz, a, b);
        case NMUL: return or_neg(sz, or_mul(o, sz, a, b));
        case DIV: return or_div(o, sz, a, b);
        case MAX: return or_max(o, sz, a, b);
        case MIN: return or_min(o, sz, a, b);
        case MAXNM: return or_maxnm(o, sz, a, b);
        case MINNM: return or_minnm(o, sz, a, b);
        case MULX: return or_mulx(o, sz, a, b);
        case RECPS: return or_recps(o, sz, a, b);
        case RSQRTS: return or_rsqrts(o, sz, a, b);
        case RECPS_UNFUSED:
        case RSQRTS_UNFUSED: return step(o, i->op, a, b);
        case ABD: return or_abs(sz, or_sub(o, sz, a, b));
        case CMEQ: return truth(or_eq (o, sz, a, b));
        case CMGE: return truth(or_ge(o, sz, a, b));
        case CMGT: return truth(or_gt(o, sz, a, b));
        case ACGE: return truth(or_ge(o, sz, or_abs(sz, a), or_abs(sz, b)));
        case ACGT: return truth(or_gt(o, sz, or_abs(sz, a), or_abs(sz, b)));
        default: return one_operand(o, i, a);
        }
}

/* The registers may be the same one. */
static uint64_t chain(struct oracle *o, const struct insn *i, unsigned variant, const struct input *in, unsigned lane)
{
        const unsigned d = variant == OVER_N ? 1 : 0, m = variant == OVER_M ? 0 : 2, sz = i->sz;
        uint64_t r[4];
        for (unsigned k = 0; k < 4; k++)
                r[k] = get_lane(in->v[k], sz, lane);
        r[d] = or_mul(o, sz, r[1], r[m]);
        r[d] = or_add(o, sz, r[d], r[3]);
        r[d] = or_div(o, sz, r[d], r[1]);
        r[d] = or_sub(o, sz, r[d], r[m]);
        return or_mul(o, sz, r[d], r[d]);
}

/* ---- lane by lane, pairs, across lanes ---- */

static void lanes(struct state *s, const struct insn *i, unsigned variant, const struct input *in)
{
        unsigned n = i->form == SCALAR ? 1 : (i->q ? 16u : 8u) >> i->sz, sz = i->sz;
        for (unsigned k = 0; k < n; k++) {
                bool element = i->op != RINT && i->op != TOI && i->op != FROMI && i->opt >> 4 & 15;
                uint64_t a = get_lane(in->v[1], sz, k), b = get_lane(in->v[2], sz, element ? (i->opt >> 4 & 15) - 1 : k), r;
                if (i->op == CHAIN)
                        r = chain(&s->o, i, variant, in, k);
                else if (i->op == MUL_ADD)
                        r = mul_add(&s->o, i, get_lane(in->v[0], sz, k), a, b);
                else if (i->op == MLA || i->op == MADD)
                        r = muladd(&s->o, i, get_lane(in->v[i->op == MLA ? 0 : 3], sz, k), a, b);
                else
                        r = two_operands(&s->o, i, a, b);
                put_lane(s->v, sz, k, r);
        }
}

static void pairs(struct state *s, const struct insn *i, const struct input *in)
{
        unsigned n = (i->q ? 16u : 8u) >> i->sz, sz = i->sz;
        if (i->form == PAIR) {
                put_lane(s->v, sz, 0, two_operands(&s->o, i, get_lane(in->v[1], sz, 0), get_lane(in->v[1], sz, 1)));
                return;
        }
        for (unsigned k = 0; k < n; k++) {
                const uint64_t *v = in->v[k < n / 2 ? 1 : 2];
                unsigned from = 2 * k % n;
                put_lane(s->v, sz, k, two_operands(&s->o, i, get_lane(v, sz, from), get_lane(v, sz, from + 1)));
        }
}

/* Reduce() halves the vector until one lane is left. */
static void across(struct state *s, const struct insn *i, const struct input *in)
{
        uint64_t low = two_operands(&s->o, i, get_lane(in->v[1], 2, 0), get_lane(in->v[1], 2, 1));
        uint64_t high = two_operands(&s->o, i, get_lane(in->v[1], 2, 2), get_lane(in->v[1], 2, 3));
        s->v[0] = two_operands(&s->o, i, low, high);
}

static void complex_numbers(struct state *s, const struct insn *i, const struct input *in)
{
        unsigned n = (i->q ? 16u : 8u) >> i->sz, sz = i->sz, rotation = i->opt & 3;
        for (unsigned k = 0; k < n; k += 2) {
                unsigned e = i->opt >> 4 ? ((i->opt >> 4) - 1) * 2 : k;
                uint64_t a0 = get_lane(in->v[1], sz, k), a1 = get_lane(in->v[1], sz, k + 1), r0, r1;
                uint64_t b0 = get_lane(in->v[2], sz, e), b1 = get_lane(in->v[2], sz, e + 1);
                uint64_t c0 = get_lane(in->v[0], sz, k), c1 = get_lane(in->v[0], sz, k + 1);
                uint64_t n0 = or_neg(sz, b0), n1 = or_neg(sz, b1);
                if (i->op == CADD && rotation == 1) /* operand 2 times i, or -i */
                        r0 = or_add(&s->o, sz, a0, n1), r1 = or_add(&s->o, sz, a1, b0);
                else if (i->op == CADD)
                        r0 = or_add(&s->o, sz, a0, b1), r1 = or_add(&s->o, sz, a1, n0);
                else if (rotation == 0)
                        r0 = or_muladd(&s->o, sz, c0, a0, b0), r1 = or_muladd(&s->o, sz, c1, a0, b1);
                else if (rotation == 1)
                        r0 = or_muladd(&s->o, sz, c0, a1, n1), r1 = or_muladd(&s->o, sz, c1, a1, b0);
                else if (rotation == 2)
                        r0 = or_muladd(&s->o, sz, c0, a0, n0), r1 = or_muladd(&s->o, sz, c1, a0, n1);
                else
                        r0 = or_muladd(&s->o, sz, c0, a1, b1), r1 = or_muladd(&s->o, sz, c1, a1, n0);
                put_lane(s->v, sz, k, r0);
                put_lane(s->v, sz, k + 1, r1);
        }
}

/* ---- flags, general registers, conversions ---- */

static void compare(struct state *s, const struct insn *i, const struct input *in)
{
        uint64_t b = i->opt & WITH_ZERO ? 0 : get_lane(in->v[2], i->sz, 0);
        if (i->opt & IF_EQ && !(in->nzcv >> 30 & 1))
                s->nzcv = i->opt >> 4 << 28;
        else
                s->nzcv = or_compare(&s->o, i->sz, get_lane(in->v[1], i->sz, 0), b, i->opt & SIGNALLING) << 28;
        s->fpscr_nzcv = s->nzcv;
}

enum { COND_LT = 11 };

/* ConditionHolds */
static bool holds(unsigned cond, uint32_t nzcv)
{
        bool n = nzcv >> 31, z = nzcv >> 30 & 1, c = nzcv >> 29 & 1, v = nzcv >> 28 & 1;
        const bool base[] = { z, c, n, v, c && !z, n == v, n == v && !z };
        return base[cond >> 1] != (cond & 1);
}

static void compare_and_set(struct state *s, const struct insn *i, const struct input *in)
{
        uint64_t b = i->opt & WITH_ZERO ? 0 : get_lane(in->v[2], i->sz, 0);
        uint32_t nzcv = or_compare(&s->o, i->sz, get_lane(in->v[1], i->sz, 0), b, i->opt & SIGNALLING) << 28;
        s->x = holds(i->opt >> 4, nzcv);
        s->fpscr_nzcv = nzcv;
        s->nzcv = i->op == CMPKEEP ? 6u << 28 : nzcv; /* of equal numbers */
}

static void convert(struct state *s, const struct insn *i, const struct input *in)
{
        unsigned to = i->opt & 7, n = i->op == CVT ? 1 : i->op == CVTL ? 16u >> to : 16u >> i->sz;
        enum or_round r = i->opt & TO_ODD ? OR_ODD : or_mode(&s->o);
        if (i->op == CVTN && i->q)
                s->v[0] = in->v[0][0];
        unsigned from = i->op == CVTL && i->q ? n : i->opt & FROM_TOP ? 1 : 0;
        for (unsigned k = 0; k < n; k++) {
                uint64_t a = get_lane(in->v[1], i->sz, from + k);
                put_lane(s->v, to, i->op == CVTN && i->q ? n + k : k, or_convert(&s->o, i->sz, to, a, r));
        }
}

static void java(struct state *s, const struct input *in)
{
        bool z;
        s->x = or_to_int_js(&s->o, in->v[1][0], &z);
        s->nzcv = s->fpscr_nzcv = (uint32_t)z << 30;
}

/* ---- A32 only ---- */

static void a32_convert(struct state *s, const struct insn *i, const struct input *in)
{
        struct oracle *o = &s->o;
        unsigned isz = i->opt >> 4 & 3, sz = i->sz;
        uint64_t a = get_lane(in->v[1], sz, 0), r;
        bool u = i->opt & UNSIGNED;
        switch (i->op) {
        case TOI32: put_lane(s->v, 2, 0, or_to_fixed(o, sz, a, 2, 0, u, mode_of(o, i->opt))); break;
        case FROMI32: put_lane(s->v, sz, 0, or_from_fixed(o, sz, get_lane(in->v[1], 2, 0), 2, 0, u, or_mode(o))); break;
        case FROM_FIXED: /* to nearest */ put_lane(s->v, sz, 0, or_from_fixed(o, sz, a, isz, i->opt >> 8, u, OR_TIEEVEN)); break;
        case TO_FIXED:
                r = or_to_fixed(o, sz, a, isz, i->opt >> 8, u, OR_ZERO);
                put_lane(s->v, sz, 0, u ? r : (uint64_t)((int64_t)(r << (64 - v_width(isz))) >> (64 - v_width(isz))));
                break;
        default: /* TO_HALF */
                put_lane(s->v, 2, 0, get_lane(in->v[0], 2, 0));
                put_lane(s->v, 1, i->opt, or_convert(o, sz, 1, a, or_mode(o)));
                break;
        }
}

static void a32_conditional(struct state *s, const struct insn *i, const struct input *in)
{
        uint64_t a = get_lane(in->v[1], i->sz, 0), b = get_lane(in->v[2], i->sz, 0), r;
        bool yes = holds(i->opt >> 4, (uint32_t)in->nzcv);
        if (i->op == SELECT)
                r = yes ? a : b;
        else
                r = yes ? or_add(&s->o, i->sz, a, b) : get_lane(in->v[0], i->sz, 0);
        put_lane(s->v, i->sz, 0, r);
}

/* Returns true for operations that leave register 0 alone. */
static bool keeps_vector(unsigned op)
{
        return op == CMP || op == CMPSET || op == CMPKEEP || op == GTOI || op == TO_GPR || op == JS;
}

static struct state expect(const struct insn *i, unsigned variant, const struct input *in, uint32_t fpcr)
{
        struct state s = { .o = { .fpcr = fpcr, .fpsr = (uint32_t)in->fpsr }, .x = in->x[0], .nzcv = (uint32_t)in->nzcv };
        if (IS_A32)
                s.fpscr_nzcv = s.nzcv;
        if (IS_A32 && i->form != SCALAR) /* the standard state */
                s.o.fpcr = (fpcr & OR_AHP) | OR_FZ | OR_DN;
        if (keeps_vector(i->op) && IS_A32)
                put_lane(s.v, i->sz, 0, get_lane(in->v[0], i->sz, 0));
        else if (keeps_vector(i->op))
                memcpy(s.v, in->v[0], sizeof(s.v));
        switch (i->op) {
        case CMP: compare(&s, i, in); break;
        case CMPSET:
        case CMPKEEP: compare_and_set(&s, i, in); break;
        case CSEL: s.v[0] = get_lane(in->v[in->nzcv >> 30 & 1 ? 1 : 2], i->sz, 0); break;
        case MOVI: s.v[0] = i->sz == 2 ? 0x3f800000 : UINT64_C(0x3ff0000000000000); break;
        case GTOI:
                s.x = or_to_fixed(&s.o, i->sz, get_lane(in->v[1], i->sz, 0), i->opt >> 4 & 3, i->opt >> 8, i->opt & UNSIGNED,
                                  mode_of(&s.o, i->opt));
                break;
        case GFROMI:
                s.v[0] = or_from_fixed(&s.o, i->sz, in->x[1], i->opt >> 4 & 3, i->opt >> 8, i->opt & UNSIGNED, or_mode(&s.o));
                break;
        case TO_GPR: s.x = get_lane(in->v[1], i->sz, (i->opt >> 4) - 1); break;
        case FROM_GPR:
                if (i->opt == LANE(1))
                        s.v[0] = in->v[0][0];
                put_lane(s.v, i->sz, (i->opt >> 4) - 1, in->x[1]);
                break;
        case JS: java(&s, in); break;
        case CVT:
        case CVTL:
        case CVTN: convert(&s, i, in); break;
        case TOI32:
        case FROMI32:
        case FROM_FIXED:
        case TO_FIXED:
        case TO_HALF: a32_convert(&s, i, in); break;
        case SELECT:
        case ADD_IF: a32_conditional(&s, i, in); break;
        case CADD:
        case CMLA: complex_numbers(&s, i, in); break;
        default:
                if (i->form == SCALAR || i->form == VECTOR)
                        lanes(&s, i, variant, in);
                else if (i->form == ACROSS)
                        across(&s, i, in);
                else
                        pairs(&s, i, in);
                break;
        }
        if (variant == FLAGS)
                s.nzcv = holds(COND_LT, s.nzcv) ? 8u << 28 : 6u << 28; /* of 0 and an address, of 0 and 0 */
        if (IS_A32)
                s.o.fpsr |= s.fpscr_nzcv;
        return s;
}

/* ---- judgement ---- */

static struct {
        unsigned long cases, wrong, underflows, flushed, unflushed;
} results[INSNS];

/* The host finds out whether a result is tiny when it has rounded it (docs/KNOWN-ISSUES.md). */
static bool is_known_underflow(const struct insn *i, const struct state *s, const struct output *out, unsigned fpcr)
{
        bool by_host = fpcr < FPCRS_OF_HOST || (IS_A32 && i->form != SCALAR); /* the standard state */
        return by_host && s->o.late_tininess && (s->o.fpsr ^ out->fpsr) == OR_UFC && !(out->fpsr & OR_UFC);
}

/* True for instructions with more than one operation. */
static bool is_several(const struct insn *i)
{
        return strchr(i->text, ';') || !strncmp(i->text, "vml", 3) || !strncmp(i->text, "vnml", 4);
}

/* After another operation the host does not tell whether Inexact comes from a result that was flushed (docs/KNOWN-ISSUES.md). */
static bool is_known_inexact(const struct insn *i, const struct state *s, const struct output *out)
{
        return IS_A32 && is_several(i) && s->o.fpsr & OR_UFC && (s->o.fpsr ^ out->fpsr) == OR_IXC;
}

/* Returns true if the two are the same, or the first is a zero and the second the least normal number with its sign. */
static bool is_unflushed_32(uint32_t want, uint32_t got)
{
        return want == got || (!(want << 1) && got == (want | 0x00800000));
}

static bool is_unflushed(uint64_t want, uint64_t got)
{
        return (!(want << 1) && got == (want | UINT64_C(1) << 52)) ||
               (is_unflushed_32((uint32_t)want, (uint32_t)got) && is_unflushed_32((uint32_t)(want >> 32), (uint32_t)(got >> 32)));
}

/* The host flushes what is tiny when it is rounded (docs/KNOWN-ISSUES.md). Another operation may make anything of that. */
static bool is_known_unflushed(const struct insn *i, const struct state *s, const struct output *out)
{
        return IS_A32 && s->o.late_tininess && !((s->o.fpsr ^ out->fpsr) & ~(uint32_t)(OR_UFC | OR_IXC)) &&
               (is_several(i) || (is_unflushed(s->v[0], out->v[0]) && is_unflushed(s->v[1], out->v[1]))) && s->x == out->x &&
               s->nzcv == out->nzcv;
}

static void judge(unsigned insn, unsigned variant, unsigned fpcr, const struct input *in, const struct output *out)
{
        static const char *const name[] = { "plain", "high", "over-n", "over-m", "flags" };
        const struct insn *i = &insns[insn];
        struct state s = expect(i, variant, in, fpcrs[fpcr]);
        bool same = s.v[0] == out->v[0] && s.v[1] == out->v[1] && s.x == out->x && s.nzcv == out->nzcv;
        results[insn].cases++;
        if (same && s.o.fpsr == out->fpsr)
                return;
        if (same && is_known_underflow(i, &s, out, fpcr)) {
                results[insn].underflows++;
                return;
        }
        if (same && is_known_inexact(i, &s, out)) {
                results[insn].flushed++;
                return;
        }
        if (is_known_unflushed(i, &s, out)) {
                results[insn].unflushed++;
                return;
        }
        if (results[insn].wrong++ >= 4)
                return;
        printf("# %s (%s) fpcr=%#x fpsr=%#lx nzcv=%#lx\n#   ", i->text, name[variant], fpcrs[fpcr], in->fpsr, in->nzcv);
        for (unsigned k = 0; k < 4; k++)
                printf(" v%u=%016lx:%016lx", k, in->v[k][1], in->v[k][0]);
        printf(" x0=%lx x1=%lx\n", in->x[0], in->x[1]);
        printf("#    is        %016lx:%016lx x0=%lx fpsr=%#x nzcv=%#x\n", out->v[1], out->v[0], out->x, out->fpsr, out->nzcv);
        printf("#    should be %016lx:%016lx x0=%lx fpsr=%#x nzcv=%#x\n", s.v[1], s.v[0], s.x, s.o.fpsr, s.nzcv);
}

int main(int argc, char **argv)
{
        if (argc != 5)
                return 2;
        unsigned long cases = strtoul(argv[1], NULL, 0), underflows = 0, flushed = 0, unflushed = 0;
        uint64_t seed = strtoull(argv[2], NULL, 0);
        unsigned first = (unsigned)atoi(argv[3]), last = (unsigned)atoi(argv[4]), failed = 0;
        or_start();
        for (unsigned f = first; f <= last && f < FPCRS; f++)
                for (unsigned variant = 0; variant < VARIANTS; variant++)
                        for (unsigned k = 0; k < INSNS; k++) {
                                struct rng g = rng_for(seed, f, variant, k);
                                for (unsigned long n = 0; n < cases; n++) {
                                        struct input in = make_input(&g, variant, &insns[k]);
                                        struct output out;
                                        if (fread(&out, sizeof(out), 1, stdin) != 1) {
                                                printf("not ok 1 ended early, at %s\n", insns[k].text);
                                                return 1;
                                        }
                                        judge(k, variant, f, &in, &out);
                                }
                        }
        for (unsigned k = 0; k < INSNS; k++) {
                failed += results[k].wrong != 0;
                underflows += results[k].underflows;
                flushed += results[k].flushed;
                unflushed += results[k].unflushed;
                printf("%sok %u %s (%lu cases, %lu wrong)\n", results[k].wrong ? "not " : "", k + 1, insns[k].text,
                       results[k].cases, results[k].wrong);
        }
        if (underflows)
                printf("# UFC is missing (known) in %lu cases\n", underflows);
        if (flushed)
                printf("# IXC is wrong (known) in %lu cases\n", flushed);
        if (unflushed)
                printf("# a result is not flushed (known) in %lu cases\n", unflushed);
        printf("1..%u\n", INSNS);
        return failed != 0;
}
