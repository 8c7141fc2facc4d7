/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own record of the program (struct mm_struct: start_code ... env_end, auxv), which /proc shows to all. If nothing
 * were done, it would describe the translator. */
#include <asm/unistd.h>
#include <linux/prctl.h>
#include "rt/rt.h"
#include "image.h"

bool image_describe(void)
{
        struct image *m = &guest_image;
        uint64_t end_data = m->end_data > m->start_data ? m->end_data : m->start_data;
        /* validate_prctl_map_addr() of kernel/sys.c: ends are not before starts, code is not empty, and up to Linux 4.19 the
         * break is behind the data. No privilege is needed while exe_fd is -1. */
        struct prctl_mm_map map = {
                .start_code = m->start_code,
                .end_code = m->end_code > m->start_code ? m->end_code : m->start_code + 1,
                .start_data = m->start_data,
                .end_data = end_data,
                .start_brk = m->brk,
                .brk = m->brk,
                .start_stack = m->known_stack, /* the kernel gives the mapping around it its name in maps */
                .arg_start = m->arg_start,
                .arg_end = m->arg_end,
                .env_start = m->env_start,
                .env_end = m->env_end,
                .auxv = (__u64 *)m->auxv,
                .auxv_size = m->auxv_size,
                .exe_fd = (uint32_t)-1,
        };

        return sys_call5(__NR_prctl, PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) == 0;
}
