/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where guest state lives between regions: the host registers that are homes of guest registers.
 *
 *   RBP      &cpu->x[16] (ir/cpu.h)
 *   RSP      the thread's call/return stack: pairs { host return address, guest return address }
 *   R11      scratch of the allocator, XMM15 likewise
 *   RAX, RCX, RDX, R10, XMM8..XMM14   free: values inside a region
 *   the rest homes ("pins") of the guest registers below; all other guest registers' homes are in struct cpu
 *
 * The choice follows what compiled AArch64 code touches most: the first argument registers, the first
 * callee-saved ones, and SP.
 */
#pragma once
#include "ir/cpu.h"
#include "asm.h"

#define X64_SCRATCH R11
#define X64_VSCRATCH 15

/* PIN(guest slot, host register) */
/* clang-format off */
#define X64_GPINS(PIN) \
        PIN(SLOT_X0 + 0, RBX) PIN(SLOT_X0 + 1, RSI) PIN(SLOT_X0 + 2, RDI) PIN(SLOT_X0 + 3, R8) PIN(SLOT_X0 + 4, R9) \
        PIN(SLOT_X0 + 19, R12) PIN(SLOT_X0 + 20, R13) PIN(SLOT_X0 + 21, R14) PIN(SLOT_SP, R15)
#define X64_XPINS(PIN) \
        PIN(SLOT_V0 + 0, 0) PIN(SLOT_V0 + 1, 1) PIN(SLOT_V0 + 2, 2) PIN(SLOT_V0 + 3, 3) \
        PIN(SLOT_V0 + 4, 4) PIN(SLOT_V0 + 5, 5) PIN(SLOT_V0 + 6, 6) PIN(SLOT_V0 + 7, 7)
/* clang-format on */

/* Host register that is the home of a slot, or NOREG. */
static inline unsigned x64_pin(unsigned slot)
{
        static const uint8_t pin[SLOT_COUNT + 2] = {
#define PIN(slot, reg) [slot] = (reg) + 1,
                X64_GPINS(PIN) X64_XPINS(PIN)
#undef PIN
        };
        return pin[slot] ? pin[slot] - 1u : NOREG;
}

enum { X64_PIN_COUNT = 17 };
static const struct {
        uint8_t slot, reg;
} x64_pins[X64_PIN_COUNT] = {
#define PIN(slot, reg) { slot, reg },
        X64_GPINS(PIN) X64_XPINS(PIN)
#undef PIN
};

#define X64_GALLOC 0xf7cfu /* every general register but RSP, RBP, R11 */
#define X64_XALLOC 0x7fffu /* every vector register but XMM15 */

/* Address of a field of struct cpu. */
static inline struct mem cpu_mem(int32_t off_from_rbp)
{
        return (struct mem){ .base = RBP, .index = NOREG, .disp = off_from_rbp };
}

/* Memory home of a slot (x, sp, v; NZCV is cpu->flags). */
static inline struct mem slot_mem(unsigned slot)
{
        if (slot == SLOT_NZCV)
                return cpu_mem(CPU_OFF(flags));
        if (slot >= SLOT_V0)
                return cpu_mem(CPU_OFF(v) + 16 * (int32_t)(slot - SLOT_V0));
        return cpu_mem(CPU_OFF(x) + 8 * (int32_t)slot);
}
