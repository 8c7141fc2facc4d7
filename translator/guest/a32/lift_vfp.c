/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VFP: arithmetic, comparison, moves (Arm ARM F6.1). */
#include "guest/fpcr.h"
#include "guest/loc.h"
#include "lift_vfp.h"

/* ---- arithmetic ---- */

VFP(op2)
{
        ref n = get_fp(l, a->sz, a->rn), m = get_fp(l, a->sz, a->rm);
        put_fp(l, a->sz, a->rd, vfp_op(l, (enum ir_op)a->op, a->sz, 0, n, m, REF_NONE));
        return true;
}

VFP(op1)
{
        ref m = get_fp(l, a->sz, a->rm);
        put_fp(l, a->sz, a->rd, vfp_op(l, (enum ir_op)a->op, a->sz, a->opt, m, REF_NONE, REF_NONE));
        return true;
}

/* What is above the number does not matter, so all lanes get another sign: that takes one instruction. */
static ref negated(struct lift *l, unsigned sz, ref v)
{
        return fp_neg_of(l, sz, FP_FULL, v);
}

static ref product(struct lift *l, unsigned sz, unsigned rn, unsigned rm)
{
        ref n = get_fp(l, sz, rn), m = get_fp(l, sz, rm);
        return vfp_op(l, IR_VFMUL, sz, 0, n, m, REF_NONE);
}

VFP(mul_neg)
{
        put_fp(l, a->sz, a->rd, negated(l, a->sz, product(l, a->sz, a->rn, a->rm)));
        return true;
}

/* The product is rounded before it is added. What is negated is so even when it is a NaN. */
VFP(mla)
{
        ref p = product(l, a->sz, a->rn, a->rm), d = get_fp(l, a->sz, a->rd);
        if (a->opt & FPO_NEG_PRODUCT)
                p = negated(l, a->sz, p);
        if (a->opt & FPO_NEG_ADDEND)
                d = negated(l, a->sz, d);
        put_fp(l, a->sz, a->rd, vfp_op(l, IR_VFADD, a->sz, 0, d, p, REF_NONE));
        return true;
}

VFP(fma)
{
        ref n = get_fp(l, a->sz, a->rn), m = get_fp(l, a->sz, a->rm), d = get_fp(l, a->sz, a->rd);
        put_fp(l, a->sz, a->rd, vfp_op(l, IR_VFMA, a->sz, a->opt, n, m, d));
        return true;
}

VFP(mov)
{
        put_fp(l, a->sz, a->rd, get_fp(l, a->sz, a->rm));
        return true;
}

VFP(abs)
{
        put_fp(l, a->sz, a->rd, fp_abs_of(l, a->sz, FP_FULL, get_fp(l, a->sz, a->rm)));
        return true;
}

VFP(neg)
{
        put_fp(l, a->sz, a->rd, negated(l, a->sz, get_fp(l, a->sz, a->rm)));
        return true;
}

VFP(mov_imm)
{
        put_fp(l, a->sz, a->rd, ir_opi(l->ir, IR_VCONST, 3, REF_NONE, REF_NONE, REF_NONE, (int64_t)a->imm));
        return true;
}

/* ---- comparison, FPSCR ---- */

static void compare(struct lift *l, unsigned sz, bool signalling, ref n, ref m)
{
        ref f = fp_op(l, IR_VFCMP, sz, FP_SCALAR, signalling ? FPO_SIGNALLING : 0, n, m, REF_NONE);
        put_fpnzcv(l, op1(l, l->ir->ins[f].op == IR_VFCMP ? IR_FGETCMP : IR_FGETNZCV, f));
}

VFP(cmp)
{
        ref d = get_fp(l, a->sz, a->rd), m = get_fp(l, a->sz, a->rm);
        compare(l, a->sz, a->e, d, m);
        return true;
}

VFP(cmp_zero)
{
        compare(l, a->sz, a->e, get_fp(l, a->sz, a->rd), v_zero(l));
        return true;
}

static void helper_fpnzcv(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu, (void)imm;
        arg[0].d[0] = fcmp_to_nzcv(arg[1].d[0]);
}

/* Returns FPSCR.NZCV as a flags value: where the comparison is in this region, what that made. */
static ref fpscr_flags(struct lift *l)
{
        ref v = get_fpnzcv(l);
        const struct ir_ins *i = &l->ir->ins[v];
        if (i->op == IR_FGETNZCV || i->op == IR_FGETCMP)
                return i->a;
        return op1(l, IR_FSETNZCV, ir_helper_g(l->ir, helper_fpnzcv, v, REF_NONE, REF_NONE, 0));
}

