/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The unit as it grows, page by page, and its file. */
#pragma once
#include <stdbool.h>
#include "page.h"

/* Begins a unit of no more than `budget` bytes, with these stubs. */
void output_begin(uint64_t budget, const uint8_t *stubs, uint32_t stubs_bytes);

/* Returns where in the code part the next block will be. */
uint32_t output_code_at(void);

/* Adds the page of the guest file with that number, which is at `text`, with text_bytes: its block as job says. Returns false when there is no room,
 * or the numbers of the job are not possible. */
bool output_add(uint32_t file_page, const uint8_t *text, uint32_t text_bytes, const struct page_job *job);

/* Writes the file. Returns 0 or a negative errno; 1 when there is no page. */
int output_write(int fd);
