/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host faults in translated code: precise guest state, and floating-point fix-ups (see exec.h). */
#include <asm/unistd.h>
#include <linux/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include "ir/fp_fixup.h"
#include "cache.h"
#include "exec.h"
#include "threads.h"
#include "thread.h"
#include "translate.h"
#include "unit.h"

struct host_state {
        struct sigcontext_64 *sc;
        struct _fpstate_64 *fp;
};

static struct host_state host_state(void *uc_)
{
        struct ucontext *uc = uc_;
        struct sigcontext_64 *sc = (struct sigcontext_64 *)&uc->uc_mcontext;
        return (struct host_state){ .sc = sc, .fp = (struct _fpstate_64 *)(uintptr_t)sc->fpstate };
}

/* Returns where general register n is, in the order in which instructions encode them. */
static uint64_t *gpr(const struct host_state *h, unsigned n)
{
        struct sigcontext_64 *s = h->sc;
        __u64 *const reg[16] = { &s->ax, &s->cx, &s->dx,  &s->bx,  &s->sp,  &s->bp,  &s->si,  &s->di,
                                 &s->r8, &s->r9, &s->r10, &s->r11, &s->r12, &s->r13, &s->r14, &s->r15 };
        return (uint64_t *)reg[n];
}

static void read_gprs(const struct host_state *h, uint64_t ret[16])
{
        for (unsigned k = 0; k < 16; k++)
                ret[k] = *gpr(h, k);
}

static vreg *xmm(const struct host_state *h, unsigned n)
{
        return (vreg *)h->fp->xmm_space + n;
}

/* ---- floating-point traps ---- */

/* Returns the record of the instruction at offset `off` in the region, or NULL. Between the offset that a record names and its
 * instruction there may be a move between registers. */
static struct trap_rec *find_trap(const struct region *r, uint32_t off)
{
        struct trap_rec *best = NULL;
        for (unsigned k = 0; k < r->ntraps; k++) {
                struct trap_rec *t = &r->traps[k];
                if (t->at == off)
                        return t;
                if (t->at < off && off < t->end && (!best || best->at < t->at))
                        best = t;
        }
        return best;
}

static vreg trap_operand(const struct host_state *h, const struct trap_rec *t, unsigned k, uint8_t reg)
{
        vreg v = { .d = { 0, 0 } };
        if (reg > 15)
                return v;
        if (t->cls >> (k + 1) & 1)
                v = *xmm(h, reg);
        else
                v.d[0] = *gpr(h, reg);
        return v;
}

/* After so many traps, which take a few milliseconds together, an instruction is translated to software. */
enum { TRAPS_ENOUGH = 1000 };

/* Returns the EFLAGS that UCOMIS leaves where Arm's comparison gives this NZCV. */
static uint64_t eflags_of(uint64_t eflags, uint32_t nzcv)
{
        static const uint8_t found[4] = { [2] = 1 << 0, [1] = 1 << 6, [0] = 0 }; /* less: CF; equal: ZF */
        bool unordered = nzcv >> 28 == 3;
        eflags &= ~UINT64_C(0x8d5);
        return eflags | (unordered ? 0x45 : found[nzcv >> 30]);
}

/* Takes the host's flags back that software has set as the instruction wants them. Where Underflow traps, a result that is tiny and
 * inexact has raised Inexact, too, which it does not where Arm flushes it (Underflow alone; one that is tiny and exact raises
 * neither). What Inexact was before is not known then, but where this is the region's first instruction that may trap, it was most
 * likely clear. */
static void correct_mxcsr(const struct host_state *h, const struct region *r, const struct trap_rec *t, uint32_t raised)
{
        enum { DE = 1 << 1, UE = 1 << 4, PE = 1 << 5, UM = 1 << 11, UFC = 1 << 3, IXC = 1 << 4 };
        if (h->fp->mxcsr & UM)
                return;
        if (h->fp->mxcsr & UE && (raised & (UFC | IXC)) == UFC && t->end == r->traps[0].end)
                h->fp->mxcsr &= ~(uint32_t)PE;
        h->fp->mxcsr &= ~(uint32_t)(DE | UE);
}

/* Counts traps of the instruction. Units cannot be written: for theirs there are a few counters, which several may share. */
static uint32_t count_trap(const struct region *r, struct trap_rec *t)
{
        static uint32_t shared[64];
        uint32_t *count = r->in_place ? &shared[(uintptr_t)t / sizeof(*t) % 64] : &t->count;
        return ++*count;
}

/* Computes by software what the instruction would have, and lets the thread go on behind it. Returns false when the software does
 * not know the instruction. */
static bool fix_trap(struct cpu *cpu, const struct region *r, struct trap_rec *t, const struct host_state *h)
{
        harg saved[4];
        const uint32_t fpsr = cpu->fpsr;
        __builtin_memcpy(saved, cpu->harg, sizeof(saved));
        cpu->harg[1] = trap_operand(h, t, 0, t->a);
        cpu->harg[2] = trap_operand(h, t, 1, t->b);
        cpu->harg[3] = trap_operand(h, t, 2, t->c);
        cpu->fpsr = 0;
        bool known = fp_fixup(cpu, cpu->harg, t->op, t->sz, t->aux, t->disp);
        correct_mxcsr(h, r, t, cpu->fpsr);
        cpu->fpsr |= fpsr;
        if (!known)
                return false;
        if (ir_opinfo[t->op].res == 'F')
                h->sc->flags = eflags_of(h->sc->flags, (uint32_t)cpu->harg[0].d[0]);
        else if (t->cls & 1)
                *xmm(h, t->d) = cpu->harg[0];
        else
                *gpr(h, t->d) = cpu->harg[0].d[0];
        __builtin_memcpy(cpu->harg, saved, sizeof(saved));
        h->sc->ip = (uint64_t)(uintptr_t)(r->code + t->end);
        cache_stats.fp_traps++;
        if (count_trap(r, t) % TRAPS_ENOUGH == 0)
                exec_fp_in_software(cpu, loc_target(r->loc, t->pc).pc);
        return true;
}

