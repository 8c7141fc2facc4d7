/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where guest state lives between regions: the homes of guest registers.
 *
 *   RBP      &cpu->x[CPU_BASE] (ir/cpu.h)
 *   RSP      the thread's call/return stack: pairs { host return address, guest return address }
 *   R11      scratch of the allocator, XMM15 likewise
 *   RAX, RCX, RDX, XMM8..XMM14   free: values inside a region; R10 too, where the guest has no more than nine homes
 *   the rest homes ("pins") of registers that the guest's table lists as often used (struct ir_guest); the homes of all other
 *            guest registers are their fields in struct cpu
 */
#pragma once
#include "ir/cpu.h"
#include "asm.h"

#define X64_SCRATCH R11
#define X64_VSCRATCH 15

/* Homes of the registers of the guest that this process runs. Set once, by x64_make_stubs. */
struct x64_homes {
        uint8_t pin[SLOT_COUNT + 4];   /* host register that is a slot's home, or NOREG */
        uint8_t class[SLOT_COUNT + 4]; /* enum slot_class */
        int32_t disp[SLOT_COUNT];      /* from RBP: a slot's field in struct cpu */
        unsigned npins;
        struct {
                uint8_t slot, reg;
        } pins[16 + 16];    /* all slots that have a pin, with it */
        uint8_t code_shift; /* as in struct ir_guest */
        bool addr32;
        int32_t flags_source; /* from RBP: the guest's struct flags_source; 0: it has none */
};
extern struct x64_homes x64_homes;

/* Chooses homes for a guest's registers, and makes the other tables that are the same for all of its regions. */
void x64_set_guest(const struct ir_guest *guest);

static inline bool is_vector_slot(unsigned slot)
{
        return x64_homes.class[slot] == SLOT_VECTOR;
}

/* Returns the host register that is the home of a slot, or NOREG. */
static inline unsigned x64_pin(unsigned slot)
{
        return x64_homes.pin[slot];
}

#define X64_GALLOC 0xf7cfu /* every general register but RSP, RBP, R11 */
#define X64_XALLOC 0x7fffu /* every vector register but XMM15 */

/* Returns the memory operand for a field of struct cpu. */
static inline struct mem cpu_mem(int32_t off_from_rbp)
{
        return (struct mem){ .base = RBP, .index = NOREG, .disp = off_from_rbp };
}

/* Returns the memory operand for a slot's field in struct cpu. */
static inline struct mem slot_mem(unsigned slot)
{
        return cpu_mem(x64_homes.disp[slot]);
}
