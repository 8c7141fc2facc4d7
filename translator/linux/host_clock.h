/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's clocks by the host's vDSO, which reads most of them without a system call. */
#pragma once
#include <stdint.h>

/* Notes where the host's vDSO is, and that its pages are the translator's. `host_vdso` is AT_SYSINFO_EHDR, or 0 where there is
 * none; `stack_end` is the end of the stack that the kernel made. To be called before anything is mapped. */
void host_clock_init(uint64_t host_vdso, uint64_t stack_end);

/* clock_gettime(2). Returns 0 or a negative errno. */
struct __kernel_timespec;
long host_clock_gettime(int clock, struct __kernel_timespec *ts);
