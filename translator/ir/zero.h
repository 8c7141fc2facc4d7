/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the upper part of vector values: results of scalar and of 64-bit operations are zero there. */
#pragma once
#include "ir.h"

/* Returns true when all but the low 1 << keep bytes (keep 0..3) of vector v are known to be zero. With -opt no-fold nothing is
 * known. */
bool ir_is_zero_above(const struct ir *ir, ref v, unsigned keep);
