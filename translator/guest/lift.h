/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a lifter works with: guest instruction -> IR.
 *
 * A lifter is `bool lift_a64_NAME(struct lift *l, const struct a64_arg_NAME *a)`, called by the generated
 * decoder. It returns false, having emitted nothing, when the operands make the encoding UNDEFINED; the driver then
 * ends the region with an exit that raises SIGILL at l->pc. It emits everything that may fault before its
 * first write of a register (see ir/ir.h).
 */
#pragma once
#include "ir/exits.h"
#include "ir/ir.h"
#include "code.h"

struct lift {
        struct ir *ir;
        uint64_t pc;    /* address of the instruction being lifted */
        uint64_t state; /* of the CPU, as the_guest->state_bits of a pc have it: the same for the whole region */
        uint32_t insn;  /* its word */
        uint32_t mode;  /* enum mode (loc.h) */
        bool ended;     /* set when the instruction ended the region */
        /* the driver's own (guest/lift.c) */
        bool undefined;
        unsigned side_exits;
        uint64_t next;           /* address where the region goes on */
        struct code_reader code; /* behind the instruction */
};

/* An instruction of that many bytes at l->pc was read and can now be lifted: marks where it begins. */
void lift_begin(struct lift *l, unsigned bytes);

/* ---- general registers. Number 31 is zero for x and the stack pointer for xsp. ---- */
static inline ref get_x(struct lift *l, unsigned r)
{
        return r == 31 ? ir_const(l->ir, 0) : ir_get(l->ir, (enum slot)(SLOT_X0 + r));
}
static inline ref get_xsp(struct lift *l, unsigned r)
{
        return ir_get(l->ir, (enum slot)(SLOT_X0 + r));
}
/* The value must be what X shall hold: results of 32-bit ops are already zero-extended. */
static inline void put_x(struct lift *l, unsigned r, ref v)
{
        if (r != 31)
                ir_put(l->ir, (enum slot)(SLOT_X0 + r), v);
}
static inline void put_xsp(struct lift *l, unsigned r, ref v)
{
        ir_put(l->ir, (enum slot)(SLOT_X0 + r), v);
}

/* ---- vector registers: all 128 bits; a narrower result must be zero above (VZEXT). ---- */
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

/* ---- ends of a region ----
 * Targets are values of cpu->pc: with the_guest->state_bits. */

/* Conditional branch: leaves to `target` when `cc` holds for flags `f`; the region goes on behind it. */
void lift_exit_if(struct lift *l, enum cc cc, ref f, uint64_t target);
/* Unconditional ends; each sets l->ended. */
void lift_exit(struct lift *l, uint64_t target);
void lift_exit_call(struct lift *l, uint64_t target);            /* x30 must have been put */
void lift_exit_ind(struct lift *l, enum ir_op kind, ref target); /* EXIT_IND, EXIT_CALLR or EXIT_RET */
void lift_exit_sys(struct lift *l, enum exit_reason why, uint64_t pc);
