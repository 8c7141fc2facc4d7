/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 loads and stores of one and of two general registers (Arm ARM F2.8).
 *
 * The base register is written when everything that may fault is done, and before the register that is loaded: that wins where
 * both are the same (UNPREDICTABLE). */
#include "ir/fold.h"
#include "lift_mem.h"

/* ---- values in memory ---- */

/* Puts the low 1 << sz bytes of v, of which a doubleword is two words, into the order that memory has. */
ref a32_data_order(struct lift *l, unsigned sz, ref v)
{
        if (!is_big_endian(l) || !sz)
                return v;
        if (sz == 1)
                return op1(l, IR_REV16, v);
        return sz == 2 ? op1(l, IR_BSWAP, v)
                       : ir_opi(l->ir, IR_ROR, 3, ir_op(l->ir, IR_BSWAP, 3, v, 0, 0), ir_const(l->ir, 32), 0, 0);
}

ref a32_load(struct lift *l, unsigned sz, ref base, ref index, unsigned shift, int32_t disp)
{
        return a32_data_order(l, sz, ir_load(l->ir, sz, base, index, shift, disp));
}

void a32_store(struct lift *l, unsigned sz, ref v, ref base, ref index, unsigned shift, int32_t disp)
{
        ir_store(l->ir, sz, a32_data_order(l, sz, v), base, index, shift, disp);
}

/* ---- addresses ---- */

struct address {
        ref base, index;
        unsigned shift;
        int32_t disp;
        ref moved; /* the base register's new value, or REF_NONE: it is kept */
};

/* With pc as the base, addresses count from a multiple of 4. */
static uint32_t from_pc(const struct lift *l, int32_t disp)
{
        return ((uint32_t)pc_value(l) & ~3u) + (uint32_t)disp;
}

static ref get_base(struct lift *l, unsigned rn, int32_t disp)
{
        return rn == REG_PC ? ir_pcrel(l->ir, from_pc(l, disp)) : get_r(l, rn);
}

bool a32_read_literal(struct lift *l, int32_t offset, unsigned words, uint64_t *ret)
{
        uint32_t low, high = 0, at = from_pc(l, offset);

        if (is_big_endian(l) || (l->ir->opts & IR_OPT_NO_FOLD))
                return false;
        if (!code_read_constant(&l->code, at, &low) || (words > 1 && !code_read_constant(&l->code, at + 4, &high)))
                return false;
        *ret = (uint64_t)high << 32 | low;
        return true;
}

static struct address at_offset(struct lift *l, unsigned rn, int32_t offset, unsigned index)
{
        if (rn == REG_PC)
                return (struct address){ .base = get_base(l, rn, offset) };
        struct address at = { .base = get_base(l, rn, 0), .disp = index == POST ? 0 : offset };
        if (index != OFFSET)
                at.moved = op2k(l, IR_ADD, at.base, (uint32_t)offset);
        return at;
}

static struct address at_register(struct lift *l, const a32_args_of_ldst_reg *a)
{
        struct address at = { .base = get_base(l, a->rn, 0) };
        if (a->up && a->type == SHIFT_LSL && a->amount <= 3 && a->index == OFFSET) {
                at.index = get_r(l, a->rm);
                at.shift = a->amount;
                return at;
        }
        ref moved = op2(l, a->up ? IR_ADD : IR_SUB, at.base, a32_shift(l, get_r(l, a->rm), a->type, a->amount));
        if (a->index != OFFSET)
                at.moved = moved;
        if (a->index != POST)
                at.base = moved;
        return at;
}

static void write_back(struct lift *l, unsigned rn, const struct address *at)
{
        if (at->moved)
                put_r(l, rn, at->moved);
}

/* ---- one register ---- */

static void preload(struct lift *l, const struct address *at)
{
        struct ir_ins ins = { .op = IR_PREFETCH, .sz = 3, .a = at->base, .b = at->index };
        if (l->cc != CC_AL)
                return;
        ins.disp = at->disp;
        ins.aux = (uint8_t)at->shift;
        if (!(l->ir->opts & IR_OPT_NO_ADDR))
                ir_fold_address(l->ir, &ins);
        ir_emit(l->ir, ins);
}

/* Puts in order what is done under a condition: one access is decided about where it is; the rest is behind a side exit. */
static void begin_access(struct lift *l, unsigned kind, unsigned rt)
{
        if (kind == PRELOAD)
                return;
        if (rt == REG_PC || is_big_endian(l))
                a32_take_condition(l);
        a32_take_condition_of_many(l);
}

static ref load_when(struct lift *l, unsigned kind, unsigned sz, ref old, const struct address *at)
{
        const struct ir_when when = { .cc = l->cc, .flags = l->cc_flags };
        if (kind == LOAD)
                return ir_load_when(l->ir, when, sz, old, at->base, at->index, at->shift, at->disp);
        return ir_load_signed_when(l->ir, when, sz, W, old, at->base, at->index, at->shift, at->disp);
}

