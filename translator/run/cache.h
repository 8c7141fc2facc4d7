/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code cache: the translated regions, and how they are found, linked and dropped. All functions are called under run_lock
 * (threads.h), except where noted.
 *
 * Code may have two addresses (code_memory.h). Regions, and host addresses here, are where code is executed; what the code
 * generator handles, x64_stubs too, is where code is written. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "guest/code.h"
#include "guest/loc.h"
#include "x64/asm.h"
#include "x64/region.h"

/* What is looked at to find and link a region comes first: mostly this is in one cache line. */
struct region {
        struct loc loc;
        uint8_t *code; /* where its code begins and is entered */
        uint32_t code_size;
        uint32_t incoming; /* exits that are linked to it: chain of exit ids, 0 = none */
        bool dead;         /* its guest code changed: not to be entered until it comes back */
        bool in_place;     /* it is a unit's (unit.h), and not in the cache: such a structure only describes it */
        uint32_t was;      /* the guest code that it was made from: a place in the metadata, 0 = it is not known */
        uint32_t nexits, ntraps, njournal;
        struct exit_rec *exits;
        struct trap_rec *traps;
        uint8_t *journal;
};

/* Sets up the cache (`bytes` of code; 0 = default) and the stubs. Returns 0 or a negative errno. */
int cache_init(size_t bytes);

/* Returns the size of the cache, in bytes of code. */
size_t cache_code_bytes(void);

/* Returns the address where code is executed that is written at `written`. */
uint8_t *cache_exec(const uint8_t *written);

/* To be called in a forked child. Returns true when its translations are gone: code memory that has two views is not kept. */
bool cache_after_fork(void);

/* Returns the region that begins at loc and is not dead, or NULL. */
struct region *cache_find(struct loc loc);

/* Finds room for a new region; the code generator then writes to *ret. Returns false when the cache is full (cache_reset
 * helps). */
bool cache_room(struct code *ret);

/* The guest code that a region depends on: the addresses of n lines (guest/code.h), and what was there. `bytes` is NULL when more than
 * that is known of a line: then the region does not come back. */
struct guest_deps {
        unsigned n;
        const uint64_t *line;
        const uint8_t (*bytes)[FETCH_LINE];
};

/* Adds a region as x64_compile has delivered it, in the room that cache_room has found. Returns NULL when the memory for metadata
 * is full (cache_reset helps). */
struct region *cache_add(struct loc loc, const struct guest_deps *deps, uint8_t *entry, const struct region_out *out,
                         const struct code *code);

/* Returns the region that begins at loc and is dead, after it has been brought back: the guest code that it was made from is what is there
 * now. Returns NULL when there is none. */
struct region *cache_revive(struct loc loc);

/* Makes an exit of region `from` jump to region `to` directly. Does nothing when one of them is dead, the exit is linked or leads to
 * another mode. */
void cache_link(struct region *from, struct exit_rec *exit, struct region *to);

/* The same with code that stays until the cache is emptied (unit.h). */
void cache_link_code(struct region *from, struct exit_rec *exit, uint8_t *to);

/* Makes what jumps through *slot go to region `to`, and to `unlinked`, which is code before it, again when that is dropped. Does nothing
 * when it is dead, or memory is short. */
void cache_link_slot(uint64_t *slot, uint8_t *unlinked, struct region *to);

/* Returns the region whose code has this host address in it, or NULL. Async-signal-safe, needs no lock. */
struct region *cache_region_at(const uint8_t *host);

/* Returns true when a host address lies in the cache, of which the stubs are a part. Async-signal-safe, needs no lock. */
bool cache_contains(const uint8_t *host);

/* Marks the regions that depend on guest code in [start, end) as dead, unlinks them, and calls `each` for each of them. for_good: they do
 * not come back, nor do those that are dead already. Returns how many there were. */
unsigned cache_kill(uint64_t start, uint64_t end, bool for_good, void (*each)(struct region *));

/* Returns false when no region depends on guest code in [start, end); true may be wrong. Needs no lock, as long as no thread
 * translates. */
bool cache_depends_on(uint64_t start, uint64_t end);

/* Empties the cache. No thread may be in translated code. */
void cache_reset(void);

struct cache_stats {
        uint64_t regions, guest_insns, host_insns, spills, host_bytes, metadata_bytes, links, link_exits, misses, fp_traps,
                resets, killed, revived, taken, pages;
};
extern struct cache_stats cache_stats;
