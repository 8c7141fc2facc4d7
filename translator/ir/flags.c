/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flags values that are made of parts of others. */
#include "ir.h"

ref ir_flags_nz(struct ir *ir, unsigned sz, ref f, ref r)
{
        return ir_emit(ir, (struct ir_ins){ .op = IR_FNZ, .sz = (uint8_t)sz, .a = f, .b = r });
}

ref ir_flags_nzc(struct ir *ir, unsigned sz, ref f, ref r, ref c)
{
        return ir_emit(ir, (struct ir_ins){ .op = IR_FNZC, .sz = (uint8_t)sz, .a = f, .b = r, .c = c });
}

ref ir_flags_select(struct ir *ir, struct ir_when when, ref yes, ref no)
{
        if (when.cc >= CC_AL || yes == no)
                return yes;
        struct ir_ins i = { .op = IR_FSEL, .sz = 3, .a = when.flags, .b = yes, .c = no };
        i.aux = (uint8_t)when.cc;
        return ir_emit(ir, i);
}
