/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kuser helpers that are lifted where they are called (see kuser.h). */
#include "kuser.h"
#include "layout.h"
#include "guest/code.h"
#include "guest/lift.h"

/* Is the helper at that place of the page, with this code, the one that is called, and still there? */
static bool is_called(struct lift *l, uint64_t target, unsigned at, const uint32_t code[ARM_SHORT])
{
        bool same = target == ARM_VECTORS + at;
        uint32_t word;

        for (unsigned k = 0; same && k < ARM_SHORT; k++)
                same = code_read_kernel(&l->code, target + k * sizeof(word), &word) && word == code[k];
        return same;
}

bool arm_lift_kuser(struct lift *l, uint64_t target)
{
        if (is_called(l, target, ARM_GET_TLS_AT, arm_get_tls))
                ir_put(l->ir, SLOT_X0, ir_ld_state(l->ir, 2, offsetof(struct cpu, tpidr)));
        else if (is_called(l, target, ARM_MEMORY_BARRIER_AT, arm_memory_barrier))
                ir_emit(l->ir, (struct ir_ins){ .op = IR_FENCE, .sz = 3 });
        else
                return false;
        return true;
}
