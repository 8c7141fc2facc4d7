/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As probe.h, for 32-bit ARM: runs instructions of A32 or T32 with all registers set to given values, and tells what the registers
 * are afterwards, or in the frame of the signal that an instruction raised.
 *
 * Registers are set and read in signal frames. The handler of `bkpt #1` saves the caller's context and puts the wanted state into
 * the frame, so the program goes on with that. The handler of `bkpt #2`, or of a fault, takes the state from its frame and puts the
 * caller's context there. */
#pragma once
#include "check.h"
#include <ucontext.h>

/* CPSR */
#define CPSR_NZCV 0xf0000000u
#define CPSR_Q (1u << 27)
#define CPSR_GE (15u << 16)
#define CPSR_E (1u << 9)
#define CPSR_T (1u << 5)
#define CPSR_USER 0x10u
#define CPSR_IT(it) (((uint32_t)(it)&3) << 25 | (uint32_t)(it) >> 2 << 10)
#define CPSR_IT_MASK CPSR_IT(0xff)
/* What a frame has of it that a program may set. */
#define CPSR_ALL (CPSR_NZCV | CPSR_Q | CPSR_GE | CPSR_E | CPSR_T | CPSR_IT_MASK | 0x1f)

struct state {
        uint32_t r[15], pc, cpsr; /* pc without T */
        uint64_t d[32];
        uint32_t fpscr;
};

struct outcome {
        int sig; /* 0: bkpt #2 was reached */
        int code;
        uint32_t addr;
        uint32_t fault_address, error_code, trap_no;
        struct state s;
};

struct vfp_record {
        uint32_t magic, size;
        uint64_t d[32];
        uint32_t fpscr;
};
#define VFP_MAGIC 0x56465001u

static ucontext_t probe_home;
static struct vfp_record probe_home_vfp;
static const struct state *probe_in;
static struct outcome *probe_out;
static char probe_altstack[65536] __attribute__((aligned(16)));

static struct vfp_record *frame_vfp(ucontext_t *uc)
{
        uint8_t *p = (uint8_t *)uc->uc_regspace;
        for (uint32_t *head = (void *)p; head[0]; p += head[1], head = (void *)p)
                if (head[0] == VFP_MAGIC)
                        return (void *)p;
        return NULL;
}

static void state_get(struct state *s, ucontext_t *uc)
{
        struct vfp_record *vfp = frame_vfp(uc);
        memcpy(s->r, &uc->uc_mcontext.arm_r0, sizeof(s->r));
        s->pc = uc->uc_mcontext.arm_pc;
        s->cpsr = uc->uc_mcontext.arm_cpsr & CPSR_ALL;
        memcpy(s->d, vfp->d, sizeof(s->d));
        s->fpscr = vfp->fpscr;
}

static void state_put(const struct state *s, ucontext_t *uc)
{
        struct vfp_record *vfp = frame_vfp(uc);
        memcpy(&uc->uc_mcontext.arm_r0, s->r, sizeof(s->r));
        uc->uc_mcontext.arm_pc = s->pc;
        uc->uc_mcontext.arm_cpsr = s->cpsr;
        memcpy(vfp->d, s->d, sizeof(s->d));
        vfp->fpscr = s->fpscr;
}

/* The number of the BKPT at pc, or -1. */
static int bkpt_at(const ucontext_t *uc)
{
        const uint16_t *p = (const uint16_t *)(uintptr_t)uc->uc_mcontext.arm_pc;
        if (uc->uc_mcontext.arm_cpsr & CPSR_T)
                return p[0] >> 8 == 0xbe ? p[0] & 0xff : -1;
        return p[1] == 0xe120 && (p[0] & 0xf0) == 0x70 ? p[0] & 15 : -1;
}

