/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to -strace. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* A line under construction; what does not fit is dropped. */
struct text {
        size_t n;
        char buf[1024];
};
__attribute__((format(printf, 2, 3))) void text_add(struct text *out, const char *format, ...);

/* Prints argument `i` of `a` as `letter` says (generic64/syscalls.def). */
void strace_argument(struct text *out, char letter, const uint64_t a[6], unsigned i);

/* "ENOENT (No such file or directory)" would be strace's; the name alone is QEMU's. Returns a name, or the number in
 * `buf`. */
const char *errno_name(int e, char buf[16]);
