/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs cases (standard input: see generate.c) on a 32-bit ARM machine and writes a struct record for each to standard output.
 *
 * The state is loaded by returning from a signal handler and is read by another one: of the BKPT behind the case, or of the fault
 * that it raises.
 *
 * Roles: of registers . any value; a an address that is aligned; u one that may not be; i and j small offsets, aligned or not, k one
 * that is not negative; z zero; c and x the address 8 bytes behind the case's beginning, x with the other state. Of memory . any
 * bytes; b bytes 2; h halfwords 2; c and x words as above. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include "state.h"

enum { STRIDE = 128, CODE_BYTES = 80, PAD = 4096, CPSR_USER = 0x10, CPSR_T = 1 << 5, CPSR_E = 1 << 9 };

struct test {
        uint64_t seed;
        char first, last, roles[17];
        uint8_t code[CODE_BYTES];
        unsigned bytes;
};

static const uint64_t doubles[] = { 0,
                                    0x8000000000000000,
                                    0x3ff0000000000000,
                                    0x7ff0000000000000,
                                    0xfff0000000000000,
                                    0x7ff8000000000000,
                                    0x7ff0000000000001,
                                    0xfff8123456789abc,
                                    1,
                                    0x800fffffffffffff,
                                    0x0010000000000000,
                                    0x7fefffffffffffff,
                                    0x41e0000000000000,
                                    0xc1e0000000000000,
                                    0x41f0000000000000,
                                    0x3fe0000000000000,
                                    0x3fdfffffffffffff,
                                    0x4004000000000000,
                                    0x41dfffffffe00000,
                                    0x47efffffe0000000,
                                    0x3690000000000000,
                                    0x380fffffe0000000,
                                    0x36a0000000000001 };
#include "harness.h"

static uint32_t general(void)
{
        static const uint32_t v[] = { 0,          1,          2,          31,         32,         33,         63,
                                      64,         0x7f,       0x80,       0xff,       0x100,      0x7fff,     0x8000,
                                      0xffff,     0x10000,    0x7fff7fff, 0x80008000, 0x7f7f7f7f, 0x80808080, 0x7fffffff,
                                      0x80000000, 0x80000001, 0xffff8000, 0xfffffffe, 0xffffffff };
        uint64_t r = next();
        switch (r & 3) {
        case 0: return ANY_OF(v, r >> 8);
        case 1: return (uint32_t)(r >> 8) & 0xff;
        default: return (uint32_t)(r >> 16);
        }
}

static uint64_t vector(void)
{
        switch (next() % 6) {
        case 0:
        case 1: return dbl();
        case 2:
        case 3: return single() | single() << 32;
        case 4: return general() | (uint64_t)general() << 32;
        default: return next();
        }
}

/* ---- state ---- */

static bool is_thumb(char state)
{
        return state != 'a';
}

static uint32_t destination(const struct test *t, uint32_t at, char what)
{
        return at + 8 + (is_thumb(t->first) == (what == 'c'));
}

/* Mostly in the middle of the page; sometimes anywhere in it, so that an access may end beyond. */
static uint32_t address(void)
{
        uint32_t r = (uint32_t)next();
        if ((r & 7) == 0)
                return SCRATCH + (r >> 8) % SCRATCH_SIZE;
        return SCRATCH + 1024 + ((r >> 8) % 2048 & ~((r & 8) ? 0u : 15u));
}

static uint32_t value(const struct test *t, uint32_t at, char what)
{
        uint64_t r = next();
        switch (what) {
        case 'a': return SCRATCH + 1024 + ((uint32_t)r % 2048 & ~63u);
        case 'u': return address();
        case 'i': return r & 64 ? (uint32_t)(r & 48) : -(uint32_t)(r & 48);
        case 'j': return r & 64 ? (uint32_t)(r & 63) : -(uint32_t)(r & 63);
        case 'k': return r & 63;
        case 'z': return 0;
        case 'c':
        case 'x': return destination(t, at, what);
        default: return general();
        }
}

/* QEMU 7.2 calls a flushed operand of VJCVT exact (FPToFixedJS() does not). */
static bool has_vjcvt(const struct test *t)
{
        for (unsigned k = 0; k + 4 <= t->bytes; k += 2) {
                uint32_t w = (uint32_t)(t->code[k] | t->code[k + 1] << 8 | t->code[k + 2] << 16) | (uint32_t)t->code[k + 3] << 24;
                uint32_t thumb = w << 16 | w >> 16;
                if ((w & 0x0fbf0fd0) == 0x0eb90bc0 || (thumb & 0x0fbf0fd0) == 0x0eb90bc0)
                        return true;
        }
        return false;
}

