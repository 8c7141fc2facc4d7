/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a region of guest code is found by: where it begins, and the state of the CPU that its translation depends on.
 *
 * A pc has in it the bits of state that a branch can change (struct guest, state_bits; none for A64): so an exit's target, an
 * entry of the table of indirect branches and a pair on the call/return stack say which state the code there is in, and
 * translated code compares them like any other address. What branches do not change is the mode.
 *
 * There is no guest in it, for a process has one only. What goes from process to process (run/share.h) is marked with it.
 */
#pragma once
#include "ir/cpu.h"
#include "guest.h"

/* What translations depend on beside the code: part of the key that they are looked up with. */
enum mode {
        MODE_FPSOFT = 1 << 0, /* FPCR has FZ, DN, AHP or FZ16 set: all FP arithmetic goes through the helpers.
                               * The rounding mode is not part of it: MXCSR follows FPCR.RMode. */
};

struct loc {
        uint64_t pc;
        uint32_t mode; /* enum mode */
};

/* Where the thread is that has this state. */
static inline struct loc loc_of(const struct cpu *cpu)
{
        return (struct loc){ .pc = cpu->pc, .mode = cpu->mode };
}

/* Where an exit leads to from a region that begins at l: to l.pc + distance. */
static inline struct loc loc_target(struct loc l, int32_t distance)
{
        return (struct loc){ .pc = l.pc + (uint64_t)(int64_t)distance, .mode = l.mode };
}

static inline bool loc_equal(struct loc a, struct loc b)
{
        return a.pc == b.pc && a.mode == b.mode;
}

/* What a table is searched for: no two locs that have code have the same key. (Code has addresses below 1 << 56.) */
static inline uint64_t loc_key(struct loc l)
{
        return l.pc ^ (uint64_t)l.mode << 56;
}

/* The address of the first instruction, and the line that it is in. */
static inline uint64_t loc_address(struct loc l)
{
        return guest_address(l.pc);
}
static inline uint64_t loc_line(struct loc l)
{
        return loc_address(l) & ~(uint64_t)(FETCH_LINE - 1);
}

/* The place in its page, with the bits of state: the same for the same code wherever it is mapped. */
static inline uint16_t loc_in_page(struct loc l)
{
        return (uint16_t)(l.pc & 4095);
}

/* The entry of the table of indirect branches that is for l. */
static inline unsigned loc_ibtc_index(struct loc l)
{
        return (unsigned)(l.pc >> the_guest->registers->code_shift) & ((1u << IBTC_BITS) - 1);
}
