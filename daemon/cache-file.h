/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest file's bytes, taken once: what is hashed is what is translated and compared, whatever happens to the file meanwhile. */
#pragma once

#include <stdint.h>

#include "cache/store.h"

/* Larger files are not looked at: one is in memory while it waits to be translated. */
#define CACHE_GUEST_MAX (256ULL << 20)

struct cache_file {
        int fd; /* sealed memory with the file's bytes */
        uint64_t bytes;
        unsigned machine;
        char id[STORE_ID + 1];
};

/* Copies an open file. Returns 0; -ENOEXEC where it is no program or library of a machine that we translate; -EACCES where not
 * everybody may read it; -EFBIG; or another negative errno. */
int cache_file_read(int fd, struct cache_file *ret);
