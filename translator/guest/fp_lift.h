/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating point for lifters: the host's instructions where they can do it, software (fp/) where not. */
#pragma once
#include "ir/fp_ops.h"
#include "lift.h"

static inline unsigned fp_shape_of(unsigned q)
{
        return q ? FP_FULL : FP_LOW64;
}

/* Emits an FP op (ir/ops_fp.def), or a call of software where the host cannot do it. shape and opt: the op's aux and disp. */
ref fp_op(struct lift *l, enum ir_op op, unsigned sz, unsigned shape, unsigned opt, ref a, ref b, ref c);
/* Emits a call of software for a function that has no op. Its result is a vector. */
ref fp_soft_x(struct lift *l, enum fp_fn fn, unsigned sz, unsigned shape, unsigned opt, ref a, ref b, ref c);
ref fp_neg_of(struct lift *l, unsigned sz, unsigned shape, ref a);
ref fp_abs_of(struct lift *l, unsigned sz, unsigned shape, ref a);
/* Convert lanes to integers of the same width, and back. opt: FPO_UNSIGNED, fraction bits << FPO_FBITS, and for fp_to_int the
 * rounding. */
ref fp_to_int(struct lift *l, unsigned sz, unsigned shape, unsigned opt, ref a);
ref fp_from_int(struct lift *l, unsigned sz, unsigned shape, unsigned opt, ref a);
