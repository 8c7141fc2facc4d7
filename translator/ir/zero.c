/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Upper parts that are zero (see zero.h). */
#include "fp_ops.h"
#include "zero.h"

enum { ZERO_NEVER, ZERO_SELF, ZERO_FP, ZERO_A, ZERO_EITHER, ZERO_BOTH };

enum { DEPTH = 4 }; /* of operands that are looked at */

/* Of which operands an op's result is zero where they are. */
static unsigned zero_rule(unsigned op)
{
        switch (op) {
        case IR_VZEXT:
        case IR_LDV:
        case IR_VFROM:
        case IR_VCONST:
        case IR_VXTN:
        case IR_VQXTNS:
        case IR_VQXTNSU:
        case IR_VQXTNU: return ZERO_SELF;
        case IR_VFADD:
        case IR_VFSUB:
        case IR_VFMUL:
        case IR_VFDIV:
        case IR_VFSQRT:
        case IR_VFMAX:
        case IR_VFMIN:
        case IR_VFMAXNM:
        case IR_VFMINNM:
        case IR_VFMA:
        case IR_VFEQ:
        case IR_VFGE:
        case IR_VFGT:
        case IR_VFABS:
        case IR_VFNEG:
        case IR_VFRINT:
        case IR_VFWIDEN:
        case IR_VFNARROW:
        case IR_VFFROMI:
        case IR_VFTOIV:
        case IR_VFFROMIV: return ZERO_FP;
        case IR_VSHL:
        case IR_VSHR:
        case IR_VSAR:
        case IR_VNEG:
        case IR_VABS:
        case IR_VCNT:
        case IR_VRBIT:
        case IR_VANDN:
        case IR_VUSHL:
        case IR_VSSHL: return ZERO_A;
        case IR_VAND:
        case IR_VMUL:
        case IR_VMINU: return ZERO_EITHER;
        case IR_VADD:
        case IR_VSUB:
        case IR_VOR:
        case IR_VXOR:
        case IR_VMINS:
        case IR_VMAXS:
        case IR_VMAXU:
        case IR_VQADDS:
        case IR_VQADDU:
        case IR_VQSUBS:
        case IR_VQSUBU:
        case IR_VCMPGT:
        case IR_VCMPHI:
        case IR_VTST:
        case IR_VRHADDU:
        case IR_VQDMULH:
        case IR_VQRDMULH:
        case IR_VDOTS:
        case IR_VDOTU: return ZERO_BOTH;
        default: return ZERO_NEVER;
        }
}

static bool self_zero(const struct ir_ins *i, unsigned keep)
{
        if (i->op == IR_VCONST)
                return i->imm == 0 || (i->sz == 3 && (keep == 3 || (uint64_t)i->imm >> (8u << keep) == 0));
        if (i->op == IR_VZEXT || i->op == IR_LDV || i->op == IR_VFROM)
                return i->sz <= keep;
        return keep == 3; /* the narrowing ones */
}

/* log2 of the bytes of an FP op's result, 4 for all. */
static unsigned fp_width(const struct ir_ins *i)
{
        switch (i->op) {
        case IR_VFFROMI: return i->sz; /* its aux is not a shape */
        case IR_VFWIDEN: return i->aux == FP_SCALAR ? 3 : 4;
        case IR_VFNARROW: return i->aux == FP_SCALAR ? 2 : 3;
        default: return i->aux == FP_SCALAR ? i->sz : i->aux == FP_LOW64 ? 3 : 4;
        }
}

static bool look(const struct ir *ir, ref v, unsigned keep, unsigned depth)
{
        const struct ir_ins *i = &ir->ins[v];
        unsigned rule = zero_rule(i->op);
        if (rule == ZERO_SELF)
                return self_zero(i, keep);
        if (rule == ZERO_FP)
                return fp_width(i) <= keep;
        if (rule == ZERO_NEVER || depth == 0)
                return false;
        bool a = look(ir, i->a, keep, depth - 1);
        if (rule == ZERO_A || (a && rule == ZERO_EITHER))
                return a;
        return (a || rule == ZERO_EITHER) && look(ir, i->b, keep, depth - 1);
}

bool ir_is_zero_above(const struct ir *ir, ref v, unsigned keep)
{
        return !(ir->opts & IR_OPT_NO_FOLD) && look(ir, v, keep, DEPTH);
}
