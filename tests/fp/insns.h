/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest program (guest.c, guest-arm.c) and the one that judges its results (expect.c) both know: the table of
 * instructions, the registers before each case, and those after it. With A32_GUEST defined they are those of 32-bit ARM. */
#pragma once
#include "values.h"

#ifdef A32_GUEST
#define INSNS_DEF "insns-arm.def"
#ifndef WIDE /* for the texts of insns-arm.def */
#define WIDE ""
#endif
enum { IS_A32 = 1 };
#else
#define INSNS_DEF "insns.def"
enum { IS_A32 = 0 };
#endif

enum op {
        ABS,
        NEG,
        MOV,
        SQRT,
        RINT,
        RECPE,
        RSQRTE,
        RECPX,
        URECPE,
        URSQRTE,
        ADD,
        SUB,
        MUL,
        NMUL,
        DIV,
        MAX,
        MIN,
        MAXNM,
        MINNM,
        MULX,
        RECPS,
        RSQRTS,
        ABD,
        CMEQ,
        CMGE,
        CMGT,
        ACGE,
        ACGT,
        CMEQ0,
        CMGE0,
        CMGT0,
        CMLE0,
        CMLT0,
        MADD, /* addend: register 3 */
        MLA,  /* addend: register 0 */
        TOI,
        FROMI,
        CMP,
        CMPSET,
        CMPKEEP,
        CSEL,
        MOVI,
        GTOI,
        GFROMI,
        TO_GPR,
        FROM_GPR,
        JS,
        CVT,
        CVTL,
        CVTN,
        CADD,
        CMLA,
        /* of A32 only */
        MUL_ADD, /* two roundings; addend: register 0 */
        RECPS_UNFUSED,
        RSQRTS_UNFUSED,
        SELECT,
        ADD_IF, /* else register 0 is kept */
        TOI32,  /* to and from 32 bits in a vector register */
        FROMI32,
        TO_FIXED, /* of BITS in a vector register */
        FROM_FIXED,
        TO_HALF, /* to half number `option` of the register */
        CHAIN,   /* (1 * 2 + 3) / 1 - 2, squared: one region in which several instructions may trap */
};

/* PAIRWISE: lanes of registers 1 and 2, two by two; PAIR: the two lanes of register 1; ACROSS: the four lanes of it. */
enum form { SCALAR, VECTOR, PAIRWISE, PAIR, ACROSS };

/* Options. */
enum { TIEEVEN, POSINF, NEGINF, TOZERO, TIEAWAY, TO_ODD_MODE, AS_FPCR, ROUNDING = 7 };
enum {
        IS_EXACT = 8,
        UNSIGNED = 8,
        NEG_PRODUCT = 1,
        NEG_ADDEND = 2,
        SIGNALLING = 1,
        WITH_ZERO = 2,
        IF_EQ = 4,
        TO_ODD = 8,
        FROM_TOP = 16, /* CVT: lane 1 */
};
#define ELSE(nzcv) ((nzcv) << 4)
#define LANE(n) (((n) + 1) << 4) /* of register 2 */
#define FBITS(n) ((n) << 8)
#define BITS(sz) ((sz) << 4) /* size of the general register */
#define COND(c) ((c) << 4)   /* as encoded */

struct insn {
        const char *text;
        unsigned op, form, sz, q, opt;
};

static const struct insn insns[] = {
#define I(text, op, form, sz, q, opt) { text, op, form, sz, q, opt },
#include INSNS_DEF
#undef I
};
enum { INSNS = sizeof(insns) / sizeof(insns[0]) };

/* The same instructions with other registers: 0 to 3; 16 to 19; the result over the first operand; over the second. Then between
 * a comparison of x0 and x1 and a branch. */
enum { PLAIN, HIGH, OVER_N, OVER_M, FLAGS, VARIANTS };

