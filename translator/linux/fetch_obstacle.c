/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See fetch_obstacle.h. */
#include <asm/unistd.h>
#include "fetch_obstacle.h"
#include "mm.h"
#include "rt/rt.h"

/* Has the guest a mapping at addr? In *ret_present, whether its page is in memory. */
static bool is_mapped(uint64_t addr, bool *ret_present)
{
        uint8_t resident = 0;
        uint64_t start, end;
        own_memory_lock();
        bool own = own_memory_find(addr, addr + 1, &start, &end);
        own_memory_unlock();
        bool mapped = !own && sys_call3(__NR_mincore, PAGE_DOWN(addr), PAGE_SIZE, &resident) == 0;
        *ret_present = resident & 1;
        return mapped;
}

enum fetch_obstacle fetch_obstacle(uint64_t addr, bool *ret_present)
{
        if (!is_mapped(addr, ret_present))
                return FETCH_UNMAPPED;
        return mm_may_exec(addr) ? FETCH_BEHIND_FILE : FETCH_FORBIDDEN;
}
