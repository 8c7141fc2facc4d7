/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's registers as the IR names them: slots of its state.
 *
 * Slots 0 to 63 are registers. The guest's table (struct ir_guest) says what each is and which field of struct cpu it has. A
 * process has one guest. The builder, the evaluator and the code generator ask its table and know no guest's registers. NZCV is a
 * slot of every guest. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum slot {
        /* A64's registers (guest/a64/registers.c) */
        SLOT_X0 = 0,
        SLOT_SP = 31,
        SLOT_V0 = 32,
        /* of all guests */
        SLOT_NZCV = 64,
        SLOT_COUNT = 65,
};

enum slot_class {
        SLOT_ABSENT,  /* this guest does not have it */
        SLOT_GENERAL, /* 64 bits, or 32 and zero above: ir_guest.addr32 */
        SLOT_VECTOR,  /* 128 bits */
        SLOT_FLAGS,   /* SLOT_NZCV: cpu->flags */
};

struct ir_slot {
        uint16_t offset; /* of its field in struct cpu */
        uint8_t class;   /* enum slot_class */
        char name[5];    /* in printed IR */
};

struct slot_list {
        uint8_t n, slot[15];
};

struct ir_guest {
        struct ir_slot slots[SLOT_COUNT];
        /* The registers that compiled code uses most, by class, most used first. Between regions the code generator keeps the
         * first ones in host registers, as many as it has for that. */
        struct slot_list general, vector;
        bool vector64;         /* of a vector slot the low 64 bits count: in its field and register anything may be above */
        bool addr32;           /* registers and addresses have 32 bits: general slots are zero above, addresses wrap at 4 GiB */
        uint16_t flags_source; /* offset in struct cpu of the struct flags_source that it has; 0: exits always make NZCV */
        uint8_t code_shift;    /* log2 of its unit of code: 2 for instructions of four bytes, 1 where some have two */
};
