/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What computes an FP op's exact Arm result when the host's instruction trapped. */
#pragma once
#include "ir.h"

/* arg[1..3]: the op's operands; the result goes to arg[0], sticky bits to cpu->fpsr. False: not an FP op.
 * Async-signal-safe. */
bool fp_fixup(struct cpu *cpu, harg *arg, unsigned op, unsigned sz, unsigned aux, int32_t disp);
