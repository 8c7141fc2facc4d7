/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places where regions begin, page by page. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "cache-format.h"

enum { PAGES_MAX = 1 << 16 }; /* of code, of one file */

/* A map of a page: a bit for each place where an instruction may begin. A place is the guest's pc in the page, as cache_region.in_page
 * has it; the lowest bit says T32. */
struct page_map {
        uint8_t word[CACHE_PAGE / 4 / 8], half[CACHE_PAGE / 2 / 8]; /* of A64 and A32; of T32 */
};

static inline uint8_t *page_map_byte(struct page_map *m, unsigned place)
{
        return place & 1 ? &m->half[place % CACHE_PAGE / 16] : &m->word[place % CACHE_PAGE / 32];
}
static inline uint8_t page_map_bit(unsigned place)
{
        return (uint8_t)(1u << (place & 1 ? place / 2 % 8 : place / 4 % 8));
}

static inline bool page_map_has(struct page_map *m, unsigned place)
{
        return *page_map_byte(m, place) & page_map_bit(place);
}
/* Returns false when it was there already. */
static inline bool page_map_add(struct page_map *m, unsigned place)
{
        bool is_new = !page_map_has(m, place);
        *page_map_byte(m, place) |= page_map_bit(place);
        return is_new;
}
static inline void page_map_drop(struct page_map *m, unsigned place)
{
        *page_map_byte(m, place) &= (uint8_t)~page_map_bit(place);
}

/* Returns the first place in the map that is `from` or higher, or CACHE_PAGE when there is none. */
unsigned page_map_next(struct page_map *m, unsigned from);
