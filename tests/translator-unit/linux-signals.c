/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of signals that a program sends to itself or that its instructions raise: dispositions, masks, queues, stacks, frames. */
#include <linux/time_types.h>
#include "../../translator/linux/arm64/arm64.h"
#include "../../translator/linux/arm64/frame.h"
#include "linux-host.h"

void test_simple(struct thread *t)
{
        struct guest_sigaction old;

        reset();
        CHECK(set_handler(t, SIGUSR1, HANDLER, SA_SIGINFO | 0x400, SIGNAL_BIT(SIGHUP) | SIGNAL_BIT(SIGKILL)) == 0);
        CHECK(SVC4(A_SIGACTION, SIGUSR1, 0, &old, 8) == 0 && old.handler == HANDLER && old.flags == SA_SIGINFO);
        CHECK(old.mask == SIGNAL_BIT(SIGHUP));
        CHECK(SVC2(A_KILL, me(), SIGUSR1) == 0);
        CHECK(seen.count == 1 && seen.sig == SIGUSR1 && seen.info.signo == SIGUSR1 && seen.info.code == SI_USER);
        CHECK(seen.info.kill.pid == me() && seen.x0_saved == 0 && seen.pc_saved == SVC_PC + 4);
        CHECK(seen.mask_inside == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGHUP)) && seen.mask_saved == 0);
        CHECK(t->os->sigmask == 0 && t->cpu.x[31] == (uint64_t)(guest_stack + sizeof(guest_stack)));
        CHECK(SVC4(A_SIGACTION, SIGKILL, &old, 0, 8) == -EINVAL && SVC4(A_SIGACTION, 65, 0, 0, 8) == -EINVAL);
        CHECK(SVC4(A_SIGACTION, SIGUSR1, 1, 0, 8) == -EFAULT && SVC4(A_SIGACTION, SIGUSR1, 0, 0, 16) == -EINVAL);
}

void test_all_signals(struct thread *t)
{
        bool all = true;
        reset();
        for (int sig = 1; sig <= 64; sig++) {
                if (sig == SIGKILL || sig == SIGSTOP)
                        continue;
                unsigned before = seen.count;
                all = all && set_handler(t, sig, HANDLER, SA_SIGINFO | SA_RESETHAND, 0) == 0;
                all = all && SVC3(A_TGKILL, me(), t->os->tid, sig) == 0;
                all = all && seen.count == before + 1 && seen.sig == sig && seen.info.code == SI_TKILL;
                struct guest_sigaction old;
                all = all && SVC4(A_SIGACTION, sig, 0, &old, 8) == 0 && old.handler == 0;
        }
        CHECK(all);
}

void test_blocked_and_pending(struct thread *t)
{
        uint64_t set;
        struct linux_siginfo info;
        struct __kernel_timespec ts = { 0, 1000000 };

        reset();
        for (int sig = 34; sig < 37; sig++)
                set_handler(t, sig, HANDLER, SA_SIGINFO, ~0ull);
        set_handler(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
        set_handler(t, SIGUSR2, HANDLER, 0, 0);
        CHECK(set_mask(t, SIG_BLOCK, ~0ull) == 0);
        for (int k = 0; k < 3; k++) {
                struct linux_siginfo q = { .code = SI_QUEUE, .kill = { .pid = (int)me(), .value = (uint64_t)k } };
                CHECK(SVC3(A_SIGQUEUEINFO, me(), 36 - k, &q) == 0);
                CHECK(SVC3(A_SIGQUEUEINFO, me(), 34, &q) == 0);
        }
        SVC2(A_KILL, me(), SIGUSR2);
        SVC2(A_KILL, me(), SIGUSR2);
        SVC3(A_TGKILL, me(), t->os->tid, SIGSEGV);
        SVC3(A_TGKILL, me(), t->os->tid, SIGSEGV);
        CHECK(seen.count == 0);
        CHECK(SVC2(A_SIGPENDING, &set, 8) == 0);
        CHECK(set == (SIGNAL_BIT(34) | SIGNAL_BIT(35) | SIGNAL_BIT(36) | SIGNAL_BIT(SIGUSR2) | SIGNAL_BIT(SIGSEGV)));
        set = SIGNAL_BIT(36) | SIGNAL_BIT(40);
        CHECK(SVC4(A_SIGTIMEDWAIT, &set, &info, &ts, 8) == 36 && info.kill.value == 0 && info.code == SI_QUEUE);
        CHECK(SVC4(A_SIGTIMEDWAIT, &set, &info, &ts, 8) == -EAGAIN);
        CHECK(set_mask(t, SIG_SETMASK, 0) == 0);
        CHECK(seen.count == 7); /* handled: 34 four times, 35, USR2 and SEGV once each; sigtimedwait took 36 */
        CHECK(t->os->sigmask == 0);
        SVC2(A_SIGPENDING, &set, 8);
        CHECK(set == 0);

        set_mask(t, SIG_BLOCK, SIGNAL_BIT(SIGSEGV));
        SVC2(A_KILL, me(), SIGSEGV);
        set = SIGNAL_BIT(SIGSEGV);
        CHECK(SVC4(A_SIGTIMEDWAIT, &set, &info, &ts, 8) == SIGSEGV && info.code == SI_USER);
        CHECK(SVC4(A_SIGTIMEDWAIT, &set, &info, &ts, 8) == -EAGAIN);
        set_mask(t, SIG_SETMASK, 0);
}

void test_nested(struct thread *t)
{
        reset();
        set_handler(t, SIGUSR1, HANDLER, SA_SIGINFO, 0);
        set_handler(t, SIGUSR2, HANDLER, SA_SIGINFO, 0);
        nested_sig = SIGUSR2;
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 2 && seen.max_depth == 2 && seen.sig == SIGUSR2);
        CHECK(seen.mask_saved == SIGNAL_BIT(SIGUSR1) && t->os->sigmask == 0);
        reset();
        nested_sig = SIGUSR1; /* it is blocked while its handler runs, so it comes after that */
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 2 && seen.max_depth == 1);
        reset();
        set_handler(t, SIGUSR1, HANDLER, SA_SIGINFO | SA_NODEFER, 0);
        nested_sig = SIGUSR1;
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.count == 2 && seen.max_depth == 2);
}

