/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64's registers (ir/slots.h): x0 to x30 and sp, v0 to v31. */
#include "registers.h"
#include "ir/cpu.h"

/* clang-format off */
#define X(n) [SLOT_X0 + n] = { offsetof(struct cpu, x[n]), SLOT_GENERAL, "x" #n }
#define V(n) [SLOT_V0 + n] = { offsetof(struct cpu, v[n]), SLOT_VECTOR, "v" #n }
#define TEN(R, tens) R(tens##0), R(tens##1), R(tens##2), R(tens##3), R(tens##4), R(tens##5), R(tens##6), R(tens##7), R(tens##8), R(tens##9)

const struct ir_guest a64_registers = {
        .slots = {
                TEN(X, ), TEN(X, 1), TEN(X, 2), X(30),
                [SLOT_SP] = { offsetof(struct cpu, x[31]), SLOT_GENERAL, "sp" },
                TEN(V, ), TEN(V, 1), TEN(V, 2), V(30), V(31),
                [SLOT_NZCV] = { offsetof(struct cpu, flags), SLOT_FLAGS, "nzcv" },
        },
        /* the first argument registers, the first ones that functions keep, and sp */
        .general = { 9, { SLOT_X0, SLOT_X0 + 1, SLOT_X0 + 2, SLOT_X0 + 3, SLOT_X0 + 4, SLOT_X0 + 19, SLOT_X0 + 20, SLOT_X0 + 21, SLOT_SP } },
        .vector = { 8, { SLOT_V0, SLOT_V0 + 1, SLOT_V0 + 2, SLOT_V0 + 3, SLOT_V0 + 4, SLOT_V0 + 5, SLOT_V0 + 6, SLOT_V0 + 7 } },
        .code_shift = 2,
};
/* clang-format on */