#define FPSCR_NZCV 0xf0000000u
#define FPSCR_CONTROL 0x07c00000u /* AHP DN FZ RMode: the same bits as FPCR's. There are no short vectors: no Stride, no Len. */

static void helper_read_fpscr(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)imm;
        arg[0].d[0] = (cpu->fpcr & FPSCR_CONTROL) | cpu_get_fpsr(cpu) | fcmp_to_nzcv(arg[1].d[0]);
}

/* Rt = 15: APSR.NZCV */
VFP(read_fpscr)
{
        if (a->rt == REG_PC)
                put_flags(l, fpscr_flags(l));
        else
                put_r(l, a->rt, ir_helper_g(l->ir, helper_read_fpscr, get_fpnzcv(l), REF_NONE, REF_NONE, 0));
        return true;
}

/* imm: ITSTATE of the next instruction */
static void helper_write_fpscr(struct cpu *cpu, harg *arg, uint64_t imm)
{
        cpu_set_fpcr(cpu, arg[1].d[0] & FPSCR_CONTROL);
        cpu_set_fpsr(cpu, arg[1].d[0]);
        cpu->mode |= (uint32_t)imm << MODE_IT_SHIFT;
        arg[0].d[0] = 0;
}

/* The region ends here, because translations of what follows depend on FPSCR (enum mode). */
VFP(write_fpscr)
{
        if (a->rt == REG_PC)
                return false;
        a32_take_condition(l);
        ref v = get_r(l, a->rt);
        ir_helper_g(l->ir, helper_write_fpscr, v, REF_NONE, REF_NONE, a32_it_advance(l->it));
        put_fpnzcv(l, op2k(l, IR_AND, v, FPSCR_NZCV));
        lift_exit_sys(l, EXIT_NEXT, l->next | l->state);
        return true;
}

/* ---- to and from general registers ---- */

VFP(mov_s_r)
{
        if (a->to_r && a->rt == REG_PC)
                return false;
        if (a->to_r)
                put_r(l, a->rt, get_s_g(l, a->rn));
        else
                put_s_g(l, a->rn, get_r(l, a->rt));
        return true;
}

VFP(mov_ss_rr)
{
        if (a->rm == 31 || a->rt == REG_PC || a->rt2 == REG_PC)
                return false;
        if (a->to_r) {
                ref low = get_s_g(l, a->rm), high = get_s_g(l, a->rm + 1);
                put_r(l, a->rt, low);
                put_r(l, a->rt2, high);
        } else {
                put_s_g(l, a->rm, get_r(l, a->rt));
                put_s_g(l, a->rm + 1, get_r(l, a->rt2));
        }
        return true;
}

VFP(mov_d_rr)
{
        if (a->rt == REG_PC || a->rt2 == REG_PC)
                return false;
        if (a->to_r) {
                ref low = get_word_g(l, a->rm, 0), high = get_word_g(l, a->rm, 1);
                put_r(l, a->rt, low);
                put_r(l, a->rt2, high);
        } else {
                ref low = v1(l, IR_VFROM, 2, get_r(l, a->rt));
                put_d(l, a->rm, v_imm(l, IR_VINS, 2, low, get_r(l, a->rt2), 0, 1, 0));
        }
        return true;
}

VFP(mov_lane_r)
{
        ref v = get_r(l, a->rt);
        if (a->esz == 2)
                put_word_g(l, a->rd, a->lane, v);
        else
                put_d(l, a->rd, v_imm(l, IR_VINS, a->esz, get_d(l, a->rd), v, 0, a->lane, 0));
        return true;
}

VFP(mov_r_lane)
{
        if (a->rt == REG_PC)
                return false;
        if (a->esz == 2)
                put_r(l, a->rt, get_word_g(l, a->rn, a->lane));
        else
                put_r(l, a->rt, v_imm(l, a->u ? IR_VGET : IR_VGETS, a->esz, get_d(l, a->rn), REF_NONE, 0, a->lane, W));
        return true;
}

VFP(dup_r)
{
        ref v = v1(l, IR_VDUP, a->esz, get_r(l, a->rt));
        put_d(l, a->rd, v);
        if (a->q)
                put_d(l, a->rd + 1, v);
        return true;
}
