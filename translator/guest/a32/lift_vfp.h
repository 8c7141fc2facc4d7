/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lifters of VFP share. */
#pragma once
#include "guest/fp_lift.h"
#include "lift_fp.h"
#include "vfp_args.h"

/* A lifter that vfp.dec names, with its arguments (vfp_args.h). */
#define VFP(name) bool lift_vfp_##name(struct lift *l, const vfp_args_of_##name *a)

/* FPSCR.NZCV, as fcmp_to_nzcv() takes it */
static inline ref get_fpnzcv(struct lift *l)
{
        return ir_get(l->ir, (enum slot)SLOT_FPNZCV);
}
static inline void put_fpnzcv(struct lift *l, ref v)
{
        ir_put(l->ir, (enum slot)SLOT_FPNZCV, v);
}
