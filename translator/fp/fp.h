/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arm's floating point in software: exact results and FPSR flags, for all that the host's instructions do otherwise.
 *
 * Values are raw bits in the low end of a uint64_t; `sz` is the format: 1 = half, 2 = single, 3 = double. Names and rules are
 * those of the Arm ARM's shared pseudocode (J1.3: FPAdd, FPMulAdd, FPRound, FPToFixed ...). Reentrant, freestanding.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
        FPSR_IOC = 1 << 0,
        FPSR_DZC = 1 << 1,
        FPSR_OFC = 1 << 2,
        FPSR_UFC = 1 << 3,
        FPSR_IXC = 1 << 4,
        FPSR_IDC = 1 << 7,
        FPSR_QC = 1 << 27,
};
#define FPCR_FZ16 (1u << 19)
#define FPCR_FZ (1u << 24)
#define FPCR_DN (1u << 25)
#define FPCR_AHP (1u << 26)

enum fp_round { FPR_N, FPR_P, FPR_M, FPR_Z, FPR_A, FPR_ODD }; /* FPCR.RMode's order, then ties away, to odd */

struct fp_env {
        uint32_t fpcr; /* the settings to compute with */
        uint32_t fpsr; /* flags are added to it */
};

static inline enum fp_round fp_rmode(const struct fp_env *e)
{
        return (enum fp_round)(e->fpcr >> 22 & 3);
}

uint64_t fp_add(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
uint64_t fp_sub(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
uint64_t fp_mul(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
uint64_t fp_mulx(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b); /* FMULX: 0 * inf = 2 */
uint64_t fp_div(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
uint64_t fp_sqrt(struct fp_env *e, unsigned sz, uint64_t a);
uint64_t fp_muladd(struct fp_env *e, unsigned sz, uint64_t addend, uint64_t a, uint64_t b); /* addend + a * b */
uint64_t fp_max(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
uint64_t fp_min(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
uint64_t fp_maxnm(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
uint64_t fp_minnm(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
uint64_t fp_recpe(struct fp_env *e, unsigned sz, uint64_t a);
uint64_t fp_rsqrte(struct fp_env *e, unsigned sz, uint64_t a);
uint64_t fp_recps(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);      /* 2 - a * b, fused */
uint64_t fp_rsqrts(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);     /* (3 - a * b) / 2, fused */
uint64_t fp_recip_step(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b); /* 2 - a * b, product rounded (VRECPS) */
uint64_t fp_rsqrt_step(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b); /* (3 - a * b) / 2, all rounded (VRSQRTS) */
uint64_t fp_recpx(struct fp_env *e, unsigned sz, uint64_t a);
uint32_t fp_urecpe(uint32_t a); /* UnsignedRecipEstimate of URECPE */
uint32_t fp_ursqrte(uint32_t a);
uint64_t fp_neg(unsigned sz, uint64_t a);
uint64_t fp_abs(unsigned sz, uint64_t a);
/* Returns NZCV in bits 3:0. */
unsigned fp_compare(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b, bool signalling);
bool fp_eq(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b); /* quiet */
bool fp_ge(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b); /* signalling */
bool fp_gt(struct fp_env *e, unsigned sz, uint64_t a, uint64_t b);
/* Rounds to an integral value. With `exact`, Inexact is raised when that changes the value. */
uint64_t fp_roundint(struct fp_env *e, unsigned sz, uint64_t a, enum fp_round r, bool exact);
uint64_t fp_convert(struct fp_env *e, unsigned from, unsigned to, uint64_t a, enum fp_round r);
/* Convert to and from an integer of width isz (1 = 16 bits, 2 = 32, 3 = 64) of which fbits bits are the fraction. To one
 * saturates. */
uint64_t fp_to_fixed(struct fp_env *e, unsigned sz, uint64_t a, unsigned isz, unsigned fbits, bool is_unsigned, enum fp_round r);
uint64_t fp_from_fixed(struct fp_env *e, unsigned sz, uint64_t v, unsigned isz, unsigned fbits, bool is_unsigned,
                       enum fp_round r);
/* FJCVTZS: returns the low 32 bits of the integer. *ret_exact becomes the Z flag: the conversion lost nothing. */
uint32_t fp_to_int_js(struct fp_env *e, uint64_t a, bool *ret_exact);
