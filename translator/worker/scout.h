/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child that has the whole file: it finds out where code is, and where regions begin. */
#pragma once
#include <stddef.h>
#include "pages.h"

/* A page of the file that is executed. */
struct scout_page {
        uint32_t file_page;
        uint32_t tail; /* 1: the next page of the file is behind it in memory, too, and executed */
        struct page_map entries;
};

/* What the scout finds, in memory that is shared with it: in order of file_page, if it does what it should. */
struct scout_result {
        uint32_t npages;
        struct scout_page page[PAGES_MAX];
};

/* The file, and where the result goes. */
struct scout {
        const uint8_t *file;
        uint64_t size;
        struct scout_result *result;
};
extern struct scout scout;

/* What the scout does, to be called in the child: returns 0, or WORKER_NO_UNIT. the_guest is chosen. */
int scout_run(void);
