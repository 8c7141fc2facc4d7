/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells whether NZCV is dead at a place in guest code, by a look at the next few instructions. */
#include "a32.h"
#include "ir/flags.h"

unsigned a32_flags_live(fetch_fn *fetch, uint64_t pc)
{
        (void)fetch, (void)pc;
        return FLAGS_ALL;
}
