/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory for translated code. Normally it is private, writable and executable, so that a forked child keeps the translations.
 * Where the system refuses such memory (SELinux, MemoryDenyWriteExecute=, PR_SET_MDWE) the same pages are mapped twice: one view
 * is written, the other executed. A forked child would share that memory with its parent. It gets new memory in its place, which
 * is empty.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code_memory {
        uint8_t *write;  /* where code is written */
        ptrdiff_t shift; /* it is executed at write - shift; 0 where there is one view only */
        size_t bytes;
};

/* Maps memory of that many bytes, a multiple of the page size, with two views when `two` is true or one view is refused. Returns
 * 0 or a negative errno. */
int code_memory_map(struct code_memory *m, size_t bytes, bool two);

/* Unmaps it. */
void code_memory_unmap(struct code_memory *m);

/* In a forked child, before it writes or executes there: returns false when the memory is as it was, true when it is now empty.
 * Ends the process when there is no memory. */
bool code_memory_renew(struct code_memory *m);
