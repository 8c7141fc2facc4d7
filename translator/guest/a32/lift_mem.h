/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access to memory, for lifters of A32 and T32: data has the byte order that CPSR.E says. */
#pragma once
#include "guest/loc.h"
#include "lift_a32.h"
#include "write_pc.h"

static inline bool is_big_endian(const struct lift *l)
{
        return l->mode & MODE_BE;
}

/* As ir_load and ir_store. A doubleword is two words, the one at the lower address in the low half; Advanced SIMD's elements of
 * 64 bits are none. */
ref a32_load(struct lift *l, unsigned sz, ref base, ref index, unsigned shift, int32_t disp);
void a32_store(struct lift *l, unsigned sz, ref v, ref base, ref index, unsigned shift, int32_t disp);

/* Reads the literal of so many words at pc + offset, with the first one in the low half. Returns false when it is data like any
 * other, and has to be loaded. */
bool a32_read_literal(struct lift *l, int32_t offset, unsigned words, uint64_t *ret);

/* Changes v, of 1 << sz bytes, from what memory has to what registers have, or back. */
ref a32_data_order(struct lift *l, unsigned sz, ref v);
