/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What faults-handled.c and faults-fatal.c share: the registers in frames of both machines, and a fault of each kind. */
#pragma once
#ifdef __aarch64__
#include "probe.h"
#else
#include "probe-arm.h"
#endif
#include "memory.h"

/* ---- the two machines ---- */

#ifdef __aarch64__
#define BREAKPOINT "brk #0"
#define BAD_BASE(got) __asm__ volatile("mov x9, #16\n\tldr %w0, [x9]" : "=r"(got) : : "x9", "memory")
#define BAD_STACK(bad) \
        __asm__ volatile("mov x10, sp\n\tmov sp, %0\n\tldr x9, [sp]\n\tmov sp, x10" : : "r"(bad) : "x9", "x10", "memory")
#define ON_THIS_STACK(insn, sp) __asm__ volatile("mov sp, %0\n\t" insn : : "r"(sp) : "memory")
#define SIGRETURN "mov x8, #139\n\tsvc #0"
/* z: whether Z is set behind the instruction, in front of which it is; v: the low bits of a vector register, which are 0 in front */
#define FLAG_AND_VECTOR(insn, z, v) \
        __asm__ volatile("movi v20.2d, #0\n\tcmp xzr, xzr\n\t" insn "\n\tcset %w0, eq\n\tfmov %1, d20" \
                         : "=r"(z), "=r"(v) \
                         : \
                         : "v20", "cc", "memory")
#define MAY_CALL(insn) \
        __asm__ volatile(insn :: \
                                 : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", \
                                   "x14", "x15", "x16", "x17", "x18", "x30", "cc", "memory")
#define OTHER_STATE
#define PC(uc) ((uc)->uc_mcontext.pc)
#define LR(uc) ((uc)->uc_mcontext.regs[30])
#define SP(uc) ((uc)->uc_mcontext.sp)
#define BASE(uc) ((uc)->uc_mcontext.regs[9])
#define FLAGS(uc) ((uc)->uc_mcontext.pstate)
#define VECTOR(uc) (*(uint64_t *)&((struct fpsimd_context *)frame_record(uc, FPSIMD_MAGIC))->vregs[20])
#else
#define BREAKPOINT "bkpt #0"
#define BAD_BASE(got) __asm__ volatile("mov r8, #16\n\tldr %0, [r8]" : "=r"(got) : : "r8", "memory")
#define BAD_STACK(bad) \
        __asm__ volatile("mov r8, sp\n\tmov sp, %0\n\tldr r3, [sp]\n\tmov sp, r8" : : "r"(bad) : "r3", "r8", "memory")
#define ON_THIS_STACK(insn, sp) __asm__ volatile("mov sp, %0\n\t" insn : : "r"(sp) : "memory")
#define SIGRETURN "mov r7, #173\n\tsvc #0"
#define FLAG_AND_VECTOR(insn, z, v) \
        __asm__ volatile("mov %0, #0\n\tvmov d5, %0, %0\n\tcmp %0, %0\n\t" insn "\n\tite eq\n\tmoveq %0, #1\n\tmovne %0, #0\n\t" \
                         "vmov %Q1, %R1, d5" \
                         : "=&r"(z), "=&r"(v) \
                         : \
                         : "d5", "cc", "memory")
#define MAY_CALL(insn) __asm__ volatile(insn ::: "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory")
#ifdef __thumb__
#define OTHER_STATE __attribute__((target("arm")))
#else
#define OTHER_STATE __attribute__((target("thumb")))
#endif
#define PC(uc) ((uc)->uc_mcontext.arm_pc)
#define LR(uc) ((uc)->uc_mcontext.arm_lr)
#define SP(uc) ((uc)->uc_mcontext.arm_sp)
#define BASE(uc) ((uc)->uc_mcontext.arm_r8)
#define FLAGS(uc) ((uc)->uc_mcontext.arm_cpsr)
#define VECTOR(uc) (frame_vfp(uc)->d[5])
#endif
#define FLAG_Z (1u << 30)

/* Makes the program go on there. Bit 0 of the address is the state on 32-bit ARM. */
static void go_to(ucontext_t *uc, uintptr_t where)
{
#ifdef __arm__
        FLAGS(uc) = (FLAGS(uc) & ~CPSR_T) | (where & 1 ? CPSR_T : 0);
        where &= ~(uintptr_t)1;
#endif
        PC(uc) = where;
}

/* The address behind the instruction that faulted, as a return address. */
static uintptr_t behind(const ucontext_t *uc)
{
#ifdef __arm__
        if (FLAGS(uc) & CPSR_T)
                return (PC(uc) + (*(uint16_t *)(uintptr_t)PC(uc) >= 0xe800 ? 4 : 2)) | 1;
#endif
        return PC(uc) + 4;
}

static void skip(ucontext_t *uc)
{
        go_to(uc, behind(uc));
}

/* ---- a fault of each kind ---- */

static volatile char *behind_a_file;

static void no_memory(void)
{
        *(volatile int *)8 = 1;
}
static void undefined(void)
{
        __asm__ volatile("udf #0");
}
static void breakpoint(void)
{
        __asm__ volatile(BREAKPOINT);
}
static void no_file(void)
{
        *behind_a_file = 1;
}

static const struct kind {
        int sig;
        void (*fault)(void);
} kinds[] = { { SIGSEGV, no_memory }, { SIGILL, undefined }, { SIGTRAP, breakpoint }, { SIGBUS, no_file } };
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* Returns memory of that size of which only the first page has a file behind it. */
static char *map_file(size_t size, int prot)
{
        int fd = OK(memfd_create("f", 0));
        OK(ftruncate(fd, 100));
        char *p = mmap(NULL, size, prot, MAP_SHARED, fd, 0);
        CHECK(p != MAP_FAILED);
        OK(close(fd));
        return p;
}

__attribute__((unused)) static void set_up(void)
{
        behind_a_file = map_file(8192, PROT_READ | PROT_WRITE) + 4096;
}

__attribute__((unused)) static void handle(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
        struct sigaction act = { .sa_sigaction = fn, .sa_flags = flags | SA_SIGINFO };
        OK(sigaction(sig, &act, NULL));
}

__attribute__((unused)) static void set_mask(int how, int sig)
{
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, sig);
        OK(sigprocmask(how, &set, NULL));
}

static volatile int handled;
__attribute__((unused)) static void skip_it(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)info;
        handled++;
        skip(ctx);
}

__attribute__((unused)) static void leave(int sig, siginfo_t *info, void *ctx)
{
        (void)info, (void)ctx;
        siglongjmp(env, sig);
}

/* What a handler makes that faults itself. */
static const struct kind *in_handler;

__attribute__((unused)) static void use_altstack(void)
{
        stack_t ss = { .ss_sp = probe_altstack, .ss_size = sizeof(probe_altstack) };
        OK(sigaltstack(&ss, NULL));
}
