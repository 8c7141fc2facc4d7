/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arm64's interface: that of all 64-bit machines, with its own machine, registers, frames and vDSO. */
#include "arm64.h"
#include "frame.h"
#include "guest/a64/a64.h"
#include "guest/a64/hwcap.h"
#include "linux/generic64/generic64.h"
#include "linux/generic64/structs.h"

static const struct abi_cpu cpus[] = {
        { "max", "aarch64", "aarch64", GUEST_HWCAP, GUEST_HWCAP2 },
        { 0 },
};

const struct abi abi_arm64 = {
        .guest = &guest_a64,
        .sysroot = "/etc/qemu-binfmt/aarch64",
        .cpus = cpus,
        .machine_linux32 = "armv8l", /* COMPAT_UTS_MACHINE */
        .cpuinfo = arm64_cpuinfo,
        .space = {
                .end = (UINT64_C(1) << 47) - 4096, /* the host's */
                .program = ((UINT64_C(1) << 47) / 3 * 2) & ~UINT64_C(4095),
                .program_random = 1 << 28, /* mmap_rnd_bits */
                .break_random = (1 << 30) / 4096,
        },

        .x_number = 8,
        .x_arguments = 0,
        .x_result = 0,
        .x_sp = 31,
        .call_address = arm64_call_address,
        .first_registers = arm64_first_registers,
        .child_registers = arm64_child_registers,

        .calls = &generic64_calls,
        .open_flags = arm64_open_flags,
        .n_open_flags = ARM64_OPEN_FLAGS,
        .word = 8,
        .epoll_event = { sizeof(struct generic64_epoll_event), generic64_epoll_event_to_host, generic64_epoll_event_to_guest },
        .semid64_ds = { sizeof(struct generic64_semid), generic64_semid_to_host, generic64_semid_to_guest },
        .stat = { sizeof(struct generic64_stat), NULL, generic64_stat_to_guest },

        .minsigstksz = ARM64_MINSIGSTKSZ,
        .at_minsigstksz = ARM64_AT_MINSIGSTKSZ,
        .push_frame = arm64_push_frame,
        .pop_frame = arm64_pop_frame,
        .describe_fault = arm64_describe_fault,
        .fetch_fault = arm64_fetch_fault,
        .map_vdso = arm64_map_vdso,
};
