/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes regions for fuzz-ir, and where they find things. */
#pragma once
#include "../../translator/ir/flags.h"
#include "../../translator/ir/ir.h"
#include "../../translator/x64/region.h"

extern uint64_t rng_state; /* the seed; changes with each number */
uint64_t rnd(void);
/* Returns a random number, every second time one at some boundary. */
uint64_t interesting(void);

/* The pages where the guest code of even and of odd seeds is. Addresses below 4 GiB, and below 2 GiB, are held by shorter instructions. */
#define PC_LOW UINT64_C(0x400000)
#define PC_HIGH UINT64_C(0x5500400000)
#define PC_HIGH_32 UINT64_C(0xc0400000) /* of guests with addresses of 32 bits */
extern uint64_t pc0;
extern uint8_t *memory; /* a page below 4 GiB */

/* This register points to the middle of `memory` and is never written: x27, of A32 r7. */
#define MEM_BASE fuzz_memory_base
extern const enum slot fuzz_memory_base;

/* The guest whose registers the regions have; may its properties be others? Does it not matter what is in the upper halves of
 * vector registers? */
extern const struct ir_guest *const fuzz_guest;
extern const bool fuzz_any_guest, fuzz_top_is_free;

/* By instruction: the parts of NZCV (enum flags_parts) that something asks there, or a little further on but before they change. */
extern uint8_t flags_asked[IR_MAX];

/* The exits of random_region have the parts of NZCV that they need not save in aux3. Returns the form of cpu->flags's bits of
 * these parts. */
uint32_t flags_of_parts(unsigned parts);

/* Makes c->flags, where a region has left what they are made from, and zeroes that. */
void fuzz_make_flags(struct cpu *c, const struct ir_guest *guest);

/* Fills *ir, whose guest and opts are set, with a region of so many guest instructions. */
void fuzz_region(struct ir *ir, unsigned length);

/* Moves all guest addresses in the region. */
void fuzz_shift_pcs(struct ir *ir, uint64_t by);

/* Makes the way back of a loop to `head`, a JMP or JE at `site`, lead through code at p, by which the loop is left after so many
 * turns. */
void fuzz_leave_loop(uint8_t *site, const uint8_t *head, uint8_t *p, uint32_t turns);

/* ---- fuzz-in-place.c ---- */

/* How many regions were executed in place, or could not be; how many exits were taken, unlinked, linked, bound and because of polls;
 * how many calls returned; and how many faults there were. */
extern struct in_place_counts {
        unsigned regions, refused, exits[4], bare, returns, faults;
} in_place_counts;

/* Makes the region as code that is executed in place. A loop is left after so many turns. Returns its entry point; NULL when it cannot
 * be made, and then *ret_out is NULL, if that is right. */
uint8_t *in_place_make(struct ir *ir, uint32_t turns, const struct region_out **ret_out);

/* The same again, for its next run. */
void in_place_set_turns(uint32_t turns);

/* Returns the target of the exit by which the region was left, or ~0 when it has no such exit. */
uint64_t in_place_target(const struct ir *ir, const struct region_out *o, const struct cpu *c);

/* Returns from the call by which the region was left. Returns true when it goes on at the guest's pc `back`. */
bool in_place_returns(const struct ir *ir, const struct region_out *o, struct cpu *c, uint64_t back);

/* Prints the counts. Returns false when that was too little. */
bool in_place_done(unsigned long long count);

/* Runs the region, compiled at `entry`. Returns why it was left (enum exit_reason). */
int fuzz_enter(struct cpu *c, const uint8_t *entry, const struct region_out *out);
/* It is not known whether a result in that run was inexact, as the host says. */
extern bool fuzz_inexact_unknown;
/* Returns the bits of FPSR that exceptions of the host stand for. */
uint32_t fuzz_fpsr_of_mxcsr(uint32_t mxcsr);
/* A result of the evaluator's is zero because it was tiny, and rounds up to the least normal number. */
extern bool fuzz_unflushed;
/* Returns true when compiled code did not notice an underflow: that of a tiny result that rounds up to the least normal number
 * (docs/KNOWN-ISSUES.md). What was computed with that result may be another one, then. If it was flushed, FPSR does not tell when another
 * underflow was noticed. */
bool fuzz_known_underflow(const struct cpu *compiled, const struct cpu *evaluated);

/* Runs the region, compiled at `entry`, from the state *start while `memory` cannot be accessed. Returns true when the fault of
 * its first access, if it comes so far, leaves the registers that the evaluator says. */
bool fault_is_right(const struct ir *ir, const struct cpu *start, const uint8_t *entry, const struct region_out *out);
extern bool fuzz_faulted; /* there was one in that run */