/* ---- memory faults ---- */

/* Makes the thread go on in exec_loop when the handler returns, with its state in *cpu. */
static enum fault_verdict to_guest(struct cpu *cpu, const struct host_state *h)
{
        cpu->ret_sp = cpu->ret_base;
        h->sc->bp = (uint64_t)(uintptr_t)&cpu->x[CPU_BASE];
        h->sc->ip = (uint64_t)(uintptr_t)cache_exec(x64_stubs.fault);
        h->sc->flags &= ~UINT64_C(0x400); /* DF */
        return FAULT_GUEST;
}

/* Returns true when a push in translated code has found the call/return stack full. (Other faults at its guard page are accesses
 * by the guest.) */
static bool overflows_ret_stack(const struct cpu *cpu, const struct host_state *h, uint64_t addr)
{
        const struct exec_thread *e = cpu->thread->exec;
        return e && addr - (uint64_t)e->map < 4096 && addr == h->sc->sp - 8 && exec_in_translated(h->sc->ip);
}

static void recover(struct cpu *cpu, const struct region *r, uint32_t off, const struct host_state *h, const uint64_t g[16])
{
        x64_recover(cpu, r->loc.pc, r->journal, r->njournal, off, g, xmm(h, 0), h->sc->flags);
}

/* The host gives no address for a general-protection fault: the operand's address is not canonical, or that of CMPXCHG16B is not
 * aligned. This sets the address from the operand, and what the fault is then. An address with a tag is to be tried again without
 * it; bit 55 would make it an address in the kernel's half, where there are no tags. */
static void complete_siginfo(struct thread *t, siginfo_t *info, const struct host_state *h, const uint64_t g[16])
{
        enum { TRAP_GENERAL_PROTECTION = 13, TRAP_STACK_SEGMENT = 12 };
        const uint8_t *ip = (const uint8_t *)(uintptr_t)h->sc->ip;
        struct exec_thread *self = t->exec;
        uint64_t a;
        if ((h->sc->trapno != TRAP_GENERAL_PROTECTION && h->sc->trapno != TRAP_STACK_SEGMENT) || !x64_operand_address(ip, g, &a))
                return;
        bool misaligned = a >> 47 == 0;
        info->si_addr = (void *)a;
        info->si_signo = misaligned ? SIGBUS : SIGSEGV;
        info->si_code = misaligned ? BUS_ADRALN : SEGV_MAPERR;
        if (!translate_tagged && a >> 56 && !(a >> 55 & 1))
                self->tag_fault = true;
}

/* Is the fault at ip the UD2 of an alignment check that has failed (IR op ALIGN, cold_to_align())? Then completes *info, and *off
 * becomes the offset of the check. */
static bool is_misaligned(int sig, const uint8_t *ip, siginfo_t *info, const uint64_t g[16], uint32_t *off)
{
        uint32_t back;
        if (sig != SIGILL || ip[0] != 0x0f || ip[1] != 0x0b)
                return false;
        __builtin_memcpy(&back, ip + 3, sizeof(back));
        *off -= back;
        info->si_addr = (void *)g[ip[2] & 15];
        info->si_signo = SIGBUS;
        info->si_code = BUS_ADRALN;
        return true;
}

enum fault_verdict exec_host_fault(struct thread *t, int sig, void *info_, void *uc)
{
        struct cpu *cpu = &t->cpu;
        siginfo_t *info = info_;
        uint64_t g[16];
        struct host_state h = host_state(uc);
        const uint8_t *ip = (const uint8_t *)(uintptr_t)h.sc->ip;
        if (sig == SIGSEGV && overflows_ret_stack(cpu, &h, (uint64_t)info->si_addr)) {
                h.sc->sp = (uint64_t)(uintptr_t)cpu->ret_base; /* calls nested too deeply: forget the outer ones */
                return FAULT_RESUME;
        }
        struct region place;
        const struct region *r = cache_region_at(ip);
        if (!r && unit_region_at(ip, &place))
                r = &place;
        if (r) {
                uint32_t off = (uint32_t)(ip - r->code);
                struct trap_rec *trap = sig == SIGFPE || sig == SIGILL ? find_trap(r, off) : NULL;
                if (trap && fix_trap(cpu, r, trap, &h))
                        return FAULT_RESUME;
                read_gprs(&h, g);
                if (sig == SIGSEGV || sig == SIGBUS)
                        complete_siginfo(t, info, &h, g);
                else if (!is_misaligned(sig, ip, info, g, &off))
                        return FAULT_NOT_GUEST;
                recover(cpu, r, off, &h, g);
                return to_guest(cpu, &h);
        }
        if (cpu->helper_pc && (sig == SIGSEGV || sig == SIGBUS)) {
                read_gprs(&h, g);
                complete_siginfo(t, info, &h, g);
                cpu->pc = cpu->helper_pc;
                cpu->helper_pc = 0;
                return to_guest(cpu, &h);
        }
        return FAULT_NOT_GUEST;
}

bool exec_in_translated(uint64_t rip)
{
        const uint8_t *host = (const uint8_t *)(uintptr_t)rip;
        return cache_contains(host) || unit_contains(host);
}
