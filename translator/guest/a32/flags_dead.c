/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells which parts of NZCV are live at a place in guest code, by a look at the next few instructions (encodings: Arm ARM F3.1,
 * F4.1). */
#include "a32.h"
#include "condition.h"
#include "ir/flags.h"
#include "ir/ir.h"
#include "thumb.h"

enum flow {
        NEXT,
        BRANCH, /* to effect.target; also calls */
        COND,   /* there, or to the next instruction */
        STOP,   /* to somewhere, or to the run-time */
};

struct effect {
        uint8_t reads, writes; /* enum flags_parts */
        uint8_t flow;
        uint64_t target;
};

static const struct effect nothing = { 0 }, stop = { .flow = STOP };

/* ---- what A32 and T32 have alike ---- */

static unsigned condition_reads(unsigned cond)
{
        static const uint8_t parts[8] = { FLAGS_NZ,           FLAGS_C,           FLAGS_NZ, FLAGS_V, FLAGS_NZ | FLAGS_C,
                                          FLAGS_NZ | FLAGS_V, FLAGS_NZ | FLAGS_V };
        return parts[cond >> 1];
}

/* Operations of data processing, a bit for each: those that are sums, and those that read C. */
struct operations {
        uint16_t sums, read_c;
};

/* c: the shifter reads C, or makes a new one. */
static struct effect processing(struct operations of, unsigned op, bool sets, bool reads_c, bool makes_c)
{
        struct effect e = { .reads = reads_c || (of.read_c >> op & 1) ? FLAGS_C : 0 };
        if (sets)
                e.writes = of.sums >> op & 1 ? FLAGS_ALL : makes_c ? FLAGS_NZ | FLAGS_C : FLAGS_NZ;
        return e;
}

static bool is_rrx(unsigned shift, unsigned amount)
{
        return shift == 3 && !amount;
}

/* Coprocessors, where the lower 28 bits are A32's: VMRS APSR_nzcv. */
static struct effect coprocessor(uint32_t insn)
{
        return (insn & 0x0fffffff) == 0x0ef1fa10 ? (struct effect){ .writes = FLAGS_ALL } : nothing;
}

/* Both have VSEL in the same place. */
static bool is_vsel(uint32_t insn)
{
        return (insn & 0xff800e50) == 0xfe000a00;
}

static struct effect vsel(uint32_t insn)
{
        static const uint8_t parts[4] = { FLAGS_NZ, FLAGS_V, FLAGS_NZ | FLAGS_V, FLAGS_NZ | FLAGS_V }; /* EQ, VS, GE, GT */
        return (struct effect){ .reads = parts[insn >> 20 & 3] };
}

