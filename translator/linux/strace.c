/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -strace: one line a system call, as strace(1) and QEMU print them. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "signal.h"
#include "strace.h"
#include "syscalls.h"
#include "run/thread.h"

/* Names and decodings as one object of characters and tables of offsets: pointers would have to be relocated. */
static const struct {
#define PASS(nr, name, arguments) char name_##name[sizeof(#name)], args_##name[sizeof(arguments)];
#define SAME(nr, name, arguments) PASS(nr, name, arguments)
#define NONE(nr, name, arguments) PASS(nr, name, arguments)
#define SYS(nr, name, handler, arguments) PASS(nr, name, arguments)
#include "linux/generic64/syscalls.def"
#undef PASS
} texts = {
#define PASS(nr, name, arguments) .name_##name = #name, .args_##name = arguments,
#include "linux/generic64/syscalls.def"
#undef PASS
};

enum { SYSCALL_COUNT = 480 };
static const struct {
        uint16_t name, args;
} rows[SYSCALL_COUNT] = {
#define PASS(nr, name, arguments) \
        [nr] = { offsetof(__typeof__(texts), name_##name) + 1, offsetof(__typeof__(texts), args_##name) },
#include "linux/generic64/syscalls.def"
#undef PASS
#undef SAME
#undef NONE
#undef SYS
};

const char *syscall_name(uint64_t nr)
{
        return nr < SYSCALL_COUNT && rows[nr].name ? (const char *)&texts + rows[nr].name - 1 : NULL;
}

const char *syscall_arguments(uint64_t nr)
{
        return nr < SYSCALL_COUNT && rows[nr].name ? (const char *)&texts + rows[nr].args : "xxxxxx";
}

char syscall_result(uint64_t nr)
{
        const char *p = strchr(syscall_arguments(nr), '=');
        return p ? p[1] : 0;
}

unsigned syscall_arguments_with(uint64_t nr, const char *letters)
{
        const char *letter = syscall_arguments(nr);
        unsigned set = 0;

        for (unsigned k = 0; k < 6 && letter[k] && letter[k] != '='; k++)
                if (strchr(letters, letter[k]))
                        set |= 1u << k;
        return set;
}

void strace_enter(struct thread *t, uint64_t nr, const uint64_t a[6])
{
        struct text out = { 0 };
        const char *name = syscall_name(nr), *args = syscall_arguments(nr);

        if (name)
                text_add(&out, "%d %s(", t->os->tid, name);
        else
                text_add(&out, "%d syscall_%#lx(", t->os->tid, nr);
        for (unsigned i = 0; i < 6 && args[i] && args[i] != '='; i++) {
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
        else if (r < 0 && r > -4096)
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
