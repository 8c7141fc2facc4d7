/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CNTVCT_EL0: nanoseconds of CLOCK_MONOTONIC, so CNTFRQ_EL0 is 1 GHz as on Armv8.6 (Arm ARM D12.1). */
#include <asm/unistd.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include "clock.h"
#include "rt/rt.h"

void helper_cntvct(struct cpu *cpu, harg *arg, uint64_t imm)
{
        struct __kernel_timespec ts = { 0, 0 };
        (void)cpu, (void)imm;
        sys_call2(__NR_clock_gettime, CLOCK_MONOTONIC, &ts);
        arg[0].d[0] = (uint64_t)ts.tv_sec * CNTFRQ_HZ + (uint64_t)ts.tv_nsec;
}
