/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads INI files with the library inih, and adds what inih does not do: it notes NUL bytes and lines that are too long for inih,
 * and tells a handler the number of a line and whether it continues the line before. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "problem.h"

struct ini_line {
        const char *file;
        unsigned number; /* counted from 1 */
        const char *section;
        const char *key;
        const char *value;
        bool continuation; /* an indented line: the value goes on */
};

/* Called for each key; the strings are valid during the call only. Notes what is wrong with the line in the problems
 * it was given through userdata, and returns 0, or a negative errno when reading the rest makes no sense. */
typedef int (*ini_handler_t)(const struct ini_line *line, void *userdata);

/* Reads an open file; name is for messages. Lines that are no INI are noted in problems, and the rest is still read.
 * Returns 0, also where problems were noted, or a negative errno: that of reading, or the handler's. */
int ini_file_read(FILE *f, const char *name, ini_handler_t handler, void *userdata, struct problems *problems);

/* Notes that the value of a line is wrong, and why; the message quotes the beginning of the value. Returns 0 or -ENOMEM. */
int ini_refuse_value(const struct ini_line *line, const char *reason, struct problems *problems);

/* Notes that a line is not in the section that is wanted. Returns 0 or -ENOMEM. */
int ini_refuse_section(const struct ini_line *line, const char *wanted, struct problems *problems);

/* Parses yes, true, on, 1 or no, false, off, 0. Returns 0 or -EINVAL. */
int parse_boolean(const char *text, bool *ret);
