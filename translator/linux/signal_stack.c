/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alternate signal stacks (sigaltstack(2)). */
#include <asm/errno.h>
#include "signal.h"
#include "syscalls.h"
#include "run/thread.h"

uint64_t signal_trampoline;

static bool on_altstack(const struct guest_altstack *s, uint64_t sp)
{
        /* kernel/signal.c, on_sig_stack(): one that disarms itself is never "in use" */
        if (s->flags & ALT_AUTODISARM)
                return false;
        return sp > s->sp && sp - s->sp <= s->size;
}

uint32_t altstack_flags(const struct guest_altstack *s, uint64_t sp)
{
        if (s->size == 0)
                return ALT_DISABLE;
        return on_altstack(s, sp) ? ALT_ONSTACK : 0;
}

long altstack_set(struct guest_altstack *s, uint64_t sp, uint64_t new_sp, uint32_t new_flags, uint64_t new_size)
{
        uint32_t mode = new_flags & ~ALT_AUTODISARM;

        if (on_altstack(s, sp))
                return -EPERM;
        if (mode != ALT_DISABLE && mode != ALT_ONSTACK && mode != 0)
                return -EINVAL;
        if (s->sp == new_sp && s->size == new_size && s->flags == new_flags)
                return 0;
        if (mode == ALT_DISABLE) {
                new_sp = 0;
                new_size = 0;
        } else if (new_size < guest_abi->minsigstksz)
                return -ENOMEM;

        s->sp = new_sp;
        s->size = new_size;
        s->flags = new_flags;
        return 0;
}

long sys_sigaltstack(struct thread *t, const uint64_t a[6])
{
        struct guest_altstack *s = &t->os->altstack;
        const uint64_t sp = t->cpu.x[guest_abi->x_sp];
        struct linux_stack new, old = {
                .sp = s->sp,
                .size = s->size,
                .flags = altstack_flags(s, sp) | (s->flags & ALT_AUTODISARM),
        };

        if (a[0]) {
                if (guest_get(sigaltstack, &new, a[0]) < 0)
                        return -EFAULT;
                long r = altstack_set(s, sp, new.sp, new.flags, new.size);
                if (r < 0)
                        return r;
        }
        if (a[1] && guest_put(sigaltstack, a[1], &old) < 0)
                return -EFAULT;
        return 0;
}
