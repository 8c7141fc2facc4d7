/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making instructions for cases (generate.c): random words of an encoding, without those that are UNPREDICTABLE, and tamed so that
 * they access the test's memory and do not leave its code. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "enc.h"

extern const struct enc_table a32_table, a32u_table, t32_table, vfp_table, neon_table;

enum { INSNS = 16, TEXT = 16 };

/* A case. Of each instruction it has the text. */
struct test {
        char first, last, state; /* 'a' or 't' */
        char roles[17];
        char text[INSNS][TEXT];
        unsigned n, bytes;
        bool about_flags; /* most of its instructions are about flags */
};

struct insn {
        const struct enc_table *table;
        unsigned op;
        uint32_t word;
};

static inline const char *insn_name(const struct insn *i)
{
        return enc_name(i->table, i->op);
}

void seed_random(uint64_t seed);
uint64_t next(void);

/* Begins a case without instructions, and with random values in registers and memory. */
void begin(struct test *t, bool thumb);
void add_text(struct test *t, const char *text, unsigned bytes);
/* Goes to the other state, with the next instruction. */
void switch_state(struct test *t);

/* Makes the case one of a random word of i->op. Returns false when that is nothing to be tried; then again. */
bool make_single(struct test *t, struct insn *i);
/* May the encoding write flags, or read them? */
bool is_about_flags(const struct insn *i);
/* Adds a random word of i->op, which must keep r6, r7, sp. Returns false when there is none. */
bool make_for_sequence(struct test *t, struct insn *i, bool in_it);
