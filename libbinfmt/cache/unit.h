/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads units (cache-format.h). A unit comes from a process without rights that has parsed a file of anybody's, so nothing in it is
 * believed: each part is checked to be inside the file, and each text to be what the guest file has there. What is in a block's part is
 * checked by who uses it. What the code does cannot
 * be checked; it is only ever executed in the place of these very texts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache-format.h"

/* A unit in memory. */
struct unit {
        const uint8_t *data;
        size_t size;
        const struct cache_unit *header;
        const struct cache_page *pages; /* header->npages of them */
};

/* Looks at a unit of so many bytes at data, which stays the caller's and must be at a multiple of 8. Returns 0 or -EBADMSG. */
int unit_open(const void *data, size_t size, struct unit *ret);

/* Whether each page's text is what the guest file has there, and no page is in it twice. The pages have to be in the
 * file's order. Returns 0 or -EBADMSG. */
int unit_compare(const struct unit *u, const void *guest, size_t guest_size);

/* Whether the unit was made for one of n configurations. */
bool unit_is_current(const struct unit *u, const uint8_t (*configs)[CACHE_CONFIG], size_t n);
