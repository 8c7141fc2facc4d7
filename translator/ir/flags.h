/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flags values that are made of parts of others. Most of them are never computed: who needs a part takes it from where it comes
 * from. */
#pragma once
#include "ir.h"

/* Makes *ins, whose op has OF_PARTS, take what it needs of a flags value from the value that this part comes from. */
void ir_flags_fold(struct ir *ir, struct ir_ins *ins);

/* Parts of NZCV. */
enum flags_parts {
        FLAGS_NZ = 1 << 0,
        FLAGS_C = 1 << 1,
        FLAGS_V = 1 << 2,
        FLAGS_ALL = 7,
        FLAGS_UNASKED = 1 << 3, /* beside parts that may be read: nobody was seen to read them */
};

/* Returns a value that has these parts of flags f (and others that may differ), or REF_NONE when they are those on entry. */
ref ir_flags_parts(struct ir *ir, ref f, unsigned parts);
