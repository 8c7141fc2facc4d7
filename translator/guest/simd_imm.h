/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Immediates of floating-point and Advanced SIMD instructions, which A64 and A32 encode alike. */
#pragma once
#include <stdint.h>

/* VFPExpandImm, of elements of 1 << sz bytes (4 or 8). */
uint64_t simd_fp_imm(unsigned sz, unsigned imm8);
/* AdvSIMDExpandImm: 64 bits. */
uint64_t simd_expand_imm(unsigned op, unsigned cmode, unsigned imm8);

/* Shifts: element size and amount, to the right or to the left, of immh:immb (A32: L:imm6). Narrowing instructions name the
 * result's size, widening ones the operand's. */
static inline unsigned simd_imm_size(unsigned imm)
{
        return 28u - (unsigned)__builtin_clz(imm);
}
static inline unsigned simd_right_by(unsigned imm)
{
        return (16u << simd_imm_size(imm)) - imm;
}
static inline unsigned simd_left_by(unsigned imm)
{
        return imm - (8u << simd_imm_size(imm));
}
