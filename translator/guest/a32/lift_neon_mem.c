/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: loads and stores of elements and structures (neon_mem.dec). All loads come before the first register is written,
 * since each may fault. */
#include "guest/simd_structs.h"
#include "lift_mem.h"
#include "lift_neon.h"

static void write_back(struct lift *l, unsigned rn, unsigned rm, unsigned bytes)
{
        if (rm == REG_PC)
                return;
        ref step = rm == REG_SP ? ir_const(l->ir, bytes) : get_r(l, rm);
        put_r(l, rn, op2(l, IR_ADD, get_r(l, rn), step));
}

/* Returns v with the bytes of each element swapped, where data is big-endian. */
static ref in_order(struct lift *l, unsigned sz, ref v)
{
        return sz && is_big_endian(l) ? v_imm(l, IR_VREV, 0, v, REF_NONE, 0, sz, 0) : v;
}

/* ---- registers one after the other: two that are a Q register are one access ---- */

LIFT(vld1)
{
        ref v[4], base;
        bool pair[4];
        a32_take_condition(l);
        base = get_r(l, a->rn);
        for (unsigned k = 0; k < a->regs; k += pair[k] ? 2 : 1) {
                pair[k] = (a->rd + k) % 2 == 0 && k + 1 < a->regs;
                v[k] = in_order(l, a->sz, ir_load_vec(l->ir, keep_q(pair[k]), base, REF_NONE, 0, (int32_t)(8 * k)));
        }
        for (unsigned k = 0; k < a->regs; k += pair[k] ? 2 : 1)
                put_v(l, a->rd + k, pair[k], v[k]);
        write_back(l, a->rn, a->rm, 8 * a->regs);
        return true;
}

LIFT(vst1)
{
        ref base;
        bool pair;
        a32_take_condition(l);
        base = get_r(l, a->rn);
        for (unsigned k = 0; k < a->regs; k += pair ? 2 : 1) {
                pair = k + 1 < a->regs && neon_pair_is_whole(l, a->rd + k);
                ref v = in_order(l, a->sz, get_v(l, a->rd + k, pair));
                ir_store_vec(l->ir, keep_q(pair), v, base, REF_NONE, 0, (int32_t)(8 * k));
        }
        write_back(l, a->rn, a->rm, 8 * a->regs);
        return true;
}

/* ---- structures ---- */

LIFT(load_structs)
{
        struct simd_structs x = { .sz = (uint8_t)a->sz, .count = (uint8_t)a->count, .q = a->q };
        ref v[4];
        a32_take_condition(l);
        v_load_structs(l, x, get_r(l, a->rn), v);
        for (unsigned k = 0; k < a->count; k++)
                put_v(l, a->rd + k * a->step, a->q, in_order(l, a->sz, v[k]));
        write_back(l, a->rn, a->rm, a->count << keep_q(a->q));
        return true;
}

LIFT(store_structs)
{
        struct simd_structs x = { .sz = (uint8_t)a->sz, .count = (uint8_t)a->count, .q = a->q };
        ref v[4];
        a32_take_condition(l);
        for (unsigned k = 0; k < a->count; k++)
                v[k] = in_order(l, a->sz, get_v(l, a->rd + k * a->step, a->q));
        v_store_structs(l, x, get_r(l, a->rn), v);
        write_back(l, a->rn, a->rm, a->count << keep_q(a->q));
        return true;
}

/* ---- one lane ---- */

LIFT(load_lane)
{
        ref v[4], base;
        a32_take_condition(l);
        base = get_r(l, a->rn);
        for (unsigned k = 0; k < a->count; k++) {
                int32_t disp = (int32_t)(k << a->sz);
                if (a->sz == 2) {
                        v[k] = in_order(l, 2, ir_load_vec(l->ir, 2, base, REF_NONE, 0, disp));
                        continue;
                }
                v[k] = ir_load(l->ir, a->sz, base, REF_NONE, 0, disp);
                if (a->sz && is_big_endian(l))
                        v[k] = op1(l, IR_REV16, v[k]);
        }
        for (unsigned k = 0; k < a->count; k++) {
                unsigned rd = a->rd + k * a->step;
                put_d(l, rd, v_imm(l, a->sz == 2 ? IR_VINSL : IR_VINS, a->sz, get_d(l, rd), v[k], 0, a->lane, 0));
        }
        write_back(l, a->rn, a->rm, a->count << a->sz);
        return true;
}

LIFT(store_lane)
{
        ref base;
        a32_take_condition(l);
        base = get_r(l, a->rn);
        for (unsigned k = 0; k < a->count; k++) {
                ref v = in_order(l, a->sz, get_d(l, a->rd + k * a->step));
                int32_t disp = (int32_t)(k << a->sz);
                if (a->lane == 0)
                        ir_store_vec(l->ir, a->sz, v, base, REF_NONE, 0, disp);
                else
                        ir_store(l->ir, a->sz, v_imm(l, IR_VGET, a->sz, v, REF_NONE, 0, a->lane, 0), base, REF_NONE, 0, disp);
        }
        write_back(l, a->rn, a->rm, a->count << a->sz);
        return true;
}

/* ---- all lanes ---- */

LIFT(load_rep)
{
        ref v[4];
        a32_take_condition(l);
        v_load_row(l, get_r(l, a->rn), a->count, a->sz, v);
        for (unsigned k = 0; k < a->count; k++) {
                v[k] = v_imm(l, IR_VDUPL, a->sz, in_order(l, a->sz, v[k]), REF_NONE, 0, 0, 0);
                put_v(l, a->rd + k * a->step, a->regs == 2, v[k]);
        }
        write_back(l, a->rn, a->rm, a->count << a->sz);
        return true;
}
