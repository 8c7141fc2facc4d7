/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See special.h. */
#include <linux/mman.h>
#include "rt/rt.h"
#include "mm.h"
#include "mm_place.h"
#include "mm_space.h"
#include "special.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static struct special {
        uint64_t start;
        const char *name;
} special[2];

long special_map(uint64_t at, size_t size)
{
        const int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED_NOREPLACE : 0);

        long p = mm_space_is_ours() ? mm_place_mmap(rt_syscall, (const uint64_t[6]){ at, size, (uint64_t)prot, (uint64_t)flags,
                                                                                     UINT64_MAX, 0 })
                                    : rt_mmap(at, size, prot, flags, -1, 0);
        if (!rt_failed(p))
                rt_populate((const void *)p, (const void *)(p + (long)size), true);
        return p;
}

void special_seal(uint64_t start, size_t size, const char *name)
{
        void *p = (void *)(uintptr_t)start;
        unsigned k = 0;

        if (rt_mprotect(p, size, PROT_READ | PROT_EXEC) < 0) /* refused to memory that was writable */
                (void)rt_mprotect(p, size, PROT_READ);
        mm_exec_set(start, start + size, MM_EXEC | MM_FIXED);
        while (k < sizeof(special) / sizeof(special[0]) && special[k].name)
                k++;
        if (k < sizeof(special) / sizeof(special[0]))
                special[k] = (struct special){ start, name };
}

const char *special_name(uint64_t start)
{
        for (unsigned k = 0; k < sizeof(special) / sizeof(special[0]); k++)
                if (special[k].name && special[k].start == start)
                        return special[k].name;
        return NULL;
}
