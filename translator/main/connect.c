/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which guests there are, and which functions the hooks of lower rooms call (see connect.h). */
#include "connect.h"
#include "guest/code.h"
#include "linux/arm/arm.h"
#include "linux/arm/kuser.h"
#include "linux/arm64/arm64.h"
#include "linux/mm.h"
#include "linux/signal.h"
#include "linux/syscalls.h"
#include "linux/vdso.h"
#include "rt/rt.h"
#include "run/hooks.h"

const struct abi *const all_abis[] = { &abi_arm64, &abi_arm, NULL };
const char no_abi_for_it[] = "neither an AArch64 nor a 32-bit ARM program";

static const struct code_hooks code = {
        .may_exec = mm_may_exec,
        .read_line = guest_read_line,
        .alias = mm_alias,
        .is_fixed = mm_is_fixed,
        .is_vdso = vdso_contains,
        .lift_vdso = vdso_lift,
        .lift_kernel_function = arm_lift_kuser,
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
        code_hooks = &code;
        run_hooks = &run;
}
