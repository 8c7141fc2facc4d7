/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest code that a translation may read: a page and some bytes behind it. It has a guest address, but is anywhere in memory. */
#pragma once
#include <stdbool.h>
#include "guest/code.h"

struct window {
        uint64_t addr;        /* a multiple of CACHE_PAGE */
        const uint8_t *bytes; /* what is there */
        uint32_t size;        /* CACHE_PAGE, or CACHE_TAIL more */
        /* Called with the address of each word that a region would take for a constant, in the window or not. NULL: nobody wants to know. */
        void (*literal)(uint64_t addr);
};
extern struct window window;

/* Prepares lifting. Sets code_hooks: code is what is in the window, can be executed and not be written, belongs to no vDSO and calls nothing of
 * the guest's kernel. */
void window_connect(void);

/* Of code in the window. */
fetch_fn window_fetch;