/* FPCR: rounding modes alone, as the host rounds; then what it cannot do. */
static const uint32_t fpcrs[] = {
        0,
        1 << 22,
        2 << 22,
        3 << 22, /* to nearest, up, down, to zero */
        1 << 24,
        1 << 25,
        1 << 26,
        1 << 24 | 1 << 25 | 1 << 22,
        1 << 24 | 2 << 22,           /* FZ, DN, AHP, FZ DN up, FZ down */
        1 << 26 | 1 << 24 | 3 << 22, /* AHP FZ to zero */
};
enum { FPCRS = sizeof(fpcrs) / sizeof(fpcrs[0]), FPCRS_OF_HOST = 4 };

#define NZCV 0xf0000000u
#define STICKY 0x0800009fu

/* nzcv: of A32, FPSCR's, too. fpsr: of A32, FPSCR's flags and sticky bits after the case. */
struct input {
        uint64_t v[4][2], x[2]; /* registers 0 to 3; general registers 0 and 1 */
        uint64_t fpsr, nzcv;
};

struct output {
        uint64_t v[2], x;
        uint32_t fpsr, nzcv;
};

static inline struct rng rng_for(uint64_t seed, unsigned fpcr, unsigned variant, unsigned insn)
{
        struct rng g = { seed };
        g.state = next(&g) ^ ((uint64_t)fpcr << 32 | variant << 24 | insn);
        g.state = next(&g);
        return g;
}

static inline void put_lane(uint64_t v[2], unsigned sz, unsigned k, uint64_t x)
{
        unsigned at = k * v_width(sz), shift = at % 64;
        uint64_t mask = v_ones(v_width(sz)) << shift;
        v[at / 64] = (v[at / 64] & ~mask) | (x << shift & mask);
}

static inline uint64_t get_lane(const uint64_t v[2], unsigned sz, unsigned k)
{
        unsigned at = k * v_width(sz);
        return v[at / 64] >> (at % 64) & v_ones(v_width(sz));
}

/* NZCV of CMP a, b. */
static inline uint64_t flags_of_difference(uint64_t a, uint64_t b)
{
        if (IS_A32)
                a <<= 32, b <<= 32;
        uint64_t d = a - b, n = d >> 63, z = d == 0, c = a >= b, v = ((a ^ b) & (a ^ d)) >> 63;
        return n << 31 | z << 30 | c << 29 | v << 28;
}

static inline struct input make_input(struct rng *g, unsigned variant, const struct insn *i)
{
        struct input in;
        bool nans = below(g, 3) == 0,
             ints = i->op == FROMI || i->op == URECPE || i->op == URSQRTE || i->op == FROMI32 || i->op == FROM_FIXED;
        for (unsigned k = 0; k < 16u >> i->sz; k++) {
                uint64_t a = random_value(g, i->sz, nans), b = partner(g, i->sz, a, nans), c = addend(g, i->sz, a, b, nans);
                bool swap = next(g) & 1;
                put_lane(in.v[0], i->sz, k, c);
                put_lane(in.v[1], i->sz, k, ints ? random_integer(g) : swap ? b : a);
                put_lane(in.v[2], i->sz, k, swap ? a : b);
                put_lane(in.v[3], i->sz, k, c);
        }
        in.x[0] = next(g) >> (IS_A32 ? 32 : 0);
        in.x[1] = random_integer(g);
        if (IS_A32)
                in.x[1] &= 0xffffffff;
        if (variant == OVER_N) {
                in.v[0][0] = in.v[1][0], in.v[0][1] = in.v[1][1];
                in.x[0] = in.x[1];
        } else if (variant == OVER_M) {
                in.v[2][0] = in.v[0][0], in.v[2][1] = in.v[0][1];
        }
        in.nzcv = (next(g) & 15) << 28;
        if (variant == FLAGS) {
                if (next(g) & 1)
                        in.x[0] = in.x[1];
                in.nzcv = flags_of_difference(in.x[0], in.x[1]);
        }
        in.fpsr = next(g) & 3 ? 0 : next(g) & STICKY;
        return in;
}
