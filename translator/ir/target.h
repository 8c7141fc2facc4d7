/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host can do, as far as it decides what a lifter emits: an IR op, or instead a call of a helper. */
#pragma once
#include "ir.h"

struct ir_target {
        /* Returns true when the code generator has instructions for `op` of width sz with options opt (FP ops: FPO_*), false when
         * a helper has to do it. Only asked of ops that not every host has, and of those always: x64/target.c lists them. */
        bool (*has)(enum ir_op op, unsigned sz, unsigned opt);
};

/* Set once, when the code generator has found out what the host is (x64_detect), and before the first region is lifted. */
extern const struct ir_target *ir_target;

static inline bool ir_has(enum ir_op op, unsigned sz, unsigned opt)
{
        return ir_target->has(op, sz, opt);
}