static void make_state(const struct test *t, uintptr_t at, struct record *s)
{
        rng = t->seed;
        for (int k = 0; k < 15; k++)
                s->r[k] = value(t, at, t->roles[k]);
        for (int k = 0; k < 32; k++)
                s->d[k] = vector();
        uint64_t r = next();
        s->fpscr = (r & 15) < 10 ? 0 : (r & 15) < 13 ? (uint32_t)(r >> 8 & 3) << 22 : (uint32_t)(r >> 8 & 31) << 22;
        s->fpscr |= (uint32_t)(r >> 16 & 15) << 28;
        if (has_vjcvt(t))
                s->fpscr &= ~(1u << 24);
        s->cpsr = CPSR_USER | (uint32_t)(r >> 20 & 31) << 27 | (uint32_t)(r >> 25 & 15) << 16;
        if ((r >> 30 & 7) == 0)
                s->cpsr |= CPSR_E;
        if (is_thumb(t->first))
                s->cpsr |= CPSR_T;
        if (t->first == 'i') { /* within an IT block */
                uint32_t it = (uint32_t)((r >> 40) % 14) << 4 | (1 + (uint32_t)(r >> 48) % 15);
                s->cpsr |= (it & 3) << 25 | (it >> 2) << 10;
        }
        s->pc = at;
}

static void fill_scratch(const struct test *t, uintptr_t at)
{
        uint64_t *p = (uint64_t *)SCRATCH, all = 0;
        switch (t->roles[15]) {
        case 'b': all = 0x0202020202020202; break;
        case 'h': all = 0x0002000200020002; break;
        case 'c':
        case 'x': all = destination(t, at, t->roles[15]) * UINT64_C(0x100000001); break;
        default: break;
        }
        for (int k = 0; k < SCRATCH_SIZE / 8; k++)
                p[k] = all ? all : (uint64_t)(k + 1) * UINT64_C(0x9e3779b97f4a7c15);
        __asm__ volatile("clrex"); /* QEMU's signals leave the exclusive monitor as it is */
}

/* The kernel's struct vfp_sigframe. */
struct vfp {
        uint32_t magic, size;
        uint64_t d[32];
        uint32_t fpscr;
};

static struct vfp *vfp(ucontext_t *uc)
{
        uint32_t *p = (uint32_t *)uc->uc_regspace;
        while (*p != 0x56465001)
                p += p[1] / 4;
        return (struct vfp *)p;
}

static void load(ucontext_t *uc, const struct record *s)
{
        struct vfp *f = vfp(uc);
        memcpy(&uc->uc_mcontext.arm_r0, s->r, sizeof(s->r));
        uc->uc_mcontext.arm_pc = s->pc;
        uc->uc_mcontext.arm_cpsr = s->cpsr;
        memcpy(f->d, s->d, sizeof(s->d));
        f->fpscr = s->fpscr;
}

static void store(ucontext_t *uc, int sig, uintptr_t at, struct record *s)
{
        struct vfp *f = vfp(uc);
        memcpy(s->r, &uc->uc_mcontext.arm_r0, sizeof(s->r));
        s->pc = uc->uc_mcontext.arm_pc - at;
        s->cpsr = uc->uc_mcontext.arm_cpsr & 0xfe0ffe20; /* NZCV, Q, IT, GE, E, T */
        memcpy(s->d, f->d, sizeof(s->d));
        s->fpscr = f->fpscr & ~0x003f0000u; /* Stride, Len and FZ16, which QEMU has */
        s->signal = (uint32_t)sig;
        s->memory = hash();
        if (sig == SIGSEGV || sig == SIGBUS)
                s->memory = 0; /* a store that faults may have been done in part */
}

/* ---- input ---- */

static void add(struct test *t, uint32_t v, unsigned bytes)
{
        if (t->bytes + bytes > CODE_BYTES)
                exit(3);
        memcpy(t->code + t->bytes, &v, bytes);
        t->bytes += bytes;
}

/* Reads an instruction; false at the end of the line. */
static bool read_insn(struct test *t, char **p)
{
        char *end;
        if (**p != ' ')
                return false;
        uint32_t v = (uint32_t)strtoul(++*p, &end, 16);
        add(t, v, end - *p == 8 ? 4 : 2);
        if (*end == '.')
                add(t, (uint32_t)strtoul(end + 1, &end, 16), 2);
        *p = end;
        return true;
}

static void read_test(struct test *t, char *p)
{
        int n;
        if (sscanf(p, " %c%c %16s%n", &t->first, &t->last, t->roles, &n) != 3)
                exit(3);
        for (p += n; read_insn(t, &p);)
                ;
}

/* BKPT follows in the state that the case ends in. */
static void write_case(const struct test *t, uint8_t *at)
{
        memcpy(at, t->code, t->bytes);
        if (is_thumb(t->last))
                for (unsigned i = t->bytes; i < STRIDE; i += 2)
                        memcpy(at + i, &(uint16_t){ 0xbe00 }, 2);
        else
                for (unsigned i = (t->bytes + 3) & ~3u; i < STRIDE; i += 4)
                        memcpy(at + i, &(uint32_t){ 0xe1200070 }, 4);
}
