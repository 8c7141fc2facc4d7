/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Branches of A32 and T32 that lead back (encodings: Arm ARM F3.1, F4.1). */
#include "a32.h"
#include "guest/loop_heads.h"

static uint32_t half_at(const uint8_t *page, unsigned place)
{
        uint16_t h;
        __builtin_memcpy(&h, page + place, 2);
        return h;
}

static int32_t signed_bits(uint32_t v, unsigned bits)
{
        return (int32_t)(v << (32 - bits)) >> (32 - bits);
}

/* ---- A branch that is taken when an exclusive store has failed, which is seldom, makes no loop. A comparison is between them. ---- */

static bool follows_exclusive_store_a32(const uint8_t *page, unsigned place)
{
        for (unsigned k = 4; k <= 8 && k <= place; k += 4) {
                const uint32_t insn = half_at(page, place - k) | half_at(page, place - k + 2) << 16;
                if ((insn & 0x0f9000f0) == 0x01800090)
                        return true;
        }
        return false;
}

static bool follows_exclusive_store_t32(const uint8_t *page, unsigned place)
{
        for (unsigned k = 6; k <= 8 && k <= place; k += 2) {
                const uint32_t first = half_at(page, place - k);
                if ((first & 0xfff0) == 0xe840 || (first & 0xfff0) == 0xe8c0)
                        return true;
        }
        return false;
}

/* ---- branches ---- */

static void found_a32(struct loop_map *map, const uint8_t *page, unsigned place)
{
        const uint32_t insn = half_at(page, place) | half_at(page, place + 2) << 16;
        if (insn >> 28 != 15 && !follows_exclusive_store_a32(page, place))
                loop_map_add(map, (int32_t)place + 8 + signed_bits(insn & 0xffffff, 24) * 4);
}

/* Returns how far a branch with 32 bits leads, whose upper bits are all set, as it does not leave the page; 0: it is none. */
static int32_t wide_displacement(uint32_t first, uint32_t second)
{
        const bool when = (second & 0xf800) == 0xa800 && (first >> 7 & 7) != 7,
                   always = (second & 0xf800) == 0xb800 && first == 0xf7ff;
        return when || always ? (int32_t)(second & 0x7ff) * 2 - 4096 : 0;
}

static void found_t32(struct loop_map *map, const uint8_t *page, unsigned place)
{
        const uint32_t first = half_at(page, place);
        int32_t displacement = 0;
        if (first >> 12 == 13 && (first >> 9 & 7) != 7)
                displacement = signed_bits(first & 0xff, 8) * 2;
        else if (first >> 12 == 14)
                displacement = signed_bits(first & 0x7ff, 11) * 2;
        else if (first >> 12 == 15 && place + 2 < LOOP_PAGE)
                displacement = wide_displacement(first, half_at(page, place + 2));
        if (displacement && !follows_exclusive_store_t32(page, place))
                loop_map_add(map, (int32_t)place + 4 + displacement);
}

void a32_find_loops(const uint8_t *page, uint64_t state, struct loop_map *map)
{
        static const struct word_pattern back_a32[4] = { { 0x0f800000, 0x0a800000 }, NO_WORD, NO_WORD, NO_WORD };
        static const struct word_pattern back_t32[4] = {
                { 0xf080, 0xd080 }, /* B.cond */
                { 0xfc00, 0xe400 }, /* B */
                { 0xfc3f, 0xf43f }, /* the first half of both with 32 bits */
                NO_WORD,
        };
        if (state)
                loop_find_words(map, page, 2, back_t32, found_t32);
        else
                loop_find_words(map, page, 4, back_a32, found_a32);
}
