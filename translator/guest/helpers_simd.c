/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD operations that are rare or awkward on x86, as C functions (see simd_lift.h). Named after the functions of the
 * Arm ARM's pseudocode where there is one. All are async-signal-safe. */
#include "simd_lift.h"

#define FPSR_QC (1u << 27)

typedef __int128 wide;

static wide get_elem(const harg *v, unsigned sz, unsigned k, bool u)
{
        switch (sz) {
        case 0: return u ? (wide)v->b[k] : v->sb[k];
        case 1: return u ? (wide)v->h[k] : v->sh[k];
        case 2: return u ? (wide)v->s[k] : v->ss[k];
        default: return u ? (wide)v->d[k] : v->sd[k];
        }
}

static void set_elem(harg *v, unsigned sz, unsigned k, uint64_t x)
{
        switch (sz) {
        case 0: v->b[k] = (uint8_t)x; break;
        case 1: v->h[k] = (uint16_t)x; break;
        case 2: v->s[k] = (uint32_t)x; break;
        default: v->d[k] = x;
        }
}

/* SatQ */
static uint64_t saturate(struct cpu *cpu, wide v, unsigned sz, bool u)
{
        unsigned bits = 8u << sz;
        wide min = u ? 0 : -((wide)1 << (bits - 1)), max = ((wide)1 << (u ? bits : bits - 1)) - 1;
        if (v >= min && v <= max)
                return (uint64_t)v;
        cpu->fpsr |= FPSR_QC;
        return (uint64_t)(v < min ? min : max);
}

/* RoundedShift: left by n <= 63, right when it is negative. */
static wide shift_by(wide v, int n, bool round)
{
        if (n >= 0)
                return (wide)((unsigned __int128)v << n);
        n = -n;
        if (n > 64)
                return round || v >= 0 ? 0 : -1;
        if (round)
                v += (wide)1 << (n - 1);
        return v >> n;
}

/* RoundedShift of which only the low bits count. */
static uint64_t plain_shift(wide v, int n, bool round)
{
        return n > 63 ? 0 : (uint64_t)shift_by(v, n, round);
}

/* RoundedShift, saturated: more places than 63 bring every value but 0 out of range. */
static uint64_t sat_shift(struct cpu *cpu, wide v, int n, unsigned sz, bool round, bool u)
{
        if (n > 63 && v)
                return saturate(cpu, v < 0 ? -((wide)1 << 100) : (wide)1 << 100, sz, u);
        return saturate(cpu, n > 63 ? 0 : shift_by(v, n, round), sz, u);
}

/* Returns true when the operands are unsigned. */
static bool operands_unsigned(enum simd_fn fn, bool u)
{
        return u && fn != SF_SUQADD;
}

static uint64_t one_element(struct cpu *cpu, enum simd_fn fn, unsigned sz, bool u, wide x, wide y)
{
        int n = (int8_t)(uint8_t)y;
        switch (fn) {
        case SF_QADD:
        case SF_SUQADD: return saturate(cpu, x + y, sz, u);
        case SF_QSUB: return saturate(cpu, x - y, sz, u);
        case SF_QABS: return saturate(cpu, x < 0 ? -x : x, sz, false);
        case SF_QNEG: return saturate(cpu, -x, sz, false);
        case SF_SHL: return plain_shift(x, n, false);
        case SF_RSHL: return plain_shift(x, n, true);
        case SF_QSHL: return sat_shift(cpu, x, n, sz, false, u);
        default: return sat_shift(cpu, x, n, sz, true, u); /* SF_QRSHL */
        }
}

void helper_simd_elements(struct cpu *cpu, harg *arg, uint64_t imm)
{
        enum simd_fn fn = imm & 0xff;
        unsigned sz = imm >> 8 & 7, keep = imm >> 12 & 7;
        bool u = imm >> 11 & 1, ux = operands_unsigned(fn, u), uy = ux;
        harg r = { .d = { 0, 0 } };
        if (fn == SF_SUQADD) { /* the destination's own sign, and the other one */
                ux = u;
                uy = !u;
        }
        for (unsigned k = 0; k < 1u << (keep - sz); k++)
                set_elem(&r, sz, k, one_element(cpu, fn, sz, u, get_elem(&arg[1], sz, k, ux), get_elem(&arg[2], sz, k, uy)));
        arg[0] = r;
}

/* ---- multiplications ---- */

static uint64_t long_product(struct cpu *cpu, enum simd_mul fn, unsigned sz, wide acc, wide x, wide y)
{
        wide p = (int64_t)saturate(cpu, 2 * x * y, sz + 1, false);
        if (sz == 1)
                p = (int32_t)p;
        if (fn == SM_QDMULL)
                return (uint64_t)p;
        return saturate(cpu, fn == SM_QDMLAL ? acc + p : acc - p, sz + 1, false);
}

void helper_simd_mul(struct cpu *cpu, harg *arg, uint64_t imm)
{
        enum simd_mul fn = imm & 0xff;
        unsigned sz = imm >> 8 & 7, keep = imm >> 12 & 7, bits = 8u << sz, long_sz = sz + 1;
        bool same_size = fn == SM_QRDMLAH || fn == SM_QRDMLSH;
        unsigned n = 1u << (keep - (same_size ? sz : long_sz));
        unsigned from = imm >> 11 & 1 ? n : 0;
        harg r = { .d = { 0, 0 } };
        for (unsigned k = 0; k < n; k++) {
                wide x = get_elem(&arg[2], sz, from + k, false), y = get_elem(&arg[3], sz, from + k, false);
                if (same_size) {
                        wide acc = get_elem(&arg[1], sz, k, false) << bits;
                        acc += fn == SM_QRDMLAH ? 2 * x * y : -(2 * x * y);
                        set_elem(&r, sz, k, saturate(cpu, (acc + ((wide)1 << (bits - 1))) >> bits, sz, false));
                } else {
                        wide acc = get_elem(&arg[1], long_sz, k, false);
                        set_elem(&r, long_sz, k, long_product(cpu, fn, sz, acc, x, y));
                }
        }
        arg[0] = r;
}

void helper_simd_narrow(struct cpu *cpu, harg *arg, uint64_t imm)
{
        enum narrow how = imm & 0xff;
        unsigned n = (imm >> 12 & 7) == KEEP_Q ? 2 : 1;
        harg r = { .d = { 0, 0 } };
        for (unsigned k = 0; k < n; k++)
                r.s[k] = (uint32_t)saturate(cpu, get_elem(&arg[1], 3, k, how == NARROW_U), 2, how != NARROW_S);
        arg[0] = r;
}
