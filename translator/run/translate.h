/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translating: from guest code to a region in the cache. All functions are called under run_lock (threads.h), except where
 * noted. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Guest instructions in a region, at most. */
#define TRANSLATE_MAX_INSNS 64u

struct region;
struct thread;

struct found {
        uint8_t *code;         /* where it is entered; NULL: there is no guest code that may be executed */
        struct region *region; /* in the cache; NULL: it is a unit's (unit.h) */
};

/* Finds the region at t->cpu.pc, which is in the cache, a unit's, was handed down, or is translated now. Empties the cache when it is
 * full. */
struct found translate_find(struct thread *t);

/* Returns true when a thread is reading guest code for a region that is not in the cache yet. Needs no lock. */
bool translate_goes_on(void);

/* Translations ignore the top byte of addresses (TBI). Becomes true once, with the cache empty. */
extern bool translate_tagged;
