/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of VFP and Advanced SIMD, for lifters of both. A slot is a D register: the low 64 bits of the value count, what is
 * above does not matter. Writing makes a selection where the instruction is conditional. */
#pragma once
#include "guest/simd_lift.h"
#include "lift_a32.h"

static inline ref get_d(struct lift *l, unsigned d)
{
        return ir_get(l->ir, (enum slot)(SLOT_V0 + d));
}

static inline void put_d(struct lift *l, unsigned d, ref v)
{
        enum slot slot = (enum slot)(SLOT_V0 + d);
        if (l->cc != CC_AL) {
                struct ir_ins i = { .op = IR_SELX, .sz = 4, .a = l->cc_flags, .b = v, .c = ir_get(l->ir, slot) };
                i.aux = l->cc;
                v = ir_emit(l->ir, i);
        }
        ir_put(l->ir, slot, v);
}
