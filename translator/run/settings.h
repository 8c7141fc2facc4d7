/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user chooses about translating (main/options.c): set at start-up, before exec_init(). */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct run_settings {
        uint32_t off;       /* -opt no-NAME: bits of ir->opts */
        unsigned cpu_limit; /* -x64-level 2, 3, 4: use no newer host instructions; 0 = all */
        size_t cache_size;  /* -tb-size: bytes of the code cache; 0 = as many as usual */
};
extern struct run_settings run_settings; /* run/exec.c */
