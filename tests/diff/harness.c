/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs cases (standard input: see generate.c) on an arm64 machine and writes a struct record for each to standard output.
 *
 * The state is loaded by returning from a signal handler and is read by another one: of the BRK behind the case, or of the fault
 * that it raises. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include "state.h"

struct test {
        uint64_t seed;
        uint32_t w[WORDS], n;
};

enum { STRIDE = 32, BRK_END = 0xd4200000 | 0x123 << 5, PAD = 1 << 20 };

static struct test *tests;
static size_t ntests, current;
static struct record *records;
static ucontext_t back;
static uint64_t rng;

static uint64_t next(void)
{
        uint64_t z = rng += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
}

/* ---- interesting values ---- */

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
        case 0: return v[(r >> 8) % (sizeof(v) / sizeof(v[0]))];
        case 1: return next() & 0xff;
        case 2: return next() >> (r >> 8 & 63);
        default: return next();
        }
}

static uint64_t single(void)
{
        static const uint32_t v[] = { 0,          0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000,
                                      0x7f800001, 0xffc12345, 0x7fa00000, 1,          0x80000001, 0x007fffff, 0x00800000,
                                      0x7f7fffff, 0x4f000000, 0xcf000000, 0x4f800000, 0x3f000000, 0x3effffff, 0x40200000,
                                      0x4b7fffff, 0x3fc00000, 0x477fe000, 0x33800000, 0x387fc000 };
        uint64_t r = next();
        switch (r & 3) {
        case 0:
        case 1: return v[(r >> 8) % (sizeof(v) / sizeof(v[0]))];
        case 2: return (uint32_t)next();
        default: return ((uint32_t)next() & 0x807fffff) | (uint32_t)(100 + (r >> 8) % 60) << 23; /* near 1 */
        }
}

static uint64_t dbl(void)
{
        static const uint64_t v[] = { 0,
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
        uint64_t r = next();
        switch (r & 3) {
        case 0:
        case 1: return v[(r >> 8) % (sizeof(v) / sizeof(v[0]))];
        case 2: return next();
        default: return (next() & 0x800fffffffffffff) | (uint64_t)(1000 + (r >> 8) % 50) << 52;
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

static void make_state(const struct test *t, uint64_t at, struct record *s)
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

static uint64_t hash(void)
{
        const uint64_t *p = (const uint64_t *)SCRATCH;
        uint64_t h = 0;
        for (int k = 0; k < SCRATCH_SIZE / 8; k++)
                h = (h ^ p[k]) * 0x100000001b3 + (h >> 32);
        return h;
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

static void store(ucontext_t *uc, int sig, uint64_t at, struct record *s)
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

static uint64_t code_of(size_t k)
{
        return CODE + PAD + k * STRIDE;
}

static void handler(int sig, siginfo_t *info, void *uc_)
{
        ucontext_t *uc = uc_;
        (void)info;
        uint64_t at = code_of(current);
        if (sig == SIGUSR1) {
                struct record s;
                memcpy(&back.uc_mcontext, &uc->uc_mcontext, sizeof(back.uc_mcontext));
                make_state(&tests[current], at, &s);
                load(uc, &s);
        } else {
                store(uc, sig, at, &records[current]);
                memcpy(&uc->uc_mcontext, &back.uc_mcontext, sizeof(back.uc_mcontext));
        }
}

/* ---- input, set-up ---- */

static void read_tests(void)
{
        char line[256], *p;
        size_t room = 0;
        while (fgets(line, sizeof(line), stdin)) {
                if (ntests == room)
                        tests = realloc(tests, (room = room * 2 + 1024) * sizeof(*tests));
                struct test *t = &tests[ntests++];
                p = strchr(line, ' ');
                t->seed = strtoull(p, &p, 16);
                for (t->n = 0; t->n < WORDS && *p == ' '; t->n++)
                        t->w[t->n] = (uint32_t)strtoul(p, &p, 16);
        }
}

static void *map(uint64_t at, size_t n, int prot)
{
        void *p = mmap((void *)at, n, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (p != (void *)at)
                exit(2);
        return p;
}

static void write_code(void)
{
        size_t size = 2 * PAD + ntests * STRIDE + 4096;
        uint32_t *base = map(CODE, size, PROT_READ | PROT_WRITE);
        for (size_t k = 0; k < ntests; k++) {
                uint32_t *c = (uint32_t *)code_of(k);
                for (unsigned i = 0; i < STRIDE / 4; i++)
                        c[i] = i < tests[k].n ? tests[k].w[i] : BRK_END;
        }
        __builtin___clear_cache((char *)base, (char *)base + size);
        mprotect(base, size, PROT_READ | PROT_EXEC);
}

int main(void)
{
        static const int signals[] = { SIGUSR1, SIGTRAP, SIGILL, SIGSEGV, SIGBUS };
        stack_t alt = { .ss_sp = malloc(1 << 18), .ss_size = 1 << 18 };
        struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        read_tests();
        write_code();
        uint64_t *scratch = map(SCRATCH, SCRATCH_SIZE, PROT_READ | PROT_WRITE);
        records = calloc(ntests, sizeof(*records));
        sigaltstack(&alt, NULL);
        for (unsigned k = 0; k < sizeof(signals) / sizeof(signals[0]); k++)
                sigaction(signals[k], &sa, NULL);
        for (current = 0; current < ntests; current++) {
                for (int k = 0; k < SCRATCH_SIZE / 8; k++)
                        scratch[k] = (uint64_t)(k + 1) * UINT64_C(0x9e3779b97f4a7c15);
                raise(SIGUSR1);
        }
        return fwrite(records, sizeof(*records), ntests, stdout) != ntests;
}
