/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FP instructions that trap again and again (NaN operands): from some time on they are translated to software, since a trap
 * costs as much as a thousand of them. A hint only: results are the same. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Remembers the guest instruction at pc / is it remembered? Under the translation's lock. */
void fp_in_software_add(uint64_t pc);
bool fp_in_software_has(uint64_t pc);
/* Any at all? */
bool fp_in_software_any(void);
