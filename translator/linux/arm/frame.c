/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signal frames: what the guest's handler finds on its stack, sigreturn and rt_sigreturn (arch/arm64/kernel/signal32.c). */
#include <asm/errno.h>
#include "arm.h"
#include "frame.h"
#include "kuser.h"
#include "guest/fpcr.h"
#include "guest/loc.h"
#include "linux/signal.h"
#include "linux/syscalls.h"
#include "run/thread.h"

/* ---- the program status register ---- */

/* Its bits, and where struct cpu has them (guest/a32/registers.h): GE in cpu->x[22] as a mask of bytes, Q in x[23], T in the pc,
 * E and ITSTATE in the mode. */
#define CPSR_NZCV 0xf0000000u
#define CPSR_Q (1u << 27)
#define CPSR_E (1u << 9)
#define CPSR_MASKED 0x1c0u /* A, I, F */
#define CPSR_T (1u << 5)
#define CPSR_MODE 0x1fu
enum { CPSR_USER = 0x10, CPSR_GE_SHIFT = 16, CPSR_IT_LOW = 25, CPSR_IT_HIGH = 10 };
enum { X_GE = 22, X_Q = 23, X_FPNZCV = 24, X_SP = 13, X_LR = 14 };

uint32_t arm_get_cpsr(const struct cpu *cpu)
{
        uint32_t it = cpu->mode >> MODE_IT_SHIFT & 0xff, ge = 0;

        for (unsigned k = 0; k < 4; k++)
                ge |= (uint32_t)(cpu->x[X_GE] >> 8 * k & 1) << k;
        return flags_to_nzcv(cpu->flags) | (cpu->x[X_Q] ? CPSR_Q : 0) | (it & 3) << CPSR_IT_LOW | (it >> 2) << CPSR_IT_HIGH |
               ge << CPSR_GE_SHIFT | (cpu->mode & MODE_BE ? CPSR_E : 0) | (cpu->pc & 1 ? CPSR_T : 0) | CPSR_USER;
}

/* A return from an exception aligns the pc as the state asks. */
static uint64_t aligned_pc(uint32_t pc, bool thumb)
{
        return thumb ? pc | 1 : pc & ~3u;
}

void arm_set_state(struct cpu *cpu, uint32_t pc, uint32_t cpsr)
{
        uint32_t it = (cpsr >> CPSR_IT_LOW & 3) | (cpsr >> CPSR_IT_HIGH & 0x3f) << 2;

        cpu->flags = nzcv_to_flags(cpsr & CPSR_NZCV);
        cpu->x[X_Q] = cpsr & CPSR_Q ? 1 : 0;
        cpu->x[X_GE] = 0;
        for (unsigned k = 0; k < 4; k++)
                if (cpsr >> (CPSR_GE_SHIFT + k) & 1)
                        cpu->x[X_GE] |= UINT64_C(0xff) << 8 * k;
        cpu->mode &= ~(uint32_t)(MODE_BE | MODE_IT);
        cpu->mode |= (cpsr & CPSR_E ? MODE_BE : 0) | (cpsr & CPSR_T ? it << MODE_IT_SHIFT : 0);
        cpu->pc = aligned_pc(pc, cpsr & CPSR_T);
}

/* ---- VFP and Advanced SIMD ---- */

#define FPSCR_NZCV 0xf0000000u

static void put_vfp(struct thread *t, struct arm_vfp_record *ret)
{
        const struct cpu *cpu = &t->cpu;

        *ret = (struct arm_vfp_record){ .magic = ARM_VFP_MAGIC, .size = sizeof(*ret), .fpexc = 1u << 30 /* EN */ };
        for (unsigned k = 0; k < 32; k++)
                ret->d[k] = cpu->v[k].d[0];
        ret->fpscr = fcmp_to_nzcv(cpu->x[X_FPNZCV]) | cpu->fpcr | cpu_get_fpsr(&t->cpu);
}

static void get_vfp(struct thread *t, const struct arm_vfp_record *from)
{
        for (unsigned k = 0; k < 32; k++)
                t->cpu.v[k].d[0] = from->d[k];
        t->cpu.x[X_FPNZCV] = from->fpscr & FPSCR_NZCV;
        cpu_set_fpcr(&t->cpu, from->fpscr);
        cpu_set_fpsr(&t->cpu, from->fpscr);
}

/* Finds the record among those of a frame. Kernels of other CPUs put records of theirs before it, and programs that make frames
 * themselves may know such kernels. Returns NULL when there is none. */
static const struct arm_vfp_record *find_vfp(const struct arm_ucontext *uc)
{
        const struct {
                uint32_t magic, size;
        } * head;

        for (size_t at = 0; sizeof(uc->regspace) - at >= sizeof(struct arm_vfp_record); at += head->size) {
                head = (const void *)(uc->regspace + at);
                if (head->magic == ARM_VFP_MAGIC)
                        return head->size == sizeof(struct arm_vfp_record) ? (const void *)head : NULL;
                if (!head->magic || head->size < sizeof(*head) || head->size % 8 || head->size > sizeof(uc->regspace) - at)
                        return NULL;
        }
        return NULL;
}

/* ---- the way to the handler ---- */

