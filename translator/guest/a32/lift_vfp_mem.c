/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VFP: loads and stores (Arm ARM F6.1: VLDR, VSTR, VLDM, VSTM, FLDM*X, FSTM*X). They work at any address. */
#include "lift_mem.h"
#include "lift_vfp.h"

/* The pc is rounded down to a multiple of 4. */
static ref get_base(struct lift *l, unsigned rn)
{
        return rn == REG_PC ? ir_pcrel(l->ir, pc_value(l) & ~UINT64_C(3)) : get_r(l, rn);
}

/* Big-endian data: a register of 64 bits is one datum of eight bytes. */
static ref load(struct lift *l, unsigned sz, ref base, int32_t offset)
{
        if (!is_big_endian(l))
                return ir_load_vec(l->ir, sz, base, REF_NONE, 0, offset);
        ref v = ir_load(l->ir, sz, base, REF_NONE, 0, offset);
        return v1(l, IR_VFROM, sz, ir_op(l->ir, IR_BSWAP, sz, v, REF_NONE, REF_NONE));
}

static void store(struct lift *l, unsigned sz, ref v, ref base, int32_t offset)
{
        if (is_big_endian(l)) {
                v = ir_op(l->ir, IR_BSWAP, sz, v1(l, IR_VGET, sz, v), REF_NONE, REF_NONE);
                ir_store(l->ir, sz, v, base, REF_NONE, 0, offset);
        } else {
                ir_store_vec(l->ir, sz, v, base, REF_NONE, 0, offset);
        }
}

/* Can an access of a conditional instruction depend on the condition by itself? */
static bool depends_on_condition(const struct lift *l)
{
        return l->cc != CC_AL && !is_big_endian(l);
}

/* From here on the instruction does what it does whether its condition holds or not. */
static struct ir_when condition_of(struct lift *l)
{
        struct ir_when when = { (enum cc)l->cc, l->cc_flags };
        l->cc = CC_AL;
        return when;
}

/* A literal that cannot change is a constant. */
static bool load_literal(struct lift *l, unsigned sz, unsigned rd, int32_t offset)
{
        uint64_t v;
        if (!a32_read_literal(l, offset, sz == 3 ? 2 : 1, &v))
                return false;
        put_fp(l, sz, rd, ir_opi(l->ir, IR_VCONST, 3, REF_NONE, REF_NONE, REF_NONE, (int64_t)v));
        return true;
}

VFP(load)
{
        if (a->rn == REG_PC && load_literal(l, a->sz, a->rd, a->offset))
                return true;
        ref base = get_base(l, a->rn), v;
        if (depends_on_condition(l)) {
                ref old = get_fp(l, a->sz, a->rd);
                v = ir_load_vec_when(l->ir, condition_of(l), a->sz, old, base, REF_NONE, 0, a->offset);
        } else {
                a32_take_condition(l);
                v = load(l, a->sz, base, a->offset);
        }
        put_fp(l, a->sz, a->rd, v);
        return true;
}

VFP(store)
{
        ref base = get_base(l, a->rn), v = get_fp(l, a->sz, a->rd);
        if (depends_on_condition(l)) {
                ir_store_vec_when(l->ir, condition_of(l), a->sz, v, base, REF_NONE, 0, a->offset);
        } else {
                a32_take_condition(l);
                store(l, a->sz, v, base, a->offset);
        }
        return true;
}

/* ---- several registers ---- */

/* Single-precision registers that are both halves of one of double precision are loaded and stored together, but not when data
 * is big-endian. */
static bool is_pair(const struct lift *l, unsigned sz, unsigned s, unsigned end)
{
        return sz == 2 && !is_big_endian(l) && !(s & 1) && s + 1 < end;
}

static bool transfer_many(struct lift *l, const vfp_args_of_load_many *a, bool is_load)
{
        if (a->writeback && a->rn == REG_PC)
                return false;
        a32_take_condition(l);
        ref base = get_base(l, a->rn);
        int32_t offset = a->down ? -4 * (int32_t)a->words : 0;
        unsigned end = a->rd + (a->sz == 3 ? a->words / 2 : a->words);
        for (unsigned r = a->rd; r < end;) {
                bool pair = is_pair(l, a->sz, r, end);
                unsigned sz = pair ? 3 : a->sz, reg = pair ? r / 2 : r;
                if (is_load)
                        put_fp(l, sz, reg, load(l, sz, base, offset));
                else
                        store(l, sz, get_fp(l, sz, reg), base, offset);
                offset += 1 << sz;
                r += pair ? 2 : 1;
        }
        if (a->writeback)
                put_r(l, a->rn, op2k(l, a->down ? IR_SUB : IR_ADD, base, 4 * a->words));
        return true;
}

VFP(load_many)
{
        return transfer_many(l, a, true);
}

VFP(store_many)
{
        return transfer_many(l, a, false);
}
