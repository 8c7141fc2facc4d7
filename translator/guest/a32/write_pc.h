/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that write the pc (Arm ARM, "Use of the PC": BranchWritePC, BXWritePC, LoadWritePC, ALUWritePC). All take the
 * condition and end the region. The kind is EXIT_IND, EXIT_CALLR or EXIT_RET. */
#pragma once
#include "guest/lift.h"

/* Goes to v, whose bit 0 is the new T bit. */
void a32_exchange(struct lift *l, enum ir_op kind, ref v);

/* Goes to v as data processing does: A32 as a32_exchange, T32 without a change of state. */
void a32_alu_write_pc(struct lift *l, enum ir_op kind, ref v);

/* Writes to lr where a call returns to, with the T bit. */
void a32_put_return_address(struct lift *l);
