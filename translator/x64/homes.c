/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing homes for a guest's registers (see abi.h). */
#include "abi.h"
#include "compile.h"

struct x64_homes x64_homes;
struct entry_state x64_entry;

/* Host registers that may be pins, best first. The first three need no REX prefix; where R10 is one, three are left for values. */
static const uint8_t general_pins[] = { RBX, RSI, RDI, R8, R9, R12, R13, R14, R15, R10 };
static const uint8_t vector_pins[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static void pin(const struct slot_list *slots, const uint8_t *regs, unsigned nregs)
{
        struct x64_homes *h = &x64_homes;
        for (unsigned k = 0; k < slots->n && k < nregs; k++) {
                h->pin[slots->slot[k]] = regs[k];
                h->pins[h->npins].slot = slots->slot[k];
                h->pins[h->npins++].reg = regs[k];
        }
}

static void make_entry(struct entry_state *e)
{
        for (unsigned s = 0; s < SLOT_COUNT; s++) {
                unsigned reg = x64_pin(s);
                e->cur[s] = ENTRY(s);
                e->field[s] = reg == NOREG ? ENTRY(s) : REF_NONE;
                e->val[s] = unknown_value;
                e->val[s].home = reg == NOREG ? (uint8_t)s : 0xff;
                e->val[s].reg = (uint8_t)reg;
                e->val[s].nslots = 1;
                e->val[s].state_end = TO_THE_END;
                if (reg != NOREG)
                        (is_vector_slot(s) ? e->xval : e->gval)[reg] = ENTRY(s);
        }
}

void x64_set_guest(const struct ir_guest *guest)
{
        x64_homes = (struct x64_homes){ .code_shift = guest->code_shift, .addr32 = guest->addr32 };
        if (guest->flags_source)
                x64_homes.flags_source = CPU_OFF_AT(guest->flags_source);
        x64_entry = (struct entry_state){ 0 };
        for (unsigned s = 0; s < SLOT_COUNT; s++) {
                x64_homes.class[s] = guest->slots[s].class;
                x64_homes.disp[s] = CPU_OFF_AT(guest->slots[s].offset);
        }
        for (unsigned s = 0; s < sizeof(x64_homes.pin); s++)
                x64_homes.pin[s] = NOREG;
        pin(&guest->general, general_pins, sizeof(general_pins));
        pin(&guest->vector, vector_pins, sizeof(vector_pins));
        make_entry(&x64_entry);
        x64_make_traits();
}

void x64_make_flags(struct cpu *cpu)
{
        if (x64_homes.flags_source)
                cpu_make_flags(cpu, (struct flags_source *)((uint8_t *)&cpu->x[CPU_BASE] + x64_homes.flags_source));
}
