/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps of pages (see pages.h). */
#include "pages.h"

unsigned page_map_next(struct page_map *m, unsigned from)
{
        while (from < CACHE_PAGE) {
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
