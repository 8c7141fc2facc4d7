/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first line of a script, read as the kernel reads it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Finds the interpreter in the start of a file, of which the kernel looks at the first 256 bytes. Returns 0 with new strings
 * (*ret_argument is NULL where there is no argument); -ENOEXEC where it does not start with #!; -ENOENT where no
 * interpreter is named; -ENAMETOOLONG where its path goes on behind those bytes; or -ENOMEM. */
int shebang_parse(const uint8_t *head, size_t size, char **ret_interpreter, char **ret_argument);
