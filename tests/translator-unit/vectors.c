/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the vectors page to standard output. */
#include <stdio.h>
#include "../../translator/linux/arm/kuser.h"
#include "../../translator/linux/special.h"

long special_map(uint64_t at, size_t size)
{
        return (void)at, (void)size, -1;
}

void special_seal(uint64_t start, size_t size, const char *name)
{
        (void)start, (void)size, (void)name;
}

int main(void)
{
        static uint32_t page[ARM_PAGE / 4];
        arm_vectors_fill(page);
        return fwrite(page, 1, sizeof(page), stdout) != sizeof(page);
}
