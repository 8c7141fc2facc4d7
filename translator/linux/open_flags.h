/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open flags, of which some have other values on the guest's machine than on x86-64 (abi.open_flags). */
#pragma once
#include <stddef.h>
#include <stdint.h>

uint32_t open_flags_to_host(uint32_t guest);
uint32_t open_flags_to_guest(uint32_t host);

/* Files in /proc/PID/fdinfo have open flags as numbers (proc(5)). Where `line` of n bytes, which has no newline, is one with such
 * a number, makes it the line that the guest's kernel writes, in buf. Returns its length; 0: both kernels write the same line. */
enum { OPEN_FLAGS_LINE = 80 };
size_t open_flags_line(char buf[OPEN_FLAGS_LINE], const char *line, size_t n);
