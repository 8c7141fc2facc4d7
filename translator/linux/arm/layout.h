/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which programs of 32-bit ARM can be loaded, and the address space that an arm64 kernel gives them (asm/processor.h and asm/elf.h
 * of arch/arm64: TASK_SIZE_32, AARCH32_VECTORS_BASE, STACK_RND_MASK, COMPAT_ELF_ET_DYN_BASE, arch_randomize_brk()). The number of
 * random bits of mappings is arm64's default of vm.mmap_rnd_compat_bits. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define ARM_VECTORS UINT64_C(0xffff0000)
#define ARM_SPACE \
        { \
                .end = UINT64_C(0xfffff000), .program = UINT64_C(0xaaaaa000), .stack_top = ARM_VECTORS, \
                .bottom_up = UINT64_C(0x40000000), .program_random = 1 << 11, .stack_random = 1 << 11, \
                .mappings_random = 1 << 11, .break_random = (32 << 20) / 4096, \
        }

/* refuses_elf of struct abi: OABI, FDPIC, and both kinds of big-endian programs. */
const char *arm_refuses_elf(bool big_endian, unsigned osabi, uint32_t flags);
