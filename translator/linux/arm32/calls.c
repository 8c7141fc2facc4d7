/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of system calls (syscalls.def). */
#include "arm32.h"

static const struct abi_other_call other_rows[] = {
        { ARM32_BREAKPOINT, "breakpoint", "" },
        { ARM32_CACHEFLUSH, "cacheflush", "xxx" },
        { ARM32_SET_TLS, "set_tls", "x" },
        { ARM32_GET_TLS, "get_tls", "" },
};

#define CALL_ROWS "linux/arm32/syscalls.def"
#define CALL_TABLE arm32_calls
#define CALL_OTHERS(t, nr, a, ret) arm32_private_call(t, nr, ret, a)
#include "linux/call_table.h"
