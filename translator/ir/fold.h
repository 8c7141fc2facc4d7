/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folding while the IR is built: constants, identities, addresses. */
#pragma once
#include "ir.h"

/* Simplifies *ins. Returns true when no instruction is needed, because *ret_ref, a value that exists or a constant, is its
 * result; else false, and *ins may have become a simpler instruction. */
bool ir_fold(struct ir *ir, struct ir_ins *ins, ref *ret_ref);

/* Moves additions of constants and scaled indices into the address of memory instruction *ins. */
void ir_fold_address(struct ir *ir, struct ir_ins *ins);

/* True when bits 63:32 of the value are known to be zero. */
bool ir_is_zext32(const struct ir *ir, ref r);
