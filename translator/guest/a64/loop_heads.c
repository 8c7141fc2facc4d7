/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Branches of A64 that lead back (encodings: Arm ARM C4.1). */
#include "a64.h"
#include "guest/loop_heads.h"

static uint32_t word_at(const uint8_t *page, unsigned place)
{
        uint32_t w;
        __builtin_memcpy(&w, page + place, 4);
        return w;
}

/* A branch that is taken when the exclusive store before it has failed, which is seldom, makes no loop. */
static bool follows_exclusive_store(const uint8_t *page, unsigned place)
{
        return place >= 4 && (word_at(page, place - 4) & 0x3fc00000) == 0x08000000;
}

static void found(struct loop_map *map, const uint8_t *page, unsigned place)
{
        const uint32_t insn = word_at(page, place);
        const int32_t displacement = (int32_t)a64_branch_displacement(insn);
        if (!follows_exclusive_store(page, place))
                loop_map_add(map, (int32_t)place + displacement);
}

void a64_find_loops(const uint8_t *page, uint64_t state, struct loop_map *map)
{
        static const struct word_pattern back[4] = {
                { 0xff800010, 0x54800000 }, /* B.cond */
                { 0x7e800000, 0x34800000 }, /* CBZ, CBNZ */
                { 0x7e040000, 0x36040000 }, /* TBZ, TBNZ */
                { 0xfe000000, 0x16000000 }, /* B */
        };
        (void)state;
        loop_find_words(map, page, 4, back, found);
}
