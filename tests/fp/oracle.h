/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oracle: what an AArch64 machine without FEAT_AFP computes in floating point. It is the Arm ARM's shared pseudocode (J1.3)
 * with MPFR for the real numbers, in the files oracle-*.c.
 *
 * It shares no code with translator/fp. Its functions take the same arguments as those, so that tests can put them side by side.
 * sz is a format: 1 = half, 2 = single, 3 = double precision.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum or_round { OR_TIEEVEN, OR_POSINF, OR_NEGINF, OR_ZERO, OR_TIEAWAY, OR_ODD };

enum {
        OR_IOC = 1 << 0,
        OR_DZC = 1 << 1,
        OR_OFC = 1 << 2,
        OR_UFC = 1 << 3,
        OR_IXC = 1 << 4,
        OR_IDC = 1 << 7,
        OR_FZ16 = 1 << 19,
        OR_FZ = 1 << 24,
        OR_DN = 1 << 25,
        OR_AHP = 1 << 26,
};

struct oracle {
        uint32_t fpcr;
        uint32_t fpsr;      /* operations set flags here and clear none */
        bool late_tininess; /* set, never cleared: a result for which UFC was set is not tiny if one looks after rounding */
};

void or_start(void);
enum or_round or_mode(const struct oracle *o);

uint64_t or_neg(unsigned sz, uint64_t a);
uint64_t or_abs(unsigned sz, uint64_t a);
uint64_t or_add(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_sub(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_mul(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_mulx(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_div(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_sqrt(struct oracle *o, unsigned sz, uint64_t a);
uint64_t or_muladd(struct oracle *o, unsigned sz, uint64_t addend, uint64_t a, uint64_t b);
uint64_t or_max(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_min(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_maxnm(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_minnm(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_recpe(struct oracle *o, unsigned sz, uint64_t a);
uint64_t or_rsqrte(struct oracle *o, unsigned sz, uint64_t a);
uint64_t or_recps(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_rsqrts(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_recpx(struct oracle *o, unsigned sz, uint64_t a);
uint32_t or_urecpe(uint32_t a);
uint32_t or_ursqrte(uint32_t a);
unsigned or_compare(struct oracle *o, unsigned sz, uint64_t a, uint64_t b, bool signalling);
bool or_eq (struct oracle * o, unsigned sz, uint64_t a, uint64_t b);
bool or_ge(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
bool or_gt(struct oracle *o, unsigned sz, uint64_t a, uint64_t b);
uint64_t or_roundint(struct oracle *o, unsigned sz, uint64_t a, enum or_round r, bool exact);
uint64_t or_convert(struct oracle *o, unsigned from, unsigned to, uint64_t a, enum or_round r);
/* isz is the size of the integer: 1 = 16, 2 = 32, 3 = 64 bits. Results are zero above it. */
uint64_t or_to_fixed(struct oracle *o, unsigned sz, uint64_t a, unsigned isz, unsigned fbits, bool is_unsigned, enum or_round r);
uint64_t or_from_fixed(struct oracle *o, unsigned sz, uint64_t v, unsigned isz, unsigned fbits, bool is_unsigned,
                       enum or_round r);
uint32_t or_to_int_js(struct oracle *o, uint64_t a, bool *z);
