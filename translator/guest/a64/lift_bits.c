/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 bit fields, and operations on the order of bits and bytes. */
#include "lift_a64.h"

/* ---- SBFM, BFM, UBFM: a field of rn at immr, imms - immr + 1 wide, goes to bit 0; or, when imms < immr, the low
 * imms + 1 bits go to bit (register width - immr). All shifts by a constant and extensions are among them. ---- */

/* Returns `count` bits of v from bit `from` on. They do not reach the highest bit of the register. */
static ref extract(struct lift *l, unsigned sz, ref v, unsigned from, unsigned count)
{
        if (count > 32) { /* the mask would be a constant that costs more than the shift */
                unsigned spare = 64 - from - count;
                return op2k(l, IR_SHR, 3, op2k(l, IR_SHL, 3, v, spare), spare + from);
        }
        v = op2k(l, IR_SHR, sz, v, from);
        if (count == 8 || count == 16 || count == 32)
                return op1(l, IR_ZEXT, count == 8 ? 0 : count == 16 ? 1 : 2, v);
        return op2k(l, IR_AND, sz, v, (UINT64_C(1) << count) - 1);
}

LIFT(ubfm)
{
        unsigned sz = a->sz, bits = 8u << sz;
        ref x = get_x(l, a->rn), r;
        if (a->imms == bits - 1)
                r = op2k(l, IR_SHR, sz, x, a->immr);
        else if (a->imms >= a->immr)
                r = extract(l, sz, x, a->immr, a->imms - a->immr + 1u);
        else if (a->imms + 1 == a->immr)
                r = op2k(l, IR_SHL, sz, x, bits - a->immr);
        else
                r = op2k(l, IR_SHL, sz, extract(l, sz, x, 0, a->imms + 1u), bits - a->immr);
        put_x(l, a->rd, r);
        return true;
}

LIFT(sbfm)
{
        unsigned sz = a->sz, bits = 8u << sz, count = a->imms + 1u;
        bool down = a->imms >= a->immr;
        ref x = get_x(l, a->rn), r;
        if (a->imms == bits - 1) {
                r = op2k(l, IR_SAR, sz, x, a->immr);
        } else if ((count == 8 || count == 16 || count == 32) && (!down || a->immr == 0)) {
                r = sign_extend(l, count == 8 ? 0 : count == 16 ? 1 : 2, sz, x);
                if (!down)
                        r = op2k(l, IR_SHL, sz, r, bits - a->immr);
        } else {
                unsigned up = bits - count; /* the field goes to the top, and then down to its place */
                r = op2k(l, IR_SHL, sz, x, up);
                r = op2k(l, IR_SAR, sz, r, down ? up + a->immr : up - (bits - a->immr));
        }
        put_x(l, a->rd, r);
        return true;
}

LIFT(bfm)
{
        unsigned sz = a->sz, bits = 8u << sz;
        bool down = a->imms >= a->immr;
        unsigned count = down ? a->imms - a->immr + 1u : a->imms + 1u, to = down ? 0 : bits - a->immr;
        ref x = get_x(l, a->rn);
        if (count == bits) {
                put_x(l, a->rd, cut(l, sz, x));
                return true;
        }
        if (down)
                x = op2k(l, IR_SHR, sz, x, a->immr);
        put_x(l, a->rd, ir_opi(l->ir, IR_BFI, sz, get_x(l, a->rd), x, REF_NONE, disp_aux(to, count)));
        return true;
}

LIFT(extr)
{
        ref r;
        if (a->imms == 0)
                r = cut(l, a->sz, get_x(l, a->rm));
        else if (a->rn == a->rm)
                r = op2k(l, IR_ROR, a->sz, get_x(l, a->rm), a->imms);
        else
                r = ir_opi(l->ir, IR_EXTR, a->sz, get_x(l, a->rn), get_x(l, a->rm), REF_NONE, a->imms);
        put_x(l, a->rd, r);
        return true;
}

/* ---- order of bits and bytes ---- */

/* Reverses the bytes of each word: first those of the doubleword, then the words go back to their places. */
LIFT(rev32)
{
        put_x(l, a->rd, op2k(l, IR_ROR, 3, op1(l, IR_BSWAP, 3, get_x(l, a->rn)), 32));
        return true;
}

/* Bits below the sign bit that equal it: a bit of x ^ (x << 1) is clear where a bit equals the one below it. */
LIFT(cls)
{
        unsigned sz = 2u + a->sf;
        ref x = get_x(l, a->rn), differ = op2(l, IR_XOR, sz, x, op2k(l, IR_SHL, sz, x, 1));
        put_x(l, a->rd, op1(l, IR_CLZ, sz, op2k(l, IR_OR, sz, differ, 1)));
        return true;
}
