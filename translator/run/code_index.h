/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which regions depend on which guest code. The code cache asks this when guest code changes or goes away.
 *
 * The index is a tree over guest addresses, like a page table. It has four levels of 1,024 each. Its leaves are lists: for each
 * granule of guest code (256 bytes), of the regions for which lines of it were read. So dropping translations takes time for the
 * bytes that changed and for the regions made from them, however much else is translated. Parts of the address space that have no
 * translated code are passed over as a whole.
 *
 * All functions are called under run_lock (threads.h), except where noted. The memory is the caller's, and becomes free when the
 * index is emptied.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region;

/* The memory that regions and the index lie in. They refer to each other by offsets from `start`, in units of 8 bytes. */
struct code_arena {
        uint8_t *start, *p, *end; /* p: the next free byte */
};

/* Returns how many bytes code_index_add() may need for a region that depends on n lines. */
size_t code_index_room(unsigned n);

/* Notes that region r depends on n lines of guest code; line: their addresses. The region lies in the arena, where
 * code_index_room() bytes are free. */
void code_index_add(struct code_arena *arena, struct region *r, const uint64_t *line, unsigned n);

/* Returns true when a region depends on code in [start, end). Needs no lock: what another thread changes meanwhile is seen or
 * not. */
bool code_index_any(const struct code_arena *arena, uint64_t start, uint64_t end);

/* Calls `drop`, which must mark the region as dead, for each region that depends on code in [start, end), dead ones that may come back
 * included. Takes those that cannot come back out of the index. Returns how many were not dead before. */
unsigned code_index_take(struct code_arena *arena, uint64_t start, uint64_t end, void (*drop)(struct region *));

/* Empties the index. */
void code_index_forget(void);
