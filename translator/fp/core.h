/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the soft-float library share. */
#pragma once
#include "fp.h"

struct format {
        uint8_t e, m; /* bits of exponent and fraction */
};
extern const struct format fp_formats[4];

enum kind { ZERO, FINITE, INF, QNAN, SNAN };

/* An unpacked number. FINITE: its value is (sig / 2^63) * 2^exp, with bit 63 of sig set. NaNs: sig is the fraction field. */
struct num {
        enum kind kind;
        bool sign;
        int exp;
        uint64_t sig;
};

struct num fp_unpack(struct fp_env *e, unsigned sz, uint64_t bits);
/* Unpack an operand and round a result of a conversion between formats, to which AHP applies and FZ16 does not. */
struct num fp_unpack_cv(struct fp_env *e, unsigned sz, uint64_t bits);
uint64_t fp_round_cv(struct fp_env *e, unsigned sz, struct num finite, enum fp_round r);
uint64_t fp_zero(unsigned sz, bool sign);
uint64_t fp_inf(unsigned sz, bool sign);
uint64_t fp_default_nan(unsigned sz);
uint64_t fp_invalid(struct fp_env *e, unsigned sz); /* returns the default NaN and sets IOC */
uint64_t fp_process_nan(struct fp_env *e, unsigned sz, struct num n, uint64_t bits);
bool fp_process_nans(struct fp_env *e, unsigned sz, struct num x, uint64_t a, struct num y, uint64_t b, uint64_t *ret);
uint64_t fp_round_to(struct fp_env *e, unsigned sz, bool sign, int exp, uint64_t sig, bool sticky, enum fp_round r);
uint64_t fp_round_wide(struct fp_env *e, unsigned sz, bool sign, int exp, unsigned __int128 sig, bool sticky);
uint64_t fp_sum(struct fp_env *e, unsigned sz, bool sx, int ex, unsigned __int128 x, bool sy, int ey, unsigned __int128 y);
int fp_order(struct num x, struct num y);
