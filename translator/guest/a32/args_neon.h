/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What values of arguments in neon*.dec are made of: constants, and functions whose names have no neon_ there. */
#pragma once
#include "fp/fp.h"
#include "guest/fp_lift.h"
#include "guest/simd_imm.h"
#include "guest/simd_lift.h"

#define neon_expand_imm simd_expand_imm
#define neon_imm_size simd_imm_size
#define neon_right_by simd_right_by
#define neon_left_by simd_left_by

/* The lane and the size of VDUP's imm4 = lane : 1 : zeros, as many zeros as log2 of the element's bytes. */
static inline unsigned neon_imm4_size(unsigned imm4)
{
        return (unsigned)__builtin_ctz(imm4);
}
static inline unsigned neon_imm4_lane(unsigned imm4)
{
        return imm4 >> (neon_imm4_size(imm4) + 1);
}
