/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of A32 and T32, for the IR and the code generator.
 *
 * A vector slot is a D register: the low 64 bits of its field, what is above does not matter. */
#pragma once
#include "ir/slots.h"

enum {
        SLOT_R13 = SLOT_X0 + 13,    /* sp */
        SLOT_R14 = SLOT_X0 + 14,    /* lr */
        SLOT_GE = SLOT_X0 + 22,     /* CPSR.GE, as a mask: byte k is ff where bit k of GE is set, else 0 */
        SLOT_Q = SLOT_X0 + 23,      /* CPSR.Q: 0 or 1 */
        SLOT_FPNZCV = SLOT_X0 + 24, /* FPSCR.NZCV, as fcmp_to_nzcv() takes it */
};

extern const struct ir_guest a32_registers;
