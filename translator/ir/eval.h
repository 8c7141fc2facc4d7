/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evaluator of the IR, for tests only: plain C that shares nothing with the code generator. */
#pragma once
#include "ir.h"

/* How a region was left. */
struct eval_exit {
        uint64_t pc;    /* where the guest goes on */
        uint8_t op;     /* the exit's IR op */
        uint8_t reason; /* EXIT_SYS: enum exit_reason */
};

/* Runs a region on *cpu (registers, flags in cpu->flags, guest memory at its addresses). Returns false when it meets an op
 * that it does not know, with the op in ret->op. */
bool ir_eval(const struct ir *ir, struct cpu *cpu, struct eval_exit *ret);

/* Vector and FP ops, by their owners: result in *d. False: not an op of theirs. */
bool eval_vec(const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d);
bool eval_fp(struct cpu *cpu, const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d);
