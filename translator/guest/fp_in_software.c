/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which FP instructions are translated to software (see fp_in_software.h): a small hash table. An instruction takes the place of
 * the one that was there. */
#include "fp_in_software.h"
#include "rt/rt.h"

enum { BITS = 9 };
static uint64_t table[1u << BITS] RT_MEDIUM;
static bool any;

static uint64_t *place(uint64_t pc)
{
        return &table[(pc >> 1) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BITS)];
}

void fp_in_software_add(uint64_t pc)
{
        *place(pc) = pc;
        any = true;
}

bool fp_in_software_has(uint64_t pc)
{
        return *place(pc) == pc && pc;
}

bool fp_in_software_in(uint64_t start, uint64_t end)
{
        if (!any)
                return false;
        for (unsigned k = 0; k < 1u << BITS; k++)
                if (table[k] >= start && table[k] < end)
                        return true;
        return false;
}

bool fp_in_software_any(void)
{
        return any;
}
