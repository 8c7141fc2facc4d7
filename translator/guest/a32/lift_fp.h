/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of VFP and Advanced SIMD, for lifters of both. A slot is a D register: the low 64 bits of the value count, what is
 * above does not matter. Writing makes a selection where the instruction is conditional. */
#pragma once
#include "guest/fp_lift.h"
#include "guest/simd_lift.h"
#include "lift_a32.h"

static inline ref get_d(struct lift *l, unsigned d)
{
        return ir_get(l->ir, (enum slot)(SLOT_V0 + d));
}

/* Returns `yes` when condition cc holds for flags f, else `no`. */
static inline ref select_x(struct lift *l, unsigned cc, ref f, ref yes, ref no)
{
        struct ir_ins i = { .op = IR_SELX, .sz = 4, .a = f, .b = yes, .c = no };
        i.aux = (uint8_t)cc;
        return ir_emit(l->ir, i);
}

static inline void put_d(struct lift *l, unsigned d, ref v)
{
        enum slot slot = (enum slot)(SLOT_V0 + d);
        if (l->cc != CC_AL)
                v = select_x(l, l->sel_cc, l->sel_flags, v, ir_get(l->ir, slot));
        ir_put(l->ir, slot, v);
}

/* ---- words of D registers: word 0 is the low one. S2n and S2n+1 are the words of Dn. (guest/a32/fp_registers.c) ---- */

/* As a vector, of which lane 0 counts. */
ref get_word(struct lift *l, unsigned d, unsigned word);
void put_word(struct lift *l, unsigned d, unsigned word, ref v);
/* As a general value. */
ref get_word_g(struct lift *l, unsigned d, unsigned word);
void put_word_g(struct lift *l, unsigned d, unsigned word, ref v);

static inline ref get_s(struct lift *l, unsigned s)
{
        return get_word(l, s >> 1, s & 1);
}
static inline void put_s(struct lift *l, unsigned s, ref v)
{
        put_word(l, s >> 1, s & 1, v);
}
static inline ref get_s_g(struct lift *l, unsigned s)
{
        return get_word_g(l, s >> 1, s & 1);
}
static inline void put_s_g(struct lift *l, unsigned s, ref v)
{
        put_word_g(l, s >> 1, s & 1, v);
}

/* A register of 1 << sz bytes: Sr (sz 2) or Dr (sz 3), as lane 0 of a vector. */
static inline ref get_fp(struct lift *l, unsigned sz, unsigned r)
{
        return sz == 3 ? get_d(l, r) : get_s(l, r);
}
static inline void put_fp(struct lift *l, unsigned sz, unsigned r, ref v)
{
        if (sz == 3)
                put_d(l, r, v);
        else
                put_s(l, r, v);
}

/* Emits a scalar FP op (fp_op), of whose result only the number counts. */
static inline ref vfp_op(struct lift *l, enum ir_op op, unsigned sz, unsigned opt, ref a, ref b, ref c)
{
        return fp_op(l, op, sz, FP_SCALAR, opt | FPO_TOP_FREE, a, b, c);
}
