/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signal frames: what the guest's handler finds on its stack, and rt_sigreturn (arch/arm64/kernel/signal.c). */
#include <asm/errno.h>
#include "arm64.h"
#include "frame.h"
#include "linux/signal.h"
#include "linux/syscalls.h"
#include "guest/fpcr.h"
#include "run/exec.h"
#include "run/thread.h"

/* Records in sigcontext.__reserved: FP/SIMD state, the syndrome of a fault, the terminator. Returns their size. */
static size_t fill_records(const struct thread *t, uint8_t *p)
{
        struct a64_fpsimd_context *fp = (struct a64_fpsimd_context *)(void *)p;
        size_t n = sizeof(*fp);

        fp->head = (struct a64_context_head){ A64_FPSIMD_MAGIC, sizeof(*fp) };
        fp->fpcr = t->cpu.fpcr;
        memcpy(fp->v, t->cpu.v, sizeof(fp->v));

        if (t->os->fault_syndrome) {
                struct a64_esr_context *esr = (struct a64_esr_context *)(void *)(p + n);
                esr->head = (struct a64_context_head){ A64_ESR_MAGIC, sizeof(*esr) };
                esr->esr = t->os->fault_syndrome;
                n += sizeof(*esr);
        }
        memset(p + n, 0, sizeof(struct a64_context_head));
        return n + sizeof(struct a64_context_head);
}

size_t arm64_frame_fill(const struct thread *t, const struct linux_siginfo *info, uint64_t mask, struct a64_sigframe *ret)
{
        const struct guest_altstack *s = &t->os->altstack;
        struct a64_ucontext *uc = &ret->uc;

        ret->info = *info;
        memset(uc, 0, offsetof(struct a64_ucontext, mcontext));
        /* __save_altstack(): the flags as they were given, not whether it is in use */
        uc->stack = (struct linux_stack){ .sp = s->sp, .flags = s->flags, .size = s->size };
        uc->sigmask = mask;

        struct a64_sigcontext *mc = &uc->mcontext;
        mc->fault_address = t->os->fault_address;
        memcpy(mc->regs, t->cpu.x, sizeof(mc->regs));
        mc->sp = t->cpu.x[31];
        mc->pc = t->cpu.pc;
        mc->pstate = flags_to_nzcv(t->cpu.flags);
        return offsetof(struct a64_sigframe, uc.mcontext.reserved) + fill_records(t, mc->reserved);
}

int arm64_push_frame(struct thread *t, const struct guest_sigaction *act, const struct linux_siginfo *info, uint64_t mask)
{
        struct guest_altstack *s = &t->os->altstack;
        struct a64_frame_record record = { t->cpu.x[29], t->cpu.x[30] };
        struct a64_sigframe frame;
        uint64_t sp = t->cpu.x[31];

        if ((act->flags & GUEST_SA_ONSTACK) && altstack_flags(s, sp) == 0)
                sp = s->sp + s->size;
        uint64_t record_at = (sp - sizeof(record)) & ~15ull;
        uint64_t frame_at = record_at - sizeof(frame);
        /* The kernel writes siginfo only for handlers that ask for it. Otherwise that part of the frame may have anything in
         * it. */
        size_t n = arm64_frame_fill(t, info, mask, &frame);

        ((struct a64_fpsimd_context *)(void *)frame.uc.mcontext.reserved)->fpsr = cpu_get_fpsr(&t->cpu);
        if (guest_write(record_at, &record, sizeof(record)) < 0 || guest_write(frame_at, &frame, n) < 0)
                return -EFAULT;

        if (s->flags & ALT_AUTODISARM)
                *s = (struct guest_altstack){ .flags = ALT_DISABLE };
        t->cpu.x[0] = (uint64_t)info->signo;
        if (act->flags & GUEST_SA_SIGINFO) {
                t->cpu.x[1] = frame_at + offsetof(struct a64_sigframe, info);
                t->cpu.x[2] = frame_at + offsetof(struct a64_sigframe, uc);
        }
        t->cpu.x[29] = record_at;
        t->cpu.x[30] = act->flags & GUEST_SA_RESTORER ? act->restorer : signal_trampoline;
        t->cpu.x[31] = frame_at;
        t->cpu.pc = act->handler;
        t->cpu.excl_addr = ~0ull;
        return 0;
}

/* Finds the record of FP/SIMD state in a frame (parse_user_sigframe()). Returns NULL when the list of records is malformed. */
static const struct a64_fpsimd_context *find_fpsimd(const struct a64_sigframe *frame)
{
        const uint8_t *base = frame->uc.mcontext.reserved;
        const struct a64_fpsimd_context *found = NULL;
        size_t at = 0, limit = sizeof(frame->uc.mcontext.reserved);

        while (limit - at >= sizeof(struct a64_context_head)) {
                const struct a64_context_head *h = (const void *)(base + at);
                if (h->magic == 0)
                        return h->size == 0 ? found : NULL;
                if (h->size < sizeof(*h) || (h->size & 15) || h->size > limit - at)
                        return NULL;
                if (h->magic == A64_FPSIMD_MAGIC) {
                        if (found || h->size != sizeof(*found))
                                return NULL;
                        found = (const void *)h;
                } else if (h->magic != A64_ESR_MAGIC) {
                        return NULL;
                }
                at += h->size;
        }
        return NULL;
}

/* Is it a PSTATE that a program may have: EL0, AArch64, nothing masked (valid_native_regs())? */
static bool valid_pstate(uint64_t pstate)
{
        enum { MODE = 0x1f, DAIF = 0x3c0 };

        return !(pstate & (MODE | DAIF));
}

long arm64_pop_frame(struct thread *t, bool rt)
{
        (void)rt;
        struct a64_sigframe frame;
        uint64_t sp = t->cpu.x[31];
        const struct a64_fpsimd_context *fp = NULL;
        enum { CODE_MAPERR = 1, CODE_ACCERR = 2 };
        bool readable = guest_read(&frame, sp, sizeof(frame)) >= 0;

        if ((sp & 15) == 0 && readable && valid_pstate(frame.uc.mcontext.pstate))
                fp = find_fpsimd(&frame);
        if (!fp) {
                signal_force(t, GSIG_SEGV, readable ? CODE_ACCERR : CODE_MAPERR, sp);
                return SYS_NO_RESULT;
        }
        /* First: a signal that came earlier is delivered here, and the call runs again. */
        long r = signal_set_mask(t, frame.uc.sigmask);
        if (r < 0)
                return r;

        const struct a64_sigcontext *mc = &frame.uc.mcontext;
        memcpy(t->cpu.x, mc->regs, sizeof(mc->regs));
        t->cpu.x[31] = mc->sp;
        t->cpu.pc = mc->pc;
        t->cpu.flags = nzcv_to_flags((uint32_t)mc->pstate);
        t->cpu.excl_addr = ~0ull;
        memcpy(t->cpu.v, fp->v, sizeof(fp->v));
        cpu_set_fpcr(&t->cpu, fp->fpcr);
        cpu_set_fpsr(&t->cpu, fp->fpsr);
        /* restore_altstack() squashes all errors but a fault */
        (void)altstack_set(&t->os->altstack, mc->sp, frame.uc.stack.sp, frame.uc.stack.flags, frame.uc.stack.size);
        return SYS_NO_RESULT;
}