static ref load(struct lift *l, unsigned kind, unsigned sz, const struct address *at)
{
        if (kind == LOAD)
                return a32_load(l, sz, at->base, at->index, at->shift, at->disp);
        if (sz && is_big_endian(l))
                return sign_extend(l, sz, a32_load(l, sz, at->base, at->index, at->shift, at->disp));
        return ir_load_signed(l->ir, sz, W, at->base, at->index, at->shift, at->disp);
}

static void store(struct lift *l, unsigned sz, ref v, const struct address *at)
{
        const struct ir_when when = { .cc = l->cc, .flags = l->cc_flags };
        if (l->cc == CC_AL)
                a32_store(l, sz, v, at->base, at->index, at->shift, at->disp);
        else
                ir_store_when(l->ir, when, sz, v, at->base, at->index, at->shift, at->disp);
}

/* Restrictions that the encodings of both forms of addresses have. */
static bool is_defined(unsigned kind, unsigned sz, unsigned rt, unsigned rn, unsigned index)
{
        return (index == OFFSET || rn != REG_PC) && (rt != REG_PC || kind == STORE || kind == PRELOAD || sz == 2);
}

static bool transfer(struct lift *l, unsigned kind, unsigned sz, unsigned rt, unsigned rn, const struct address *at)
{
        if (kind == PRELOAD) {
                preload(l, at);
                return true;
        }
        if (kind == STORE) {
                store(l, sz, get_r(l, rt), at);
                write_back(l, rn, at);
                return true;
        }
        ref v = l->cc == CC_AL ? load(l, kind, sz, at) : load_when(l, kind, sz, get_r(l, rt), at);
        write_back(l, rn, at);
        if (rt == REG_PC)
                a32_exchange(l, rn == REG_SP ? IR_EXIT_RET : IR_EXIT_IND, v);
        else
                ir_put(l->ir, (enum slot)(SLOT_X0 + rt), v);
        return true;
}

/* Loads a word that is a constant. Returns false when it is none. */
static bool load_literal(struct lift *l, unsigned rt, int32_t offset)
{
        uint64_t v;

        if (!a32_read_literal(l, offset, 1, &v))
                return false;
        if (rt == REG_PC)
                a32_exchange(l, IR_EXIT_IND, ir_const(l->ir, v));
        else
                put_r(l, rt, ir_const(l->ir, v));
        return true;
}

LIFT(ldst_imm)
{
        if (!is_defined(a->kind, a->sz, a->rt, a->rn, a->index))
                return false;
        if (a->rn == REG_PC && a->kind == LOAD && a->sz == 2 && load_literal(l, a->rt, a->offset))
                return true;
        begin_access(l, a->kind, a->rt);
        struct address at = at_offset(l, a->rn, a->offset, a->index);
        return transfer(l, a->kind, a->sz, a->rt, a->rn, &at);
}

LIFT(ldst_reg)
{
        if (!is_defined(a->kind, a->sz, a->rt, a->rn, a->index))
                return false;
        begin_access(l, a->kind, a->rt);
        struct address at = at_register(l, a);
        return transfer(l, a->kind, a->sz, a->rt, a->rn, &at);
}

/* ---- two registers: one access, so that it is atomic where its address is a multiple of 8 (Arm ARM E2.2.1) ---- */

static void transfer_pair(struct lift *l, unsigned kind, unsigned rt, unsigned rt2, unsigned rn, const struct address *at)
{
        if (kind == STORE) {
                a32_store(l, 3, a32_join(l, get_r(l, rt), get_r(l, rt2)), at->base, at->index, at->shift, at->disp);
                write_back(l, rn, at);
                return;
        }
        ref v = a32_load(l, 3, at->base, at->index, at->shift, at->disp);
        write_back(l, rn, at);
        put_r(l, rt, v);
        put_r(l, rt2, a32_high(l, v));
}

LIFT(pair_imm)
{
        if (a->index != OFFSET && a->rn == REG_PC)
                return false;
        a32_take_condition(l);
        struct address at = at_offset(l, a->rn, a->offset, a->index);
        transfer_pair(l, a->kind, a->rt, a->rt2, a->rn, &at);
        return true;
}

LIFT(pair_reg)
{
        const a32_args_of_ldst_reg reg = { .rn = a->rn, .rm = a->rm, .up = a->up, .index = a->index };
        if (a->index != OFFSET && a->rn == REG_PC)
                return false;
        a32_take_condition(l);
        struct address at = at_register(l, &reg);
        transfer_pair(l, a->kind, a->rt, a->rt2, a->rn, &at);
        return true;
}
