/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 as a guest. */
#include <linux/elf.h>
#include "a64.h"
#include "a64_decode.h"
#include "a64_table.h"
#include "guest/cpu_state.h"
#include "guest/lift.h"
#include "registers.h"
#include "rt/rt.h"

static void lift(struct lift *l)
{
        do {
                if (!code_read32(&l->code, &l->insn))
                        return;
                lift_begin(l, 4);
                if (l->insn >> 16 == 0 && code_hooks->lift_vdso(l, l->insn)) /* UDF */
                        continue;
                if (!a64_lift(l, l->insn))
                        lift_undefined(l);
        } while (lift_next(l));
}

static bool print(fetch_fn *fetch, uint64_t pc, char *text, size_t size)
{
        struct code_reader code = { .fetch = fetch, .addr = pc };
        uint32_t insn;
        if (!code_read32(&code, &insn))
                return false;
        int n = rt_snprintf(text, size, "%08x  ", insn);
        a64_print(text + n, size - (size_t)n, insn);
        return true;
}

const struct guest guest_a64 = {
        .name = "AArch64",
        .elf_class = ELFCLASS64,
        .elf_machine = EM_AARCH64,
        .address_limit = UINT64_C(1) << 47, /* the host's */
        .max_side_exits = 5,
        .registers = &a64_registers,
        .lift = lift,
        .flags_live = a64_flags_live,
        .find_loops = a64_find_loops,
        .print = print,
        .reset_state = cpu_reset_state,
        .copy_state = cpu_copy_state,
        .describe_fault = a64_describe_fault,
};
