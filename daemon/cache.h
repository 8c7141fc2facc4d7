/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache of translations, as the manager and the bus see it: what runs is learned, translated by a process without rights, and
 * what is registered is an image with the translations in it (docs/HACKING.md, "Cache"). None of these functions waits for
 * anything but files of the cache. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct manager;

/* Since the daemon was started. */
struct cache_progress {
        bool enabled;
        uint64_t starts;  /* programs whose start was looked at */
        uint64_t files;   /* files of theirs, each time one was seen */
        uint64_t hits;    /* of them that were translated already */
        uint64_t done;    /* files that were translated */
        uint64_t refused; /* files that are not for the translator, too large, or not readable for everybody */
        uint64_t failed;
        uint64_t queued; /* files that are still to be looked at or translated */
        bool working;    /* there is something to be done: files, or an image that is not registered yet */
};

void cache_get_progress(const struct manager *m, struct cache_progress *ret);

/* Has a file translated. The descriptor stays the caller's; path is what is shown of it. Returns 0; -EOPNOTSUPP where Cache=no is
 * set; -EAGAIN where the queue is full, so that it is to be tried again later; or another negative errno. */
int cache_add_file(struct manager *m, int fd, const char *path);

/* Forgets the files with this path, id or beginning of an id (8 letters at least). The image without them is registered soon.
 * Returns how many there were, or a negative errno. */
int cache_drop(struct manager *m, const char *what);

/* Forgets all. */
int cache_clear(struct manager *m);

/* ---- for the manager ---- */

/* At the end of each pass: follows the configuration, and registers what is to be registered. The caller has the turn; fd is
 * binfmt_misc. */
void cache_pass(struct manager *m, int fd);

/* When the daemon ends: what is registered is the interpreter itself again, where fd is binfmt_misc and not negative. */
void cache_stop(struct manager *m, int fd);

void cache_done(struct manager *m);
