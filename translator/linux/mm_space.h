/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the guest's addresses are free, and where a mapping goes: the choice of the guest's kernel, made here for guests whose
 * addresses are of 32 bits, because the host's kernel would choose what they cannot reach. Nothing is reserved: this is a map of
 * what was mapped, and a place that turns out to be taken all the same is not used (MAP_FIXED_NOREPLACE).
 *
 * Who calls these functions holds mm_lock(), or is the loader. For other guests the map is not kept. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Starts with an empty address space. `base`: with `bottom_up` the lowest address that is chosen, else the end of the highest.
 * From `base` to `end`, mappings are placed when nothing below is free. */
void mm_space_init(uint64_t base, bool bottom_up, uint64_t fallback, uint64_t end);
/* Are mappings placed here? */
bool mm_space_is_ours(void);
/* Is [start, start + size) such that the guest's kernel would not map it, because it reaches beyond the address space? */
bool mm_space_beyond(uint64_t start, uint64_t size);

/* Notes what was mapped or unmapped: the pages that [start, end) touches. */
void mm_space_used(uint64_t start, uint64_t end);
void mm_space_free(uint64_t start, uint64_t end);
/* Below a mapping that grows the kernel leaves stack_guard_gap free. */
#define MM_STACK_GAP (UINT64_C(1) << 20)

/* The places that a mapping may have, best first. */
struct mm_search {
        uint64_t hint;        /* the address that the guest would like, or 0 */
        uint64_t size, align; /* PAGE_SIZE or more */
        uint64_t at;          /* the place, once mm_search_next() has returned true */
        bool tried;
};
/* Finds a place; called again, the next one, as something that is not in the map is at the last. Returns false when there is
 * none. */
bool mm_search_next(struct mm_search *s);
