/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating point for lifters (see fp_lift.h). */
#include "fp/fp.h"
#include "ir/target.h"
#include "fp_lift.h"
#include "fp_in_software.h"
#include "loc.h"

static bool needs_software(const struct lift *l, enum ir_op op, unsigned sz, unsigned opt)
{
        const uint32_t mode = opt & FPO_STANDARD ? MODE_ROUNDS : MODE_FPSOFT;
        return l->mode & mode || fp_in_software_has(l->pc) || !ir_has(op, sz, opt);
}

ref fp_op(struct lift *l, enum ir_op op, unsigned sz, unsigned shape, unsigned opt, ref a, ref b, ref c)
{
        if (needs_software(l, op, sz, opt)) {
                uint32_t imm = fp_pack((enum fp_fn)fp_fn_of(op), sz, shape, opt);
                if (op == IR_VFCMP) {
                        ref nzcv = ir_helper_g(l->ir, fp_soft, a, b, c, imm);
                        return ir_op(l->ir, IR_FSETNZCV, 3, nzcv, REF_NONE, REF_NONE);
                }
                return op == IR_VFTOI ? ir_helper_g(l->ir, fp_soft, a, b, c, imm) : ir_helper_x(l->ir, fp_soft, a, b, c, imm);
        }
        struct ir_ins i = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = a, .b = b, .c = c };
        i.disp = (int32_t)(l->mode & MODE_FLUSH ? opt | FPO_FLUSH : opt);
        i.aux = (uint8_t)shape;
        return ir_emit(l->ir, i);
}

ref fp_soft_x(struct lift *l, enum fp_fn fn, unsigned sz, unsigned shape, unsigned opt, ref a, ref b, ref c)
{
        return ir_helper_x(l->ir, fp_soft, a, b, c, fp_pack(fn, sz, shape, opt));
}

static ref sign_op(struct lift *l, enum ir_op op, unsigned sz, unsigned shape, ref a)
{
        struct ir_ins i = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = a };
        i.aux = (uint8_t)shape;
        return ir_emit(l->ir, i);
}

ref fp_neg_of(struct lift *l, unsigned sz, unsigned shape, ref a)
{
        return sign_op(l, IR_VFNEG, sz, shape, a);
}

ref fp_abs_of(struct lift *l, unsigned sz, unsigned shape, ref a)
{
        return sign_op(l, IR_VFABS, sz, shape, a);
}

ref fp_to_int(struct lift *l, unsigned sz, unsigned shape, unsigned opt, ref a)
{
        if (shape == FP_SCALAR && fp_fbits(opt))
                return fp_soft_x(l, FPF_TOIV, sz, shape, opt, a, REF_NONE, REF_NONE);
        if (shape == FP_SCALAR)
                return ir_op(l->ir, IR_VFROM, sz, fp_op(l, IR_VFTOI, sz, sz, opt, a, REF_NONE, REF_NONE), REF_NONE, REF_NONE);
        return fp_op(l, IR_VFTOIV, sz, shape, opt, a, REF_NONE, REF_NONE);
}

ref fp_from_int(struct lift *l, unsigned sz, unsigned shape, unsigned opt, ref a)
{
        if (shape == FP_SCALAR && !fp_fbits(opt))
                return fp_op(l, IR_VFFROMI, sz, sz, opt, ir_op(l->ir, IR_VGET, sz, a, REF_NONE, REF_NONE), REF_NONE, REF_NONE);
        return fp_op(l, IR_VFFROMIV, sz, shape, opt, a, REF_NONE, REF_NONE);
}
