/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arm's two signal frames as they lie in guest memory (arch/arm/include/uapi/asm/sigcontext.h; arch/arm/include/asm/ucontext.h;
 * struct sigframe and struct rt_sigframe of arch/arm/kernel/signal.h, which arch/arm64/kernel/signal32.c has as
 * compat_sigframe). tests/translator-unit checks them against the kernel's own headers. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct arm_sigcontext {
        uint32_t trap_no, error_code, oldmask;
        uint32_t r[13], sp, lr, pc, cpsr;
        uint32_t fault_address;
};

/* The record of VFP and Advanced SIMD state in arm_ucontext.regspace. */
#define ARM_VFP_MAGIC 0x56465001u
struct arm_vfp_record {
        uint32_t magic, size;
        uint64_t d[32];
        uint32_t fpscr, pad;
        uint32_t fpexc, fpinst, fpinst2, pad2;
};

struct arm_ucontext {
        uint32_t flags, link;
        uint32_t stack_sp, stack_flags, stack_size;
        struct arm_sigcontext mcontext;
        uint32_t sigmask[2];
        uint8_t unused[120]; /* glibc's larger sigset_t */
        uint8_t regspace[512] __attribute__((aligned(8)));
};

/* Of handlers without SA_SIGINFO. `retcode` is code that calls sigreturn, for debuggers. */
struct arm_sigframe {
        struct arm_ucontext uc;
        uint32_t retcode[2];
};

/* Of those with SA_SIGINFO. */
struct arm_rt_sigframe {
        uint8_t info[128];
        struct arm_sigframe frame;
};

/* Fills `ret` with a frame for the thread's present state, as rt_sigreturn() returns to it, apart from `retcode`. Changes nothing
 * else: for arm_push_frame() and for tests. */
struct thread;
void arm_frame_fill(struct thread *t, uint64_t mask, struct arm_sigframe *ret);

/* CPSR of the thread's present state, and the other way round: also makes cpu->pc a pc with that T bit. */
struct cpu;
uint32_t arm_get_cpsr(const struct cpu *cpu);
void arm_set_state(struct cpu *cpu, uint32_t pc, uint32_t cpsr);
