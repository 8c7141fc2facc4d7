/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64: AES, SHA-1, SHA-256 (Arm ARM C4.1, "Cryptographic ..."). */
#include "lift_simd.h"

LIFT(aes)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn);
        put_v(l, a->rd, v_aes(l, a->op, d, n));
        return true;
}

LIFT(aesmc)
{
        put_v(l, a->rd, v_aesmc(l, get_v(l, a->rn)));
        return true;
}

LIFT(aesimc)
{
        put_v(l, a->rd, v_aesimc(l, get_v(l, a->rn)));
        return true;
}

LIFT(sha1)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, ir_helper_x(l->ir, helper_sha1, d, n, m, a->which));
        return true;
}

LIFT(sha1h)
{
        put_keep(l, a->rd, v_sha1h(l, get_v(l, a->rn)), 2);
        return true;
}

LIFT(sha1su0)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, v_sha1su0(l, d, n, m));
        return true;
}

LIFT(sha1su1)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn);
        put_v(l, a->rd, v_sha1su1(l, d, n));
        return true;
}

LIFT(sha256)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, ir_helper_x(l->ir, helper_sha256, d, n, m, a->which));
        return true;
}

LIFT(sha256su0)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn);
        put_v(l, a->rd, v_sha256su0(l, d, n));
        return true;
}

LIFT(sha256su1)
{
        ref d = get_v(l, a->rd), n = get_v(l, a->rn), m = get_v(l, a->rm);
        put_v(l, a->rd, v_sha256su1(l, d, n, m));
        return true;
}
