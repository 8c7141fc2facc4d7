/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of /proc. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls fn with each line of an open file, without its newline, until that returns false; then it returns false too. A line that
 * is longer than any of maps with the longest name ends it. */
bool proc_lines(int fd, bool (*fn)(void *ctx, const char *line, size_t n), void *ctx);

/* The number at *s, which goes behind it: 0 when there is none. `base` is up to 16, letters are small. */
uint64_t proc_parse(const char **s, unsigned base);
