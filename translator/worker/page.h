/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child that translates a page: it has nothing of the file but this page, what a translation may read behind it, and the map of places
 * where regions begin. */
#pragma once
#include <stddef.h>
#include "pages.h"

enum {
        PAGE_CODE_MAX = 1 << 20,
        PAGE_BLOCK_MAX = 1 << 20,
        PAGE_PLACES_MAX = 1 << 16,
};

/* Memory that is shared with the child. */
struct page_job {
        /* What it is given: the page, and behind it CACHE_TAIL bytes or none. */
        uint8_t text[CACHE_PAGE + CACHE_TAIL];
        uint32_t text_bytes;
        struct page_map entries;
        uint32_t code_at; /* in the code part: where the block's code will be */
        /* What it makes. Its slots are taken to be the first ones of the unit; the places of 4 bytes in the code that say how far they
         * are away are listed. */
        uint32_t code_bytes, block_bytes, nslots, nplaces;
        uint32_t place[PAGE_PLACES_MAX];
        uint8_t block[PAGE_BLOCK_MAX]; /* struct cache_block, and what belongs to it */
        uint8_t code[PAGE_CODE_MAX] __attribute__((aligned(CACHE_PAGE)));
};

/* To be called once, before children are made. */
void page_prepare(void);

/* What the child does with the job: returns 0. */
extern struct page_job *page_job;
int page_run(void);
