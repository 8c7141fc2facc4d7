/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: operations on one register, permutes, tables, cryptography (neon_misc.dec, neon_same.dec). */
#include "lift_neon.h"

LIFT(op1)
{
        return put_v(l, a->rd, a->q, v1(l, a->op, a->sz, get_v(l, a->rm, a->q)));
}

LIFT(count)
{
        struct simd_form f = { .sz = (uint8_t)a->sz, .keep = (uint8_t)keep_q(a->q) };
        return put_v(l, a->rd, a->q, a->fn(l, f, get_v(l, a->rm, a->q)));
}

/* Both saturate where the operand is the least number: its absolute value, as an unsigned one, is out of range. */
LIFT(qabs)
{
        ref abs = v1(l, IR_VABS, a->sz, get_v(l, a->rm, a->q));
        ref r = v2(l, IR_VMINU, a->sz, abs, v_rep(l, a->sz, (UINT64_C(1) << ((8u << a->sz) - 1)) - 1));
        v_qc(l, r, abs, keep_q(a->q));
        return put_v(l, a->rd, a->q, r);
}

LIFT(qneg)
{
        struct simd_form f = { .sz = (uint8_t)a->sz, .keep = (uint8_t)keep_q(a->q) };
        return put_v(l, a->rd, a->q, v_qsub(l, f, v_zero(l), get_v(l, a->rm, a->q)));
}

LIFT(rev)
{
        return put_v(l, a->rd, a->q, v_imm(l, IR_VREV, a->sz, get_v(l, a->rm, a->q), REF_NONE, 0, a->container, 0));
}

LIFT(cmp_zero)
{
        ref m = get_v(l, a->rm, a->q), zero = v_zero(l);
        return put_v(l, a->rd, a->q, v2(l, a->op, a->sz, a->reversed ? zero : m, a->reversed ? m : zero));
}

LIFT(padal)
{
        ref sums = v1(l, a->u ? IR_VADDLPU : IR_VADDLPS, a->sz, get_v(l, a->rm, a->q));
        return put_v(l, a->rd, a->q, v2(l, IR_VADD, a->sz + 1u, get_v(l, a->rd, a->q), sums));
}

/* ---- narrowing ---- */

LIFT(movn)
{
        return put_v(l, a->rd, 0, v1(l, IR_VXTN, a->sz, get_v(l, a->rm, 1)));
}

LIFT(qmovn)
{
        return put_v(l, a->rd, 0, v_qxtn(l, (enum narrow)a->how, a->sz, get_v(l, a->rm, 1), KEEP_Q));
}

/* ---- permutes. Where rd and rm are the same register, what it gets is not defined: here, what QEMU gives it. ---- */

LIFT(swp)
{
        ref m = get_v(l, a->rm, a->q), d = get_v(l, a->rd, a->q);
        put_v(l, a->rd, a->q, m);
        return put_v(l, a->rm, a->q, d);
}

LIFT(trn)
{
        ref m = get_v(l, a->rm, a->q), d = get_v(l, a->rd, a->q);
        ref even = v2(l, IR_VTRNE, a->sz, d, m), odd = v2(l, IR_VTRNO, a->sz, d, m);
        put_v(l, a->rm, a->q, odd);
        return put_v(l, a->rd, a->q, even);
}

/* Of 64-bit registers, both go into one register first. */
LIFT(uzp)
{
        ref m = get_v(l, a->rm, a->q), d = get_v(l, a->rd, a->q);
        if (!a->q)
                m = d = v2(l, IR_VZIPL, 3, d, m);
        ref even = v2(l, IR_VUZPE, a->sz, d, m), odd = v2(l, IR_VUZPO, a->sz, d, m);
        put_v(l, a->rm, a->q, odd);
        return put_v(l, a->rd, a->q, even);
}

LIFT(zip)
{
        ref m = get_v(l, a->rm, a->q), d = get_v(l, a->rd, a->q);
        ref low = v2(l, IR_VZIPL, a->sz, d, m);
        put_v(l, a->rm, a->q, a->q ? v2(l, IR_VZIPH, a->sz, d, m) : v2(l, IR_VZIPH, 3, low, low));
        return put_v(l, a->rd, a->q, low);
}

