/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the emitters of flags have in common: which flags value EFLAGS hold, and bringing one there. */
#pragma once
#include "compile.h"

/* Returns true when f is an FP comparison. */
static inline bool flags_is_fcmp(const struct compile *job, ref f)
{
        return ir_opinfo[ins_at(job, f)->op].args[0] == 'x';
}

/* Returns true when `alu` is an instruction that makes the flags f as a side effect. */
static inline bool flags_siblings(const struct compile *job, ref f, ref alu)
{
        return same_alu(ins_at(job, f), ins_at(job, alu));
}

/* Returns true when condition cc of an FP comparison is tested behind UCOMISx b, a. */
static inline bool flags_wants_swap(enum cc cc)
{
        return FCC_SWAP >> cc & 1;
}

/* Notes that EFLAGS hold f. */
void flags_are(struct compile *job, ref f, enum fkind kind);
/* Emits the comparison that f stands for, of an FP comparison with its operands in the other order (`swap`); EFLAGS hold f
 * afterwards. */
void flags_compare(struct compile *job, ref f, bool swap);
/* Emits the comparison of a flags op (FSUBS, FADDS, FANDS) of general operands. */
void flags_compare_general(struct compile *job, unsigned op, unsigned sz, ref va, ref vb);
/* Returns the x86 condition for condition cc of what EFLAGS hold. May emit CMC. *ret_parity is as in flags_test. */
unsigned flags_x86_cc(struct compile *job, enum cc cc, bool *ret_parity);
/* Brings f, which EFLAGS hold, to a register. */
void flags_keep(struct compile *job, ref f);
/* Emits `op` with flags value f, which is materialised, as its operand: a register, or 16 bits of cpu->flags for the flags on entry. */
void flags_operand(struct compile *job, ref f, opc op, unsigned reg);
