/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What values of arguments in sets_mem.dec are made of. */
#pragma once
#include <stdint.h>

/* What a load or store of one general register does. */
enum a32_transfer {
        LOAD,        /* extended with zeros */
        LOAD_SIGNED, /* extended with the sign */
        STORE,
        PRELOAD, /* only a hint: nothing happens to registers */
};

/* What becomes of the base register. */
enum a32_index {
        OFFSET, /* it is kept */
        POST,   /* it is the address, and moves */
        PRE,    /* it moves, and is the address then */
};

/* Which of these bits P and W say: P is clear for post-indexed ones, whose W, where it is set, makes the access an unprivileged
 * one, which is what all are. */
static inline unsigned a32_index(unsigned p, unsigned w)
{
        return !p ? POST : w ? PRE : OFFSET;
}

/* The distance that bit U and a number say: it is added, or subtracted. */
static inline int32_t a32_offset(unsigned u, unsigned distance)
{
        return u ? (int32_t)distance : -(int32_t)distance;
}

/* The offset of T32's branches of 25 bits, S:I1:I2:imm21:'0' with J1 = NOT(I1 EOR S) and J2 likewise. */
static inline int32_t a32_branch_offset(unsigned s, unsigned j1, unsigned j2, unsigned imm21)
{
        return (int32_t)(imm21 << 1 | (j2 ^ !s) << 22 | (j1 ^ !s) << 23) - (int32_t)(s << 24);
}
