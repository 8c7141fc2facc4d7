/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs instructions with all registers set to given values, and tells what the registers are afterwards, or in the frame of the
 * signal that an instruction raised.
 *
 * Registers are set and read in signal frames. The handler of `brk #0x100` saves the caller's context and puts the wanted state
 * into the frame, so the program goes on with that. The handler of `brk #0x200`, or of a fault, takes the state from its frame
 * and puts the caller's context there. */
#pragma once
#include "check.h"
#include <ucontext.h>

typedef unsigned __int128 u128;

struct state {
        uint64_t x[31], sp, pc, nzcv; /* nzcv: PSTATE's bits 31..28 */
        u128 v[32];
        uint32_t fpsr, fpcr;
};

struct outcome {
        int sig; /* 0: brk #0x200 was reached */
        int code;
        uint64_t addr;
        uint64_t esr; /* 0: the frame has no record with it */
        uint64_t fault_address;
        struct state s;
};

#define BRK_IN 0xd4202000u  /* brk #0x100 */
#define BRK_OUT 0xd4204000u /* brk #0x200 */
#define NZCV_MASK 0xf0000000u

static ucontext_t probe_home;
static struct fpsimd_context probe_home_fp;
static const struct state *probe_in;
static struct outcome *probe_out;
static char probe_altstack[65536] __attribute__((aligned(16)));

/* Returns the record with that magic in a signal frame, or NULL. */
static void *frame_record(ucontext_t *uc, uint32_t magic)
{
        uint8_t *p = uc->uc_mcontext.__reserved;
        for (;;) {
                struct _aarch64_ctx *c = (struct _aarch64_ctx *)p;
                if (c->magic == magic)
                        return c;
                if (c->magic == 0 || c->size == 0 || p + c->size > (uint8_t *)(&uc->uc_mcontext + 1))
                        return NULL;
                p += c->size;
        }
}

static void state_get(struct state *s, ucontext_t *uc)
{
        struct fpsimd_context *fp = frame_record(uc, FPSIMD_MAGIC);
        memcpy(s->x, uc->uc_mcontext.regs, sizeof(s->x));
        s->sp = uc->uc_mcontext.sp;
        s->pc = uc->uc_mcontext.pc;
        s->nzcv = uc->uc_mcontext.pstate & NZCV_MASK;
        memcpy(s->v, fp->vregs, sizeof(s->v));
        s->fpsr = fp->fpsr;
        s->fpcr = fp->fpcr;
}

static void state_put(const struct state *s, ucontext_t *uc)
{
        struct fpsimd_context *fp = frame_record(uc, FPSIMD_MAGIC);
        memcpy(uc->uc_mcontext.regs, s->x, sizeof(s->x));
        uc->uc_mcontext.sp = s->sp;
        uc->uc_mcontext.pc = s->pc;
        uc->uc_mcontext.pstate = (uc->uc_mcontext.pstate & ~(uint64_t)NZCV_MASK) | s->nzcv;
        memcpy(fp->vregs, s->v, sizeof(s->v));
        fp->fpsr = s->fpsr;
        fp->fpcr = s->fpcr;
}

static void probe_handler(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        struct fpsimd_context *fp = frame_record(uc, FPSIMD_MAGIC);
        uint32_t insn = sig == SIGTRAP ? *(uint32_t *)uc->uc_mcontext.pc : 0;

        if (!fp)
                FAIL("no FPSIMD record in the frame");
        if (insn == BRK_IN) {
                probe_home = *uc;
                probe_home_fp = *fp;
                state_put(probe_in, uc);
                return;
        }
        struct esr_context *esr = frame_record(uc, ESR_MAGIC);
        probe_out->sig = insn == BRK_OUT ? 0 : sig;
        probe_out->code = info->si_code;
        probe_out->addr = (uint64_t)info->si_addr;
        probe_out->esr = esr ? esr->esr : 0;
        probe_out->fault_address = uc->uc_mcontext.fault_address;
        state_get(&probe_out->s, uc);
        memcpy(uc->uc_mcontext.regs, probe_home.uc_mcontext.regs, sizeof(uc->uc_mcontext.regs));
        uc->uc_mcontext.sp = probe_home.uc_mcontext.sp;
        uc->uc_mcontext.pc = probe_home.uc_mcontext.pc + 4;
        uc->uc_mcontext.pstate = probe_home.uc_mcontext.pstate;
        *fp = probe_home_fp;
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

/* Runs the code at in->pc until it raises a signal or reaches brk #0x200. */
__attribute__((noinline, unused)) static void probe_run(const struct state *in, struct outcome *out)
{
        probe_in = in;
        probe_out = out;
        __asm__ volatile("brk #0x100" ::: "memory");
}

/* Gives each register another value, none of which is likely to be an address. The values follow from `seed`. */
__attribute__((unused)) static void state_fill(struct state *s, uint64_t seed)
{
        memset(s, 0, sizeof(*s));
        for (unsigned k = 0; k < 31; k++)
                s->x[k] = (seed + k) * 0x9e3779b97f4a7c15u | 1u;
        for (unsigned k = 0; k < 32; k++)
                s->v[k] = (u128)((seed + k) * 0xd1342543de82ef95u) << 64 | (seed + k) * 0xaef17502108ef2d9u;
        s->nzcv = (seed * 0x10000000u) & NZCV_MASK;
}

/* Returns a text that tells the first difference between two states, or NULL if they are the same. */
__attribute__((unused)) static const char *state_diff(const struct state *got, const struct state *want)
{
        static char text[160];
        for (unsigned k = 0; k < 31; k++)
                if (got->x[k] != want->x[k]) {
                        snprintf(text, sizeof(text), "x%u is %#" PRIx64 ", not %#" PRIx64, k, got->x[k], want->x[k]);
                        return text;
                }
        for (unsigned k = 0; k < 32; k++)
                if (got->v[k] != want->v[k]) {
                        snprintf(text, sizeof(text), "v%u is %#" PRIx64 "%016" PRIx64 ", not %#" PRIx64 "%016" PRIx64, k,
                                 (uint64_t)(got->v[k] >> 64), (uint64_t)got->v[k], (uint64_t)(want->v[k] >> 64),
                                 (uint64_t)want->v[k]);
                        return text;
                }
        const char *what = got->sp != want->sp       ? "sp"
                           : got->pc != want->pc     ? "pc"
                           : got->nzcv != want->nzcv ? "nzcv"
                           : got->fpcr != want->fpcr ? "fpcr"
                           : got->fpsr != want->fpsr ? "fpsr"
                                                     : NULL;
        if (!what)
                return NULL;
        snprintf(text, sizeof(text),
                 "%s differs (pc %#" PRIx64 " for %#" PRIx64 ", sp %#" PRIx64 " for %#" PRIx64 ", nzcv %#" PRIx64 " for %#" PRIx64
                 ")",
                 what, got->pc, want->pc, got->sp, want->sp, got->nzcv, want->nzcv);
        return text;
}
