/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random regions of IR, for fuzz-ir. */
#pragma once
#include "../../translator/ir/ir.h"

extern uint64_t rng_state; /* the seed; changes with each number */
uint64_t rnd(void);
/* A random number: every second one is at some boundary. */
uint64_t interesting(void);

/* Where the region's guest code is, for even and odd seeds: addresses below 4 GiB, and below 2, are held by shorter
 * instructions. */
#define PC_LOW UINT64_C(0x400000)
#define PC_HIGH UINT64_C(0x5500400000)
extern uint64_t pc0;
extern uint8_t *memory; /* a page below 4 GiB */

/* x27 points to the middle of `memory` and is never written. */
#define MEM_BASE ((enum slot)27)

/* Fills *ir, whose guest and opts are set, with a region of so many guest instructions. */
void random_region(struct ir *ir, unsigned length);
