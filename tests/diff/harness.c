/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs cases (standard input: see generate.c) on an arm64 machine and writes a struct record for each to standard output.
 *
 * The state is loaded by returning from a signal handler and is read by another one: of the BRK behind the case, or of the fault
 * that it raises. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include "state.h"

struct test {
        uint64_t seed;
        uint32_t w[WORDS], n;
};

enum { STRIDE = 32, BRK_END = 0xd4200000 | 0x123 << 5, PAD = 1 << 20 };

static const uint64_t doubles[] = { 0,
                                    0x8000000000000000,
                                    0x3ff0000000000000,
                                    0xbff0000000000000,
                                    0x7ff0000000000000,
                                    0xfff0000000000000,
                                    0x7ff8000000000000,
                                    0x7ff0000000000001,
                                    0xfff8123456789abc,
                                    0x7ff4000000000000,
                                    1,
                                    0x8000000000000001,
                                    0x000fffffffffffff,
                                    0x0010000000000000,
                                    0x7fefffffffffffff,
                                    0x41e0000000000000,
                                    0xc1e0000000000000,
                                    0x43e0000000000000,
                                    0xc3e0000000000000,
                                    0x43f0000000000000,
                                    0x3fe0000000000000,
                                    0x3fdfffffffffffff,
                                    0x4004000000000000,
                                    0x41dfffffffe00000,
                                    0x47efffffe0000000,
                                    0x3690000000000000,
                                    0x380fffffe0000000,
                                    0x36a0000000000001 };
#include "harness.h"

static uint64_t general(void)
{
        static const uint64_t v[] = { 0,
                                      1,
                                      ~UINT64_C(0),
                                      UINT64_C(1) << 63,
                                      ~(UINT64_C(1) << 63),
                                      0x80000000,
                                      0x7fffffff,
                                      0xffffffff,
                                      UINT64_C(0xffffffff80000000),
                                      UINT64_C(0x100000000),
                                      2,
                                      0x80,
                                      0x7f,
                                      0xff,
                                      0x8000 };
        uint64_t r = next();
        switch (r & 3) {
        case 0: return ANY_OF(v, r >> 8);
        case 1: return next() & 0xff;
        case 2: return next() >> (r >> 8 & 63);
        default: return next();
        }
}

static void vector(uint64_t v[2])
{
        uint64_t kind = next() % 6;
        for (int k = 0; k < 2; k++)
                switch (kind) {
                case 0:
                case 1: v[k] = dbl(); break;
                case 2:
                case 3: v[k] = single() | single() << 32; break;
                case 4: v[k] = general(); break;
                default: v[k] = next(); break;
                }
}

/* ---- state ---- */

static bool is_memory(uint32_t w)
{
        return (w >> 25 & 5) == 4;
}
static bool has_index(uint32_t w)
{
        return (w >> 27 & 7) == 7 && !(w >> 24 & 1) && (w >> 21 & 1) && (w >> 10 & 3) == 2;
}
/* Exclusives, ordered accesses and LSE atomics must be aligned for QEMU 7.2, and within 16 bytes for the translator. */
static bool is_ordered(uint32_t w)
{
        return (w & 0x3f000000) == 0x08000000 || (w & 0x3f200c00) == 0x38200000;
}
static bool is_cache_operation(uint32_t w)
{
        return (w & 0xfffff000) == 0xd50b7000;
}
static bool is_branch_register(uint32_t w)
{
        return (w & 0xff9ffc1f) == 0xd61f0000;
}

/* QEMU 7.2 does not see that an LDAPR is misaligned, and calls a flushed operand of FJCVTZS exact (FPToFixedJS() does not). */
static bool is_ldapr(uint32_t w)
{
        return (w & 0x3ffffc00) == 0x38bfc000;
}
/* QEMU has loaded some registers when a later part of LD2, LD3, LD4 faults; tests/guest has these. */
static bool is_structure(uint32_t w)
{
        return (w & 0xbe000000) == 0x0c000000;
}
static bool is_fjcvtzs(uint32_t w)
{
        return (w & 0xfffffc00) == 0x1e7e0000;
}

/* Returns an address that is mostly aligned and in the middle of the page; sometimes anywhere in it, so that an access may end
 * beyond. */
static uint64_t address(void)
{
        uint64_t r = next();
        if ((r & 7) == 0)
                return SCRATCH + (r >> 8) % SCRATCH_SIZE;
        return SCRATCH + 1024 + ((r >> 8) % 2048 & ~((r & 8) ? UINT64_C(0) : UINT64_C(15)));
}

static uint64_t aligned_or_across(uint64_t at)
{
        return at & 15 ? at | 15 : at;
}

