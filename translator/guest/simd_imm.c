/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Immediates of floating-point and Advanced SIMD instructions (see simd_imm.h). */
#include "simd_imm.h"

uint64_t simd_fp_imm(unsigned sz, unsigned imm8)
{
        uint64_t sign = imm8 >> 7, exp = imm8 >> 6 & 1, frac = imm8 & 0x3f;
        if (sz == 2)
                return sign << 31 | (exp ^ 1) << 30 | (exp ? 0x1fu : 0u) << 25 | frac << 19;
        return sign << 63 | (exp ^ 1) << 62 | (exp ? UINT64_C(0xff) : 0) << 54 | frac << 48;
}

static uint64_t repeat(uint64_t v, unsigned bits)
{
        for (; bits < 64; bits *= 2)
                v |= v << bits;
        return v;
}

uint64_t simd_expand_imm(unsigned op, unsigned cmode, unsigned imm8)
{
        if (cmode < 8)
                return repeat((uint64_t)imm8 << 8 * (cmode >> 1), 32);
        if (cmode < 12)
                return repeat((uint64_t)imm8 << 8 * (cmode >> 1 & 1), 16);
        if (cmode < 14) /* ones are shifted in */
                return repeat(cmode & 1 ? (uint64_t)imm8 << 16 | 0xffff : (uint64_t)imm8 << 8 | 0xff, 32);
        if (cmode == 15)
                return op ? simd_fp_imm(3, imm8) : repeat(simd_fp_imm(2, imm8), 32);
        if (!op)
                return repeat(imm8, 8);
        uint64_t v = 0;
        for (unsigned k = 0; k < 8; k++)
                v |= imm8 >> k & 1 ? UINT64_C(0xff) << 8 * k : 0;
        return v;
}
