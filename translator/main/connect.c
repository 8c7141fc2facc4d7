/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which guests there are, and which functions the hooks of lower rooms call (see connect.h). */
#include "connect.h"
#include "guest/a64/a64.h"
#include "linux/mm.h"
#include "linux/signal.h"
#include "linux/syscalls.h"
#include "linux/arm64/vdso.h"
#include "run/hooks.h"

static const struct guest *const guests[] = { &guest_a64, NULL };

static const struct code_hooks code = {
        .may_exec = mm_may_exec,
        .alias = mm_alias,
        .is_vdso = vdso_contains,
        .lift_vdso = vdso_lift,
};

static const struct run_hooks run = {
        .syscall = linux_syscall,
        .poll = guest_poll,
        .fault = guest_fault_deliver,
        .fetch_fault = guest_fetch_fault,
        .undefined = guest_undefined,
        .breakpoint = guest_breakpoint,
};

void connect_rooms(void)
{
        guest_list = guests;
        code_hooks = &code;
        run_hooks = &run;
}
