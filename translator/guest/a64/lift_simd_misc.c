/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: two registers, across lanes (Arm ARM C4.1, "Advanced SIMD two-register miscellaneous", "scalar ...",
 * "Advanced SIMD across lanes"). */
#include "lift_simd.h"

LIFT(simd_op1)
{
        put_keep(l, a->rd, v1(l, a->op, a->sz, get_v(l, a->rn)), a->keep);
        return true;
}

LIFT(simd_elements1)
{
        struct simd_form f = { .sz = (uint8_t)a->sz, .keep = (uint8_t)a->keep };
        put_keep(l, a->rd, v_elements(l, a->fn, f, get_v(l, a->rn), REF_NONE), a->keep);
        return true;
}

LIFT(simd_count)
{
        struct simd_form f = { .sz = (uint8_t)a->sz, .keep = (uint8_t)a->keep };
        put_keep(l, a->rd, a->fn(l, f, get_v(l, a->rn)), a->keep);
        return true;
}

LIFT(simd_cmp_zero)
{
        ref n = get_v(l, a->rn), zero = v_zero(l);
        put_keep(l, a->rd, v2(l, a->op, a->sz, a->reversed ? zero : n, a->reversed ? n : zero), a->keep);
        return true;
}

LIFT(simd_rev)
{
        put_keep(l, a->rd, v_imm(l, IR_VREV, a->sz, get_v(l, a->rn), REF_NONE, 0, a->container, 0), a->keep);
        return true;
}

LIFT(suqadd)
{
        struct simd_form f = { .sz = (uint8_t)a->sz, .keep = (uint8_t)a->keep, .u = a->u };
        ref n = get_v(l, a->rn);
        put_keep(l, a->rd, v_elements(l, SF_SUQADD, f, get_v(l, a->rd), n), a->keep);
        return true;
}

LIFT(adalp)
{
        ref sums = v1(l, a->u ? IR_VADDLPU : IR_VADDLPS, a->sz, get_v(l, a->rn));
        put_keep(l, a->rd, v2(l, IR_VADD, a->sz + 1u, get_v(l, a->rd), sums), a->keep);
        return true;
}

/* ---- narrowing, widening ---- */

LIFT(xtn)
{
        put_half(l, a->rd, v1(l, IR_VXTN, a->sz, get_v(l, a->rn)), a->high);
        return true;
}

LIFT(qxtn)
{
        put_half(l, a->rd, v_qxtn(l, (enum narrow)a->how, a->sz, get_v(l, a->rn), KEEP_Q), a->high);
        return true;
}

LIFT(qxtn_s)
{
        put_keep(l, a->rd, v_qxtn(l, (enum narrow)a->how, a->sz, get_v(l, a->rn), a->sz + 1u), a->sz);
        return true;
}

LIFT(shll)
{
        ref x = v_half(l, IR_VXTLU, a->sz, get_v(l, a->rn), REF_NONE, a->high);
        put_v(l, a->rd, v_shift(l, IR_VSHL, a->sz + 1u, x, 8u << a->sz));
        return true;
}

/* ---- across lanes ---- */

LIFT(across)
{
        put_keep(l, a->rd, v_across(l, a->op, a->sz, get_v(l, a->rn), a->over), a->sz);
        return true;
}

LIFT(addlv)
{
        put_keep(l, a->rd, v_sum(l, a->sz, a->u, get_v(l, a->rn), a->over), a->sz + 1u);
        return true;
}

LIFT(addv)
{
        ref n = get_v(l, a->rn);
        put_keep(l, a->rd, a->sz == 2 ? v_across(l, IR_VADD, 2, n, KEEP_Q) : v_sum(l, a->sz, true, n, a->over), a->sz);
        return true;
}

LIFT(addp_s)
{
        ref n = get_v(l, a->rn);
        put_keep(l, a->rd, v2(l, IR_VADD, 3, n, v2(l, IR_VZIPH, 3, n, n)), KEEP_D);
        return true;
}