static int64_t signed_bits(uint64_t v, unsigned bits)
{
        return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

/* ---- A32 ---- */

/* Bits 27:26 are 00, and it is no load or store. */
static struct effect a32_processing(uint32_t insn)
{
        static const struct operations of = { .sums = 0x0cfc, .read_c = 0x00e0 };
        bool immediate = insn & 1u << 25, sets = insn & 1u << 20;
        unsigned op = insn >> 21 & 15, shift = insn >> 5 & 3, amount = insn >> 7 & 31, rd = insn >> 12 & 15;

        if (!sets && (op & 12) == 8) {                                                      /* miscellaneous instructions */
                if ((insn & 0x0fb000f0) == 0x01200000 || (insn & 0x0fb00000) == 0x03200000) /* MSR, hints */
                        return (insn & 1u << 19) ? (struct effect){ .writes = FLAGS_ALL } : stop;
                if ((insn & 0x0fb000f0) == 0x01000000) /* MRS */
                        return (struct effect){ .reads = FLAGS_ALL };
                bool leaves = (insn & 0x0f9000f0) == 0x01000070 || (insn & 0x0ff000c0) == 0x01200000; /* BKPT, BX, BLX */
                return leaves || (insn & 0x0ff000f0) == 0x01200030 ? stop : nothing;
        }
        if (rd == 15 && (op & 12) != 8)
                return stop;
        if (immediate)
                return processing(of, op, sets, false, insn & 0xf00);
        if (insn & 1u << 4)
                return processing(of, op, sets, false, false);
        return processing(of, op, sets, is_rrx(shift, amount), shift || amount);
}

/* The condition is none, or holds. */
static struct effect a32_effect(uint64_t pc, uint32_t insn)
{
        bool load = insn & 1u << 20;

        switch (insn >> 25 & 7) {
        case 0:
                if ((insn & 0x90) != 0x90)
                        return a32_processing(insn);
                return (insn & 0x0f0000f0) == 0x90 && load ? (struct effect){ .writes = FLAGS_NZ }
                                                           : nothing; /* multiplications */
        case 1: return a32_processing(insn);
        case 2: return load && (insn >> 12 & 15) == 15 ? stop : nothing;
        case 3:
                if (insn & 1u << 4)
                        return (insn & 0x01f000f0) == 0x01f000f0 ? stop : nothing; /* media; UDF */
                if (load && (insn >> 12 & 15) == 15)
                        return stop;
                return (struct effect){ .reads = is_rrx(insn >> 5 & 3, insn >> 7 & 31) ? FLAGS_C : 0 };
        case 4: return load && (insn & 1u << 15) ? stop : nothing;
        case 5:
                return (struct effect){ .flow = BRANCH,
                                        .target = (uint32_t)(pc + 8 + (uint64_t)signed_bits(insn & 0xffffff, 24) * 4) };
        case 6: return nothing;
        default: return insn & 1u << 24 ? stop : coprocessor(insn);
        }
}

/* The space without conditions: only BLX, VSEL and what may leave to the run-time matter. */
static struct effect a32_other_effect(uint64_t pc, uint32_t insn)
{
        uint64_t offset = (uint64_t)signed_bits(insn & 0xffffff, 24) * 4 + (insn >> 23 & 2);
        if ((insn >> 25 & 7) == 5)
                return (struct effect){ .flow = BRANCH, .target = (uint32_t)(pc + 8 + offset) | 1 };
        if (is_vsel(insn))
                return vsel(insn);
        return (insn >> 24 & 15) == 1 ? stop : nothing; /* CPS, SETEND */
}

static struct effect a32_look(struct code_reader *code, bool *ret_ok)
{
        uint32_t insn;
        uint64_t pc = code->addr;

        *ret_ok = code_read32(code, &insn);
        if (!*ret_ok)
                return stop;
        unsigned cond = insn >> 28;
        if (cond == CC_NV)
                return a32_other_effect(pc, insn);
        struct effect e = a32_effect(pc, insn);
        if (cond != CC_AL) {
                e.reads |= condition_reads(cond);
                e.writes = 0;
                e.flow = e.flow == BRANCH ? COND : e.flow;
        }
        return e;
}

/* ---- T32 ---- */

/* Patterns of 16-bit instructions by their bits 15:11; the first match counts, and behind those that are here there is one of zeros,
 * which matches all: what does not matter. In an IT block they write nothing, unless `compares`. */
static const struct t16 {
        uint16_t mask, value;
        uint8_t reads, writes, flow;
        bool compares;
} t16[0x1d][10] = {
        [0x00] = { { 0xffc0, 0x0000, 0, FLAGS_NZ, NEXT, false },        /* MOVS: LSL #0 */
                   { 0, 0, 0, FLAGS_NZ | FLAGS_C, NEXT, false } },      /* shifts */
        [0x01] = { { 0, 0, 0, FLAGS_NZ | FLAGS_C, NEXT, false } },      /* the same */
        [0x02] = { { 0, 0, 0, FLAGS_NZ | FLAGS_C, NEXT, false } },      /* the same */
        [0x03] = { { 0, 0, 0, FLAGS_ALL, NEXT, false } },               /* ADDS, SUBS of three operands */
        [0x04] = { { 0, 0, 0, FLAGS_NZ, NEXT, false } },                /* MOVS */
        [0x05] = { { 0, 0, 0, FLAGS_ALL, NEXT, true } },                /* CMP */
        [0x06] = { { 0, 0, 0, FLAGS_ALL, NEXT, false } },               /* ADDS */
        [0x07] = { { 0, 0, 0, FLAGS_ALL, NEXT, false } },               /* SUBS */
        [0x08] = { { 0xff80, 0x4280, 0, FLAGS_ALL, NEXT, true },        /* CMP, CMN */
                   { 0xfd87, 0x4487, 0, 0, STOP, false },               /* ADD, MOV to the pc */
                   { 0xfd00, 0x4400, 0, 0, NEXT, false },               /* ADD, MOV of high registers */
                   { 0xff00, 0x4700, 0, 0, STOP, false },               /* BX, BLX */
                   { 0xff00, 0x4500, 0, FLAGS_ALL, NEXT, true },        /* CMP of high registers */
                   { 0xffc0, 0x4200, 0, FLAGS_NZ, NEXT, true },         /* TST */
                   { 0xffc0, 0x4240, 0, FLAGS_ALL, NEXT, false },       /* RSBS */
                   { 0xffc0, 0x4140, FLAGS_C, FLAGS_ALL, NEXT, false }, /* ADCS */
                   { 0xffc0, 0x4180, FLAGS_C, FLAGS_ALL, NEXT, false }, /* SBCS */
                   { 0, 0, 0, FLAGS_NZ, NEXT, false } },                /* logic, shifts, MULS */
        [0x16] = { { 0xf500, 0xb100, 0, 0, COND, false },               /* CBZ */
                   { 0xff00, 0xb600, 0, 0, STOP, false } },             /* SETEND, CPS */
        [0x17] = { { 0xf500, 0xb100, 0, 0, COND, false },               /* CBNZ */
                   { 0xff00, 0xbd00, 0, 0, STOP, false },               /* POP of the pc */
                   { 0xff00, 0xbe00, 0, 0, STOP, false } },             /* BKPT */
        [0x1a] = { { 0, 0, 0, 0, COND, false } },                       /* B with a condition */
        [0x1b] = { { 0xfe00, 0xde00, 0, 0, STOP, false },               /* UDF, SVC */
                   { 0, 0, 0, 0, COND, false } },                       /* B with a condition */
        [0x1c] = { { 0, 0, 0, 0, BRANCH, false } },                     /* B */
};

/* Where a branch of 16 bits goes. */
static uint64_t t16_target(uint64_t pc, uint16_t insn)
{
        switch (insn >> 12) {
        case 0xb: return (uint32_t)(pc + 4 + (insn >> 3 & 0x40) + (insn >> 2 & 0x3e)) | 1;
        case 0xd: return (uint32_t)(pc + 4 + (uint64_t)signed_bits(insn & 0xff, 8) * 2) | 1;
        default: return (uint32_t)(pc + 4 + (uint64_t)signed_bits(insn & 0x7ff, 11) * 2) | 1;
        }
}

static struct effect t16_effect(uint64_t pc, uint16_t insn, bool in_it)
{
        const struct t16 *p = t16[insn >> 11];
        while ((insn & p->mask) != p->value)
                p++;
        struct effect e = { .reads = p->reads, .writes = in_it && !p->compares ? 0 : p->writes, .flow = p->flow };
        if (e.flow == COND || e.flow == BRANCH)
                e.target = t16_target(pc, insn);
        if (e.flow == COND && insn >> 12 == 0xd)
                e.reads = (uint8_t)condition_reads(insn >> 8 & 15);
        return e;
}

/* B, B with a condition, BL, BLX, and the miscellaneous instructions between them. */
static struct effect t32_branch(uint64_t pc, uint32_t insn)
{
        unsigned s = insn >> 26 & 1, j1 = insn >> 13 & 1, j2 = insn >> 11 & 1, low = insn & 0x7ff;
        if (insn & 0x5000) {
                uint64_t i1 = !(j1 ^ s), i2 = !(j2 ^ s),
                         high = (uint64_t)s << 24 | i1 << 23 | i2 << 22 | (insn >> 16 & 0x3ff) << 12;
                uint64_t offset = (uint64_t)signed_bits(high | low << 1, 25);
                bool exchange = !(insn & 0x1000);
                uint64_t from = exchange ? (pc + 4) & ~UINT64_C(3) : pc + 4;
                return (struct effect){ .flow = BRANCH, .target = (uint32_t)(from + offset) | !exchange };
        }
        if ((insn >> 23 & 7) != 7) {
                uint64_t high = (uint64_t)s << 20 | j2 << 19 | j1 << 18 | (insn >> 16 & 0x3f) << 12;
                return (struct effect){ .flow = COND,
                                        .reads = (uint8_t)condition_reads(insn >> 22 & 15),
                                        .target = (uint32_t)(pc + 4 + (uint64_t)signed_bits(high | low << 1, 21)) | 1 };
        }
        if ((insn & 0xffe0d800) == 0xf3808800) /* MSR of the flags */
                return (struct effect){ .writes = FLAGS_ALL };
        if ((insn & 0xffe0d000) == 0xf3e08000) /* MRS */
                return (struct effect){ .reads = FLAGS_ALL };
        return (insn & 0xfff0d0c0) == 0xf3b08040 && (insn & 0xf0) != 0x60 ? nothing : stop; /* barriers, but ISB */
}

static struct effect t32_processing(uint32_t insn, bool immediate)
{
        static const struct operations of = { .sums = 0x6d00, .read_c = 0x0c00 };
        unsigned op = insn >> 21 & 15, shift = insn >> 4 & 3, amount = (insn >> 10 & 0x1c) | (insn >> 6 & 3);
        bool sets = insn & 1u << 20;

        if ((insn >> 8 & 15) == 15 && !sets)
                return stop;
        if (immediate) /* rotated ones make a carry */
                return processing(of, op, sets, false, (insn & 1u << 26) || (insn & 0x4000));
        return processing(of, op, sets, is_rrx(shift, amount), shift || amount);
}

static struct effect t32_effect(uint64_t pc, uint32_t insn)
{
        bool load = insn & 1u << 20;

        switch (insn >> 25) {
        case 0x74:                                     /* 1110100 */
                if ((insn & 0xfff0ffe0) == 0xe8d0f000) /* TBB, TBH */
                        return stop;
                return !(insn & 1u << 22) && load && (insn & 1u << 15) ? stop : nothing; /* LDM */
        case 0x75: return t32_processing(insn, false);
        case 0x78:
        case 0x79:
        case 0x7a:
        case 0x7b:
                if (insn & 1u << 15)
                        return t32_branch(pc, insn);
                return insn & 1u << 25 ? nothing : t32_processing(insn, true);
        case 0x7c: return load && (insn >> 21 & 3) == 2 && (insn >> 12 & 15) == 15 ? stop : nothing; /* LDR */
        case 0x7d: /* register-controlled shifts */
                return (insn & 0xff90f0f0) == 0xfa10f000 ? (struct effect){ .writes = FLAGS_NZ } : nothing;
        case 0x76:
        case 0x77: return coprocessor(insn);
        case 0x7f: return is_vsel(insn) ? vsel(insn) : nothing;
        default: return nothing;
        }
}

static struct effect t32_look(struct code_reader *code, uint8_t *it, bool *ret_ok)
{
        uint32_t insn;
        uint64_t pc = code->addr;
        unsigned bytes = a32_read_thumb(code, &insn);

        *ret_ok = bytes;
        if (!bytes)
                return stop;
        uint16_t unit = (uint16_t)(insn >> 16);
        if (unit >> 8 == 0xbf && (unit & 15)) {
                *it = (uint8_t)unit;
                return nothing;
        }
        struct effect e = bytes == 4 ? t32_effect(pc, insn) : t16_effect(pc, unit, *it);
        unsigned cond = a32_thumb_condition(*it, insn);
        if (cond != CC_AL) {
                e.reads |= condition_reads(cond);
                e.writes = 0;
                e.flow = e.flow == BRANCH ? COND : e.flow;
        }
        *it = a32_it_advance(*it);
        return e;
}

/* ---- the look ---- */

/* Instructions that are looked at, and those behind a branch that may be taken. */
enum { LOOK = 32, SIDE_LOOK = 10 };

struct look {
        fetch_fn *fetch;
        bool reads; /* an instruction that reads some part was seen */
};

static unsigned live(struct look *look, uint64_t pc, unsigned pending, unsigned budget, unsigned depth)
{
        struct code_reader code = { .fetch = look->fetch, .addr = pc & ~UINT64_C(1) };
        unsigned found = 0;
        bool thumb = pc & 1, ok;
        uint8_t it = 0;

        while (pending) {
                if (!budget--)
                        return found | pending;
                struct effect e = thumb ? t32_look(&code, &it, &ok) : a32_look(&code, &ok);
                found |= e.reads & pending;
                look->reads |= e.reads & pending;
                pending &= ~(unsigned)(e.reads | e.writes);
                if (e.flow == STOP || (e.flow != NEXT && it) || (e.flow == COND && !depth))
                        return found | pending;
                if (e.flow == COND) {
                        found |= live(look, e.target, pending, budget < SIDE_LOOK ? budget : SIDE_LOOK, depth - 1);
                        pending &= ~found;
                        code_go(&code, code.addr);
                }
                if (e.flow == BRANCH) {
                        thumb = e.target & 1;
                        code_go(&code, e.target & ~UINT64_C(1));
                }
        }
        return found;
}

unsigned a32_flags_live(fetch_fn *fetch, uint64_t pc)
{
        struct look look = { .fetch = fetch };
        unsigned parts = live(&look, pc, FLAGS_ALL, LOOK, 2);
        return parts && !look.reads ? parts | FLAGS_UNASKED : parts;
}
