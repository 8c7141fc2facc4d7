/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 32-bit Arm's interface, as a 64-bit kernel has it for 32-bit programs (arch/arm64, CONFIG_COMPAT): that of all 32-bit Arm
 * Linux, with its own machine, registers, frames, vectors page and vDSO. */
#include "arm.h"
#include "guest/a32/a32.h"
#include "layout.h"
#include "linux/arm32/arm32.h"

const struct abi abi_arm = {
        .guest = &guest_a32,
        .sysroot = "/etc/qemu-binfmt/arm",
        .cpus = arm_cpus,
        .cpuinfo = arm_cpuinfo,
        .cpuinfo_end = arm_cpuinfo_end,
        .refuses_elf = arm_refuses_elf,
        .no_stack_note_is_all = true,
        .space = ARM_SPACE,

        .x_number = 7,
        .x_arguments = 0,
        .x_result = 0,
        .x_sp = 13,
        .call_address = arm_call_address,
        .first_registers = arm_first_registers,
        .child_registers = arm_child_registers,

        .open_flags = arm_open_flags,
        .n_open_flags = ARM_OPEN_FLAGS,
        ARM32_ABI,

        .minsigstksz = 2048,
        .push_frame = arm_push_frame,
        .pop_frame = arm_pop_frame,
        .describe_fault = arm_describe_fault,
        .fetch_fault = arm_fetch_fault,
        .map_vdso = arm_map_vdso,
};
