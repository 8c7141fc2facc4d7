/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of A32 and T32 as slots (see registers.h and ir/slots.h). */
#include "ir/cpu.h"
#include "registers.h"

/* clang-format off */
#define R(n) [SLOT_X0 + n] = { offsetof(struct cpu, x[n]), SLOT_GENERAL, "r" #n }
#define D(n) [SLOT_V0 + n] = { offsetof(struct cpu, v[n]), SLOT_VECTOR, "d" #n }
#define TEN(X, tens) X(tens##0), X(tens##1), X(tens##2), X(tens##3), X(tens##4), X(tens##5), X(tens##6), X(tens##7), X(tens##8), X(tens##9)

const struct ir_guest a32_registers = {
        .slots = {
                TEN(R, ), R(10), R(11), R(12),
                [SLOT_R13] = { offsetof(struct cpu, x[13]), SLOT_GENERAL, "sp" },
                [SLOT_R14] = { offsetof(struct cpu, x[14]), SLOT_GENERAL, "lr" },
                [SLOT_GE] = { offsetof(struct cpu, x[22]), SLOT_GENERAL, "ge" },
                [SLOT_Q] = { offsetof(struct cpu, x[23]), SLOT_GENERAL, "q" },
                [SLOT_FPNZCV] = { offsetof(struct cpu, x[24]), SLOT_GENERAL, "fpf" },
                TEN(D, ), TEN(D, 1), TEN(D, 2), D(30), D(31),
                [SLOT_NZCV] = { offsetof(struct cpu, flags), SLOT_FLAGS, "nzcv" },
        },
        /* what T16 instructions can name, sp, and the next one that compilers take where values live across calls */
        .general = { 10, { 3, 0, 2, 1, SLOT_R13, 4, 5, 6, 7, 8 } },
        .vector = { 8, { SLOT_V0 + 7, SLOT_V0, SLOT_V0 + 6, SLOT_V0 + 8, SLOT_V0 + 5, SLOT_V0 + 9, SLOT_V0 + 1, SLOT_V0 + 4 } },
        .vector64 = true,
        .addr32 = true,
        .flags_source = offsetof(struct cpu, x[25]),
        .code_shift = 1,
};
/* clang-format on */
