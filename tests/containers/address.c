/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the address at which it was loaded. */
#include <stdio.h>

int main(void)
{
        printf("%p\n", (void *)main);
        return 0;
}
