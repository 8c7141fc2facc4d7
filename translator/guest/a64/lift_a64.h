/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the A64 lifters share: the definition of a lifter, and short names for what they append most. */
#pragma once
#include "guest/lift.h"
#include "a64_args.h"

/* A lifter that *.dec names, with its arguments (a64_args.h). */
#define LIFT(name) bool lift_a64_##name(struct lift *l, const a64_args_of_##name *a)

static inline ref op1(struct lift *l, enum ir_op op, unsigned sz, ref a)
{
        return ir_op(l->ir, op, sz, a, REF_NONE, REF_NONE);
}

static inline ref op2(struct lift *l, enum ir_op op, unsigned sz, ref a, ref b)
{
        return ir_op(l->ir, op, sz, a, b, REF_NONE);
}

/* Appends an op whose second operand is the constant b. */
static inline ref op2k(struct lift *l, enum ir_op op, unsigned sz, ref a, uint64_t b)
{
        return ir_op(l->ir, op, sz, a, ir_const(l->ir, b), REF_NONE);
}

/* Returns the immediate of ir_opi for an op that has disp and aux. */
static inline int64_t disp_aux(unsigned disp, unsigned aux)
{
        return (int64_t)(disp | (uint64_t)aux << 32);
}

static inline ref sign_extend(struct lift *l, unsigned from, unsigned to, ref v)
{
        return ir_opi(l->ir, IR_SEXT, to, v, REF_NONE, REF_NONE, disp_aux(0, from));
}

/* Returns the value v as a register of width sz holds it. */
static inline ref cut(struct lift *l, unsigned sz, ref v)
{
        return sz == 3 ? v : op1(l, IR_ZEXT, sz, v);
}
