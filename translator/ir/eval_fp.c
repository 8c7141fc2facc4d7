/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evaluator: FP ops (see eval.h). They are computed by the software implementation, which tests/fp compares with an oracle. */
#include "fp_fixup.h"
#include "fp/fp.h"
#include "fp_ops.h"
#include "eval.h"

static bool eval_sign(const struct ir_ins *i, const harg *a, harg *d)
{
        unsigned lanes = i->aux == 0 ? 1 : (i->aux == 1 ? 8u : 16u) >> i->sz;
        *d = (harg){ .d = { 0, 0 } };
        for (unsigned k = 0; k < lanes; k++)
                if (i->sz == 3)
                        d->d[k] = i->op == IR_VFNEG ? fp_neg(3, a->d[k]) : fp_abs(3, a->d[k]);
                else
                        d->s[k] = (uint32_t)(i->op == IR_VFNEG ? fp_neg(2, a->s[k]) : fp_abs(2, a->s[k]));
        return true;
}

bool eval_fp(struct cpu *cpu, const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d)
{
        harg arg[4] = { { .d = { 0, 0 } }, *a, *b, *c };
        if (i->op == IR_VFNEG || i->op == IR_VFABS)
                return eval_sign(i, a, d);
        if (!fp_fixup(cpu, arg, i->op, i->sz, i->aux, i->disp))
                return false;
        *d = arg[0];
        if (i->op == IR_VFCMP) /* the evaluator keeps NZCV in bits 3:0 */
                d->d[0] >>= 28;
        return true;
}
