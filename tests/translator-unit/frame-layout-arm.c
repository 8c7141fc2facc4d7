/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layouts of linux/arm/frame.h against the kernel's own headers and glibc's: compiled for 32-bit Arm, never run. */
#include <asm/sigcontext.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ucontext.h>
#include "../../translator/linux/arm/frame.h"

#define SAME_SIZE(ours, theirs) _Static_assert(sizeof(ours) == sizeof(theirs), #ours " has another size than " #theirs)
#define SAME_PLACE(ours, a, theirs, b) \
        _Static_assert(offsetof(ours, a) == offsetof(theirs, b), #ours "." #a " is not where " #theirs "." #b " is")

SAME_SIZE(struct arm_sigcontext, struct sigcontext);
SAME_PLACE(struct arm_sigcontext, trap_no, struct sigcontext, trap_no);
SAME_PLACE(struct arm_sigcontext, error_code, struct sigcontext, error_code);
SAME_PLACE(struct arm_sigcontext, oldmask, struct sigcontext, oldmask);
SAME_PLACE(struct arm_sigcontext, r[0], struct sigcontext, arm_r0);
SAME_PLACE(struct arm_sigcontext, r[10], struct sigcontext, arm_r10);
SAME_PLACE(struct arm_sigcontext, r[11], struct sigcontext, arm_fp);
SAME_PLACE(struct arm_sigcontext, r[12], struct sigcontext, arm_ip);
SAME_PLACE(struct arm_sigcontext, sp, struct sigcontext, arm_sp);
SAME_PLACE(struct arm_sigcontext, lr, struct sigcontext, arm_lr);
SAME_PLACE(struct arm_sigcontext, pc, struct sigcontext, arm_pc);
SAME_PLACE(struct arm_sigcontext, cpsr, struct sigcontext, arm_cpsr);
SAME_PLACE(struct arm_sigcontext, fault_address, struct sigcontext, fault_address);

/* glibc's structure has the kernel's layout, and a signal set that takes the unused bytes. */
SAME_SIZE(struct arm_ucontext, ucontext_t);
SAME_PLACE(struct arm_ucontext, flags, ucontext_t, uc_flags);
SAME_PLACE(struct arm_ucontext, link, ucontext_t, uc_link);
SAME_PLACE(struct arm_ucontext, stack_sp, ucontext_t, uc_stack.ss_sp);
SAME_PLACE(struct arm_ucontext, stack_flags, ucontext_t, uc_stack.ss_flags);
SAME_PLACE(struct arm_ucontext, stack_size, ucontext_t, uc_stack.ss_size);
SAME_PLACE(struct arm_ucontext, mcontext, ucontext_t, uc_mcontext);
SAME_PLACE(struct arm_ucontext, sigmask, ucontext_t, uc_sigmask);
SAME_PLACE(struct arm_ucontext, regspace, ucontext_t, uc_regspace);
_Static_assert(offsetof(struct arm_ucontext, regspace) - offsetof(struct arm_ucontext, sigmask) == sizeof(sigset_t), "sigset_t");

/* struct rt_sigframe { struct siginfo info; struct sigframe sig; } and struct sigframe { struct ucontext uc; unsigned long
 * retcode[2]; } of arch/arm/kernel/signal.h, to which unwinders hold fast */
_Static_assert(offsetof(struct arm_rt_sigframe, frame) == sizeof(siginfo_t), "siginfo_t");
_Static_assert(offsetof(struct arm_sigframe, retcode) == sizeof(ucontext_t), "retcode");
_Static_assert(sizeof(struct arm_sigframe) % 8 == 0 && sizeof(struct arm_rt_sigframe) % 8 == 0, "the stack stays aligned");

/* VFP_STORAGE_SIZE of arch/arm/include/asm/ucontext.h, which libunwind and LLVM have too */
_Static_assert(sizeof(struct arm_vfp_record) == 288, "the record of VFP");
