/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes units as the translator's worker would, of a guest file's pages, with code that does nothing. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cache-format.h"

/* Makes the unit of npages pages of the guest file, one behind the other from page first on. The configuration's bytes are all
 * the given one. Returns it, to be freed; *ret_size are its bytes. */
uint8_t *unit_make(const void *guest, size_t guest_size, uint32_t first, uint32_t npages, uint8_t config, size_t *ret_size);

/* The key of a page in such units. */
uint64_t unit_make_key(const void *page);
