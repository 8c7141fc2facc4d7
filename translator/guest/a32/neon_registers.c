/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: Q registers as pairs of D registers (see lift_neon.h).
 *
 * The low half of a value is the value itself, since nothing counts that is above. The high half costs a shuffle, which is not
 * emitted when nobody reads it. */
#include "lift_neon.h"

static const struct ir_ins *ins(const struct lift *l, ref r)
{
        return &l->ir->ins[r];
}

static bool is_op(const struct lift *l, ref r, enum ir_op op, unsigned sz)
{
        return ins(l, r)->op == op && ins(l, r)->sz == sz;
}

/* Returns true when both halves of v are the same. */
static bool is_repeated(const struct lift *l, ref v)
{
        return ins(l, v)->op == IR_VDUP || ins(l, v)->op == IR_VDUPL || is_op(l, v, IR_VCONST, 4);
}

static ref high_half(struct lift *l, ref v)
{
        if (is_repeated(l, v))
                return v;
        if (is_op(l, v, IR_VZIPL, 3))
                return ins(l, v)->b;
        return v2(l, IR_VZIPH, 3, v, v);
}

/* Returns true when `high` is the high half of v. */
static bool is_high_of(const struct lift *l, ref high, ref v)
{
        const struct ir_ins *h = ins(l, high);
        if (high == v)
                return is_repeated(l, v);
        if (is_op(l, high, IR_VZIPH, 3) && h->a == v && h->b == v)
                return true;
        return is_op(l, v, IR_VZIPL, 3) && ins(l, v)->b == high;
}

static ref current(struct lift *l, unsigned d)
{
        return l->ir->cur[SLOT_V0 + d];
}

bool neon_pair_is_whole(struct lift *l, unsigned d)
{
        ref low = current(l, d), high = current(l, d + 1);
        return low && high && is_high_of(l, high, low);
}

/* What was put together becomes the present value of d, so that it is not put together again. The state needs no PUT: that has
 * the same low half. */
ref neon_get_pair(struct lift *l, unsigned d)
{
        ref low = get_d(l, d), high = get_d(l, d + 1);
        if (is_high_of(l, high, low))
                return low;
        return l->ir->cur[SLOT_V0 + d] = v2(l, IR_VZIPL, 3, low, high);
}

void neon_put_pair(struct lift *l, unsigned d, ref v)
{
        if (l->cc != CC_AL)
                v = select_x(l, l->sel_cc, l->sel_flags, v, neon_get_pair(l, d));
        ref high = high_half(l, v);
        ir_put(l->ir, (enum slot)(SLOT_V0 + d), v);
        ir_put(l->ir, (enum slot)(SLOT_V0 + d + 1), high);
}

ref neon_lane(struct lift *l, unsigned sz, unsigned d, unsigned lane)
{
        ref v = get_d(l, d);
        const struct ir_ins *i = ins(l, v);
        if (is_op(l, v, IR_VZIPH, 3) && i->a == i->b) {
                v = i->a;
                lane += 8u >> sz;
        }
        return v_imm(l, IR_VDUPL, sz, v, REF_NONE, 0, lane, 0);
}
