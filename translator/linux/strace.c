/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -strace: one line a system call, as strace(1) and QEMU print them. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "signal.h"
#include "strace.h"
#include "syscalls.h"
#include "run/thread.h"

void strace_enter(struct thread *t, uint64_t nr, const uint64_t a[6])
{
        struct text out = { 0 };
        const char *name = syscall_name(nr), *args = syscall_arguments(nr);

        if (name)
                text_add(&out, "%d %s(", t->os->tid, name);
        else
                text_add(&out, "%d syscall_%#lx(", t->os->tid, nr);
        for (unsigned i = 0; i < 6 && args[i] && args[i] != '='; i++) {
                if (args[i] == '_') /* a register that is no argument of its own */
                        continue;
                if (i)
                        text_add(&out, ", ");
                strace_argument(&out, args[i], a, i);
        }
        if (out.n > sizeof(out.buf) - 16)
                out.n = sizeof(out.buf) - 16;
        switch (syscall_result(nr)) {
        case '!': text_add(&out, ") = ?\n"); break;
        case 'x': text_add(&out, ")\n"); break;
        default: text_add(&out, ")");
        }
        rt_log_write(out.buf, out.n);
}

void strace_leave(struct thread *t, uint64_t nr, long r)
{
        struct text out = { 0 };

        if (syscall_result(nr) == 'x')
                text_add(&out, "%d <... %s resumed>", t->os->tid, syscall_name(nr));
        if (r == SYS_NO_RESULT)
                text_add(&out, " = ?\n");
        else if (r == SYS_RESTART || r == SYS_RESTART_ALWAYS)
                text_add(&out, " = ? (to be restarted)\n");
        else if (rt_failed(r))
                text_add(&out, " = -1 %s\n", errno_name((int)-r, (char[16]){ 0 }));
        else
                text_add(&out, syscall_result(nr) == 'p' ? " = %#lx\n" : " = %ld\n", r);
        rt_log_write(out.buf, out.n);
}

void strace_signal(struct thread *t, const struct linux_siginfo *info)
{
        struct text out = { 0 };
        char buf[16];

        if (!strace_enabled())
                return;
        text_add(&out, "%d --- %s {si_code=%d, ", t->os->tid, signal_name(info->signo, buf), info->code);
        if ((SIGNAL_BIT(info->signo) & SYNC_MASK) && info->code > 0)
                text_add(&out, "si_addr=%#lx} ---\n", info->fault.addr);
        else
                text_add(&out, "si_pid=%d, si_uid=%u} ---\n", info->kill.pid, info->kill.uid);
        rt_log_write(out.buf, out.n);
}
