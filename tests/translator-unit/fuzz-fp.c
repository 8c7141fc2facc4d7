/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running compiled regions with the traps of a guest that has the standard FP state: as run/fault.c does, what traps is computed by
 * software. */
#define _GNU_SOURCE /* REG_RAX */
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <xmmintrin.h>
#include "../../translator/fp/fp.h"
#include "../../translator/ir/eval.h"
#include "../../translator/ir/fp_fixup.h"
#include "../../translator/ir/fp_ops.h"
#include "fuzz-ir.h"

bool fuzz_inexact_unknown, fuzz_unflushed;

static struct cpu *cpu;
static const uint8_t *code;
static const struct region_out *region;

static const struct trap_rec *find_trap(uint64_t off)
{
        const struct trap_rec *best = NULL;
        for (unsigned k = 0; k < region->ntraps; k++) {
                const struct trap_rec *t = &region->traps[k];
                if (t->at == off)
                        return t;
                if (t->at < off && off < t->end && (!best || best->at < t->at))
                        best = t;
        }
        return best;
}

static harg operand(const mcontext_t *m, const int order[16], const struct trap_rec *t, unsigned k, unsigned reg)
{
        harg v = { .d = { 0, 0 } };
        if (reg < 16 && t->cls >> k & 1)
                memcpy(&v, &m->fpregs->_xmm[reg], sizeof(v));
        else if (reg < 16)
                v.d[0] = (uint64_t)m->gregs[order[reg]];
        return v;
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
        static const int order[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                       REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };
        enum { DE = 1 << 1, UE = 1 << 4 };
        mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
        const uint64_t off = (uint64_t)m->gregs[REG_RIP] - (uint64_t)(uintptr_t)code;
        const struct trap_rec *t = off < region->code_size ? find_trap(off) : NULL;
        harg arg[4];
        (void)info;
        if (t) {
                arg[1] = operand(m, order, t, 1, t->a);
                arg[2] = operand(m, order, t, 2, t->b);
                arg[3] = operand(m, order, t, 3, t->c);
        }
        if (!t || !fp_fixup(cpu, arg, t->op, t->sz, t->aux, t->disp)) {
                signal(sig, SIG_DFL);
                return;
        }
        if (t->cls & 1)
                memcpy(&m->fpregs->_xmm[t->d], &arg[0], sizeof(arg[0]));
        else
                m->gregs[order[t->d]] = (long long)arg[0].d[0];
        fuzz_inexact_unknown |= m->fpregs->mxcsr & UE; /* Inexact was raised too, which Arm may not do */
        m->fpregs->mxcsr &= ~(uint32_t)(DE | UE);
        m->gregs[REG_RIP] = (long long)(uintptr_t)(code + t->end);
}

uint32_t fuzz_fpsr_of_mxcsr(uint32_t mxcsr)
{
        return mxcsr >> 1 & 0x1e;
}

/* Returns true if some number in a is a zero, and in b the least normal number with its sign. */
static bool is_unflushed(const harg *a, const harg *b)
{
        bool found = false;
        for (unsigned k = 0; k < 2; k++)
                found |= !(a->d[k] << 1) && b->d[k] == (a->d[k] | UINT64_C(1) << 52);
        for (unsigned k = 0; k < 4; k++)
                found |= !(a->s[k] << 1) && b->s[k] == (a->s[k] | 1u << 23);
        return found;
}

/* The linker lets the evaluator call this in the place of eval_fp. An op that flushes is computed again by one that does not. */
bool __real_eval_fp(struct cpu *c, const struct ir_ins *i, const harg *a1, const harg *a2, const harg *a3, harg *d);
bool __wrap_eval_fp(struct cpu *c, const struct ir_ins *i, const harg *a1, const harg *a2, const harg *a3, harg *d);
bool __wrap_eval_fp(struct cpu *c, const struct ir_ins *i, const harg *a1, const harg *a2, const harg *a3, harg *d)
{
        static struct cpu other;
        struct ir_ins plain = *i;
        harg unflushed;
        other.fpcr = i->disp & FPO_STANDARD ? FPCR_DN : c->fpcr & ~FPCR_FZ;
        plain.disp &= ~FPO_FLUSHES;
        if (!__real_eval_fp(c, i, a1, a2, a3, d))
                return false;
        if ((i->disp & FPO_FLUSHES) && __real_eval_fp(&other, &plain, a1, a2, a3, &unflushed))
                fuzz_unflushed |= is_unflushed(d, &unflushed);
        return true;
}

bool fuzz_known_underflow(const struct cpu *compiled, const struct cpu *evaluated)
{
        enum { UFC = 1 << 3 };
        return fuzz_unflushed || (evaluated->fpsr & ~compiled->fpsr & UFC);
}

int fuzz_enter(struct cpu *c, const uint8_t *entry, const struct region_out *out)
{
        static uint8_t stack[65536];
        const stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
        struct sigaction act = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        sigaltstack(&alt, NULL);
        sigaction(SIGFPE, &act, NULL);
        sigaction(SIGILL, &act, NULL);
        cpu = c;
        code = entry;
        region = out;
        fuzz_inexact_unknown = false;
        _mm_setcsr(0x1600); /* Invalid, Denormal and Underflow trap */
        int why = ((int (*)(struct cpu *, const void *))(uintptr_t)x64_stubs.enter)(c, entry);
        c->fpsr |= fuzz_fpsr_of_mxcsr(_mm_getcsr());
        _mm_setcsr(0x1f80);
        return why;
}
