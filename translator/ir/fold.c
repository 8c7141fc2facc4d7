/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folding while the IR is built (see fold.h). */
#include "alu.h"
#include "fold.h"

/* Are bits 63:32 of the op's result zero for what its operands are, or the guest is? */
static __attribute__((noinline)) bool is_zext32_here(const struct ir *ir, const struct ir_ins *i)
{
        uint64_t k;
        switch (i->op) {
        case IR_CONST: return (uint64_t)i->imm <= 0xffffffff;
        case IR_LIVEIN:
        case IR_PCREL: return ir->guest->addr32;
        case IR_LDS: return i->aux2 == 2;
        case IR_SHR: return (ir_is_const(ir, i->b, &k) && (k & 63) >= 32) || ir_is_zext32(ir, i->a);
        case IR_AND: return ir_is_const(ir, i->b, &k) && k <= 0xffffffff;
        case IR_LDC: return i->sz <= 2 && ir_is_zext32(ir, i->c);
        case IR_LDSC: return i->aux2 == 2 && ir_is_zext32(ir, i->c);
        default: return false;
        }
}

bool ir_is_zext32(const struct ir *ir, ref r)
{
        enum { NARROW = 3, ANY = 255 };
        /* Bits 63:32 of the result are zero whenever the op's sz is less than this. */
        static const uint8_t zero_below[IR_OP_COUNT] = {
                [IR_ZEXT] = ANY,      [IR_SETCC] = ANY,    [IR_CRC32C] = ANY,     [IR_STX] = ANY,     [IR_FGETCMP] = ANY,
                [IR_FGETNZCV] = ANY,  [IR_SHR] = NARROW,   [IR_AND] = NARROW,     [IR_LD] = NARROW,   [IR_LDX] = NARROW,
                [IR_ATOMIC] = NARROW, [IR_CAS] = NARROW,   [IR_LDSTATE] = NARROW, [IR_VGET] = NARROW, [IR_ADD] = NARROW,
                [IR_SUB] = NARROW,    [IR_OR] = NARROW,    [IR_XOR] = NARROW,     [IR_ANDN] = NARROW, [IR_NOT] = NARROW,
                [IR_NEG] = NARROW,    [IR_MUL] = NARROW,   [IR_UDIV] = NARROW,    [IR_SDIV] = NARROW, [IR_SHL] = NARROW,
                [IR_SAR] = NARROW,    [IR_ROR] = NARROW,   [IR_EXTR] = NARROW,    [IR_SEXT] = NARROW, [IR_CLZ] = NARROW,
                [IR_RBIT] = NARROW,   [IR_BSWAP] = NARROW, [IR_REV16] = NARROW,   [IR_BFI] = NARROW,  [IR_ADC] = NARROW,
                [IR_SBC] = NARROW,    [IR_SEL] = NARROW,
        };
        const struct ir_ins *i = &ir->ins[r];
        return i->sz < zero_below[i->op] || is_zext32_here(ir, i);
}

/* An op of width sz would return its operand v unchanged: returns true, and in *ret v, cut to that width. */
static bool result_is(struct ir *ir, unsigned sz, ref v, ref *ret)
{
        if (sz == 3 || ir_is_zext32(ir, v)) {
                *ret = v;
                return true;
        }
        *ret = ir_emit(ir, (struct ir_ins){ .op = IR_ZEXT, .sz = 2, .a = v });
        return true;
}

/* A guest address plus or minus a constant is another one (ADRP + ADD). */
static bool fold_pcrel(struct ir *ir, const struct ir_ins *i, uint64_t y, ref *ret)
{
        uint64_t address = (uint64_t)ir->ins[i->a].imm, m = width_mask(i->sz);
        if (ir->ins[i->a].op != IR_PCREL || (i->op != IR_ADD && i->op != IR_SUB) || i->sz != (ir->guest->addr32 ? 2 : 3))
                return false;
        *ret = ir_pcrel(ir, (i->op == IR_ADD ? address + y : address - y) & m);
        return true;
}

/* Simplifies an op whose right operand is the constant y, which was cut to the width. Returns as ir_fold. */
static bool fold_identity(struct ir *ir, struct ir_ins *i, uint64_t y, ref *ret)
{
        uint64_t m = width_mask(i->sz);
        switch (i->op) {
        case IR_ADD:
        case IR_SUB:
        case IR_OR:
        case IR_XOR:
                if (y == 0)
                        return result_is(ir, i->sz, i->a, ret);
                return fold_pcrel(ir, i, y, ret);
        case IR_SHL:
        case IR_SHR:
        case IR_SAR:
        case IR_ROR:
                if ((y & ((8u << i->sz) - 1)) == 0)
                        return result_is(ir, i->sz, i->a, ret);
                return false;
        case IR_AND:
                if (y == m)
                        return result_is(ir, i->sz, i->a, ret);
                if (y == 0xff || y == 0xffff || y == 0xffffffff) {
                        *i = (struct ir_ins){ .op = IR_ZEXT, .a = i->a };
                        i->sz = y == 0xff ? 0 : y == 0xffff ? 1 : 2;
                        return false;
                }
                if (y == 0) {
                        *ret = ir_const(ir, 0);
                        return true;
                }
                return false;
        case IR_ANDN:
                i->op = IR_AND;
                i->b = ir_const(ir, ~y & m);
                return false;
        default: return false;
        }
}

