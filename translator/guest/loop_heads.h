/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where loops begin in guest code: places that a branch behind them, in the same page, leads back to.
 *
 * A region ends before such a place, because most of what is behind it is translated once more when the branch is taken: as the region
 * that begins there. What is told is a guess from a look at the page, when it is first asked for. Code may have changed since, and
 * then regions end elsewhere, which is as right. So no translation depends on what is read for it. Under run_lock (run/threads.h).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { LOOP_PAGE = 4096 };

/* The places in a page where loops begin: a bit for each two bytes. */
struct loop_map {
        uint64_t bits[LOOP_PAGE / 2 / 64];
};

/* Notes the place, if it is in the page. */
static inline void loop_map_add(struct loop_map *map, int32_t place)
{
        if (place >= 0)
                map->bits[place / 128] |= UINT64_C(1) << place / 2 % 64;
}

/* Words of code that have `value` in the bits of `mask`. */
struct word_pattern {
        uint32_t mask, value;
};

/* What looks for branches in a page: each word, of 2 or 4 bytes, that matches one of the patterns is handed to `found`, with where it is.
 * Patterns that are not needed are NO_WORD. */
typedef void found_word(struct loop_map *map, const uint8_t *page, unsigned place);
#define NO_WORD \
        { \
                0, 1 \
        }
void loop_find_words(struct loop_map *map, const uint8_t *page, unsigned bytes, const struct word_pattern patterns[4],
                     found_word *found);

/* Does a loop begin at addr, in code of this state? */
bool loop_begins_at(uint64_t addr, uint64_t state);

/* Returns where the first loop begins in addr's page at `addr` or behind it, in code of this state; where there is none, where the next
 * page begins. */
uint64_t loop_head_from(uint64_t addr, uint64_t state);

/* Gets the memory for that, which is done where it is needed first, too: many a start translates nothing. */
void loop_heads_prepare(void);
/* Forgets what was seen. */
void loop_heads_forget(void);
