/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which upper parts of vectors are zero (see zero.h). */
#include "fp_ops.h"
#include "zero.h"

enum { ZERO_NEVER, ZERO_SELF, ZERO_FP, ZERO_A, ZERO_EITHER, ZERO_BOTH };

enum { DEPTH = 4 }; /* how far back operands are looked at */

/* Of which operands an op's result is zero above where they are; ZERO_NEVER for all others. */
static const uint8_t zero_rule[IR_OP_COUNT] = {
        [IR_VZEXT] = ZERO_SELF,   [IR_LDV] = ZERO_SELF,        [IR_VFROM] = ZERO_SELF,      [IR_VCONST] = ZERO_SELF,
        [IR_VXTN] = ZERO_SELF,    [IR_VQXTNS] = ZERO_SELF,     [IR_VQXTNSU] = ZERO_SELF,    [IR_VQXTNU] = ZERO_SELF,
        [IR_VFADD] = ZERO_FP,     [IR_VFSUB] = ZERO_FP,        [IR_VFMUL] = ZERO_FP,        [IR_VFDIV] = ZERO_FP,
        [IR_VFSQRT] = ZERO_FP,    [IR_VFMAX] = ZERO_FP,        [IR_VFMIN] = ZERO_FP,        [IR_VFMAXNM] = ZERO_FP,
        [IR_VFMINNM] = ZERO_FP,   [IR_VFMA] = ZERO_FP,         [IR_VFEQ] = ZERO_FP,         [IR_VFGE] = ZERO_FP,
        [IR_VFRECPS] = ZERO_FP,   [IR_VFRECIP_STEP] = ZERO_FP, [IR_VFRSQRT_STEP] = ZERO_FP, [IR_VFGT] = ZERO_FP,
        [IR_VFABS] = ZERO_FP,     [IR_VFNEG] = ZERO_FP,        [IR_VFRINT] = ZERO_FP,       [IR_VFWIDEN] = ZERO_FP,
        [IR_VFNARROW] = ZERO_FP,  [IR_VFFROMI] = ZERO_FP,      [IR_VFTOIV] = ZERO_FP,       [IR_VFFROMIV] = ZERO_FP,
        [IR_VSHL] = ZERO_A,       [IR_VSHR] = ZERO_A,          [IR_VSAR] = ZERO_A,          [IR_VNEG] = ZERO_A,
        [IR_VABS] = ZERO_A,       [IR_VCNT] = ZERO_A,          [IR_VRBIT] = ZERO_A,         [IR_VANDN] = ZERO_A,
        [IR_VUSHL] = ZERO_A,      [IR_VSSHL] = ZERO_A,         [IR_VAND] = ZERO_EITHER,     [IR_VMUL] = ZERO_EITHER,
        [IR_VMINU] = ZERO_EITHER, [IR_VADD] = ZERO_BOTH,       [IR_VSUB] = ZERO_BOTH,       [IR_VOR] = ZERO_BOTH,
        [IR_VXOR] = ZERO_BOTH,    [IR_VMINS] = ZERO_BOTH,      [IR_VMAXS] = ZERO_BOTH,      [IR_VMAXU] = ZERO_BOTH,
        [IR_VQADDS] = ZERO_BOTH,  [IR_VQADDU] = ZERO_BOTH,     [IR_VQSUBS] = ZERO_BOTH,     [IR_VQSUBU] = ZERO_BOTH,
        [IR_VCMPGT] = ZERO_BOTH,  [IR_VCMPHI] = ZERO_BOTH,     [IR_VTST] = ZERO_BOTH,       [IR_VRHADDU] = ZERO_BOTH,
        [IR_VQDMULH] = ZERO_BOTH, [IR_VQRDMULH] = ZERO_BOTH,   [IR_VDOTS] = ZERO_BOTH,      [IR_VDOTU] = ZERO_BOTH,
};

static bool self_zero(const struct ir_ins *i, unsigned keep)
{
        if (i->op == IR_VCONST)
                return i->imm == 0 || (i->sz == 3 && (keep == 3 || (uint64_t)i->imm >> (8u << keep) == 0));
        if (i->op == IR_VZEXT || i->op == IR_LDV || i->op == IR_VFROM)
                return i->sz <= keep;
        return keep == 3; /* those that narrow: their result has 64 bits */
}

/* Returns log2 of the bytes of an FP op's result; 4: all 16. */
static unsigned fp_width(const struct ir_ins *i)
{
        if (i->disp & FPO_TOP)
                return 4;
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
        unsigned rule = zero_rule[i->op];
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
