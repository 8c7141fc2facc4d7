/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest code in a window (see window.h). */
#include <string.h>
#include "guest/loop_heads.h"
#include "window.h"

struct window window;

static bool is_inside(uint64_t addr)
{
        return addr - window.addr < window.size;
}

static uint64_t no_alias(uint64_t addr)
{
        (void)addr;
        return 0;
}

static bool is_fixed(uint64_t addr)
{
        if (window.literal)
                window.literal(addr);
        return is_inside(addr);
}

static bool is_vdso(uint64_t pc)
{
        (void)pc;
        return false;
}

static bool lift_vdso(struct lift *l, uint32_t number)
{
        (void)l, (void)number;
        return false;
}

static int read_line(void *to, uint64_t addr)
{
        if (!is_inside(addr) || !is_inside(addr + FETCH_LINE - 1))
                return -1;
        memcpy(to, window.bytes + (addr - window.addr), FETCH_LINE);
        return 0;
}

static const struct code_hooks hooks = {
        .may_exec = is_inside,
        .read_line = read_line,
        .alias = no_alias,
        .is_fixed = is_fixed,
        .is_vdso = is_vdso,
        .lift_vdso = lift_vdso,
};

void window_connect(void)
{
        code_hooks = &hooks;
        loop_heads_prepare();
}

const uint8_t *window_fetch(uint64_t addr)
{
        return is_inside(addr) ? window.bytes + (addr - window.addr) : NULL;
}
