/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is of the cache of translations: as the daemon says, or where it does not run, as it is on disk. */
#pragma once

#include "cli.h"

#include "cache/cache.h"
#include "cache/obstacle.h"

/* What the daemon has done since it was started. */
struct cache_counts {
        uint64_t starts, seen, hits, done, refused, failed, queued;
        int working; /* there is something to be done */
};

struct cache_report {
        struct cache_status status;
        enum cache_obstacle obstacle;
        bool asked; /* the daemon has answered, so that counts are known */
        struct cache_counts counts;
        size_t n_files; /* also where status.files is not filled */
        uint64_t pages; /* in all files */
};

/* Reads it. files: whether the files are wanted, too, and not only their number and bytes. Returns 0, or a negative
 * errno: -EACCES where this takes root because no daemon can be asked. */
int cache_report_read(const struct call *call, bool files, struct cache_report *ret);

void cache_report_done(struct cache_report *r);

/* Reads the property CacheProgress of the daemon's. Returns 0 or a negative errno. */
struct sd_bus;
int cache_counts_read(struct sd_bus *bus, struct cache_counts *ret);

/* Finds what is in the way of the cache: as the daemon sees it, or else this caller. */
enum cache_obstacle cache_report_obstacle(const struct call *call);

/* Prints what to do where the cache cannot be looked at. Returns EXIT_FAILED. */
int cache_report_fail(const struct call *call, int r);
