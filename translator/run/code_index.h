/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which regions depend on which guest code: what the code cache asks when guest code changes or goes away.
 *
 * A tree over guest addresses, as a page table is: four levels of 1,024 each, and at its leaves, for each GRANULE of guest
 * code, the list of regions that lines of it were read for. So dropping translations costs what the flushed bytes and the
 * regions made from them cost, however much else is translated; parts of the address space without translated code are passed
 * over whole.
 *
 * Everything happens under the translation's lock, but where noted. The memory for it is the caller's, who gives it back by
 * forgetting everything.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region;

/* Where nodes and regions lie: what links them are offsets from `start`, in units of 8 bytes. */
struct code_arena {
        uint8_t *start, *p, *end; /* p: the next free byte */
};

/* How many bytes code_index_add() may need for a region that depends on n lines. */
size_t code_index_room(unsigned n);

/* Region r depends on these lines (addresses that are multiples of FETCH_LINE). It lies in the arena, where code_index_room()
 * bytes are free. */
void code_index_add(struct code_arena *arena, struct region *r, const uint64_t *line, unsigned n);

/* Does any region depend on code in [start, end)? Needs no lock: what another thread changes at this moment is seen or not. */
bool code_index_any(const struct code_arena *arena, uint64_t start, uint64_t end);

/* Takes the regions that depend on code in [start, end) out, but for those that are dead, and calls `drop` for each: it marks it
 * dead. Returns how many. */
unsigned code_index_take(struct code_arena *arena, uint64_t start, uint64_t end, void (*drop)(struct region *));

/* Empties the index. */
void code_index_forget(void);
