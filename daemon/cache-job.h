/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translates one file, in a process of its own (cache-child.h). */
#pragma once

#include "cache/unit.h"
#include "cache-file.h"

enum {
        JOB_DONE = 0,
        JOB_FAILED = 1,
        JOB_REFUSED = 65, /* the file has no code for us */
        JOB_CONFIGS = 8,  /* of units: one for each guest that the translator has */
};

struct job {
        const char *translator; /* its path */
        int store, empty;       /* directories */
        const struct cache_file *file;
        const char *path;
        uint64_t budget; /* bytes of its unit, at most */
        uint64_t room;   /* bytes of all units */
};

/* Has the worker translate the file, checks what it has made, and puts it into the store. Its argument is a struct job; returns one of
 * the above. */
int job_run(void *job);

/* Asks the translator for which configurations units are of use now. Returns how many there are, or a negative errno. */
int job_read_configs(const char *translator, uint8_t (*ret)[CACHE_CONFIG]);
