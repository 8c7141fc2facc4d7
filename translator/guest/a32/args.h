/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What values of arguments in *.dec are made of: constants, and functions whose names have no a32_ there. */
#pragma once
#include "guest/lift.h"

/* What becomes of NZCV. */
enum a32_flags {
        FLAGS_KEPT,
        FLAGS_SET,
        FLAGS_OUTSIDE_IT, /* 16-bit instructions: set outside of IT blocks */
};

/* The carry that an immediate leaves in C (ARMExpandImm_C, ThumbExpandImm_C). */
enum a32_carry { CARRY_KEPT, CARRY_0, CARRY_1 };

/* ARMExpandImm: imm8 rotated right by twice rot, and enum a32_carry that goes with it. */
uint32_t a32_expand(unsigned rot, unsigned imm8);
unsigned a32_expand_carry(unsigned rot, unsigned imm8);
/* ThumbExpandImm of i:imm3:imm8. */
uint32_t a32_thumb_expand(unsigned imm12);
unsigned a32_thumb_expand_carry(unsigned imm12);
