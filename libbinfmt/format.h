/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A format: what binfmtd is to register, and which programs could run it. */
#pragma once

#include "entry.h"
#include "problem.h"

struct candidate {
        char *path;
        int priority;
        char *file; /* where it was named */
        unsigned line;
};

struct format {
        struct entry entry; /* its interpreter is NULL: it is chosen when the format is registered */
        char *description;
        char *package;
        char *file; /* where it was read from */
        bool enabled;
        struct candidate *candidates; /* by priority, highest first; equal ones in the file's order */
        size_t n_candidates;
        unsigned lines[ENTRY_FIELD_COUNT]; /* the line of the file that set each part, 0 where none did */
};

void format_done(struct format *f);

/* Makes *ret a deep copy. Returns 0 or -ENOMEM. */
int format_copy(const struct format *f, struct format *ret);

/* Adds a copy of a candidate in its place by priority. Returns 0 or -ENOMEM. */
int format_add_candidate(struct format *f, const struct candidate *c);

void format_clear_candidates(struct format *f);

/* Makes *ret the entry that would be registered with this interpreter. Returns 0 or -ENOMEM. */
int format_make_entry(const struct format *f, const char *interpreter, struct entry *ret);

/* Checks a format that has been read, once for each of its interpreters. Returns 0, or notes the problem and returns
 * -EINVAL. */
int format_check(const struct format *f, struct problems *problems);

/* Chooses the usable interpreter of the highest priority. Returns 0 with *ret, a string of the format's own; -ENOENT
 * where none is installed; or another negative errno where one is installed and none will do. What is wrong with an
 * interpreter that is installed is noted in problems in any case. */
int format_choose(const struct format *f, const char **ret, struct problems *problems);
