/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 loads and stores of general registers and of whole SIMD&FP registers (Arm ARM C4.1: loads and stores).
 *
 * The base register is written last: a fault leaves it as it was, and when it is also the register loaded (CONSTRAINED
 * UNPREDICTABLE with write-back) the new base wins. */
#include "ir/fold.h"
#include "lift_a64.h"

struct address {
        ref base, index;
        unsigned shift;
        int32_t disp;
};

/* ---- addresses ---- */

static struct address at_offset(struct lift *l, unsigned rn, int32_t disp)
{
        return (struct address){ .base = get_xsp(l, rn), .disp = disp };
}

enum { POST = 1, PRE = 3 }; /* values of field mode that write the base register back; others are plain offsets */

static struct address at_mode(struct lift *l, unsigned rn, unsigned mode, int32_t imm)
{
        return at_offset(l, rn, mode == POST ? 0 : imm);
}

/* `base`: the base register's value before the access. */
static void write_back(struct lift *l, ref base, unsigned rn, unsigned mode, int32_t imm)
{
        if (mode == POST || mode == PRE)
                put_xsp(l, rn, op2k(l, IR_ADD, 3, base, (uint64_t)(int64_t)imm));
}

/* Base and extended register (ExtendReg: UXTW, LSL, SXTW, SXTX). */
static struct address at_index(struct lift *l, unsigned rn, unsigned rm, unsigned option, unsigned shift)
{
        struct address at = { .base = get_xsp(l, rn), .index = get_x(l, rm), .shift = shift };
        if (option == 2)
                at.index = op1(l, IR_ZEXT, 2, at.index);
        else if (option == 6)
                at.index = sign_extend(l, 2, 3, at.index);
        if (shift > 3) { /* more than x86 can */
                at.index = op2k(l, IR_SHL, 3, at.index, shift);
                at.shift = 0;
        }
        return at;
}

static struct address at_literal(struct lift *l, int32_t words)
{
        return (struct address){ .base = ir_pcrel(l->ir, l->pc + (uint64_t)((int64_t)words * 4)) };
}

/* ---- accesses ---- */

static ref load(struct lift *l, unsigned sz, struct address at)
{
        return ir_load(l->ir, sz, at.base, at.index, at.shift, at.disp);
}

/* to: 2 or 3, the width that the value is extended to. */
static ref load_signed(struct lift *l, unsigned sz, unsigned to, struct address at)
{
        return ir_load_signed(l->ir, sz, to, at.base, at.index, at.shift, at.disp);
}

static ref load_v(struct lift *l, unsigned sz, struct address at)
{
        return ir_load_vec(l->ir, sz, at.base, at.index, at.shift, at.disp);
}

static void store(struct lift *l, unsigned sz, unsigned rt, struct address at)
{
        ir_store(l->ir, sz, get_x(l, rt), at.base, at.index, at.shift, at.disp);
}

static void store_v(struct lift *l, unsigned sz, unsigned rt, struct address at)
{
        ir_store_vec(l->ir, sz, get_v(l, rt), at.base, at.index, at.shift, at.disp);
}

/* Loads and stores are hints here; so are instructions (PLI), which need none. */
static bool prefetch(struct lift *l, unsigned rt, struct address at)
{
        if ((rt & 0x18) == 8 || rt >= 0x18)
                return true;
        struct ir_ins ins = { .op = IR_PREFETCH, .sz = 3, .a = at.base, .b = at.index };
        ins.disp = at.disp;
        ins.aux = (uint8_t)at.shift;
        if (!(l->ir->opts & IR_OPT_NO_ADDR))
                ir_fold_address(l->ir, &ins);
        ir_emit(l->ir, ins);
        return true;
}

/* ---- one register, unsigned offset in units of its size ---- */

LIFT(str_imm)
{
        store(l, a->sz, a->rt, at_offset(l, a->rn, a->imm12 << a->sz));
        return true;
}

LIFT(ldr_imm)
{
        put_x(l, a->rt, load(l, a->sz, at_offset(l, a->rn, a->imm12 << a->sz)));
        return true;
}

LIFT(ldrs_imm)
{
        put_x(l, a->rt, load_signed(l, a->sz, a->w ? 2 : 3, at_offset(l, a->rn, a->imm12 << a->sz)));
        return true;
}

LIFT(prfm_imm)
{
        return prefetch(l, a->rt, at_offset(l, a->rn, a->imm12 << 3));
}

LIFT(str_v_imm)
{
        unsigned sz = a->q ? 4 : a->sz;
        store_v(l, sz, a->rt, at_offset(l, a->rn, a->imm12 << sz));
        return true;
}

LIFT(ldr_v_imm)
{
        unsigned sz = a->q ? 4 : a->sz;
        put_v(l, a->rt, load_v(l, sz, at_offset(l, a->rn, a->imm12 << sz)));
        return true;
}

/* ---- one register, signed offset in bytes, perhaps with write-back ---- */

LIFT(str_imm9)
{
        struct address at = at_mode(l, a->rn, a->mode, a->imm9);
        store(l, a->sz, a->rt, at);
        write_back(l, at.base, a->rn, a->mode, a->imm9);
        return true;
}

LIFT(ldr_imm9)
{
        struct address at = at_mode(l, a->rn, a->mode, a->imm9);
        put_x(l, a->rt, load(l, a->sz, at));
        write_back(l, at.base, a->rn, a->mode, a->imm9);
        return true;
}

