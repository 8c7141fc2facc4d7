/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lifting a region of guest code. */
#pragma once
#include "lift.h"

enum lift_result {
        LIFT_OK,
        LIFT_FAULT,      /* the first instruction cannot be read or may not be executed */
        LIFT_MISALIGNED, /* pc is not a multiple of 4 */
};

/* Fills `ir` with the region that begins at pc, of at most max_insns guest instructions. *ret_undefined: pc of an
 * undefined instruction that ends it, or 0 (for -d unimp). */
enum lift_result lift_region(struct ir *ir, uint64_t pc, uint32_t mode, unsigned max_insns, fetch_fn *fetch,
                             uint64_t *ret_undefined);
