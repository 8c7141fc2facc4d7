/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code generation for one region: the contract between the register allocator (x64/ra.c) and the
 * emission rules of the ops (x64/rules_*.c).
 *
 * A rule is `void rule_OP(struct gen *g, const struct ir_ins *i, const struct regs *r)`. Operands are in host
 * registers r->a, r->b, r->c (by class: 0..15 of general or vector registers), the result goes to r->d.
 * r->d may equal an operand's register when that operand dies here, unless the rule is marked EARLY (the
 * result is written before all operands are read): then r->d differs from all operands. Without AVX, r->d of a
 * vector rule differs from r->b and r->c in any case, so that x64_v3 (d = a op b) is always possible.
 * Operands must not be modified. Temporaries: r->t[0..1] vector, r->s[0..1] general, as many as the rule asks
 * for, distinct from all operands and the result. R11 and XMM15 are scratch of the *allocator*: rules do not use them.
 * EFLAGS may be clobbered freely by rules not marked KEEPS.
 */
#pragma once
#include "ir/ir.h"
#include "asm.h"

struct regs {
        uint8_t d, a, b, c;
        uint8_t t[2]; /* vector temporaries */
        uint8_t s[2]; /* general temporaries */
};

struct gen {
        struct code code; /* first member: rules emit with &g->code */
        const struct ir *ir;
        /* this is the first member of struct compile (x64/compile.h), which has the allocator's data */
};

typedef void rule_fn(struct gen *g, const struct ir_ins *i, const struct regs *r);

enum {
        RULE_EARLY = 1 << 0, /* result is written before all operands are read */
        RULE_KEEPS = 1 << 1, /* leaves EFLAGS alone (vector rules normally do) */
};

struct rule {
        rule_fn *fn;
        uint8_t nt; /* vector temporaries wanted */
        uint8_t ns; /* general temporaries wanted */
        uint8_t flags;
};

/* The table: x64/rules_vec.def and x64/rules_fp.def hold lines RULE(OP, nt, ns, flags) for rule_OP; general ops are
 * the allocator's business (x64/emit_int.c). */

/* For FP ops that may trap (OF_FPTRAP): wraps the one host instruction that may raise Invalid. Call gen_fptrap
 * immediately before emitting that instruction: when it traps, a cold path calls the helper below, which computes the
 * result exactly, and continues behind the rule's end with r->d set from arg[0]. Helper's arg[1..3] = the IR
 * operands a, b, c of the op (general or vector): fp_fixup() of ir/fp_fixup.h. */
void gen_fptrap(struct gen *g);
/* For what the host does not trap on: emits a jump to the cold path of gen_fptrap, to be taken when x86 condition `xcc` holds
 * (FMA and NaNs). */
void gen_fpslow_if(struct gen *g, unsigned xcc);

/* Emit a vector instruction whose memory operand is a constant of 16 bytes in the region's pool. */
void gen_v3c(struct gen *g, opc op, unsigned d, unsigned a, uint64_t lo, uint64_t hi);
void gen_v2c(struct gen *g, opc op, unsigned d, uint64_t lo, uint64_t hi);
