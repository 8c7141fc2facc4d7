/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 Advanced SIMD: loads and stores of structures (Arm ARM C3.2.12, "Advanced SIMD load/store multiple structures",
 * "single structure"). All loads come before the first register is written, since each may fault. */
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

/* Loads n values of 1 << bytes bytes, one behind the other. */
static void load_row(struct lift *l, ref base, unsigned n, unsigned bytes, ref v[4])
{
        for (unsigned k = 0; k < n; k++)
                v[k] = ir_load_vec(l->ir, bytes, base, REF_NONE, 0, (int32_t)(k << bytes));
}

static void store_row(struct lift *l, ref base, unsigned n, unsigned bytes, const ref v[4])
{
        for (unsigned k = 0; k < n; k++)
                ir_store_vec(l->ir, bytes, v[k], base, REF_NONE, 0, (int32_t)(k << bytes));
}

/* ---- LD1, ST1: registers one after the other ---- */

LIFT(ld1)
{
        ref v[4];
        load_row(l, get_xsp(l, a->rn), a->count, keep_q(a->q), v);
        put_all(l, a, v, keep_q(a->q));
        post_index(l, a, a->count << keep_q(a->q));
        return true;
}

LIFT(st1)
{
        ref v[4], base = get_xsp(l, a->rn);
        get_all(l, a, v);
        store_row(l, base, a->count, keep_q(a->q), v);
        post_index(l, a, a->count << keep_q(a->q));
        return true;
}

/* ---- LD2-LD4: what is in memory one structure after the other, sorted ---- */

static void load2(struct lift *l, unsigned sz, const ref m[2], ref v[4])
{
        v[0] = v2(l, IR_VUZPE, sz, m[0], m[1]);
        v[1] = v2(l, IR_VUZPO, sz, m[0], m[1]);
}

/* Sorts what was loaded into registers v. m: x->count times 16 bytes; for 64-bit registers half as many, rounded up, and zeros.
 * */
static void load_sort(struct lift *l, const structs *x, const ref m[4], ref v[4])
{
        unsigned sz = x->sz;
        ref even[4], odd[4];
        if (x->count == 2) {
                load2(l, sz, (ref[2]){ m[0], x->q ? m[1] : m[0] }, v);
        } else if (x->count == 3) {
                for (unsigned k = 0; k < 3; k++) {
                        struct ir_ins i = { .op = IR_VLD3, .sz = (uint8_t)sz, .a = m[0], .b = m[1], .c = m[2] };
                        i.aux = (uint8_t)k;
                        v[k] = ir_emit(l->ir, i);
                }
        } else {
                load2(l, sz, m, even);
                if (x->q)
                        load2(l, sz, m + 2, odd);
                else
                        odd[0] = even[0], odd[1] = even[1];
                /* even[0], odd[0]: elements 0, 2 of each structure; [1]: 1, 3 */
                for (unsigned k = 0; k < 2; k++) {
                        v[k] = v2(l, IR_VUZPE, sz, even[k], odd[k]);
                        v[k + 2] = v2(l, IR_VUZPO, sz, even[k], odd[k]);
                }
        }
}

LIFT(load_structs)
{
        ref m[4] = { REF_NONE }, v[4], base = get_xsp(l, a->rn);
        if (a->q) {
                load_row(l, base, a->count, 4, m);
        } else {
                load_row(l, base, a->count / 2, 4, m);
                if (a->count == 3) {
                        m[1] = ir_load_vec(l->ir, 3, base, REF_NONE, 0, 16);
                        m[2] = m[1];
                }
        }
        load_sort(l, a, m, v);
        put_all(l, a, v, keep_q(a->q));
        post_index(l, a, a->count << keep_q(a->q));
        return true;
}

/* ---- ST2-ST4 ---- */

/* Sets m to what goes to memory, 16 bytes each; for 64-bit registers, half of it is set. */
static void store_mix(struct lift *l, const structs *x, const ref v[4], ref m[4])
{
        unsigned sz = x->sz;
        if (x->count == 2) {
                m[0] = v2(l, IR_VZIPL, sz, v[0], v[1]);
                if (x->q)
                        m[1] = v2(l, IR_VZIPH, sz, v[0], v[1]);
        } else if (x->count == 3) {
                for (unsigned k = 0; k < (x->q ? 3 : 2); k++) {
                        struct ir_ins i = { .op = IR_VST3, .sz = (uint8_t)sz, .a = v[0], .b = v[1], .c = v[2] };
                        i.aux = (uint8_t)k;
                        m[k] = ir_emit(l->ir, i);
                }
        } else {
                for (unsigned k = 0; k < (x->q ? 2 : 1); k++) {
                        enum ir_op op = k ? IR_VZIPH : IR_VZIPL;
                        ref even = v2(l, op, sz, v[0], v[2]), odd = v2(l, op, sz, v[1], v[3]);
                        m[2 * k] = v2(l, IR_VZIPL, sz, even, odd);
                        m[2 * k + 1] = v2(l, IR_VZIPH, sz, even, odd);
                }
        }
}

LIFT(store_structs)
{
        ref v[4], m[4], base = get_xsp(l, a->rn);
        get_all(l, a, v);
        store_mix(l, a, v, m);
        if (a->q) {
                store_row(l, base, a->count, 4, m);
        } else {
                store_row(l, base, a->count / 2, 4, m);
                if (a->count == 3)
                        ir_store_vec(l->ir, 3, m[1], base, REF_NONE, 0, 16);
        }
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
        load_row(l, get_xsp(l, a->rn), a->count, a->sz, v);
        for (unsigned k = 0; k < a->count; k++)
                v[k] = v_imm(l, IR_VDUPL, a->sz, v[k], REF_NONE, 0, 0, 0);
        put_all(l, a, v, keep_q(a->q));
        post_index(l, a, a->count << a->sz);
        return true;
}