static void probe_handler(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        struct vfp_record *vfp = frame_vfp(uc);
        int bkpt = sig == SIGTRAP ? bkpt_at(uc) : -1;

        if (!vfp)
                FAIL("no VFP record in the frame");
        if (bkpt == 1) {
                probe_home = *uc;
                probe_home_vfp = *vfp;
                state_put(probe_in, uc);
                return;
        }
        probe_out->sig = bkpt == 2 ? 0 : sig;
        probe_out->code = info->si_code;
        probe_out->addr = (uint32_t)info->si_addr;
        probe_out->fault_address = uc->uc_mcontext.fault_address;
        probe_out->error_code = uc->uc_mcontext.error_code;
        probe_out->trap_no = uc->uc_mcontext.trap_no;
        state_get(&probe_out->s, uc);
        uc->uc_mcontext = probe_home.uc_mcontext;
        uc->uc_mcontext.arm_pc += uc->uc_mcontext.arm_cpsr & CPSR_T ? 2 : 4;
        *vfp = probe_home_vfp;
}

__attribute__((unused)) static void probe_init(void)
{
        static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGTRAP };
        struct sigaction act = { .sa_sigaction = probe_handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        stack_t ss = { .ss_sp = probe_altstack, .ss_size = sizeof(probe_altstack) };
        OK(sigaltstack(&ss, NULL));
        for (unsigned k = 0; k < 4; k++)
                OK(sigaction(sigs[k], &act, NULL));
}

/* Runs the code at in->pc until it raises a signal or reaches bkpt #2. */
__attribute__((noinline, unused)) static void probe_run(const struct state *in, struct outcome *out)
{
        probe_in = in;
        probe_out = out;
        __asm__ volatile("bkpt #1" ::: "memory");
}

/* Gives each register another value, none of which is likely to be an address. The values follow from `seed`. */
__attribute__((unused)) static void state_fill(struct state *s, uint32_t seed, bool thumb)
{
        memset(s, 0, sizeof(*s));
        for (unsigned k = 0; k < 15; k++)
                s->r[k] = (seed + k + 1) * 0x9e3779b1u | 1u;
        for (unsigned k = 0; k < 32; k++)
                s->d[k] = (seed + k) * 0xaef17502108ef2d9u;
        s->cpsr = CPSR_USER | (thumb ? CPSR_T : 0) | (seed * 0x18010000u & (CPSR_NZCV | CPSR_Q | CPSR_GE));
}

/* Returns a text that tells the first difference between two states, or NULL if they are the same. */
__attribute__((unused)) static const char *state_diff(const struct state *got, const struct state *want)
{
        static char text[160];
        for (unsigned k = 0; k < 32; k++) {
                if (k < 15 && got->r[k] != want->r[k]) {
                        snprintf(text, sizeof(text), "r%u is %#x, not %#x", k, got->r[k], want->r[k]);
                        return text;
                }
                if (got->d[k] != want->d[k]) {
                        snprintf(text, sizeof(text), "d%u is %#" PRIx64 ", not %#" PRIx64, k, got->d[k], want->d[k]);
                        return text;
                }
        }
        const char *what = got->pc != want->pc         ? "pc"
                           : got->cpsr != want->cpsr   ? "cpsr"
                           : got->fpscr != want->fpscr ? "fpscr"
                                                       : NULL;
        if (!what)
                return NULL;
        snprintf(text, sizeof(text), "%s differs (pc %#x for %#x, cpsr %#x for %#x, fpscr %#x for %#x)", what, got->pc, want->pc,
                 got->cpsr, want->cpsr, got->fpscr, want->fpscr);
        return text;
}

/* ---- code ---- */

/* Returns the address of code in a page of its own: `n` units of 16 bits. */
__attribute__((unused)) static uint32_t put_code(const void *units, unsigned n)
{
        uint16_t *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        memcpy(p, units, n * 2);
        __builtin___clear_cache((char *)p, (char *)(p + n));
        return (uint32_t)p;
}
/* The address of these instructions, with bkpt #2 behind them: words of A32, or units of T32. */
#define ARM_CODE(...) put_code((const uint32_t[]){ __VA_ARGS__, 0xe1200072u }, 2 + sizeof((const uint32_t[]){ __VA_ARGS__ }) / 2)
#define THUMB_CODE(...) put_code((const uint16_t[]){ __VA_ARGS__, 0xbe02u }, 1 + sizeof((const uint16_t[]){ __VA_ARGS__ }) / 2)
