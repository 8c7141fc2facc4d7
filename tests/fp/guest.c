/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest program: executes each instruction of insns.def on operands of values.h, in each variant of insns.h and for each FPCR of
 * insns.h, and writes the registers after each to standard output.
 *
 * usage: guest CASES SEED FIRST LAST    CASES of each instruction and variant, with FPCRs number FIRST to LAST
 *
 * PLAIN.def and so on are insns.def with other register numbers (see run).
 */
#include <stdio.h>
#include <stdlib.h>
#include "insns.h"

typedef void code(void);

/* The instruction, then the result to register 0. */
#define BODY(head, text, tail) \
        __asm__(".pushsection .text\n .arch armv8.3-a\n1: " head text "\n " tail "ret\n .popsection\n" \
                ".pushsection .rodata\n .xword 1b\n .popsection\n");
#define TABLE(name) __asm__(".pushsection .rodata\n .balign 8\n .global " name "\n" name ":\n .popsection\n");
extern code *const code_plain[INSNS], *const code_high[INSNS], *const code_over_n[INSNS];
extern code *const code_over_m[INSNS], *const code_flags[INSNS];

TABLE("code_plain")
#define I(text, op, form, sz, q, opt) BODY("", text, "")
#include "plain.def"
#undef I
TABLE("code_high")
#define I(text, op, form, sz, q, opt) BODY("", text, "mov v0.16b, v16.16b\n ")
#include "high.def"
#undef I
TABLE("code_over_n")
#define I(text, op, form, sz, q, opt) BODY("", text, "mov v0.16b, v1.16b\n mov x0, x1\n ")
#include "over-n.def"
#undef I
TABLE("code_over_m")
#define I(text, op, form, sz, q, opt) BODY("", text, "")
#include "over-m.def"
#undef I
TABLE("code_flags")
#define I(text, op, form, sz, q, opt) BODY("cmp x0, x1\n ", text, "b.lt 8f\n cmp xzr, xzr\n ret\n 8: cmp xzr, x30\n ")
#include "plain.def"
#undef I

void execute(const struct input *in, struct output *out, code *fn);
__asm__(".pushsection .text\n .global execute\n"
        "execute:\n"
        "       stp     x29, x30, [sp, #-32]!\n"
        "       str     x1, [sp, #16]\n"
        "       mov     x9, x2\n"
        "       ldp     x10, x11, [x0, #80]\n"
        "       msr     fpsr, x10\n"
        "       msr     nzcv, x11\n"
        "       ldp     q0, q1, [x0]\n"
        "       ldp     q2, q3, [x0, #32]\n"
        "       ldp     q16, q17, [x0]\n"
        "       ldp     q18, q19, [x0, #32]\n"
        "       ldp     x0, x1, [x0, #64]\n"
        "       blr     x9\n"
        "       mrs     x10, fpsr\n"
        "       mrs     x11, nzcv\n"
        "       ldr     x1, [sp, #16]\n"
        "       str     q0, [x1]\n"
        "       str     x0, [x1, #16]\n"
        "       stp     w10, w11, [x1, #24]\n"
        "       ldp     x29, x30, [sp], #32\n"
        "       ret\n"
        " .popsection\n");

static void run(code *const *table, unsigned variant, unsigned fpcr, unsigned long cases, uint64_t seed)
{
        for (unsigned k = 0; k < INSNS; k++) {
                struct rng g = rng_for(seed, fpcr, variant, k);
                for (unsigned long n = 0; n < cases; n++) {
                        struct input in = make_input(&g, variant, &insns[k]);
                        struct output out;
                        execute(&in, &out, table[k]);
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
                uint64_t fpcr = fpcrs[f];
                __asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
                run(code_plain, PLAIN, f, cases, seed);
                run(code_high, HIGH, f, cases, seed);
                run(code_over_n, OVER_N, f, cases, seed);
                run(code_over_m, OVER_M, f, cases, seed);
                run(code_flags, FLAGS, f, cases, seed);
        }
        return fflush(stdout) != 0;
}
