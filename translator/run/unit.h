/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translations that are in the translator's own image, and executed there (include/cache-format.h; docs/HACKING.md, "Cache").
 *
 * The image of a cache has units, each with page blocks: the translations of one page of guest code. All processes execute the same
 * memory, which nobody can write. What is a process's own is in slots, which are private memory beside the code: where the guest's
 * page is, and where jumps lead that leave the block.
 *
 * A block is *active* when its guest page was compared, byte by byte with what the block was made from, and its slots are filled.
 * Code of blocks that are not active is never executed. When guest code changes that an active block is made from, all threads are
 * brought out of translated code, and everything is forgotten, the code cache too: exits lead from one to the other.
 *
 * All functions are called under run_lock (threads.h), except where noted.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "guest/loc.h"

struct region;

/* Called at start-up, before anything is mapped: where this process's image has units, moves these to where the translator's own
 * memory is. Leaves them out where the hard limit of addresses is low (RLIMIT_AS). */
void unit_place(void);

/* Called when the guest is known and the stubs are made: from now on units of this build, guest and host are used. */
void unit_begin(void);

/* Returns where the translation of the region at loc is, or NULL when there is none. `activate`: its page is compared, if that was not
 * done yet. */
uint8_t *unit_find(struct loc loc, bool activate);

/* Returns false when no active block depends on guest code in [start, end). Needs no lock, as long as no thread translates. */
bool unit_depends_on(uint64_t start, uint64_t end);

/* Notes that guest code in [start, end) goes. Returns true when an active block depends on it, so that all has to be forgotten. What goes again and
 * again, as a plug-in that is loaded and unloaded, is not made active any more: then less has to be forgotten. With run_lock held. */
bool unit_lose(uint64_t start, uint64_t end);

/* Guest code has changed somewhere: pages that were unlike those of all units may be like one now. Needs no lock. */
void unit_changed(void);

/* No block is active any more. No thread may be in translated code. */
void unit_forget(void);
/* Called in the child of a fork. */
void unit_after_fork(void);

/* Returns true when a host address is in the code of units. Async-signal-safe, needs no lock. */
bool unit_contains(const uint8_t *host);

/* Describes the region whose code has this host address in it: all but its exits. Returns false when there is none. Async-signal-safe,
 * needs no lock. */
bool unit_region_at(const uint8_t *host, struct region *ret);

/* An exit of a region of a unit. */
struct unit_exit {
        uint64_t pc;    /* the guest's pc that it leads to */
        uint64_t *slot; /* where the host address is to be put that it leads to; NULL: nowhere */
};

/* Describes the exit whose CALL returns to `after`. Returns false when there is none. */
bool unit_exit_at(const uint8_t *after, struct unit_exit *ret);
