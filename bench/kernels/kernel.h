/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program of several kernels: `PROGRAM NAME SCALE` runs one and prints a checksum, which must not depend on the machine. */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kernel {
        const char *name;
        void (*run)(long scale);
};

static inline uint64_t random_next(uint64_t *s)
{
        *s ^= *s << 13;
        *s ^= *s >> 7;
        return *s ^= *s << 17;
}

static inline int kernel_main(int argc, char **argv, const struct kernel *k)
{
        for (; argc == 3 && k->name; k++)
                if (!strcmp(k->name, argv[1])) {
                        k->run(atol(argv[2]));
                        return 0;
                }
        return 2;
}
