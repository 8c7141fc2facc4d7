/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps of pages (see pages.h). */
#include "pages.h"

/* Is nothing in the 256 bytes from `from` on, a multiple of that? */
static bool is_empty(const struct page_map *m, unsigned from)
{
        uint64_t words, halves[2];
        __builtin_memcpy(&words, &m->word[from / 32], sizeof(words));
        __builtin_memcpy(halves, &m->half[from / 16], sizeof(halves));
        return !(words | halves[0] | halves[1]);
}

unsigned page_map_next(struct page_map *m, unsigned from)
{
        while (from < CACHE_PAGE) {
                if (from % 256 == 0 && is_empty(m, from)) {
                        from += 256;
                        continue;
                }
                uint16_t halves;
                __builtin_memcpy(&halves, &m->half[from / 32 * 2], sizeof(halves));
                if (from % 32 == 0 && !m->word[from / 32] && !halves) {
                        from += 32;
                        continue;
                }
                if ((from & 1 || from % 4 == 0) && page_map_has(m, from))
                        return from;
                from++;
        }
        return CACHE_PAGE;
}
