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

/* Runs a region on the registers and flags of *cpu, and on guest memory, which is where its addresses say. Returns false, with
 * the op in ret->op, when it meets one that it does not know. */
bool ir_eval(const struct ir *ir, struct cpu *cpu, struct eval_exit *ret);

/* Evaluate a vector op and an FP op, with the result in *d. Return false when it is no such op. */
bool eval_vec(const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d);
bool eval_fp(struct cpu *cpu, const struct ir_ins *i, const harg *a, const harg *b, const harg *c, harg *d);
