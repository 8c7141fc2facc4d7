/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translating: from guest code to a region in the cache. All functions are called under run_lock (threads.h), except where
 * noted. */
#pragma once
#include <stdbool.h>

struct region;
struct thread;

/* Returns the region at t->cpu.pc, which is in the cache, was handed down, or is translated now. Returns NULL when there is no
 * guest code that may be executed. Empties the cache when it is full. */
struct region *translate_find(struct thread *t);

/* Returns true when a thread is reading guest code for a region that is not in the cache yet. Needs no lock. */
bool translate_goes_on(void);

/* Translations ignore the top byte of addresses (TBI). Becomes true once, with the cache empty. */
extern bool translate_tagged;
