/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is of the cache, for those who only look; it needs the right to read the directory of units (root's). */
#pragma once

#include <stdbool.h>

#include "base/paths.h"
#include "base/problem.h"
#include "store.h"

/* An entry that is registered with an image. */
struct cache_status {
        bool enabled;   /* Cache= in binfmtd.conf */
        uint64_t limit; /* CacheSize= */
        struct store_files files;
        char *image;          /* the path of the image that is registered, or NULL where there is none */
        uint64_t image_bytes; /* on disk */
        size_t image_units;   /* in it */
        int64_t image_made;   /* seconds since 1970 */
        char **entries;       /* the entries that are registered with it */
        size_t n_entries;
};

void cache_status_done(struct cache_status *s);

/* Returns 0 or a negative errno; -EACCES where the caller may not see the units. */
int cache_status_read(const struct paths *paths, struct cache_status *ret, struct problems *problems);