LIFT(ldrs_imm9)
{
        struct address at = at_mode(l, a->rn, a->mode, a->imm9);
        put_x(l, a->rt, load_signed(l, a->sz, a->w ? 2 : 3, at));
        write_back(l, at.base, a->rn, a->mode, a->imm9);
        return true;
}

LIFT(prfum)
{
        return prefetch(l, a->rt, at_offset(l, a->rn, a->imm9));
}

LIFT(str_v_imm9)
{
        struct address at = at_mode(l, a->rn, a->mode, a->imm9);
        store_v(l, a->q ? 4 : a->sz, a->rt, at);
        write_back(l, at.base, a->rn, a->mode, a->imm9);
        return true;
}

LIFT(ldr_v_imm9)
{
        struct address at = at_mode(l, a->rn, a->mode, a->imm9);
        put_v(l, a->rt, load_v(l, a->q ? 4 : a->sz, at));
        write_back(l, at.base, a->rn, a->mode, a->imm9);
        return true;
}

/* ---- one register, register offset ---- */

LIFT(str_reg)
{
        store(l, a->sz, a->rt, at_index(l, a->rn, a->rm, a->option, a->s ? a->sz : 0));
        return true;
}

LIFT(ldr_reg)
{
        put_x(l, a->rt, load(l, a->sz, at_index(l, a->rn, a->rm, a->option, a->s ? a->sz : 0)));
        return true;
}

LIFT(ldrs_reg)
{
        struct address at = at_index(l, a->rn, a->rm, a->option, a->s ? a->sz : 0);
        put_x(l, a->rt, load_signed(l, a->sz, a->w ? 2 : 3, at));
        return true;
}

LIFT(prfm_reg)
{
        return prefetch(l, a->rt, at_index(l, a->rn, a->rm, a->option, a->s ? 3 : 0));
}

LIFT(str_v_reg)
{
        unsigned sz = a->q ? 4 : a->sz;
        store_v(l, sz, a->rt, at_index(l, a->rn, a->rm, a->option, a->s ? sz : 0));
        return true;
}

LIFT(ldr_v_reg)
{
        unsigned sz = a->q ? 4 : a->sz;
        put_v(l, a->rt, load_v(l, sz, at_index(l, a->rn, a->rm, a->option, a->s ? sz : 0)));
        return true;
}

/* ---- PC-relative ---- */

LIFT(ldr_lit)
{
        put_x(l, a->rt, load(l, a->sz ? 3 : 2, at_literal(l, a->imm19)));
        return true;
}

LIFT(ldrsw_lit)
{
        put_x(l, a->rt, load_signed(l, 2, 3, at_literal(l, a->imm19)));
        return true;
}

LIFT(prfm_lit)
{
        (void)l;
        (void)a;
        return true;
}

LIFT(ldr_v_lit)
{
        put_v(l, a->rt, load_v(l, 2u + a->opc, at_literal(l, a->imm19)));
        return true;
}

/* ---- pairs: two accesses, the lower address first. A load writes nothing before both are done. ---- */

static struct address second(struct address at, unsigned sz)
{
        at.disp += 1 << sz;
        return at;
}

LIFT(stp)
{
        unsigned sz = width(a->sf);
        int32_t imm = a->imm7 * (1 << sz);
        struct address at = at_mode(l, a->rn, a->mode, imm);
        store(l, sz, a->rt, at);
        store(l, sz, a->rt2, second(at, sz));
        write_back(l, at.base, a->rn, a->mode, imm);
        return true;
}

LIFT(ldp)
{
        unsigned sz = width(a->sf);
        int32_t imm = a->imm7 * (1 << sz);
        struct address at = at_mode(l, a->rn, a->mode, imm);
        ref x = load(l, sz, at), y = load(l, sz, second(at, sz));
        put_x(l, a->rt, x);
        put_x(l, a->rt2, y);
        write_back(l, at.base, a->rn, a->mode, imm);
        return true;
}

LIFT(ldpsw)
{
        int32_t imm = a->imm7 * 4;
        struct address at = at_mode(l, a->rn, a->mode, imm);
        ref x = load_signed(l, 2, 3, at), y = load_signed(l, 2, 3, second(at, 2));
        put_x(l, a->rt, x);
        put_x(l, a->rt2, y);
        write_back(l, at.base, a->rn, a->mode, imm);
        return true;
}

LIFT(stp_v)
{
        unsigned sz = 2u + a->opc;
        int32_t imm = a->imm7 * (1 << sz);
        struct address at = at_mode(l, a->rn, a->mode, imm);
        store_v(l, sz, a->rt, at);
        store_v(l, sz, a->rt2, second(at, sz));
        write_back(l, at.base, a->rn, a->mode, imm);
        return true;
}

LIFT(ldp_v)
{
        unsigned sz = 2u + a->opc;
        int32_t imm = a->imm7 * (1 << sz);
        struct address at = at_mode(l, a->rn, a->mode, imm);
        ref x = load_v(l, sz, at), y = load_v(l, sz, second(at, sz));
        put_v(l, a->rt, x);
        put_v(l, a->rt2, y);
        write_back(l, at.base, a->rn, a->mode, imm);
        return true;
}
