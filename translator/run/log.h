/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What -d in_asm, ir, out_asm and stats write to the log about translation. */
#pragma once
#include "ir/ir.h"
#include "guest/code.h"

/* Logs the guest instructions and the IR of a region that was just lifted. undefined: pc of an undefined instruction that ends
 * it, or 0; fetch: reads guest code. */
void log_region_ir(const struct ir *ir, uint64_t undefined, fetch_fn *fetch);

/* Logs the host code of a region that was just compiled. */
void log_region_code(const struct ir *ir, const uint8_t *code, uint32_t size);

/* Logs the counters, at the end of the process. */
void log_stats(void);
