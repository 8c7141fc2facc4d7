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

enum { POST = 1, PRE = 3 }; /* values of `mode` that write the base register back; others are plain offsets */

static struct address at_mode(struct lift *l, unsigned rn, unsigned mode, int32_t offset)
{
        return (struct address){ .base = get_xsp(l, rn), .disp = mode == POST ? 0 : offset };
}

/* `base`: the base register's value before the access. */
static void write_back(struct lift *l, ref base, unsigned rn, unsigned mode, int32_t offset)
{
        if (mode == POST || mode == PRE)
                put_xsp(l, rn, op2k(l, IR_ADD, 3, base, (uint64_t)(int64_t)offset));
}

/* Returns the address of the base register and an extended one (ExtendReg: UXTW, LSL, SXTW, SXTX). */
static struct address at_index(struct lift *l, unsigned rn, unsigned rm, unsigned option, unsigned shift)
{
        struct address at = { .base = get_xsp(l, rn), .index = get_x(l, rm), .shift = shift };
        if (option == 2)
                at.index = op1(l, IR_ZEXT, 2, at.index);
        else if (option == 6)
                at.index = sign_extend(l, 2, 3, at.index);
        if (shift > 3) { /* a scale that x86 addresses do not have */
                at.index = op2k(l, IR_SHL, 3, at.index, shift);
                at.shift = 0;
        }
        return at;
}

/* ---- accesses ---- */

static ref load(struct lift *l, unsigned sz, const struct address *at)
{
        return ir_load(l->ir, sz, at->base, at->index, at->shift, at->disp);
}

/* to: 2 or 3, the width that the value is extended to. */
static ref load_signed(struct lift *l, unsigned sz, unsigned to, const struct address *at)
{
        return ir_load_signed(l->ir, sz, to, at->base, at->index, at->shift, at->disp);
}

static ref load_v(struct lift *l, unsigned sz, const struct address *at)
{
        return ir_load_vec(l->ir, sz, at->base, at->index, at->shift, at->disp);
}

static void store(struct lift *l, unsigned sz, unsigned rt, const struct address *at)
{
        ir_store(l->ir, sz, get_x(l, rt), at->base, at->index, at->shift, at->disp);
}

static void store_v(struct lift *l, unsigned sz, unsigned rt, const struct address *at)
{
        ir_store_vec(l->ir, sz, get_v(l, rt), at->base, at->index, at->shift, at->disp);
}

/* Prefetches for loads and for stores become hints of x86. Those of instructions (PLI) need nothing. */
static void prefetch(struct lift *l, unsigned rt, const struct address *at)
{
        if ((rt & 0x18) == 8 || rt >= 0x18)
                return;
        struct ir_ins ins = { .op = IR_PREFETCH, .sz = 3, .a = at->base, .b = at->index };
        ins.disp = at->disp;
        ins.aux = (uint8_t)at->shift;
        if (!(l->ir->opts & IR_OPT_NO_ADDR))
                ir_fold_address(l->ir, &ins);
        ir_emit(l->ir, ins);
}

static void load_or_store(struct lift *l, enum ldst_kind kind, unsigned sz, unsigned rt, const struct address *at)
{
        switch (kind) {
        case LD_X: put_x(l, rt, load(l, sz, at)); break;
        case LD_SW: put_x(l, rt, load_signed(l, sz, 2, at)); break;
        case LD_SX: put_x(l, rt, load_signed(l, sz, 3, at)); break;
        case LD_V: put_v(l, rt, load_v(l, sz, at)); break;
        case ST_X: store(l, sz, rt, at); break;
        case ST_V: store_v(l, sz, rt, at); break;
        case PRFM: prefetch(l, rt, at); break;
        }
}

/* ---- one register ---- */

LIFT(ldr_imm)
{
        put_x(l, a->rt, ir_load(l->ir, a->sz, get_xsp(l, a->rn), REF_NONE, 0, (int32_t)a->offset));
        return true;
}

LIFT(str_imm)
{
        ref base = get_xsp(l, a->rn);
        ir_store(l->ir, a->sz, get_x(l, a->rt), base, REF_NONE, 0, (int32_t)a->offset);
        return true;
}

LIFT(ldst_imm)
{
        struct address at = at_mode(l, a->rn, a->mode, a->offset);
        load_or_store(l, (enum ldst_kind)a->kind, a->sz, a->rt, &at);
        write_back(l, at.base, a->rn, a->mode, a->offset);
        return true;
}

LIFT(ldst_reg)
{
        struct address at = at_index(l, a->rn, a->rm, a->option, a->s ? a->sz : 0);
        load_or_store(l, (enum ldst_kind)a->kind, a->sz, a->rt, &at);
        return true;
}

LIFT(ldst_lit)
{
        struct address at = { .base = ir_pcrel(l->ir, l->pc + (uint64_t)(int64_t)a->offset) };
        load_or_store(l, (enum ldst_kind)a->kind, a->sz, a->rt, &at);
        return true;
}

/* ---- pairs: two accesses, the lower address first. A load writes nothing before both are done. ---- */

static struct address second(const struct address *at, unsigned sz)
{
        struct address r = *at;
        r.disp += 1 << sz;
        return r;
}

LIFT(stp)
{
        struct address at = at_mode(l, a->rn, a->mode, a->offset), next = second(&at, a->sz);
        store(l, a->sz, a->rt, &at);
        store(l, a->sz, a->rt2, &next);
        write_back(l, at.base, a->rn, a->mode, a->offset);
        return true;
}

LIFT(stp_v)
{
        struct address at = at_mode(l, a->rn, a->mode, a->offset), next = second(&at, a->sz);
        store_v(l, a->sz, a->rt, &at);
        store_v(l, a->sz, a->rt2, &next);
        write_back(l, at.base, a->rn, a->mode, a->offset);
        return true;
}

LIFT(ldp)
{
        struct address at = at_mode(l, a->rn, a->mode, a->offset), next = second(&at, a->sz);
        ref x = load(l, a->sz, &at), y = load(l, a->sz, &next);
        put_x(l, a->rt, x);
        put_x(l, a->rt2, y);
        write_back(l, at.base, a->rn, a->mode, a->offset);
        return true;
}

LIFT(ldpsw)
{
        struct address at = at_mode(l, a->rn, a->mode, a->offset), next = second(&at, a->sz);
        ref x = load_signed(l, a->sz, 3, &at), y = load_signed(l, a->sz, 3, &next);
        put_x(l, a->rt, x);
        put_x(l, a->rt2, y);
        write_back(l, at.base, a->rn, a->mode, a->offset);
        return true;
}

LIFT(ldp_v)
{
        struct address at = at_mode(l, a->rn, a->mode, a->offset), next = second(&at, a->sz);
        ref x = load_v(l, a->sz, &at), y = load_v(l, a->sz, &next);
        put_v(l, a->rt, x);
        put_v(l, a->rt2, y);
        write_back(l, at.base, a->rn, a->mode, a->offset);
        return true;
}
