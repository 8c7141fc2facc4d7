/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: loads and stores of structures (see simd_structs.h). */
#include "simd_structs.h"

void v_load_row(struct lift *l, ref base, unsigned n, unsigned bytes, ref v[4])
{
        for (unsigned k = 0; k < n; k++)
                v[k] = ir_load_vec(l->ir, bytes, base, REF_NONE, 0, (int32_t)(k << bytes));
}

void v_store_row(struct lift *l, ref base, unsigned n, unsigned bytes, const ref v[4])
{
        for (unsigned k = 0; k < n; k++)
                ir_store_vec(l->ir, bytes, v[k], base, REF_NONE, 0, (int32_t)(k << bytes));
}

/* ---- loads: what is in memory one structure after the other, sorted ---- */

static void load2(struct lift *l, unsigned sz, const ref m[2], ref v[4])
{
        v[0] = v2(l, IR_VUZPE, sz, m[0], m[1]);
        v[1] = v2(l, IR_VUZPO, sz, m[0], m[1]);
}

/* Sorts what was loaded into vectors v. m: x.count times 16 bytes; for vectors of 64 bits half as many, rounded up, and zeros. */
static void load_sort(struct lift *l, struct simd_structs x, const ref m[4], ref v[4])
{
        ref even[4], odd[4];
        if (x.count == 2) {
                load2(l, x.sz, (ref[2]){ m[0], x.q ? m[1] : m[0] }, v);
        } else if (x.count == 3) {
                for (unsigned k = 0; k < 3; k++) {
                        struct ir_ins i = { .op = IR_VLD3, .sz = x.sz, .a = m[0], .b = m[1], .c = m[2] };
                        i.aux = (uint8_t)k;
                        v[k] = ir_emit(l->ir, i);
                }
        } else {
                load2(l, x.sz, m, even);
                if (x.q)
                        load2(l, x.sz, m + 2, odd);
                else
                        odd[0] = even[0], odd[1] = even[1];
                /* even[0], odd[0]: elements 0, 2 of each structure; [1]: 1, 3 */
                for (unsigned k = 0; k < 2; k++) {
                        v[k] = v2(l, IR_VUZPE, x.sz, even[k], odd[k]);
                        v[k + 2] = v2(l, IR_VUZPO, x.sz, even[k], odd[k]);
                }
        }
}

void v_load_structs(struct lift *l, struct simd_structs x, ref base, ref v[4])
{
        ref m[4] = { REF_NONE };
        if (x.q) {
                v_load_row(l, base, x.count, 4, m);
        } else {
                v_load_row(l, base, x.count / 2u, 4, m);
                if (x.count == 3) {
                        m[1] = ir_load_vec(l->ir, 3, base, REF_NONE, 0, 16);
                        m[2] = m[1];
                }
        }
        load_sort(l, x, m, v);
}

/* ---- stores ---- */

/* Sets m to what goes to memory, 16 bytes each; for vectors of 64 bits, half of it is set. */
static void store_mix(struct lift *l, struct simd_structs x, const ref v[4], ref m[4])
{
        unsigned sz = x.sz;
        if (x.count == 2) {
                m[0] = v2(l, IR_VZIPL, sz, v[0], v[1]);
                if (x.q)
                        m[1] = v2(l, IR_VZIPH, sz, v[0], v[1]);
        } else if (x.count == 3) {
                for (unsigned k = 0; k < (x.q ? 3 : 2); k++) {
                        struct ir_ins i = { .op = IR_VST3, .sz = x.sz, .a = v[0], .b = v[1], .c = v[2] };
                        i.aux = (uint8_t)k;
                        m[k] = ir_emit(l->ir, i);
                }
        } else {
                for (unsigned k = 0; k < (x.q ? 2 : 1); k++) {
                        enum ir_op op = k ? IR_VZIPH : IR_VZIPL;
                        ref even = v2(l, op, sz, v[0], v[2]), odd = v2(l, op, sz, v[1], v[3]);
                        m[2 * k] = v2(l, IR_VZIPL, sz, even, odd);
                        m[2 * k + 1] = v2(l, IR_VZIPH, sz, even, odd);
                }
        }
}

void v_store_structs(struct lift *l, struct simd_structs x, ref base, const ref v[4])
{
        ref m[4];
        store_mix(l, x, v, m);
        if (x.q) {
                v_store_row(l, base, x.count, 4, m);
        } else {
                v_store_row(l, base, x.count / 2u, 4, m);
                if (x.count == 3)
                        ir_store_vec(l->ir, 3, m[1], base, REF_NONE, 0, 16);
        }
}
