/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FP instructions that trap again and again (NaN operands): from some time on they are translated to software, since a trap
 * costs as much as a thousand of them. A hint only: results are the same. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Remembers the guest instruction at pc / is it remembered? Under the translation's lock. */
void soften_add(uint64_t pc);
bool soften_has(uint64_t pc);
/* Any at all? */
bool soften_any(void);
