/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layouts of linux/arm64/frame.h against the kernel's own headers: compiled for arm64, never run. */
#include <asm/sigcontext.h>
#include <linux/signal.h>
#include <asm/ucontext.h>
#include "../../translator/linux/arm64/frame.h"

#define SAME_SIZE(ours, theirs) _Static_assert(sizeof(ours) == sizeof(theirs), #ours " has another size than " #theirs)
#define SAME_PLACE(ours, a, theirs, b) \
        _Static_assert(offsetof(ours, a) == offsetof(theirs, b), #ours "." #a " is not where " #theirs "." #b " is")

SAME_SIZE(struct linux_siginfo, siginfo_t);
SAME_PLACE(struct linux_siginfo, signo, siginfo_t, si_signo);
SAME_PLACE(struct linux_siginfo, err, siginfo_t, si_errno);
SAME_PLACE(struct linux_siginfo, code, siginfo_t, si_code);
SAME_PLACE(struct linux_siginfo, kill.pid, siginfo_t, si_pid);
SAME_PLACE(struct linux_siginfo, kill.uid, siginfo_t, si_uid);
SAME_PLACE(struct linux_siginfo, kill.value, siginfo_t, si_value);
SAME_PLACE(struct linux_siginfo, fault.addr, siginfo_t, si_addr);

SAME_SIZE(struct a64_context_head, struct _aarch64_ctx);
SAME_SIZE(struct a64_fpsimd_context, struct fpsimd_context);
SAME_PLACE(struct a64_fpsimd_context, fpsr, struct fpsimd_context, fpsr);
SAME_PLACE(struct a64_fpsimd_context, fpcr, struct fpsimd_context, fpcr);
SAME_PLACE(struct a64_fpsimd_context, v, struct fpsimd_context, vregs);
SAME_SIZE(struct a64_esr_context, struct esr_context);
SAME_PLACE(struct a64_esr_context, esr, struct esr_context, esr);
_Static_assert(A64_FPSIMD_MAGIC == FPSIMD_MAGIC && A64_ESR_MAGIC == ESR_MAGIC, "magic numbers");

SAME_SIZE(struct a64_sigcontext, struct sigcontext);
SAME_PLACE(struct a64_sigcontext, fault_address, struct sigcontext, fault_address);
SAME_PLACE(struct a64_sigcontext, regs, struct sigcontext, regs);
SAME_PLACE(struct a64_sigcontext, sp, struct sigcontext, sp);
SAME_PLACE(struct a64_sigcontext, pc, struct sigcontext, pc);
SAME_PLACE(struct a64_sigcontext, pstate, struct sigcontext, pstate);
SAME_PLACE(struct a64_sigcontext, reserved, struct sigcontext, __reserved);

SAME_SIZE(struct linux_stack, stack_t);
SAME_PLACE(struct linux_stack, sp, stack_t, ss_sp);
SAME_PLACE(struct linux_stack, flags, stack_t, ss_flags);
SAME_PLACE(struct linux_stack, size, stack_t, ss_size);

SAME_SIZE(struct a64_ucontext, struct ucontext);
SAME_PLACE(struct a64_ucontext, flags, struct ucontext, uc_flags);
SAME_PLACE(struct a64_ucontext, link, struct ucontext, uc_link);
SAME_PLACE(struct a64_ucontext, stack, struct ucontext, uc_stack);
SAME_PLACE(struct a64_ucontext, sigmask, struct ucontext, uc_sigmask);
SAME_PLACE(struct a64_ucontext, mcontext, struct ucontext, uc_mcontext);

/* struct rt_sigframe { struct siginfo info; struct ucontext uc; } of arch/arm64/kernel/signal.c, to which libgcc's
 * unwinder holds fast */
struct rt_sigframe {
        siginfo_t info;
        struct ucontext uc;
};
SAME_SIZE(struct a64_sigframe, struct rt_sigframe);
SAME_PLACE(struct a64_sigframe, uc, struct rt_sigframe, uc);
_Static_assert(sizeof(struct a64_sigframe) % 16 == 0, "the stack stays aligned");

_Static_assert(ARM64_MINSIGSTKSZ == MINSIGSTKSZ, "MINSIGSTKSZ");
/* What arm64's kernel says on a CPU without SVE and SME. */
_Static_assert(ARM64_AT_MINSIGSTKSZ == 4720, "AT_MINSIGSTKSZ");
