/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advanced SIMD: structures of two to four elements in memory, whose elements of the same kind are in one vector. */
#pragma once
#include "simd_lift.h"

struct simd_structs {
        uint8_t sz;    /* log2 of the bytes of an element */
        uint8_t count; /* elements of a structure: 2, 3, 4 */
        bool q;        /* vectors have 128 bits, otherwise 64 */
};

/* Load and store n values of 1 << bytes bytes, one behind the other. */
void v_load_row(struct lift *l, ref base, unsigned n, unsigned bytes, ref v[4]);
void v_store_row(struct lift *l, ref base, unsigned n, unsigned bytes, const ref v[4]);

/* Load x.count vectors, store them. What vectors of 64 bits have above does not matter. */
void v_load_structs(struct lift *l, struct simd_structs x, ref base, ref v[4]);
void v_store_structs(struct lift *l, struct simd_structs x, ref base, const ref v[4]);
