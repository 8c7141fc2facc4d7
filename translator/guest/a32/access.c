/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instruction of A32 or T32 does to memory. The host's own word for a fault tells whether it was a write, and addresses
 * have no tags, so nothing is left to be found out here. */
#include "a32.h"

struct access a32_describe_fault(const struct cpu *cpu)
{
        (void)cpu;
        return (struct access){ .kind = ACCESS_LOAD };
}
