/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of system calls (syscalls.def). */
#include "generic64.h"

static const struct abi_other_call other_rows[] = { { 0 } }; /* none: number 0 has a row */

#define CALL_ROWS "linux/generic64/syscalls.def"
#define CALL_TABLE generic64_calls
#define CALL_OTHERS(t, nr, a, ret) false
#include "linux/call_table.h"
