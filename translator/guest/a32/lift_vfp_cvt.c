/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VFP: conversions (Arm ARM F6.1, VCVT*, VJCVT). */
#include "fp/fp.h"
#include "guest/loc.h"
#include "lift_vfp.h"

VFP(cvt_precision)
{
        ref m = get_fp(l, a->sz, a->rm);
        ref r = vfp_op(l, a->sz == 2 ? IR_VFWIDEN : IR_VFNARROW, a->sz, 0, m, REF_NONE, REF_NONE);
        put_fp(l, a->sz ^ 1, a->rd, r);
        return true;
}

/* ---- half precision ---- */

VFP(cvt_from_half)
{
        ref m = v_shift(l, IR_VSHR, 2, get_s(l, a->rm), 16 * a->t);
        put_fp(l, a->sz, a->rd, fp_soft_x(l, FPF_CVT, 1, a->sz, 0, m, REF_NONE, REF_NONE));
        return true;
}

VFP(cvt_to_half)
{
        ref r = fp_soft_x(l, FPF_CVT, a->sz, 1, 0, get_fp(l, a->sz, a->rm), REF_NONE, REF_NONE);
        unsigned d = a->rd >> 1, lane = 2 * (a->rd & 1) + a->t;
        put_d(l, d, v_imm(l, IR_VINSL, 1, get_d(l, d), r, 0, lane, 0));
        return true;
}

/* ---- integers ---- */

VFP(from_int)
{
        ref m = get_s_g(l, a->rm);
        put_fp(l, a->sz, a->rd, fp_op(l, IR_VFFROMI, a->sz, 2, a->opt, m, REF_NONE, REF_NONE));
        return true;
}

VFP(to_int)
{
        ref m = get_fp(l, a->sz, a->rm);
        put_s_g(l, a->rd, fp_op(l, IR_VFTOI, a->sz, 2, a->opt, m, REF_NONE, REF_NONE));
        return true;
}

/* The helper's result is in the low word, Z in bit 32. N, C and V are 0. */
VFP(cvt_js)
{
        ref r = ir_helper_g(l->ir, fp_soft, get_d(l, a->rm), REF_NONE, REF_NONE, fp_pack(FPF_JS, 3, 0, 0));
        ref z = ir_op(l->ir, IR_SHR, 3, r, ir_const(l->ir, 32), REF_NONE);
        put_s_g(l, a->rd, r);
        put_fpnzcv(l, op2k(l, IR_SHL, z, 30));
        return true;
}

/* ---- fixed point ---- */

/* Returns v * 2^power, which must be exact. */
static ref scaled(struct lift *l, unsigned sz, ref v, int power)
{
        uint64_t bits = sz == 3 ? (uint64_t)(1023 + power) << 52 : (uint64_t)(127 + power) << 23;
        ref k = ir_opi(l->ir, IR_VCONST, 3, REF_NONE, REF_NONE, REF_NONE, (int64_t)bits);
        return power ? vfp_op(l, IR_VFMUL, sz, 0, v, k, REF_NONE) : v;
}

/* Returns the number in the low 8 << isz bits of v, extended to 32 bits. */
static ref extended(struct lift *l, unsigned isz, bool u, ref v)
{
        if (isz == 2)
                return v;
        return u ? zero_extend(l, isz, v) : sign_extend(l, isz, v);
}

/* The result is rounded to nearest, whatever FPSCR says; but only 32 bits in single precision may need rounding at all. */
VFP(from_fixed)
{
        unsigned opt = a->u ? FPO_UNSIGNED : 0;
        ref v = a->sz == 3 ? get_word_g(l, a->rd, 0) : get_s_g(l, a->rd), r;
        if (a->sz == 2 && a->isz == 2) {
                r = fp_soft_x(l, FPF_FROMI, 2, 2, opt | a->fbits << FPO_FBITS | FPO_STANDARD, v, REF_NONE, REF_NONE);
        } else {
                v = extended(l, a->isz, a->u, v);
                r = fp_op(l, IR_VFFROMI, a->sz, 2, opt, v, REF_NONE, REF_NONE);
                r = scaled(l, a->sz, r, -(int)a->fbits);
        }
        put_fp(l, a->sz, a->rd, r);
        return true;
}

/* A number of single precision is scaled exactly in double precision. */
VFP(to_fixed)
{
        unsigned opt = FPR_Z | (a->u ? FPO_UNSIGNED : 0);
        ref v = get_fp(l, a->sz, a->rd), r;
        if (a->sz == 2 && a->isz == 2 && !(l->mode & MODE_FPSOFT)) {
                v = vfp_op(l, IR_VFWIDEN, 2, 0, v, REF_NONE, REF_NONE);
                r = fp_op(l, IR_VFTOI, 3, 2, opt, scaled(l, 3, v, (int)a->fbits), REF_NONE, REF_NONE);
        } else {
                opt |= a->fbits << FPO_FBITS;
                r = ir_helper_g(l->ir, fp_soft, v, REF_NONE, REF_NONE, fp_pack(FPF_TOI, a->sz, a->isz, opt));
                r = extended(l, a->isz, a->u, r);
        }
        if (a->sz == 2)
                put_s_g(l, a->rd, r);
        else if (a->u)
                put_d(l, a->rd, v1(l, IR_VFROM, 3, ir_narrow(l->ir, r)));
        else
                put_d(l, a->rd, v1(l, IR_VFROM, 3, ir_opi(l->ir, IR_SEXT, 3, r, REF_NONE, REF_NONE, disp_aux(0, 2))));
        return true;
}
