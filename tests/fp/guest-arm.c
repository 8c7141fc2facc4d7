/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest program: what guest.c is, for 32-bit ARM and insns-arm.def. Compiled for A32 or T32.
 *
 * usage: guest-arm CASES SEED FIRST LAST    as guest
 */

#ifdef __thumb__
#define STATE " .thumb\n .thumb_func\n"
#define ADDRESS "1b + 1"
#else
#define STATE " .arm\n"
#define ADDRESS "1b"
#endif
#define ARCH " .syntax unified\n .arch armv8.2-a\n .fpu crypto-neon-fp-armv8\n"

/* The instruction, then the result to operand 0. */
#define BODY(head, text, tail) \
        __asm__(".pushsection .text\n" ARCH STATE "1: " head text "\n " tail "bx lr\n .popsection\n" \
                ".pushsection .rodata\n .word " ADDRESS "\n .popsection\n");
#define HIGH_TO_0 "vmov.f32 s0, s20\n vmov.f64 d4, d12\n vmov q8, q12\n "
#define N_TO_0 "vmov.f32 s0, s1\n vmov.f64 d4, d5\n vmov q8, q9\n mov r0, r1\n "
#define SET_FLAGS "cmp r0, r1\n "
#define BY_FLAGS "blt 8f\n cmp r0, r0\n bx lr\n 8: mov r2, #0\n cmp r2, #1\n "
#include "guest.h"
#include <string.h>

/* Registers after a case. */
struct after {
        uint32_t s0, unused;
        uint64_t d4, q8[2];
        uint32_t r0, fpscr, apsr;
};

void execute(const struct input *in, struct after *after, code *fn, uint32_t fpscr);
__asm__(".pushsection .text\n" ARCH STATE " .global execute\n .type execute, %function\n"
        "execute:\n"
        "       push    {r4-r11, lr}\n"
        "       vpush   {d8-d15}\n"
        "       mov     r5, r1\n"
        "       vmsr    fpscr, r3\n"
        "       vldm    r0, {d16-d23}\n"
        "       vldm    r0, {d24-d31}\n"
        "       vldr    s0, [r0]\n"
        "       vldr    s1, [r0, #16]\n"
        "       vldr    s2, [r0, #32]\n"
        "       vldr    s3, [r0, #48]\n"
        "       vmov    d10, d0\n"
        "       vmov    d11, d1\n"
        "       vldr    d4, [r0]\n"
        "       vldr    d5, [r0, #16]\n"
        "       vldr    d6, [r0, #32]\n"
        "       vldr    d7, [r0, #48]\n"
        "       vmov    q6, q2\n"
        "       vmov    q7, q3\n"
        "       ldr     r6, [r0, #88]\n"
        "       ldr     r1, [r0, #72]\n"
        "       ldr     r0, [r0, #64]\n"
        "       msr     APSR_nzcvq, r6\n"
        "       blx     r2\n"
        "       mrs     r6, apsr\n"
        "       vmrs    r7, fpscr\n"
        "       vstr    s0, [r5]\n"
        "       vstr    d4, [r5, #8]\n"
        "       vstr    d16, [r5, #16]\n"
        "       vstr    d17, [r5, #24]\n"
        "       str     r0, [r5, #32]\n"
        "       str     r7, [r5, #36]\n"
        "       str     r6, [r5, #40]\n"
        "       vpop    {d8-d15}\n"
        "       pop     {r4-r11, pc}\n"
        " .popsection\n");

/* The result is in operand 0 of the kind that the text names first. */
static void get_result(const struct insn *i, const struct after *after, struct output *out)
{
        char kind = 's';
        int number = 0;
        sscanf(i->text, "%*s %c%d", &kind, &number);
        memset(out, 0, sizeof(*out));
        if (kind == 'q' || (kind == 'd' && number >= 16)) {
                out->v[0] = after->q8[0];
                out->v[1] = kind == 'q' ? after->q8[1] : 0;
        } else {
                out->v[0] = kind == 'd' ? after->d4 : after->s0;
        }
        out->x = after->r0;
        out->fpsr = after->fpscr & (NZCV | STICKY);
        out->nzcv = after->apsr & NZCV;
}

static void run_case(const struct insn *i, code *fn, uint32_t fpcr, const struct input *in, struct output *out)
{
        struct after after;
        execute(in, &after, fn, fpcr | (uint32_t)in->fpsr | (uint32_t)in->nzcv);
        get_result(i, &after, out);
}
