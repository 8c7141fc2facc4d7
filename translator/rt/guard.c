/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack protector (gcc's -mstack-protector-guard=global): what a function finds above its arrays before it returns. */
#include <asm/unistd.h>
#include <linux/random.h>
#include "rt.h"

/* The compiler gives the name. The section is that of constants with addresses in them (RELRO), so that the variable is read-only
 * once the image is sealed. */
__attribute__((section(".data.rel.ro"))) uint64_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

/* AT_RANDOM is used only where nothing else is to be had: the guest gets the same bytes, and its libc makes its own canary of
 * them. */
void rt_guard_init(const uint64_t *at_random)
{
        if (sys_call3(__NR_getrandom, &__stack_chk_guard, sizeof(__stack_chk_guard), GRND_NONBLOCK) !=
                    sizeof(__stack_chk_guard) &&
            at_random)
                __stack_chk_guard = ~at_random[0] ^ at_random[1];
        __stack_chk_guard &= ~UINT64_C(0xff); /* no string can bring a byte that is zero */
}

_Noreturn void __stack_chk_fail(void)
{
        rt_die("its stack was overwritten");
}
