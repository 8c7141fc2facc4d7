/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What calls.c has in assembly, and what it asks of signal frames: 32-bit ARM, either state. */
#pragma once
#include "probe-arm.h"

typedef uint32_t word;

#ifdef __thumb__
#define CODE_OF(name) ".globl " name "\n.thumb_func\n" name ":\n"
#define W ".w"    /* 4 bytes, as all instructions of A32 have */
#define AHEAD "4" /* what the pc is read as is so much behind the instruction */
#else
#define CODE_OF(name) ".globl " name "\n.type " name ", %function\n" name ":\n"
#define W ""
#define AHEAD "8"
#endif

/* ---- returns that go elsewhere ---- */

__asm__(".pushsection .text\n.syntax unified\n"
        /* skip_one returns four bytes further on than it should: the caller's next instruction is left out */
        CODE_OF("skip_one") "add lr, lr, #4\n bx lr\n"
        /* call_by_link calls the function in r1 by BLX LR */
        CODE_OF("call_by_link") "push {r4, lr}\n mov lr, r1\n blx lr\n pop {r4, pc}\n"
        /* return_by_another returns by BX R3 */
        CODE_OF("return_by_another") "mov r3, lr\n mov lr, #0\n bx r3\n"
        /* tail jumps to a function, which returns to tail's caller */
        CODE_OF("tail") "b tail_target\n" CODE_OF("tail_target") "add r0, r0, #7\n bx lr\n"
        /* get_pc learns its address by a BL whose return address is never returned to, and returns by a load */
        CODE_OF("get_pc") "push {r4, lr}\n bl 1f\n1: bic r0, lr, #1\n adr r1, 1b\n sub r0, r0, r1\n ldr r4, [sp], #4\n ldr pc, [sp], #4\n"
                          ".popsection");
extern word call_by_link(word, void *), return_by_another(word), tail(word), get_pc(void);

static word skipping(word r)
{
        __asm__ volatile("bl skip_one\n\tadd" W " %0, %0, #100\n\tadd %0, %0, #1" : "+r"(r) : : "lr", "memory");
        return r;
}

/* ---- frames ---- */

enum { TABLES_FOR_FAULTS = 0 }; /* a function can be unwound from its calls only (EHABI) */

#define PC(uc) ((uc)->uc_mcontext.arm_pc)
#define X(uc, n) ((&(uc)->uc_mcontext.arm_r0)[n])

static uint64_t vector(ucontext_t *uc, unsigned n)
{
        return frame_vfp(uc)->d[n];
}

/* ---- calls that are inserted ---- */

static volatile word inserted;
__asm__(".pushsection .text\n.syntax unified\n" CODE_OF(
        "inserted_call") /* lr: where the program was interrupted; on the stack: the program's lr; r8: saved by it */
        "push {r0-r2, r3}\n mrs r0, apsr\n"
        "ldr r1, 2f\n1: add r1, pc\n ldr r2, [r1]\n adds r2, r2, #1\n str r2, [r1]\n"
        "msr apsr_nzcvq, r0\n pop {r0-r2, r3}\n"
        "mov r8, lr\n ldr lr, [sp], #8\n bx r8\n"
        ".balign 4\n2: .word inserted - (1b + " AHEAD ")\n"
        ".popsection");
extern char inserted_call[];

/* Not in an IT block: the call would have the rest of it. */
static void call_from_here(ucontext_t *uc)
{
        if (uc->uc_mcontext.arm_cpsr & CPSR_IT_MASK)
                return;
        uc->uc_mcontext.arm_sp -= 8;
        *(uint32_t *)uc->uc_mcontext.arm_sp = uc->uc_mcontext.arm_lr;
        uc->uc_mcontext.arm_lr = uc->uc_mcontext.arm_pc | !!(uc->uc_mcontext.arm_cpsr & CPSR_T);
        uc->uc_mcontext.arm_pc = (uint32_t)inserted_call & ~1u;
}

/* The program that is interrupted. It has calls, flags that are used later than by the next instruction, and vectors. */
__asm__(".pushsection .text\n.syntax unified\n.fpu neon\n.globl work_begin, work_end\n" CODE_OF(
        "work_loop") "push {r8, lr}\n"
                     "work_begin: mov r1, #0\n mov r2, #1\n vmov.i8 q0, #0\n vmov.i8 q1, #1\n"
                     "1: subs r3, r0, #1\n vadd.i8 q0, q0, q1\n adc r1, r1, r2\n bl 2f\n mov r0, r3\n cmp r0, #0\n bne 1b\n b 3f\n"
                     "2: add r1, r1, #2\n cmp r3, #5\n it eq\n addeq r1, r1, #1\n bx lr\n"
                     "3: mov r0, r1\n vmov.u8 r3, d0[5]\n add r0, r0, r3\n"
                     "work_end: pop {r8, pc}\n.popsection");
extern word work_loop(word n);

/* ---- a loop whose registers count in turn ---- */

__asm__(".pushsection .text\n.syntax unified\n.fpu neon\n.balign 8\n.globl moment_loop, moment_end\n" CODE_OF(
        "moment") "mov r1, #0\n mov r2, #0\n mov r3, #0\n vmov.i64 d0, #0\n vmov.i64 d1, #0\n mov r12, #1\n vmov d2, r12, r3\n"
                  "moment_loop: add" W " r1, r1, #1\n"
                  "vadd.i64 d0, d0, d2\n"
                  "add" W " r2, r2, #1\n"
                  "vadd.i64 d1, d1, d2\n"
                  "add" W " r3, r3, #1\n"
                  "cmp" W " r1, r0\n"
                  "bne" W " moment_loop\n"
                  "moment_end: bx lr\n.popsection");
extern word moment(word n);

/* A store, or UDF, which has 2 bytes in T32 where it can. */
static void skip_faulting(ucontext_t *uc)
{
        uint16_t first = *(uint16_t *)uc->uc_mcontext.arm_pc;
        uc->uc_mcontext.arm_pc += !(uc->uc_mcontext.arm_cpsr & CPSR_T) || first >= 0xe800 ? 4 : 2;
}
