/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fix-ups of trapped FP operations (see fp_fixup.h). */
#include "fp_ops.h"
#include "fp_fixup.h"

bool fp_fixup(struct cpu *cpu, harg *arg, unsigned op, unsigned sz, unsigned aux, int32_t disp)
{
        int fn = fp_fn_of(op);
        if (fn < 0)
                return false;
        fp_soft(cpu, arg, fp_pack((enum fp_fn)fn, sz, aux, (unsigned)disp));
        return true;
}
