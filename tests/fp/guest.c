/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest program: executes each instruction of insns.def on operands of values.h, in each variant of insns.h and for each FPCR of
 * insns.h, and writes the registers after each to standard output.
 *
 * usage: guest CASES SEED FIRST LAST    CASES of each instruction and variant, with FPCRs number FIRST to LAST
 */

/* The instruction, then the result to register 0. */
#define BODY(head, text, tail) \
        __asm__(".pushsection .text\n .arch armv8.3-a\n1: " head text "\n " tail "ret\n .popsection\n" \
                ".pushsection .rodata\n .xword 1b\n .popsection\n");
#define HIGH_TO_0 "mov v0.16b, v16.16b\n "
#define N_TO_0 "mov v0.16b, v1.16b\n mov x0, x1\n "
#define SET_FLAGS "cmp x0, x1\n "
#define BY_FLAGS "b.lt 8f\n cmp xzr, xzr\n ret\n 8: cmp xzr, x30\n "
#include "guest.h"

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

static void run_case(const struct insn *i, code *fn, uint32_t fpcr, const struct input *in, struct output *out)
{
        (void)i;
        __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)fpcr));
        execute(in, out, fn);
}
