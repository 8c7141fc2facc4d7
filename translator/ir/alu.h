/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the integer ops compute, in plain C: for folding of constants and for the evaluator. */
#pragma once
#include "ir.h"

/* Bits of a value of width sz (0: 8 bits ... 3: 64 bits). */
static inline uint64_t width_mask(unsigned sz)
{
        return sz >= 3 ? ~UINT64_C(0) : (UINT64_C(1) << (8u << sz)) - 1;
}

/* Sign-extends the low 8 << sz bits of v. */
static inline int64_t sign_extend(uint64_t v, unsigned sz)
{
        unsigned s = 64 - (8u << sz);
        return (int64_t)(v << s) >> s;
}

/* The result of instruction i for operands x and y (which ops with one operand ignore) and the C flag `carry` (ADC, SBC), in
 * *ret. Returns false when it is no integer op. */
bool ir_alu(const struct ir_ins *i, uint64_t x, uint64_t y, unsigned carry, uint64_t *ret);
