/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's own configuration, binfmtd.conf; see binfmtd.conf(5). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"

/* What the daemon does where another program has changed our entries. */
enum repair {
        REPAIR_YES,
        REPAIR_NO,
        REPAIR_WARN,
};

struct config {
        bool remove_on_stop;
        bool mount;
        enum repair repair;
        bool cache;               /* whether there is a cache of translations */
        uint64_t cache_size;      /* its bytes on disk, at most */
        uint64_t cache_file_size; /* those of one guest file's translations */
};

/* The configuration where nothing is configured. */
#define CONFIG_DEFAULTS ((struct config){ .mount = true, .cache_size = 2ULL << 30, .cache_file_size = 384ULL << 20 })

/* Reads the file at path; what it does not set has its default. A file that does not exist sets nothing. What is wrong with a
 * line is noted in problems, and the other lines still count. Returns 0 or a negative errno. */
int config_load(const char *path, struct config *ret, struct problems *problems);
