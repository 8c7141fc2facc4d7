/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to -strace (strace.c, strace_args.c, strace_names.c). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line under construction; what does not fit is dropped. */
struct text {
        size_t n;
        char buf[1024];
};
__attribute__((format(printf, 2, 3))) void text_add(struct text *out, const char *format, ...);

/* Prints v by name, where `letter` (generic64/syscalls.def) says that it has one. Returns false for other letters. */
bool strace_named(struct text *out, char letter, uint64_t v);
/* Prints the flags of a struct sigaction. */
void strace_sa_flags(struct text *out, uint64_t v);

/* Prints argument `i` of `a` as `letter` says (generic64/syscalls.def). */
void strace_argument(struct text *out, char letter, const uint64_t a[6], unsigned i);

/* Returns the name of an error, such as "ENOENT"; the number, in `buf`, where it has none. (QEMU prints the name alone too;
 * strace(1) adds what it means.) */
const char *errno_name(int e, char buf[16]);
