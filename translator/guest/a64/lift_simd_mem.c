/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: loads and stores of structures (Arm ARM C3.2.12, "Advanced SIMD load/store multiple structures",
 * "single structure"). All loads come before the first register is written, since each may fault. */
#include "guest/simd_structs.h"
#include "lift_simd.h"

typedef struct a64_arg_structs structs;

static void post_index(struct lift *l, const structs *x, unsigned bytes)
{
        if (x->rm < 0)
                return;
        ref step = x->rm == 31 ? ir_const(l->ir, bytes) : get_x(l, (unsigned)x->rm);
        put_xsp(l, x->rn, ir_op(l->ir, IR_ADD, 3, get_xsp(l, x->rn), step, REF_NONE));
}

static void put_all(struct lift *l, const structs *x, const ref v[4], unsigned keep)
{
        for (unsigned k = 0; k < x->count; k++)
                put_keep(l, (x->rt + k) % 32, v[k], keep);
}

static void get_all(struct lift *l, const structs *x, ref v[4])
{
        for (unsigned k = 0; k < x->count; k++)
                v[k] = get_v(l, (x->rt + k) % 32);
}

/* ---- LD1, ST1: registers one after the other ---- */

LIFT(ld1)
{
        ref v[4];
        v_load_row(l, get_xsp(l, a->rn), a->count, keep_q(a->q), v);
        put_all(l, a, v, keep_q(a->q));
        post_index(l, a, a->count << keep_q(a->q));
        return true;
}

LIFT(st1)
{
        ref v[4], base = get_xsp(l, a->rn);
        get_all(l, a, v);
        v_store_row(l, base, a->count, keep_q(a->q), v);
        post_index(l, a, a->count << keep_q(a->q));
        return true;
}

/* ---- LD2-LD4, ST2-ST4 ---- */

static struct simd_structs structs_of(const structs *a)
{
        return (struct simd_structs){ .sz = (uint8_t)a->sz, .count = (uint8_t)a->count, .q = a->q };
}

LIFT(load_structs)
{
        ref v[4];
        v_load_structs(l, structs_of(a), get_xsp(l, a->rn), v);
        put_all(l, a, v, keep_q(a->q));
        post_index(l, a, a->count << keep_q(a->q));
        return true;
}

LIFT(store_structs)
{
        ref v[4], base = get_xsp(l, a->rn);
        get_all(l, a, v);
        v_store_structs(l, structs_of(a), base, v);
        post_index(l, a, a->count << keep_q(a->q));
        return true;
}

/* ---- one lane ---- */

unsigned a64_lane_size(unsigned op, unsigned size)
{
        return op < 2 ? 0 : op < 4 ? 1 : size & 1 ? 3 : 2;
}

LIFT(ld_lane)
{
        ref v[4], base = get_xsp(l, a->rn);
        unsigned sz = a->sz;
        for (unsigned k = 0; k < a->count; k++) {
                if (sz >= 2)
                        v[k] = ir_load_vec(l->ir, sz, base, REF_NONE, 0, (int32_t)(k << sz));
                else
                        v[k] = ir_load(l->ir, sz, base, REF_NONE, 0, (int32_t)(k << sz));
        }
        for (unsigned k = 0; k < a->count; k++) {
                unsigned rd = (a->rt + k) % 32;
                put_v(l, rd, v_imm(l, sz >= 2 ? IR_VINSL : IR_VINS, sz, get_v(l, rd), v[k], 0, a->lane, 0));
        }
        post_index(l, a, a->count << sz);
        return true;
}

LIFT(st_lane)
{
        ref v[4], base = get_xsp(l, a->rn);
        unsigned sz = a->sz;
        get_all(l, a, v);
        for (unsigned k = 0; k < a->count; k++) {
                int32_t disp = (int32_t)(k << sz);
                if (a->lane == 0)
                        ir_store_vec(l->ir, sz, v[k], base, REF_NONE, 0, disp);
                else
                        ir_store(l->ir, sz, v_imm(l, IR_VGET, sz, v[k], REF_NONE, 0, a->lane, 0), base, REF_NONE, 0, disp);
        }
        post_index(l, a, a->count << sz);
        return true;
}

LIFT(ld_rep)
{
        ref v[4];
        v_load_row(l, get_xsp(l, a->rn), a->count, a->sz, v);
        for (unsigned k = 0; k < a->count; k++)
                v[k] = v_imm(l, IR_VDUPL, a->sz, v[k], REF_NONE, 0, 0, 0);
        put_all(l, a, v, keep_q(a->q));
        post_index(l, a, a->count << a->sz);
        return true;
}
