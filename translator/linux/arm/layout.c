/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See layout.h. */
#include <stddef.h>
#include "layout.h"

/* arch/arm/include/asm/elf.h, and the ABI's "ELF for the Arm Architecture", 4.3.1 */
enum {
        EF_ARM_EABIMASK = (int)0xff000000,
        EF_ARM_BE8 = 0x00800000,
        ELFOSABI_ARM_FDPIC = 65,
};

const char *arm_refuses_elf(bool big_endian, unsigned osabi, uint32_t flags)
{
        if (flags & EF_ARM_BE8)
                return "a big-endian (BE8) 32-bit ARM program: only little-endian ones are supported";
        if (big_endian)
                return "a big-endian (BE32) 32-bit ARM program: only little-endian ones are supported";
        if (!(flags & (uint32_t)EF_ARM_EABIMASK))
                return "an OABI program, for 32-bit ARM systems of before the EABI (armel): not supported";
        return osabi == ELFOSABI_ARM_FDPIC ? "an FDPIC program, for 32-bit ARM systems without an MMU: not supported" : NULL;
}
