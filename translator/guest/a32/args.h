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

/* Operations of data processing, numbered as A32 does, and ORN, which T32 has. */
enum a32_alu {
        ALU_AND,
        ALU_EOR,
        ALU_SUB,
        ALU_RSB,
        ALU_ADD,
        ALU_ADC,
        ALU_SBC,
        ALU_RSC,
        ALU_TST,
        ALU_TEQ,
        ALU_CMP,
        ALU_CMN,
        ALU_ORR,
        ALU_MOV,
        ALU_BIC,
        ALU_MVN,
        ALU_ORN,
};

/* How a register is shifted, as instructions number it. */
enum a32_shift { SHIFT_LSL, SHIFT_LSR, SHIFT_ASR, SHIFT_ROR };

/* Parallel additions and subtractions: what happens to a sum that does not fit, as A32 numbers it. */
enum a32_parallel { PARALLEL_S = 1, PARALLEL_Q, PARALLEL_SH, PARALLEL_U = 5, PARALLEL_UQ, PARALLEL_UH };
/* ... and which parts are added, which subtracted, as A32 numbers it. */
enum a32_parts { PARTS_ADD16, PARTS_ASX, PARTS_SAX, PARTS_SUB16, PARTS_ADD8, PARTS_SUB8 = 7 };

/* ARMExpandImm: imm8 rotated right by twice rot, and enum a32_carry that goes with it. */
uint32_t a32_expand(unsigned rot, unsigned imm8);
unsigned a32_expand_carry(unsigned rot, unsigned imm8);
/* ThumbExpandImm of i:imm3:imm8. */
uint32_t a32_thumb_expand(unsigned imm12);
unsigned a32_thumb_expand_carry(unsigned imm12);
