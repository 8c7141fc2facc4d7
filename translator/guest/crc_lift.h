/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CRC instructions, which all of Arm's instruction sets have. */
#pragma once
#include "ir/ir.h"

/* Returns the CRC-32 (or CRC-32C: castagnoli) so far, crc, with 1 << sz bytes of data added. */
ref lift_crc32(struct ir *ir, bool castagnoli, unsigned sz, ref crc, ref data);
