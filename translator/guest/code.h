/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest code as one translation reads it: in lines of FETCH_LINE bytes, each of which is copied from the guest's memory once.
 *
 * A translation depends on every line that was read for it: those of the instructions that it translates, and those that it
 * only looks at (guest/a64/flags_dead.c). So the lines that are kept here are what has to be compared before the translation is used
 * elsewhere (run/share.h), and what drops it when it changes (run/code_index.h).
 *
 * Under the translation's lock (run/exec.c).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "lift.h"

struct lift;

/* What the system side (linux/) knows about guest code. */
struct code_hooks {
        /* Returns true when the guest may execute the instruction at addr. */
        bool (*may_exec)(uint64_t addr);

        /* Returns the number by which code at addr is known at all addresses where the same memory is mapped, or 0 when this is
         * the only one. */
        uint64_t (*alias)(uint64_t addr);

        /* Returns true when pc lies in the guest's vDSO, which the translator has made. Its code calls functions of this very
         * process, so its translations are for no other one. */
        bool (*is_vdso)(uint64_t pc);

        /* Lifts the instruction at l->pc when it is one of the vDSO that stands for a call of a function. Returns false, having
         * emitted nothing, when it is not. */
        bool (*lift_vdso)(struct lift *l);
};

/* Set once, before the first translation (main/connect.c). */
extern const struct code_hooks *code_hooks;

/* More than a region can read: one for each instruction and for each that guest/a64/flags_dead.c looks at behind each exit. */
#define GUEST_LINES_MAX 192u

struct guest_lines {
        unsigned n;
        uint64_t base[GUEST_LINES_MAX];                 /* addresses: multiples of FETCH_LINE, each once */
        uint32_t word[GUEST_LINES_MAX][FETCH_LINE / 4]; /* what was there */
};
extern struct guest_lines guest_lines;

/* A translation begins: nothing was read for it yet. */
void guest_code_begin(void);

/* The fetch_fn of translations (guest/lift.h). NULL: not to be read or not to be executed, or more than GUEST_LINES_MAX lines. */
const uint32_t *guest_code_fetch(uint64_t pc);
