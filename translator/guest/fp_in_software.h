/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FP instructions that trap again and again, because their operands are NaNs: after many traps they are translated to calls of
 * software, for a trap takes as long as a thousand instructions. The results are the same, so this is only a hint. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Remembers the guest instruction at address pc. Under run_lock (run/threads.h), as the functions below. */
void fp_in_software_add(uint64_t pc);

/* Returns true when the guest instruction at address pc is remembered. */
bool fp_in_software_has(uint64_t pc);

/* Returns true when an instruction in [start, end) is remembered. */
bool fp_in_software_in(uint64_t start, uint64_t end);

/* Returns true when any instruction was ever remembered. */
bool fp_in_software_any(void);
