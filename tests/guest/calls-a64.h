/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What calls.c has in assembly, and what it asks of signal frames: AArch64. */
#pragma once
#include "check.h"
#include <ucontext.h>

typedef uint64_t word;

/* ---- returns that go elsewhere ---- */

__asm__(".pushsection .text\n.globl skip_one, call_by_link, return_by_another, tail, get_pc\n"
        /* skip_one returns four bytes further on than it should: the caller's next instruction is left out */
        "skip_one: add x30, x30, #4\n ret\n"
        /* call_by_link calls the function in x1 by BLR X30 */
        "call_by_link: stp x29, x30, [sp, #-16]!\n mov x30, x1\n blr x30\n ldp x29, x30, [sp], #16\n ret\n"
        /* return_by_another returns by RET X5 */
        "return_by_another: mov x5, x30\n mov x30, #0\n ret x5\n"
        /* tail jumps to a function, which returns to tail's caller */
        "tail: b tail_target\n"
        "tail_target: add x0, x0, #7\n ret\n"
        /* get_pc learns its address by a BL whose return address is never returned to */
        "get_pc: mov x9, x30\n bl 1f\n1: mov x0, x30\n adr x1, 1b\n sub x0, x0, x1\n ret x9\n"
        ".popsection");
extern word call_by_link(word, void *), return_by_another(word), tail(word), get_pc(void);

static word skipping(word r)
{
        __asm__ volatile("bl skip_one\n\tadd %0, %0, #100\n\tadd %0, %0, #1" : "+r"(r) : : "x30", "memory");
        return r;
}

/* ---- frames ---- */

enum { TABLES_FOR_FAULTS = 1 }; /* a function can be unwound from each of its instructions */

#define PC(uc) ((uc)->uc_mcontext.pc)
#define X(uc, n) ((uc)->uc_mcontext.regs[n])

static void skip_faulting(ucontext_t *uc)
{
        uc->uc_mcontext.pc += 4;
}

static uint64_t vector(ucontext_t *uc, unsigned n)
{
        return (uint64_t)((struct fpsimd_context *)uc->uc_mcontext.__reserved)->vregs[n];
}

/* ---- calls that are inserted ---- */

static volatile word inserted;
__asm__(".pushsection .text\n.globl inserted_call\n"
        "inserted_call:\n" /* x30: where the program was interrupted; on the stack: the program's x30; x27: saved by it */
        "stp x0, x1, [sp, #-16]!\n mrs x0, nzcv\n str x0, [sp, #-16]!\n"
        "adrp x0, inserted\n add x0, x0, :lo12:inserted\n ldr x1, [x0]\n adds x1, x1, #1\n str x1, [x0]\n"
        "ldr x0, [sp], #16\n msr nzcv, x0\n ldp x0, x1, [sp], #16\n"
        "mov x27, x30\n ldr x30, [sp], #16\n br x27\n"
        ".popsection");
extern char inserted_call[];

static void call_from_here(ucontext_t *uc)
{
        uc->uc_mcontext.sp -= 16;
        *(uint64_t *)uc->uc_mcontext.sp = uc->uc_mcontext.regs[30];
        uc->uc_mcontext.regs[30] = uc->uc_mcontext.pc;
        uc->uc_mcontext.pc = (uint64_t)inserted_call;
}

/* The program that is interrupted. It has calls, flags that are used later than by the next instruction, and vectors. */
__asm__(".pushsection .text\n.globl work_begin, work_loop, work_end\n"
        "work_loop: stp x27, x30, [sp, #-16]!\n"
        "work_begin: mov x1, #0\n mov x2, #1\n movi v0.2d, #0\n movi v1.16b, #1\n"
        "1: subs x3, x0, #1\n adc x1, x1, x2\n add v0.16b, v0.16b, v1.16b\n bl 2f\n mov x0, x3\n cbnz x0, 1b\n b 3f\n"
        "2: add x1, x1, #2\n ccmp x3, #5, #15, hi\n cinc x1, x1, eq\n ret\n"
        "3: mov x0, x1\n umov w3, v0.b[5]\n add x0, x0, x3\n"
        "work_end: ldp x27, x30, [sp], #16\n ret\n.popsection");
extern word work_loop(word n);

/* ---- a loop whose registers count in turn ---- */

__asm__(".pushsection .text\n.balign 8\n.globl moment, moment_loop, moment_end\n"
        "moment: mov x1, #0\n mov x2, #0\n mov x3, #0\n movi v0.2d, #0\n movi v1.2d, #0\n mov x4, #1\n dup v2.2d, x4\n"
        "moment_loop: add x1, x1, #1\n"
        "add v0.2d, v0.2d, v2.2d\n"
        "add x2, x2, #1\n"
        "add v1.2d, v1.2d, v2.2d\n"
        "add x3, x3, #1\n"
        "cmp x1, x0\n"
        "b.ne moment_loop\n"
        "moment_end: ret\n.popsection");
extern word moment(word n);
