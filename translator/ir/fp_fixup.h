/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Computing Arm's exact result of an FP op whose host instruction trapped. */
#pragma once
#include "ir.h"

/* Computes IR op `op` with the operands arg[1..3]. The result goes to arg[0], sticky bits go to cpu->fpsr. Returns false when it
 * is no FP op that can trap. Async-signal-safe. */
bool fp_fixup(struct cpu *cpu, harg *arg, unsigned op, unsigned sz, unsigned aux, int32_t disp);