LIFT(ext)
{
        ref n = get_v(l, a->rn, a->q), m = get_v(l, a->rm, a->q);
        if (!a->q)
                n = m = v2(l, IR_VZIPL, 3, n, m);
        return put_v(l, a->rd, a->q, a->imm ? v_imm(l, IR_VEXT, 0, m, n, (int32_t)a->imm, 0, 0) : n);
}

LIFT(dup)
{
        return put_v(l, a->rd, a->q, neon_lane(l, a->sz, a->rm, a->lane));
}

/* ---- tables of len + 1 registers, looked at in pairs: VTBL gives 0 outside of its operand ---- */

static ref look_up(struct lift *l, unsigned rn, bool two, ref idx)
{
        return v2(l, IR_VTBL, 0, two ? neon_get_pair(l, rn) : v_cut(l, get_d(l, rn), KEEP_D), idx);
}

static ref table(struct lift *l, unsigned rn, unsigned len, ref idx)
{
        ref r = look_up(l, rn, len >= 1, idx);
        if (len < 2)
                return r;
        return v2(l, IR_VOR, 3, r, look_up(l, rn + 2, len == 3, v2(l, IR_VSUB, 0, idx, v_rep(l, 0, 16))));
}

LIFT(tbl)
{
        return put_v(l, a->rd, 0, table(l, a->rn, a->len, get_d(l, a->rm)));
}

LIFT(tbx)
{
        ref idx = get_d(l, a->rm), d = get_d(l, a->rd), t = table(l, a->rn, a->len, idx);
        ref outside = v2(l, IR_VCMPHI, 0, idx, v_rep(l, 0, 8 * a->len + 7u));
        return put_v(l, a->rd, 0, v3(l, IR_VBSL, 3, outside, d, t));
}

/* ---- cryptography, all on Q registers ---- */

LIFT(aes)
{
        ref d = get_v(l, a->rd, 1), m = get_v(l, a->rm, 1);
        return put_v(l, a->rd, 1, v_aes(l, a->op, d, m));
}

LIFT(aesmc)
{
        return put_v(l, a->rd, 1, v_aesmc(l, get_v(l, a->rm, 1)));
}

LIFT(aesimc)
{
        return put_v(l, a->rd, 1, v_aesimc(l, get_v(l, a->rm, 1)));
}

LIFT(sha1)
{
        ref d = get_v(l, a->rd, 1), n = get_v(l, a->rn, 1), m = get_v(l, a->rm, 1);
        return put_v(l, a->rd, 1, ir_helper_x(l->ir, helper_sha1, d, n, m, a->which));
}

LIFT(sha1h)
{
        return put_v(l, a->rd, 1, v_cut(l, v_sha1h(l, get_v(l, a->rm, 1)), 2));
}

LIFT(sha1su0)
{
        ref d = get_v(l, a->rd, 1), n = get_v(l, a->rn, 1), m = get_v(l, a->rm, 1);
        return put_v(l, a->rd, 1, v_sha1su0(l, d, n, m));
}

LIFT(sha1su1)
{
        ref d = get_v(l, a->rd, 1), m = get_v(l, a->rm, 1);
        return put_v(l, a->rd, 1, v_sha1su1(l, d, m));
}

LIFT(sha256)
{
        ref d = get_v(l, a->rd, 1), n = get_v(l, a->rn, 1), m = get_v(l, a->rm, 1);
        return put_v(l, a->rd, 1, ir_helper_x(l->ir, helper_sha256, d, n, m, a->which));
}

LIFT(sha256su0)
{
        ref d = get_v(l, a->rd, 1), m = get_v(l, a->rm, 1);
        return put_v(l, a->rd, 1, v_sha256su0(l, d, m));
}

LIFT(sha256su1)
{
        ref d = get_v(l, a->rd, 1), n = get_v(l, a->rn, 1), m = get_v(l, a->rm, 1);
        return put_v(l, a->rd, 1, v_sha256su1(l, d, n, m));
}
