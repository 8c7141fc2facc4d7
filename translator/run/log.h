/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -d in_asm, ir, out_asm of translated regions. */
#pragma once
#include "ir/ir.h"
#include "guest/code.h"

/* Guest instructions and IR of a region that was just lifted; `undefined`: pc of an undefined instruction in it, or 0. */
void log_region_ir(const struct ir *ir, uint64_t undefined, fetch_fn *fetch);

/* Host code of a region that was just compiled. */
void log_region_code(const struct ir *ir, const uint8_t *code, uint32_t size);

/* -d stats, at the end of the process. */
void log_stats(void);
