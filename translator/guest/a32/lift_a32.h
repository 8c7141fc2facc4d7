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
        struct ir_ins i = { .op = IR_SEL, .sz = W, .a = l->sel_flags, .b = yes, .c = no };
        i.aux = l->sel_cc;
        return ir_emit(l->ir, i);
}

/* Does an instruction with these flags (enum a32_flags) write NZCV? */
static inline bool sets_flags(const struct lift *l, unsigned flags)
{
        return flags == FLAGS_SET || (flags == FLAGS_OUTSIDE_IT && !in_it(l));
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

/* Read and write a general slot. */
static inline ref get_slot(struct lift *l, unsigned slot)
{
        return ir_get(l->ir, (enum slot)slot);
}
static inline void put_slot(struct lift *l, unsigned slot, ref v)
{
        ir_put(l->ir, (enum slot)slot, when(l, v, l->cc == CC_AL ? v : get_slot(l, slot)));
}

/* What reading the pc gives: the instruction's address and 8 (A32), or 4 (T32). */
static inline uint64_t pc_value(const struct lift *l)
{
        return (uint32_t)(l->pc + (is_thumb(l) ? 4 : 8));
}

static inline ref get_r(struct lift *l, unsigned r)
{
        return r == REG_PC ? ir_pcrel(l->ir, pc_value(l)) : get_slot(l, SLOT_X0 + r);
}

/* r is not the pc: write_pc.h has what writes that. */
static inline void put_r(struct lift *l, unsigned r, ref v)
{
        put_slot(l, SLOT_X0 + r, v);
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

/* ---- ops of 64 bits ---- */

static inline ref op2x(struct lift *l, enum ir_op op, ref a, ref b)
{
        return ir_op(l->ir, op, 3, a, b, REF_NONE);
}
static inline ref op2xk(struct lift *l, enum ir_op op, ref a, uint64_t b)
{
        return op2x(l, op, a, ir_const(l->ir, b));
}

/* Two registers as 64 bits, and the upper one of 64 bits. */
static inline ref a32_join(struct lift *l, ref low, ref high)
{
        return op2x(l, IR_OR, op2xk(l, IR_SHL, high, 32), low);
}
static inline ref a32_high(struct lift *l, ref v)
{
        return op2xk(l, IR_SHR, v, 32);
}

/* ---- immediates, extensions ---- */

/* Returns the immediate of ir_opi for an op that has disp and aux. */
static inline int64_t disp_aux(unsigned disp, unsigned aux)
{
        return (int64_t)(disp | (uint64_t)aux << 32);
}

/* Returns v shifted by a constant, as instructions have it (enum a32_shift): 0 stands for 32 where a shift is to the right, and for
 * RRX where it is a rotation. */
ref a32_shift(struct lift *l, ref v, unsigned shift, unsigned amount);

/* Extend the low 8 << from bits of v, to W bits. */
static inline ref sign_extend(struct lift *l, unsigned from, ref v)
{
        return ir_opi(l->ir, IR_SEXT, W, v, REF_NONE, REF_NONE, disp_aux(0, from));
}
/* Extends the low 8 << from bits of v to 64. */
static inline ref sign_extend_x(struct lift *l, unsigned from, ref v)
{
        return ir_opi(l->ir, IR_SEXT, 3, v, REF_NONE, REF_NONE, disp_aux(0, from));
}
static inline ref zero_extend(struct lift *l, unsigned from, ref v)
{
        return ir_op(l->ir, IR_ZEXT, from, v, REF_NONE, REF_NONE);
}

/* ---- other ops ---- */

/* Return `yes` when condition cc holds for flags f, else `no`; 1 when it does, else 0. */
static inline ref select_if(struct lift *l, enum cc cc, ref f, ref yes, ref no)
{
        return ir_opi(l->ir, IR_SEL, W, f, yes, no, disp_aux(0, cc));
}
static inline ref set_if(struct lift *l, enum cc cc, ref f)
{
        return ir_opi(l->ir, IR_SETCC, 3, f, REF_NONE, REF_NONE, disp_aux(0, cc));
}

/* Returns a with `count` bits from bit `at` on replaced by the low ones of b. */
static inline ref insert_bits(struct lift *l, ref a, ref b, unsigned at, unsigned count)
{
        return ir_opi(l->ir, IR_BFI, W, a, b, REF_NONE, disp_aux(at, count));
}

/* CPSR.Q becomes 1 where q is 1, and is else kept. */
static inline void saturated(struct lift *l, ref q)
{
        put_slot(l, SLOT_Q, op2(l, IR_OR, get_slot(l, SLOT_Q), q));
}
