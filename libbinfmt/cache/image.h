/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes images (cache-format.h): a copy of the translator that has units in it. It is this that is registered. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct image_size {
        uint64_t bytes, pages; /* of the file; of guest code */
        size_t n_units;
};

/* Writes an image to the empty file fd: the translator that is open as translator, with the units that are open as units. A unit
 * that is no unit is left out, and so is a page for which the directory has no room. Nothing is synchronised. Returns 0; -EBADMSG
 * where the translator is no program that can be extended; -ENODATA where no page is left; or another negative errno. */
int image_write(int fd, int translator, const int *units, size_t n_units, struct image_size *ret);

/* Copies a part of a file, but for its holes. Returns 0 or a negative errno. */
int image_copy(int from, uint64_t at, int to, uint64_t to_at, uint64_t bytes);
