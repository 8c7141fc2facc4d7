/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 extension, bit fields, order of bits and bytes, CRC (Arm ARM F5.1). */
#include "guest/crc_lift.h"
#include "lift_a32.h"

enum { NO_REG = 15 };

/* ---- extension ---- */

/* The byte or halfword of v from byte `rotate` on; what is beyond the highest byte begins with the lowest one. */
static ref extended(struct lift *l, ref v, unsigned rotate, unsigned sz, bool u)
{
        unsigned end = 8 * rotate + (8u << sz);
        if (end == 32)
                return op2k(l, u ? IR_SHR : IR_SAR, v, 8 * rotate);
        if (rotate)
                v = op2k(l, end < 32 ? IR_SHR : IR_ROR, v, 8 * rotate);
        return u ? zero_extend(l, sz, v) : sign_extend(l, sz, v);
}

LIFT(extend)
{
        ref v = extended(l, get_r(l, a->rm), a->rotate, a->sz, a->u);
        put_r(l, a->rd, a->rn == NO_REG ? v : op2(l, IR_ADD, get_r(l, a->rn), v));
        return true;
}

LIFT(extend16)
{
        ref m = get_r(l, a->rm), low = extended(l, m, a->rotate, 0, a->u), high = extended(l, m, (a->rotate + 2) & 3, 0, a->u);
        if (a->rn != NO_REG) {
                ref n = get_r(l, a->rn);
                low = op2(l, IR_ADD, n, low);
                high = op2(l, IR_ADD, op2k(l, IR_SHR, n, 16), high);
        }
        put_r(l, a->rd, insert_bits(l, low, high, 16, 16));
        return true;
}

/* ---- bit fields ---- */

LIFT(bfi)
{
        ref n = a->rn == NO_REG ? ir_const(l->ir, 0) : get_r(l, a->rn);
        put_r(l, a->rd, a->width == 32 ? n : insert_bits(l, get_r(l, a->rd), n, a->lsb, a->width));
        return true;
}

/* Fields that are a byte or a halfword at bit 0, or end with bit 31, are one op. */
LIFT(bfx)
{
        ref v = get_r(l, a->rn);
        unsigned above = 32 - a->lsb - a->width, sz = a->width == 8 ? 0 : 1;
        bool is_part = a->width == 8 || a->width == 16;

        if (!above)
                v = op2k(l, a->u ? IR_SHR : IR_SAR, v, a->lsb);
        else if (is_part && (a->u || !a->lsb))
                v = op2k(l, IR_SHR, v, a->lsb), v = a->u ? zero_extend(l, sz, v) : sign_extend(l, sz, v);
        else if (a->u)
                v = op2k(l, IR_AND, op2k(l, IR_SHR, v, a->lsb), (1u << a->width) - 1);
        else
                v = op2k(l, IR_SAR, op2k(l, IR_SHL, v, above), above + a->lsb);
        put_r(l, a->rd, v);
        return true;
}

/* ---- order of bits and bytes ---- */

LIFT(unary)
{
        put_r(l, a->rd, op1(l, a->op, get_r(l, a->rm)));
        return true;
}

LIFT(revsh)
{
        put_r(l, a->rd, op2k(l, IR_SAR, op1(l, IR_BSWAP, get_r(l, a->rm)), 16));
        return true;
}

LIFT(crc32)
{
        put_r(l, a->rd, lift_crc32(l->ir, a->castagnoli, a->sz, get_r(l, a->rn), get_r(l, a->rm)));
        return true;
}
