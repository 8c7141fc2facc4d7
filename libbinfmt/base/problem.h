/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, collected for whoever called: the daemon logs it, the CLI prints it, the tests compare it. */
#pragma once

#include <stddef.h>

#include "util.h"

struct problem {
        char *file;    /* the file at fault, or NULL */
        unsigned line; /* its line, counted from 1; 0 where no single line is at fault */
        char *text;    /* the reason, one line without a newline */
};

struct problems {
        struct problem *items;
        size_t n;
};

/* Notes a problem; file may be NULL and line 0. Returns error, a negative errno, so that a caller can write
 * "return problems_add(...)", or -ENOMEM. */
int problems_add(struct problems *p, int error, const char *file, unsigned line, const char *format, ...) _printf_(5, 6);

/* Formats a problem as "FILE:LINE: TEXT", with as much of it as is known. Returns a new string, NULL without memory. */
char *problem_to_string(const struct problem *p);

void problems_done(struct problems *p);
