/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of binfmt.d(5). Each of their lines, but for empty ones and comments, is one that the kernel's register file
 * takes. */
#pragma once

#include "kernel/entry.h"
#include "base/problem.h"

struct binfmt_d_line {
        struct entry entry;
        char *file;
        unsigned line;
        size_t position; /* among all that were read */
};

struct binfmt_d {
        struct binfmt_d_line *items;
        size_t n;
        bool incomplete; /* a file or directory could not be read: there may be more */
};

void binfmt_d_done(struct binfmt_d *l);

/* Parses a line by the kernel's rules: the first character is the delimiter; a backslash before anything but xHH stands for
 * itself. Returns 0, -ENOMEM, or -EINVAL with *ret_reason, a constant string. What entry_check refuses is refused too. */
int binfmt_line_parse(const char *line, struct entry *ret, const char **ret_reason);

/* Adds the lines of a file. What is wrong with a line is noted in problems, and the others still count. Returns 0, or a
 * negative errno, with a problem noted, where the file cannot be read. */
int binfmt_d_read(const char *path, struct binfmt_d *l, struct problems *problems);

/* Reads the files *.conf of all directories, lowest priority first. A file replaces one of the same name in a directory before
 * it; a file that is empty or a link to /dev/null says nothing. Of several lines with one name the last counts, and each of the
 * others is noted in problems if it is in the same file. What cannot be read is noted in problems too. The result is sorted by
 * name. Returns 0 or -ENOMEM. */
int binfmt_d_load(char *const *directories, size_t n, struct binfmt_d *ret, struct problems *problems);
