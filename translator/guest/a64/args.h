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
