/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading files of /proc line by line. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls fn with each line of an open file, without its newline, until fn returns false. Returns false then. Stops, too, at a line
 * that is longer than any of maps can be. */
bool proc_lines(int fd, bool (*fn)(void *ctx, const char *line, size_t n), void *ctx);

/* Reads a number at *s and moves *s behind it; returns 0 where there is none. `base` is 16 at most; letters are small ones. */
uint64_t proc_parse(const char **s, unsigned base);
