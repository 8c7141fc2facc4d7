/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MRS and MSR of the part of the status register that programs have (Arm ARM E1.3): NZCV, Q, GE, E. */
#include "guest/loc.h"
#include "lift_a32.h"

enum {
        CPSR_USER = 0x10,
        E_SHIFT = 9,
        MODE_BE_SHIFT = 1,
        GE_SHIFT = 16,
        Q_SHIFT = 27,
        MASK_FLAGS = 8, /* fields of MSR */
        MASK_GE = 4,
        MASK_E = 2,
};

/* Bit 8 * k of the mask becomes bit k: bits of the product's upper byte are sums of one bit each. */
static ref ge_bits(struct lift *l)
{
        ref bytes = op2k(l, IR_AND, get_slot(l, SLOT_GE), 0x01010101);
        return op2k(l, IR_SHR, op2k(l, IR_MUL, bytes, 0x01020408), 24);
}

/* The other way round, from the low four bits of v. */
static ref ge_mask(struct lift *l, ref v)
{
        ref bits = op2k(l, IR_AND, op2k(l, IR_MUL, op2k(l, IR_AND, v, 15), 0x00204081), 0x01010101);
        return op2k(l, IR_MUL, bits, 0xff);
}

LIFT(mrs)
{
        ref v = op1(l, IR_FGETNZCV, get_flags(l));
        v = op2(l, IR_OR, v, op2k(l, IR_SHL, get_slot(l, SLOT_Q), Q_SHIFT));
        v = op2(l, IR_OR, v, op2k(l, IR_SHL, ge_bits(l), GE_SHIFT));
        put_r(l, a->rd, op2k(l, IR_OR, v, CPSR_USER | (l->mode & MODE_BE ? 1 << E_SHIFT : 0)));
        return true;
}

/* Data is big-endian from here on, or not, as bit 9 of v says: the region ends, for the mode is another one. */
static void write_endianness(struct lift *l, ref v)
{
        uint32_t others = (l->mode & ~(uint32_t)MODE_BE) | (uint32_t)a32_it_advance(l->it) << MODE_IT_SHIFT;
        ref big = op2k(l, IR_AND, op2k(l, IR_SHR, v, E_SHIFT - MODE_BE_SHIFT), MODE_BE);
        ir_st_state(l->ir, 2, op2k(l, IR_OR, big, others), offsetof(struct cpu, mode));
        lift_exit_sys(l, EXIT_NEXT, l->next | l->state);
}

static bool write_status(struct lift *l, unsigned mask, ref v)
{
        if (mask & MASK_E)
                a32_take_condition(l);
        if (mask & MASK_FLAGS) {
                put_slot(l, SLOT_Q, op2k(l, IR_AND, op2k(l, IR_SHR, v, Q_SHIFT), 1));
                put_flags(l, op1(l, IR_FSETNZCV, v));
        }
        if (mask & MASK_GE)
                put_slot(l, SLOT_GE, ge_mask(l, op2k(l, IR_SHR, v, GE_SHIFT)));
        if (mask & MASK_E)
                write_endianness(l, v);
        return true;
}

LIFT(msr_reg)
{
        return write_status(l, a->mask, get_r(l, a->rn));
}

LIFT(msr_imm)
{
        return write_status(l, a->mask, ir_const(l->ir, a->imm));
}
