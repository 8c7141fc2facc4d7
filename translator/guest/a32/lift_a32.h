/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lifters of A32 and T32 share: the definition of a lifter, access to registers, and short names for what they append
 * most. All general registers have 32 bits and are zero above, so ops have width W. Writing makes a selection where the
 * instruction is conditional (condition.h). */
#pragma once
#include "guest/lift.h"
#include "a32_args.h"
#include "condition.h"
#include "registers.h"

enum { W = 2, REG_SP = 13, REG_LR = 14, REG_PC = 15 };

/* A lifter that *.dec names, with its arguments (a32_args.h). */
#define LIFT(name) bool lift_a32_##name(struct lift *l, const a32_args_of_##name *a)

static inline bool is_thumb(const struct lift *l)
{
        return l->state;
}

/* Is the instruction in an IT block? */
static inline bool in_it(const struct lift *l)
{
        return l->it;
}

/* ---- flags ---- */
static inline ref get_flags(struct lift *l)
{
        return ir_get(l->ir, SLOT_NZCV);
}

/* Returns `yes` when the instruction's condition holds, else `no`. */
static inline ref when(struct lift *l, ref yes, ref no)
{
        if (l->cc == CC_AL || yes == no)
                return yes;
        struct ir_ins i = { .op = IR_SEL, .sz = W, .a = l->cc_flags, .b = yes, .c = no };
        i.aux = l->cc;
        return ir_emit(l->ir, i);
}

static inline void put_flags(struct lift *l, ref f)
{
        if (l->cc != CC_AL) {
                struct ir_ins i = { .op = IR_FSEL, .sz = W, .a = l->cc_flags, .b = f, .c = l->cc_flags };
                i.aux = l->cc;
                f = ir_emit(l->ir, i);
        }
        ir_put(l->ir, SLOT_NZCV, f);
}

/* ---- general registers ---- */

/* What reading the pc gives: the instruction's address and 8 (A32), or 4 (T32). */
static inline uint64_t pc_value(const struct lift *l)
{
        return (uint32_t)(l->pc + (is_thumb(l) ? 4 : 8));
}

static inline ref get_r(struct lift *l, unsigned r)
{
        return r == REG_PC ? ir_pcrel(l->ir, pc_value(l)) : ir_get(l->ir, (enum slot)(SLOT_X0 + r));
}

/* r is not the pc: write_pc.h has what writes that. */
static inline void put_r(struct lift *l, unsigned r, ref v)
{
        enum slot slot = (enum slot)(SLOT_X0 + r);
        ir_put(l->ir, slot, when(l, v, l->cc == CC_AL ? v : ir_get(l->ir, slot)));
}

/* ---- ops of width W ---- */

static inline ref op1(struct lift *l, enum ir_op op, ref a)
{
        return ir_op(l->ir, op, W, a, REF_NONE, REF_NONE);
}

static inline ref op2(struct lift *l, enum ir_op op, ref a, ref b)
{
        return ir_op(l->ir, op, W, a, b, REF_NONE);
}

/* Appends an op whose second operand is the constant b. */
static inline ref op2k(struct lift *l, enum ir_op op, ref a, uint64_t b)
{
        return ir_op(l->ir, op, W, a, ir_const(l->ir, b), REF_NONE);
}

/* Returns the immediate of ir_opi for an op that has disp and aux. */
static inline int64_t disp_aux(unsigned disp, unsigned aux)
{
        return (int64_t)(disp | (uint64_t)aux << 32);
}

/* Extend the low 8 << from bits of v, to W bits. */
static inline ref sign_extend(struct lift *l, unsigned from, ref v)
{
        return ir_opi(l->ir, IR_SEXT, W, v, REF_NONE, REF_NONE, disp_aux(0, from));
}
static inline ref zero_extend(struct lift *l, unsigned from, ref v)
{
        return ir_op(l->ir, IR_ZEXT, from, v, REF_NONE, REF_NONE);
}