static void make_state(const struct test *t, uintptr_t at, struct record *s)
{
        rng = t->seed;
        for (int k = 0; k < 31; k++)
                s->x[k] = general();
        for (int k = 0; k < 32; k++)
                vector(s->v[k]);
        s->nzcv = (uint32_t)(next() & 15) << 28;
        s->fpsr = 0;
        uint64_t r = next();
        s->fpcr = (r & 15) < 10 ? 0 : (r & 15) < 13 ? (uint32_t)(r >> 8 & 3) << 22 : (uint32_t)(r >> 8 & 31) << 22;
        s->sp = SCRATCH + 2048;
        for (unsigned k = 0; k < t->n; k++)
                if (is_fjcvtzs(t->w[k]))
                        s->fpcr &= ~(1u << 24);
        s->x[28] = t->n > 1 ? SCRATCH + 1024 + (next() % 2048 & ~UINT64_C(15)) : s->x[28];
        s->x[26] = t->n > 1 ? next() & 63 : s->x[26];
        s->pc = at;
        if (t->n > 1 && !is_branch_register(t->w[0]))
                return;
        uint32_t w = t->w[0], rn = w >> 5 & 31, rm = w >> 16 & 31;
        if (is_memory(w) && has_index(w) && rm < 31)
                s->x[rm] = (next() & 3) ? next() & 63 : UINT64_C(0) - (next() & 63);
        if (is_memory(w) && rn < 31)
                s->x[rn] = is_ordered(w) ? aligned_or_across(address()) : address();
        if (is_structure(w) && rn < 31)
                s->x[rn] = SCRATCH + 1024 + next() % 2048;
        if (is_ldapr(w) && rn < 31)
                s->x[rn] &= ~UINT64_C(15);
        if (is_cache_operation(w) && (w & 31) < 31)
                s->x[w & 31] = SCRATCH + next() % SCRATCH_SIZE;
        if (is_branch_register(w) && rn < 31)
                s->x[rn] = at + 8;
}

static void fill_scratch(const struct test *t, uintptr_t at)
{
        uint64_t *p = (uint64_t *)SCRATCH;
        (void)t, (void)at;
        for (int k = 0; k < SCRATCH_SIZE / 8; k++)
                p[k] = (uint64_t)(k + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct fpsimd_context *fpsimd(ucontext_t *uc)
{
        struct _aarch64_ctx *c = (struct _aarch64_ctx *)uc->uc_mcontext.__reserved;
        while (c->magic != FPSIMD_MAGIC)
                c = (struct _aarch64_ctx *)((char *)c + c->size);
        return (struct fpsimd_context *)c;
}

static void load(ucontext_t *uc, const struct record *s)
{
        struct fpsimd_context *f = fpsimd(uc);
        memcpy(uc->uc_mcontext.regs, s->x, sizeof(s->x));
        uc->uc_mcontext.sp = s->sp;
        uc->uc_mcontext.pc = s->pc;
        uc->uc_mcontext.pstate = s->nzcv;
        memcpy(f->vregs, s->v, sizeof(s->v));
        f->fpsr = s->fpsr;
        f->fpcr = s->fpcr;
}

static void store(ucontext_t *uc, int sig, uintptr_t at, struct record *s)
{
        struct fpsimd_context *f = fpsimd(uc);
        memcpy(s->x, uc->uc_mcontext.regs, sizeof(s->x));
        s->sp = uc->uc_mcontext.sp;
        s->pc = uc->uc_mcontext.pc - at;
        s->nzcv = (uint32_t)uc->uc_mcontext.pstate & 0xf0000000;
        memcpy(s->v, f->vregs, sizeof(s->v));
        s->fpsr = f->fpsr & 0x0800009f; /* the rest is for AArch32 */
        s->fpcr = f->fpcr & 0x07c00000;
        s->signal = (uint32_t)sig;
        s->memory = hash();
        if (sig == SIGSEGV || sig == SIGBUS) {
                s->memory = 0; /* a store that faults may have been done in part */
                if (tests[current].n > 1)
                        s->nzcv = 0; /* NZCV is not known when nobody will read it: docs/KNOWN-ISSUES.md */
        }
}

/* ---- input ---- */

static void read_test(struct test *t, char *p)
{
        while (t->n < WORDS && *p == ' ')
                t->w[t->n++] = (uint32_t)strtoul(p, &p, 16);
}

static void write_case(const struct test *t, uint8_t *at)
{
        uint32_t *c = (uint32_t *)at;
        for (unsigned i = 0; i < STRIDE / 4; i++)
                c[i] = i < t->n ? t->w[i] : BRK_END;
}
