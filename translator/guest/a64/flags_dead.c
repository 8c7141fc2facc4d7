/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells whether NZCV is dead at a place in guest code, by a look at the next few instructions (encodings: Arm ARM C4.1). */
#include "a64.h"
#include "ir/flags.h"

enum effect { E_NONE, E_WRITES, E_READS, E_BRANCH, E_CALL, E_COND, E_STOP };

struct pattern {
        uint32_t mask, value;
        enum effect effect;
};

/* By the instruction's top-level group. First match counts; what is not here neither reads nor writes NZCV and goes on to the
 * next instruction. */
static const struct pattern immediate[] = {
        { 0x7f800000, 0x31000000, E_WRITES }, /* ADDS, SUBS */
        { 0x7f800000, 0x71000000, E_WRITES },
        { 0x7f800000, 0x72000000, E_WRITES }, /* ANDS */
};
static const struct pattern reg[] = {
        { 0x3f200000, 0x2b000000, E_WRITES }, /* ADDS, SUBS (shifted register) */
        { 0x3fe00000, 0x2b200000, E_WRITES }, /* ADDS, SUBS (extended register) */
        { 0x7f000000, 0x6a000000, E_WRITES }, /* ANDS, BICS (shifted register) */
        { 0xffe07c1f, 0xba00040f, E_WRITES }, /* RMIF of all flags */
        { 0x1fe00000, 0x1a000000, E_READS },  /* ADC, SBC, RMIF, SETF8, SETF16 */
        { 0x1fe00000, 0x1a400000, E_READS },  /* CCMP, CCMN */
        { 0x1fe00000, 0x1a800000, E_READS },  /* CSEL and its kin */
};
static const struct pattern fp[] = {
        { 0xff20fc07, 0x1e202000, E_WRITES }, /* FCMP, FCMPE */
        { 0xff200c00, 0x1e200400, E_READS },  /* FCCMP */
        { 0xff200c00, 0x1e200c00, E_READS },  /* FCSEL */
        { 0xfffffc00, 0x1e7e0000, E_WRITES }, /* FJCVTZS */
};
static const struct pattern control[] = {
        { 0xfe000000, 0xd6000000, E_STOP },   /* BR, BLR, RET */
        { 0xff000010, 0x54000000, E_READS },  /* B.cond */
        { 0xfc000000, 0x14000000, E_BRANCH }, /* B */
        { 0xfc000000, 0x94000000, E_CALL },   /* BL */
        { 0x7e000000, 0x34000000, E_COND },   /* CBZ, CBNZ */
        { 0x7e000000, 0x36000000, E_COND },   /* TBZ, TBNZ */
        { 0xfffff000, 0xd53b4000, E_READS },  /* MRS NZCV, and what is near it */
        { 0xfffff0ff, 0xd500401f, E_READS },  /* CFINV */
        { 0xfffff01f, 0xd503201f, E_NONE },   /* hints */
        { 0xfff00000, 0xd5300000, E_NONE },   /* other MRS */
        { 0, 0, E_STOP },                     /* SVC, BRK, system instructions: may leave to the run-time */
};

#define GROUP(list, any_) .patterns = list, .n = sizeof(list) / sizeof(list[0]), .any = any_
#define ALWAYS 0xffffffff
static const struct {
        const struct pattern *patterns;
        size_t n;
        uint32_t any; /* one of these bits is set in what matches a pattern */
} groups[16] = {
        /* bits 28:25 */
        [8] = { GROUP(immediate, 1u << 29) }, [9] = { GROUP(immediate, 1u << 29) }, [10] = { GROUP(control, ALWAYS) },
        [11] = { GROUP(control, ALWAYS) },    [5] = { GROUP(reg, 1u << 29) },       [13] = { GROUP(reg, 1u << 29 | 1u << 28) },
        [7] = { GROUP(fp, ALWAYS) },          [15] = { GROUP(fp, ALWAYS) },
};

static enum effect effect_of(uint32_t insn)
{
        unsigned g = insn >> 25 & 15;
        if (g < 4)
                return E_STOP; /* not allocated, SVE */
        if (!(insn & groups[g].any))
                return E_NONE;
        for (size_t k = 0; k < groups[g].n; k++)
                if ((insn & groups[g].patterns[k].mask) == groups[g].patterns[k].value)
                        return groups[g].patterns[k].effect;
        return E_NONE;
}

static uint64_t target_of(uint64_t pc, uint32_t insn)
{
        return pc + (uint64_t)a64_branch_displacement(insn);
}

static bool dead(fetch_fn *fetch, uint64_t pc, unsigned *budget, unsigned depth)
{
        struct code_reader code = { .fetch = fetch, .addr = pc };
        while (*budget) {
                uint32_t insn;
                --*budget;
                if (!code_read32(&code, &insn))
                        return false;
                switch (effect_of(insn)) {
                case E_WRITES: return true;
                case E_READS:
                case E_STOP: return false;
                case E_BRANCH:
                case E_CALL: code_go(&code, target_of(code.addr - 4, insn)); break;
                case E_COND:
                        if (!depth || !dead(fetch, target_of(code.addr - 4, insn), budget, depth - 1))
                                return false;
                        code_go(&code, code.addr);
                        break;
                case E_NONE: break;
                }
        }
        return false;
}

unsigned a64_flags_live(fetch_fn *fetch, uint64_t pc)
{
        unsigned budget = 20;
        return dead(fetch, pc, &budget, 2) ? 0 : FLAGS_ALL;
}