static uint8_t alternate[16384] __attribute__((aligned(16)));

void test_altstack(struct thread *t)
{
        struct linux_stack s = { .sp = (uint64_t)alternate, .size = sizeof(alternate) }, old;

        reset();
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == 0 && SVC2(A_SIGALTSTACK, 0, &old) == 0 && old.sp == s.sp && old.flags == 0);
        set_handler(t, SIGUSR1, HANDLER, SA_ONSTACK, 0);
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.sp >= s.sp && seen.sp < s.sp + s.size && (seen.sp & 15) == 0);
        set_handler(t, SIGUSR1, HANDLER, 0, 0);
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.sp >= (uint64_t)guest_stack && seen.sp < (uint64_t)(guest_stack + sizeof(guest_stack)));
        s.size = 5119;
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == -ENOMEM);
        s.flags = 4;
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == -EINVAL);
        s = (struct linux_stack){ .sp = (uint64_t)alternate, .size = sizeof(alternate), .flags = 1u << 31 };
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == 0);
        set_handler(t, SIGUSR1, HANDLER, SA_ONSTACK, 0);
        SVC2(A_KILL, me(), SIGUSR1);
        CHECK(seen.sp >= s.sp && seen.sp < s.sp + s.size);
        CHECK(SVC2(A_SIGALTSTACK, 0, &old) == 0 && old.sp == s.sp && old.flags == 1u << 31); /* sigreturn armed it */
        s.flags = 2;
        CHECK(SVC2(A_SIGALTSTACK, &s, 0) == 0 && SVC2(A_SIGALTSTACK, 0, &old) == 0 && old.flags == 2 && old.size == 0);
}

void test_synchronous(struct thread *t)
{
        bool restarted;
        reset();
        set_handler(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
        t->cpu.pc = SVC_PC + 4;
        t->cpu.x[5] = 0x1234;
        t->cpu.flags = nzcv_to_flags(0xa0000000);
        t->cpu.v[7].d[1] = 77;
        arm64_force(t, SIGSEGV, SEGV_ACCERR, 0xdead000, 0x92000046);
        struct a64_sigframe *f = (void *)t->cpu.x[31];
        CHECK(t->cpu.x[1] == (uint64_t)&f->info && t->cpu.x[2] == (uint64_t)&f->uc);
        CHECK(f->uc.mcontext.regs[5] == 0x1234 && f->uc.mcontext.pstate == 0xa0000000);
        struct a64_fpsimd_context *fp = (void *)f->uc.mcontext.reserved;
        struct a64_esr_context *esr = (void *)(fp + 1);
        CHECK(fp->head.magic == A64_FPSIMD_MAGIC && fp->head.size == 528 && fp->v[7][1] == 77);
        CHECK(esr->head.magic == A64_ESR_MAGIC && esr->head.size == 16 && esr->esr == 0x92000046);
        CHECK(((struct a64_context_head *)(esr + 1))->magic == 0);
        struct a64_frame_record *r = (void *)t->cpu.x[29];
        CHECK((uint64_t)r == (uint64_t)(f + 1));
        t->cpu.x[5] = 0;
        t->cpu.v[7].d[1] = 0;
        t->cpu.flags = 0;
        run_handlers(t, &restarted);
        CHECK(seen.count == 1 && seen.info.code == SEGV_ACCERR && seen.info.fault.addr == 0xdead000);
        CHECK(seen.fault_address == 0xdead000);
        CHECK(t->cpu.x[5] == 0x1234 && t->cpu.v[7].d[1] == 77 && flags_to_nzcv(t->cpu.flags) == 0xa0000000);
        /* the translator's own copies to and from guest memory recover from faults */
        uint64_t word;
        CHECK(guest_read(&word, 0x10, 8) == -EFAULT && guest_write(0x8000000000000000ull, &word, 8) == -EFAULT);
        /* a program that raises the signal of a fault again passes on its information */
        reset();
        struct linux_siginfo q = { .code = SEGV_MAPERR, .fault.addr = 0x77 };
        CHECK(SVC4(A_TGSIGQUEUEINFO, me(), t->os->tid, SIGSEGV, &q) == 0);
        CHECK(seen.count == 1 && seen.info.code == SEGV_MAPERR && seen.info.fault.addr == 0x77);
}
