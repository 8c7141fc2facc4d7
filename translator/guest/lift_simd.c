/* Advanced SIMD: what the lifters share (see lift_simd.h). */
#include "lift_simd.h"

ref v_imm(struct lift *l, enum ir_op op, unsigned sz, ref a, ref b, int32_t disp, unsigned aux, unsigned aux2)
{
        struct ir_ins ins = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = a, .b = b };
        ins.disp = disp;
        ins.aux = (uint8_t)aux;
        ins.aux2 = (uint8_t)aux2;
        return ir_emit(l->ir, ins);
}

ref v_const(struct lift *l, uint64_t v)
{
        return ir_opi(l->ir, IR_VCONST, 4, REF_NONE, REF_NONE, REF_NONE, (int64_t)v);
}

ref v_rep(struct lift *l, unsigned sz, uint64_t v)
{
        for (unsigned bits = 8u << sz; bits < 64; bits *= 2)
                v = (v & ((UINT64_C(1) << bits) - 1)) | v << bits;
        return v_const(l, v);
}

/* ---- upper parts that are zero ---- */

enum { ZERO_NEVER, ZERO_SELF, ZERO_A, ZERO_EITHER, ZERO_BOTH };

/* Of which operands an op's result is zero where they are. */
static unsigned zero_rule(unsigned op)
{
        switch (op) {
        case IR_VZEXT: case IR_LDV: case IR_VFROM: case IR_VCONST: case IR_VXTN: case IR_VQXTNS: case IR_VQXTNSU:
        case IR_VQXTNU:
                return ZERO_SELF;
        case IR_VSHL: case IR_VSHR: case IR_VSAR: case IR_VNEG: case IR_VABS: case IR_VCNT: case IR_VRBIT: case IR_VANDN:
        case IR_VUSHL: case IR_VSSHL:
                return ZERO_A;
        case IR_VAND: case IR_VMUL: case IR_VMINU:
                return ZERO_EITHER;
        case IR_VADD: case IR_VSUB: case IR_VOR: case IR_VXOR: case IR_VMINS: case IR_VMAXS: case IR_VMAXU:
        case IR_VQADDS: case IR_VQADDU: case IR_VQSUBS: case IR_VQSUBU: case IR_VCMPGT: case IR_VCMPHI: case IR_VTST:
        case IR_VRHADDU: case IR_VQDMULH: case IR_VQRDMULH: case IR_VDOTS: case IR_VDOTU:
                return ZERO_BOTH;
        default:
                return ZERO_NEVER;
        }
}

static bool self_zero(const struct ir_ins *i, unsigned keep)
{
        if (i->op == IR_VCONST)
                return i->imm == 0 || (i->sz == 3 && (keep == 3 || (uint64_t)i->imm >> (8u << keep) == 0));
        if (i->op == IR_VZEXT || i->op == IR_LDV || i->op == IR_VFROM)
                return i->sz <= keep;
        return keep == KEEP_D; /* the narrowing ones */
}

static bool is_zero_above(const struct ir *ir, ref v, unsigned keep, unsigned depth)
{
        const struct ir_ins *i = &ir->ins[v];
        unsigned rule = zero_rule(i->op);
        if (rule == ZERO_SELF)
                return self_zero(i, keep);
        if (rule == ZERO_NEVER || depth == 0)
                return false;
        bool a = is_zero_above(ir, i->a, keep, depth - 1);
        if (rule == ZERO_A || (a && rule == ZERO_EITHER))
                return a;
        return (a || rule == ZERO_EITHER) && is_zero_above(ir, i->b, keep, depth - 1);
}

ref v_cut(struct lift *l, ref v, unsigned keep)
{
        if (keep >= KEEP_Q || is_zero_above(l->ir, v, keep, 4))
                return v;
        return v1(l, IR_VZEXT, keep, v);
}

void put_keep(struct lift *l, unsigned rd, ref v, unsigned keep)
{
        put_v(l, rd, v_cut(l, v, keep));
}

void put_half(struct lift *l, unsigned rd, ref v, unsigned high)
{
        if (high)
                put_v(l, rd, v2(l, IR_VZIPL, 3, get_v(l, rd), v));
        else
                put_keep(l, rd, v, KEEP_D);
}

void v_qc(struct lift *l, ref a, ref b, unsigned keep)
{
        v1(l, IR_VQC, 3, v_cut(l, v2(l, IR_VXOR, 3, a, b), keep));
}

/* ---- shared operations ---- */

ref v_abd(struct lift *l, unsigned sz, bool u, ref n, ref m)
{
        ref hi = v2(l, u ? IR_VMAXU : IR_VMAXS, sz, n, m), lo = v2(l, u ? IR_VMINU : IR_VMINS, sz, n, m);
        return v2(l, IR_VSUB, sz, hi, lo);
}

ref v_shr(struct lift *l, unsigned sz, bool u, ref a, unsigned k, bool round)
{
        enum ir_op op = u ? IR_VSHR : IR_VSAR;
        if (!round)
                return v_shift(l, op, sz, a, k);
        ref x = v_shift(l, op, sz, a, k - 1);
        if (u && sz <= 1) /* PAVGB, PAVGW */
                return v2(l, IR_VRHADDU, sz, x, v_zero(l));
        if (k > 1) /* x + 1 does not overflow */
                return v_shift(l, op, sz, v2(l, IR_VSUB, sz, x, v_const(l, UINT64_MAX)), 1);
        return v2(l, IR_VADD, sz, v_shift(l, op, sz, x, 1), v2(l, IR_VAND, sz, x, v_rep(l, sz, 1)));
}

ref v_qxtn(struct lift *l, enum narrow how, unsigned sz, ref a, unsigned keep)
{
        static const enum ir_op op[3] = { IR_VQXTNS, IR_VQXTNSU, IR_VQXTNU };
        if (sz == 2)
                return ir_helper_x(l->ir, helper_simd_narrow, a, REF_NONE, REF_NONE, SIMD_IMM(how, 3, 0, keep));
        ref r = v1(l, op[how], sz, a);
        v_qc(l, v_half(l, how == NARROW_S ? IR_VXTLS : IR_VXTLU, sz, r, REF_NONE, 0), a, keep);
        return r;
}
