/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kuser helpers that are lifted where they are called (see kuser.h). */
#include "kuser.h"
#include "layout.h"
#include "guest/lift.h"

bool arm_lift_kuser(struct lift *l, uint64_t target)
{
        if (target == ARM_VECTORS + ARM_GET_TLS_AT)
                ir_put(l->ir, SLOT_X0, ir_ld_state(l->ir, 2, offsetof(struct cpu, tpidr)));
        else if (target == ARM_VECTORS + ARM_MEMORY_BARRIER_AT)
                ir_emit(l->ir, (struct ir_ins){ .op = IR_FENCE, .sz = 3 });
        else
                return false;
        return true;
}
