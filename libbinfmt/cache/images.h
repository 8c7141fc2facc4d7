/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images on disk: each in a directory of its own below "images" of the cache's, which has the image itself, a file that says what it
 * is, and links to the image at the paths that entries have for it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cache-format.h"

struct image_info {
        char *fingerprint;          /* of the translator that it was made of (kernel/interpreter.h) */
        uint64_t bytes, used_bytes; /* of the file, and on disk */
        uint64_t units, pages;
        uint64_t store; /* which units there were when it was made (store_state), also those that there was no room for */
        char *boot;     /* which start of the machine it was made behind */
        int64_t made;   /* seconds since 1970 */
};

void image_info_done(struct image_info *i);

/* Whether this is what images are called. */
bool images_is_name(const char *name);

/* Makes the image called name from the units of the directory open as store: it is there as a whole or not at all, as long as the machine
 * runs. It is not synchronised, because none is used that was made before a start of the machine, and one that is replaced before the
 * kernel has written it never gets to the disk. Where it would take more than half of what is free, units that were not used for longest
 * are left out. Units that are for none of n configurations are removed. Returns 0, -ENODATA where there is no unit, or another negative
 * errno. */
int images_make(const char *dir, const char *name, int store, const char *translator, const uint8_t (*configs)[CACHE_CONFIG],
                int n);

/* Reads what is known of an image. Returns 0, or a negative errno where it is not there, or not whole. */
int images_read(const char *dir, const char *name, struct image_info *ret);

/* Whether the machine has not been started since the image was made. */
bool images_is_of_this_boot(const struct image_info *i);

/* Makes sure that the image is found at this absolute path below its directory. Returns 0 or a negative errno. */
int images_link(const char *dir, const char *name, const char *path);

/* Removes all images but the one of this name (NULL: all), and what was left of making them. */
void images_remove(const char *dir, const char *but);
