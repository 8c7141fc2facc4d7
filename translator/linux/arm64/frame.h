/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arm64 signal frame as it lies in guest memory (arch/arm64/include/uapi/asm/sigcontext.h, asm/ucontext.h and
 * struct rt_sigframe of arch/arm64/kernel/signal.c). tests/translator-unit checks it against the kernel's own headers. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "linux/thread_os.h"

struct a64_context_head {
        uint32_t magic;
        uint32_t size;
};
#define A64_FPSIMD_MAGIC 0x46508001u
#define A64_ESR_MAGIC 0x45535201u

struct a64_fpsimd_context {
        struct a64_context_head head;
        uint32_t fpsr;
        uint32_t fpcr;
        uint64_t v[32][2];
};

struct a64_esr_context {
        struct a64_context_head head;
        uint64_t esr;
};

struct a64_sigcontext {
        uint64_t fault_address;
        uint64_t regs[31];
        uint64_t sp;
        uint64_t pc;
        uint64_t pstate;
        uint8_t reserved[4096] __attribute__((aligned(16)));
};

struct a64_ucontext {
        uint64_t flags;
        uint64_t link;
        struct linux_stack stack;
        uint64_t sigmask;
        uint8_t unused[120]; /* glibc's larger sigset_t */
        struct a64_sigcontext mcontext;
};

struct a64_sigframe {
        struct linux_siginfo info;
        struct a64_ucontext uc;
};

/* Above the frame; x29 of the handler points at it. */
struct a64_frame_record {
        uint64_t fp;
        uint64_t lr;
};

/* MINSIGSTKSZ of asm/signal.h. */
enum { ARM64_MINSIGSTKSZ = 5120 };
/* What the kernel reckons for a frame on a CPU without SVE and SME (minsigstksz_setup() of arch/arm64/kernel/signal.c): the
 * frame, the record above it, and what aligning them may skip. */
enum { ARM64_AT_MINSIGSTKSZ = sizeof(struct a64_sigframe) + sizeof(struct a64_frame_record) + 16 };

/* Fills `ret` with a frame for the thread's present state and returns the number of bytes of it that hold something. Changes
 * nothing else: for arm64_push_frame() and for tests. */
struct thread;
size_t arm64_frame_fill(const struct thread *t, const struct linux_siginfo *info, uint64_t mask, struct a64_sigframe *ret);