void arm_frame_fill(struct thread *t, uint64_t mask, struct arm_sigframe *ret)
{
        struct arm_sigcontext *mc = &ret->uc.mcontext;

        memset(ret, 0, sizeof(*ret));
        mc->error_code = t->os->fault_syndrome;
        mc->oldmask = (uint32_t)mask;
        for (unsigned k = 0; k < 13; k++)
                mc->r[k] = (uint32_t)t->cpu.x[k];
        mc->sp = (uint32_t)t->cpu.x[X_SP];
        mc->lr = (uint32_t)t->cpu.x[X_LR];
        mc->pc = (uint32_t)guest_address(t->cpu.pc);
        mc->cpsr = arm_get_cpsr(&t->cpu);
        mc->fault_address = (uint32_t)t->os->fault_address;
        ret->uc.sigmask[0] = (uint32_t)mask;
        ret->uc.sigmask[1] = (uint32_t)(mask >> 32);
        /* Behind the record there is a zero word: no other record. */
        put_vfp(t, (struct arm_vfp_record *)(void *)ret->uc.regspace);
}

/* Returns true when [at, at + size) is within the address space. */
static bool is_range(uint32_t at, size_t size)
{
        return at + (uint64_t)size <= the_guest->address_limit;
}

/* Enters the handler: with its T bit, out of an IT block, with little-endian data, with NZCV and Q clear (compat_setup_return()). */
static void enter_handler(struct thread *t, const struct guest_sigaction *act, int signo, uint32_t sp)
{
        bool thumb = act->handler & 1;

        t->cpu.x[0] = (uint64_t)signo;
        t->cpu.x[X_SP] = sp;
        t->cpu.x[X_LR] =
                act->flags & GUEST_SA_RESTORER ? (uint32_t)act->restorer : arm_sigreturn_pc(thumb, act->flags & GUEST_SA_SIGINFO);
        t->cpu.pc = aligned_pc((uint32_t)act->handler, thumb);
        t->cpu.flags = nzcv_to_flags(0);
        t->cpu.x[X_Q] = 0;
        t->cpu.mode &= ~(uint32_t)(MODE_BE | MODE_IT);
        t->cpu.excl_addr = ~0ull;
}

int arm_push_frame(struct thread *t, const struct guest_sigaction *act, const struct linux_siginfo *info, uint64_t mask)
{
        struct guest_altstack *s = &t->os->altstack;
        bool rt = act->flags & GUEST_SA_SIGINFO;
        struct arm_rt_sigframe f;
        const void *begin = rt ? (const void *)&f : &f.frame;
        size_t size = rt ? sizeof(f) : sizeof(f.frame);
        uint32_t sp = (uint32_t)t->cpu.x[X_SP];

        if ((act->flags & GUEST_SA_ONSTACK) && altstack_flags(s, sp) == 0)
                sp = (uint32_t)(s->sp + s->size);
        uint32_t at = (sp - (uint32_t)size) & ~7u;

        arm_frame_fill(t, mask, &f.frame);
        if (!(act->flags & GUEST_SA_RESTORER))
                arm_sigreturn_words(act->handler & 1, rt, f.frame.retcode);
        if (rt) {
                guest_abi->siginfo.to_guest(f.info, info);
                f.frame.uc.stack_sp = (uint32_t)s->sp;
                f.frame.uc.stack_flags = s->flags;
                f.frame.uc.stack_size = (uint32_t)s->size;
        } else
                f.frame.uc.flags = 0x5ac3c35a; /* compat_setup_frame(): what trap_no never is, in older kernels' frames */
        if (!is_range(at, size) || guest_write(at, begin, size) < 0)
                return -EFAULT;

        if (s->flags & ALT_AUTODISARM)
                *s = (struct guest_altstack){ .flags = ALT_DISABLE };
        enter_handler(t, act, info->signo, at);
        if (rt) {
                t->cpu.x[1] = at + offsetof(struct arm_rt_sigframe, info);
                t->cpu.x[2] = at + offsetof(struct arm_rt_sigframe, frame.uc);
        }
        return 0;
}

/* ---- the way back ---- */

/* Is it a CPSR that a program may have (valid_compat_regs())? */
static bool valid_cpsr(uint32_t cpsr)
{
        return (cpsr & CPSR_MODE) == CPSR_USER && !(cpsr & CPSR_MASKED);
}

static void get_registers(struct thread *t, const struct arm_sigcontext *mc)
{
        for (unsigned k = 0; k < 13; k++)
                t->cpu.x[k] = mc->r[k];
        t->cpu.x[X_SP] = mc->sp;
        t->cpu.x[X_LR] = mc->lr;
        arm_set_state(&t->cpu, mc->pc, mc->cpsr);
        t->cpu.excl_addr = ~0ull;
}

long arm_pop_frame(struct thread *t, bool rt)
{
        uint32_t sp = (uint32_t)t->cpu.x[X_SP], at = sp + (rt ? offsetof(struct arm_rt_sigframe, frame) : 0);
        enum { CODE_MAPERR = 1, CODE_ACCERR = 2 };
        const struct arm_vfp_record *vfp = NULL;
        struct arm_sigframe frame;
        bool readable = at >= sp && is_range(at, sizeof(frame)) && guest_read(&frame, at, sizeof(frame)) >= 0;

        if ((sp & 7) == 0 && readable && valid_cpsr(frame.uc.mcontext.cpsr))
                vfp = find_vfp(&frame.uc);
        if (!vfp) {
                signal_force(t, GSIG_SEGV, readable ? CODE_ACCERR : CODE_MAPERR, sp);
                return SYS_NO_RESULT;
        }
        /* First: a signal that came earlier is delivered here, and the call runs again. */
        long r = signal_set_mask(t, frame.uc.sigmask[0] | (uint64_t)frame.uc.sigmask[1] << 32);
        if (r < 0)
                return r;
        get_registers(t, &frame.uc.mcontext);
        get_vfp(t, vfp);
        if (rt) /* compat_restore_altstack() squashes all errors but a fault */
                (void)altstack_set(&t->os->altstack, frame.uc.mcontext.sp, frame.uc.stack_sp, frame.uc.stack_flags,
                                   frame.uc.stack_size);
        return SYS_NO_RESULT;
}
