/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key by which a page of guest code is looked for in the cache. */
#pragma once
#include <stdint.h>
#include "cache-format.h"

/* Returns it. It is made of words from everywhere in the page, so that few pages have the same one. It need not be hard to find others
 * that have: who finds a page by it compares all bytes. */
static inline uint64_t page_key(const uint8_t page[CACHE_PAGE])
{
        uint64_t h = 0;
        for (unsigned k = 0; k < 24; k++) {
                uint64_t word;
                __builtin_memcpy(&word, page + k * 168 + (k & 7) * 8, sizeof(word));
                h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
                h ^= h >> 29;
        }
        return h;
}
_Static_assert(23 * 168 + 7 * 8 + 8 <= CACHE_PAGE, "the last word is in the page");
