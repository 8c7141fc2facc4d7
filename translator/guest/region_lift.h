/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lifting: from guest code to the IR of a region. */
#pragma once
#include "ir/ir.h"
#include "loc.h"

/* Fills `ir`, whose guest and opts are set, with the region that begins at loc, of at most max_insns guest instructions, which
 * are read by `fetch`. *ret_undefined: the pc of an undefined instruction that ends it, or 0. Returns false when there is no
 * instruction: it cannot be read, may not be executed, or its address is not a multiple of the guest's unit of code. */
bool lift_region(struct ir *ir, struct loc loc, unsigned max_insns, fetch_fn *fetch, uint64_t *ret_undefined);
