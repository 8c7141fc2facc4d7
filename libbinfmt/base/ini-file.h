/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads INI files through inih, which knows neither NUL bytes nor lines that are too long for it, and tells a handler
 * neither the line's number nor whether it continues the one before. */
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

/* Note that a line's value is wrong, which is quoted as far as it is short, or that the line is not in the section that is read.
 * Return 0 or -ENOMEM. */
int ini_refuse_value(const struct ini_line *line, const char *reason, struct problems *problems);
int ini_refuse_section(const struct ini_line *line, const char *wanted, struct problems *problems);

/* Parses yes, true, on, 1 or no, false, off, 0. Returns 0 or -EINVAL. */
int parse_boolean(const char *text, bool *ret);
