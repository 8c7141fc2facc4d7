/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What guest.c and guest-arm.c share: a table of code for each variant, and the loops over all cases.
 *
 * Before this is included: BODY(head, text, tail) puts code with that instruction into .text and its address into .rodata; and the
 * machine's words for the variants:
 *   HIGH_TO_0  moves a result from the high registers to operand 0
 *   N_TO_0     moves a result from where operand 1 was
 *   SET_FLAGS  sets flags that the instruction must keep
 *   BY_FLAGS   sets flags as those tell, then returns
 * PLAIN.def and so on are insns.def or insns-arm.def with other register numbers (see run). */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include "insns.h"

typedef void code(void);

#define TABLE(name) __asm__(".pushsection .rodata\n .balign 8\n .global " name "\n" name ":\n .popsection\n");
extern code *const code_plain[INSNS], *const code_high[INSNS], *const code_over_n[INSNS];
extern code *const code_over_m[INSNS], *const code_flags[INSNS];

TABLE("code_plain")
#define I(text, op, form, sz, q, opt) BODY("", text, "")
#include "plain.def"
#undef I
TABLE("code_high")
#define I(text, op, form, sz, q, opt) BODY("", text, HIGH_TO_0)
#include "high.def"
#undef I
TABLE("code_over_n")
#define I(text, op, form, sz, q, opt) BODY("", text, N_TO_0)
#include "over-n.def"
#undef I
TABLE("code_over_m")
#define I(text, op, form, sz, q, opt) BODY("", text, "")
#include "over-m.def"
#undef I
TABLE("code_flags")
#define I(text, op, form, sz, q, opt) BODY(SET_FLAGS, text, BY_FLAGS)
#include "plain.def"
#undef I

/* Executes one case of an instruction. */
static void run_case(const struct insn *i, code *fn, uint32_t fpcr, const struct input *in, struct output *out);

static void run(code *const *table, unsigned variant, unsigned fpcr, unsigned long cases, uint64_t seed)
{
        for (unsigned k = 0; k < INSNS; k++) {
                struct rng g = rng_for(seed, fpcr, variant, k);
                for (unsigned long n = 0; n < cases; n++) {
                        struct input in = make_input(&g, variant, &insns[k]);
                        struct output out;
                        run_case(&insns[k], table[k], fpcrs[fpcr], &in, &out);
                        fwrite(&out, sizeof(out), 1, stdout);
                }
        }
}

int main(int argc, char **argv)
{
        static char buffer[1 << 16];
        if (argc != 5)
                return 2;
        unsigned long cases = strtoul(argv[1], NULL, 0);
        uint64_t seed = strtoull(argv[2], NULL, 0);
        unsigned first = (unsigned)atoi(argv[3]), last = (unsigned)atoi(argv[4]);
        setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
        for (unsigned f = first; f <= last && f < FPCRS; f++) {
                run(code_plain, PLAIN, f, cases, seed);
                run(code_high, HIGH, f, cases, seed);
                run(code_over_n, OVER_N, f, cases, seed);
                run(code_over_m, OVER_M, f, cases, seed);
                run(code_flags, FLAGS, f, cases, seed);
        }
        return fflush(stdout) != 0;
}
