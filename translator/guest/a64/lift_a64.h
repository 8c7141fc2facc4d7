/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the A64 lifters share: the definition of a lifter, access to registers, and short names for what they append most. */
#pragma once
#include "guest/lift.h"
#include "a64_args.h"

/* A lifter that *.dec names, with its arguments (a64_args.h). */
#define LIFT(name) bool lift_a64_##name(struct lift *l, const a64_args_of_##name *a)

/* ---- general registers. Number 31 is zero for get_x and put_x, and the stack pointer for get_xsp and put_xsp. ---- */
static inline ref get_x(struct lift *l, unsigned r)
{
        return r == 31 ? ir_const(l->ir, 0) : ir_get(l->ir, (enum slot)(SLOT_X0 + r));
}
static inline ref get_xsp(struct lift *l, unsigned r)
{
        return ir_get(l->ir, (enum slot)(SLOT_X0 + r));
}
/* v: all 64 bits that the register gets. (Results of 32-bit ops are zero-extended anyway.) */
static inline void put_x(struct lift *l, unsigned r, ref v)
{
        if (r != 31)
                ir_put(l->ir, (enum slot)(SLOT_X0 + r), v);
}
static inline void put_xsp(struct lift *l, unsigned r, ref v)
{
        ir_put(l->ir, (enum slot)(SLOT_X0 + r), v);
}

/* ---- vector registers: all 128 bits. What an instruction does not write must be zero in v (VZEXT). ---- */
static inline ref get_v(struct lift *l, unsigned r)
{
        return ir_get(l->ir, (enum slot)(SLOT_V0 + r));
}
static inline void put_v(struct lift *l, unsigned r, ref v)
{
        ir_put(l->ir, (enum slot)(SLOT_V0 + r), v);
}

/* ---- flags ---- */
static inline ref get_flags(struct lift *l)
{
        return ir_get(l->ir, SLOT_NZCV);
}
static inline void put_flags(struct lift *l, ref f)
{
        ir_put(l->ir, SLOT_NZCV, f);
}

/* ---- ops ---- */

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
