/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What values of arguments in *.dec are made of: constants, and functions whose names have no a64_ there. */
#pragma once
#include "guest/lift.h"
#include "guest/simd_imm.h"

/* guest/simd_imm.h */
#define a64_fp_imm simd_fp_imm
#define a64_expand_imm simd_expand_imm
#define a64_imm_size simd_imm_size
#define a64_right_by simd_right_by
#define a64_left_by simd_left_by

/* What a load or store does. */
enum ldst_kind {
        LD_X,  /* loads a general register */
        LD_SW, /* loads a general register with a signed value, extended to 32 bits */
        LD_SX, /* loads a general register with a signed value, extended to 64 bits */
        LD_V,  /* loads a SIMD&FP register */
        ST_X,
        ST_V,
        PRFM, /* a hint that an access will follow */
};

/* The immediate of logical instructions. */
uint64_t a64_bit_mask(unsigned sf, unsigned n, unsigned immr, unsigned imms);
/* The number of fraction bits as an option of conversions, from immh:immb. */
unsigned a64_fixed_option(unsigned imm);

/* ---- Advanced SIMD ---- */

/* Copies: element size and lane of imm5 = lane : 1 : zeros, as many zeros as log2 of the element's bytes. */
unsigned a64_imm5_size(unsigned imm5);
unsigned a64_imm5_lane(unsigned imm5);
/* Loads and stores of one lane: element size. The lane's number is what is left of q:s:size. */
unsigned a64_lane_size(unsigned op, unsigned size);
