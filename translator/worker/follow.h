/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following code from place to place, by lifting it: which regions there are. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "guest/guest.h"
#include "pages.h"

/* Memory that this works in, which is zero at first, and maps with the result: both are set before. */
struct follow_info;
extern struct follow_info *follow_info; /* PAGES_MAX of them */
extern struct ir *follow_ir;
extern const size_t follow_info_size; /* bytes of one */
/* Returns the map that the result for page number n goes to. */
extern struct page_map *(*follow_entries)(uint32_t n);

/* Returns the number of the page at that address, or UINT32_MAX where there is none. */
extern uint32_t (*follow_page_of)(uint64_t addr);

/* Adds the next page, from number 0 on: its address, its bytes, and whether CACHE_TAIL bytes more are code. */
void follow_page(uint64_t addr, const uint8_t *bytes, bool tail);

/* Notes that a region begins at pc, if there is a page. */
void follow_add(uint64_t pc);

/* Returns true when there is an instruction at the address of pc, in either state, that was lifted. */
bool follow_was_at(uint64_t pc);

/* Lifts all regions that were noted, and those that they lead to. */
void follow_all(void);

/* Tries what is behind regions and nothing has led to. */
void follow_guesses(void);
