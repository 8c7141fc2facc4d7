/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a region of guest code is found by: where it begins, and the state of the CPU that its translation depends on.
 *
 * State that a branch can change is in bits of the pc (struct guest, state_bits; A64 has none). So the target of an exit, an
 * entry of the table of indirect branches and a pair on the call/return stack say which state their code is for, and translated
 * code compares them like any other address. The mode is state that branches do not change.
 *
 * A struct loc does not say which guest it is of, for a process has one only. What goes from process to process does
 * (run/share.h).
 */
#pragma once
#include "ir/cpu.h"
#include "guest.h"

/* State that translations depend on and branches do not change; but a region that begins within an IT block leaves it. */
enum mode {
        MODE_FPSOFT = 1 << 0, /* FPCR has DN, AHP, or FZ (but see MODE_FLUSH) set: all FP arithmetic that depends on FPCR goes
                               * through the helpers. The rounding mode is not part of it: MXCSR follows FPCR.RMode. */
        MODE_BE = 1 << 1,     /* A32's CPSR.E: data is big-endian */
        MODE_FLUSH = 1 << 2,  /* FPCR has FZ set, of a guest for which denormal numbers trap on the host (struct guest,
                               * standard_fp) */
        MODE_ROUNDS = 1 << 3, /* of such a guest: FPCR does not round to nearest, as the standard FP state does */
        MODE_IT = 0xff << 8,  /* A32's ITSTATE, where execution stands within an IT block */
        MODE_IT_SHIFT = 8,
};

struct loc {
        uint64_t pc;
        uint32_t mode; /* enum mode */
};

/* Returns where the thread with this state is. */
static inline struct loc loc_of(const struct cpu *cpu)
{
        return (struct loc){ .pc = cpu->pc, .mode = cpu->mode };
}

/* Returns where an exit leads to from a region that begins at l, and whose target is l.pc + distance. */
static inline struct loc loc_target(struct loc l, int32_t distance)
{
        return (struct loc){ .pc = l.pc + (uint64_t)(int64_t)distance, .mode = l.mode & ~(uint32_t)MODE_IT };
}

static inline bool loc_equal(struct loc a, struct loc b)
{
        return a.pc == b.pc && a.mode == b.mode;
}

/* Returns what the cache searches its table for. No two locs that have code have the same key, as code has addresses below
 * 1 << 48. */
static inline uint64_t loc_key(struct loc l)
{
        return l.pc ^ (uint64_t)l.mode << 48;
}

/* Return the address of the first instruction, and that of its line of code. */
static inline uint64_t loc_address(struct loc l)
{
        return guest_address(l.pc);
}
static inline uint64_t loc_line(struct loc l)
{
        return loc_address(l) & ~(uint64_t)(FETCH_LINE - 1);
}

/* Returns the place in the page, with the bits of state: it is the same for the same code, wherever that is mapped. */
static inline uint16_t loc_in_page(struct loc l)
{
        return (uint16_t)(l.pc & 4095);
}

/* Return the index of the entry that is for l in the tables of indirect branches, cpu->ibtc and cpu->far. */
static inline unsigned loc_ibtc_index(const struct cpu *cpu, struct loc l)
{
        return ((uint32_t)l.pc & cpu->ibtc_mask) >> the_guest->registers->code_shift;
}
static inline unsigned loc_far_index(struct loc l)
{
        uint32_t pc = (uint32_t)l.pc;
        return (pc ^ pc >> IBTC_FOLD) >> the_guest->registers->code_shift & ((1u << IBTC_FAR_BITS) - 1);
}