/* Simplifies an op whose left operand is the constant x. Returns as ir_fold. */
static bool fold_left(struct ir *ir, struct ir_ins *i, uint64_t x, ref *ret)
{
        switch (i->op) {
        case IR_OR:
        case IR_ADD:
        case IR_XOR: /* "mov" is ORR with the zero register */
                if (x == 0)
                        return result_is(ir, i->sz, i->b, ret);
                return false;
        case IR_SUB:
                if (x == 0) {
                        i->op = IR_NEG;
                        i->a = i->b;
                        i->b = REF_NONE;
                }
                return false;
        default: return false;
        }
}

static bool fold_extension(struct ir *ir, struct ir_ins *i, ref *ret)
{
        const struct ir_ins *d = &ir->ins[i->a];
        uint64_t mask;
        bool done = (i->sz == 2 && ir_is_zext32(ir, i->a)) || (d->op == IR_LD && d->sz <= i->sz) ||
                    (d->op == IR_ZEXT && d->sz <= i->sz) || d->op == IR_SETCC ||
                    (d->op == IR_AND && ir_is_const(ir, d->b, &mask) && mask <= width_mask(i->sz));
        if (done)
                *ret = i->a;
        return done;
}

bool ir_fold(struct ir *ir, struct ir_ins *i, ref *ret)
{
        const struct ir_opinfo *info = &ir_opinfo[i->op];
        if (info->res != 'G' || info->args[0] != 'g' || (info->flags & ~OF_COMM) != OF_PURE || i->c)
                return false;
        bool two = info->args[1] == 'g';
        uint64_t x = 0, y = 0, v, m = width_mask(i->sz);
        bool cx = ir_is_const(ir, i->a, &x), cy = two && ir_is_const(ir, i->b, &y);
        if (cx && (cy || !two) && ir_alu(i, x, y, 0, &v)) {
                *ret = ir_const(ir, v);
                return true;
        }
        if (cx && two && (info->flags & OF_COMM)) {
                ref t = i->a;
                i->a = i->b;
                i->b = t;
                y = x;
                cy = true;
                cx = false;
        }
        if (cy && fold_identity(ir, i, y & m, ret))
                return true;
        if (cx && two && fold_left(ir, i, x & m, ret))
                return true;
        if (i->op == IR_ZEXT)
                return fold_extension(ir, i, ret);
        if (two && i->a == i->b && (i->op == IR_AND || i->op == IR_OR))
                return result_is(ir, i->sz, i->a, ret);
        if (two && i->a == i->b && (i->op == IR_XOR || i->op == IR_SUB)) {
                *ret = ir_const(ir, 0);
                return true;
        }
        return false;
}

/* ---- addresses ---- */

/* True when an op of d's width can be part of an address: what it computes above the width of addresses does not matter. */
static bool is_address_math(const struct ir *ir, const struct ir_ins *d)
{
        return d->sz == 3 || (d->sz == 2 && ir->guest->addr32);
}

/* Adds k to the displacement, if the sum fits. Where addresses wrap at 4 GiB it always does. */
static bool add_disp(const struct ir *ir, struct ir_ins *i, uint64_t k)
{
        int64_t disp = (int64_t)((uint64_t)i->disp + k);
        if (!ir->guest->addr32 && disp != (int32_t)disp)
                return false;
        i->disp = (int32_t)disp;
        return true;
}

/* base = (x + constant): takes the constant into the displacement. */
static bool fold_base_const(struct ir *ir, struct ir_ins *i)
{
        const struct ir_ins *d = &ir->ins[i->a];
        uint64_t k;
        if (!i->a || !is_address_math(ir, d) || (d->op != IR_ADD && d->op != IR_SUB) || !ir_is_const(ir, d->b, &k))
                return false;
        if (!add_disp(ir, i, d->op == IR_ADD ? k : -k))
                return false;
        i->a = d->a;
        return true;
}

/* base = x + y without an index: y becomes the index. */
static bool fold_base_sum(struct ir *ir, struct ir_ins *i)
{
        const struct ir_ins *d = &ir->ins[i->a];
        if (!i->a || i->b || d->op != IR_ADD || !is_address_math(ir, d))
                return false;
        i->a = d->a;
        i->b = d->b;
        i->aux = 0;
        return true;
}

/* index = x << constant: the shift becomes the scale. */
static bool fold_index_shift(struct ir *ir, struct ir_ins *i)
{
        const struct ir_ins *d = &ir->ins[i->b];
        uint64_t k;
        if (!i->b || d->op != IR_SHL || !is_address_math(ir, d) || !ir_is_const(ir, d->b, &k) || k + i->aux > 3)
                return false;
        i->aux = (uint8_t)(i->aux + k);
        i->b = d->a;
        return true;
}

void ir_fold_address(struct ir *ir, struct ir_ins *i)
{
        while (fold_base_const(ir, i) || fold_base_sum(ir, i) || fold_index_shift(ir, i))
                ;
        uint64_t k;
        if (i->a && i->b && ir_is_const(ir, i->b, &k) && add_disp(ir, i, k << i->aux)) {
                i->b = REF_NONE;
                i->aux = 0;
        }
}
