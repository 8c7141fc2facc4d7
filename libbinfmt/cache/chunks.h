/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a file from its beginning on in whole aligned chunks. The kernel keeps what is written at once in one piece of memory, if it can:
 * chunks of the size of a huge page can be mapped by one entry of a page table, where a process would have a page fault for each 64 KiB. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunks {
        int fd;
        uint8_t *buffer;
        uint64_t at;   /* where the buffer's first byte goes: a multiple of CACHE_ALIGN */
        uint64_t used; /* bytes of the buffer */
};

/* Begins to write at a multiple of CACHE_ALIGN. Like all of these it returns 0 or a negative errno. */
int chunks_begin(struct chunks *c, int fd, uint64_t at);
int chunks_add(struct chunks *c, const void *from, uint64_t bytes);
int chunks_add_zeros(struct chunks *c, uint64_t bytes);
int chunks_add_file(struct chunks *c, int fd, uint64_t at, uint64_t bytes);

/* Writes what is left, with zeros behind it if whole is set, so that it is a whole chunk. */
int chunks_end(struct chunks *c, bool whole);

/* Gives the buffer back. */
void chunks_done(struct chunks *c);
