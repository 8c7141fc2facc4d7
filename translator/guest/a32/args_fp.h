/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What values of arguments in vfp.dec and neon.dec are made of. */
#pragma once
#include "guest/fp_lift.h"
#include "guest/simd_imm.h"

static inline uint64_t vfp_fp_imm(unsigned sz, unsigned imm8)
{
        return simd_fp_imm(sz, imm8);
}
