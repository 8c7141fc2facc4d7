/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What values of arguments in *.dec are made of: constants, and functions whose names have no a64_ there. */
#pragma once
#include "guest/lift.h"

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
/* VFPExpandImm, of elements of 1 << sz bytes (4 or 8). */
uint64_t a64_fp_imm(unsigned sz, unsigned imm8);
/* The number of fraction bits as an option of conversions, from immh:immb. */
unsigned a64_fixed_option(unsigned imm);

/* ---- Advanced SIMD ---- */

/* AdvSIMDExpandImm: 64 bits. */
uint64_t a64_expand_imm(unsigned op, unsigned cmode, unsigned imm8);
/* Copies: element size and lane of imm5 = lane : 1 : zeros, as many zeros as log2 of the element's bytes. */
unsigned a64_imm5_size(unsigned imm5);
unsigned a64_imm5_lane(unsigned imm5);
/* Shifts: element size and amount, to the right or to the left, of immh:immb. Narrowing instructions name the result's size,
 * widening ones the operand's. */
unsigned a64_imm_size(unsigned imm);
unsigned a64_right_by(unsigned imm);
unsigned a64_left_by(unsigned imm);
/* Loads and stores of one lane: element size. The lane's number is what is left of q:s:size. */
unsigned a64_lane_size(unsigned op, unsigned size);
