/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the cache is, and what there is of it, for those who only look. */
#pragma once

#include <stdbool.h>

#include "base/paths.h"
#include "base/problem.h"
#include "images.h"
#include "store.h"

/* Finds the directory of the cache, and opens that of its units: below the cachedir of paths, and where nothing can be written there,
 * beside the records. Where make is set, it is made. Returns a descriptor with *ret_dir, -ENOENT, or another negative errno. */
int cache_open(const struct paths *paths, bool make, char **ret_dir);

/* Removes all that there is of the cache. */
void cache_remove(const struct paths *paths);

struct cache_status {
        bool enabled;   /* Cache= in binfmtd.conf */
        uint64_t limit; /* CacheSize= */
        struct store_files files;
        char *image;            /* the name of the image that is registered; NULL: none is */
        char *image_path;       /* where it is; NULL where it is only in memory */
        struct image_info info; /* of it */
        char **entries;         /* the entries that are registered with it */
        size_t n_entries;
};

void cache_status_done(struct cache_status *s);

/* Reads all of this. Who may not see the units (they are root's) gets no files. Returns 0 or a negative errno. */
int cache_status_read(const struct paths *paths, struct cache_status *ret, struct problems *problems);
