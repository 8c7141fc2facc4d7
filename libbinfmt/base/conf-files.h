/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration files that several directories may have: a file replaces one of the same name in a directory of lower
 * priority. */
#pragma once

#include <errno.h>
#include <stdbool.h>

#include "problem.h"

struct conf_file {
        char *name; /* without its directory */
        char *path;
        bool masked; /* a link to /dev/null: as if there was none of that name */
};

struct conf_files {
        struct conf_file *items; /* by name, in the order of strcmp(3) */
        size_t n;
        bool incomplete; /* a directory could not be read: it may have more */
};

void conf_files_done(struct conf_files *l);

enum conf_kind {
        CONF_FILES,
        CONF_DIRECTORIES,
};

/* Lists the files, or the directories, whose names are longer than suffix and end with it. directories are given with the lowest
 * priority first. Hidden files are left out; hidden directories are not, because their names begin with a format's, which may
 * begin with a dot. A directory that does not exist has nothing; one that cannot be read is noted in problems, and makes the list
 * incomplete. Returns 0 or -ENOMEM. */
int conf_files_list(char *const *directories, size_t n, const char *suffix, enum conf_kind kind, struct conf_files *ret,
                    struct problems *problems);

/* Finds a file by its name; NULL where there is none. */
const struct conf_file *conf_files_find(const struct conf_files *l, const char *name);

/* Opens a configuration file for reading. It must be a regular file of a sensible size, or the null device, which counts as an
 * empty file: opening a FIFO would wait, and other devices never end. Returns 0; or sets *ret_reason, a constant string, and
 * returns -EINVAL where the file is none of these, or another negative errno where it cannot be opened now. */
int conf_file_open(const char *path, FILE **ret, const char **ret_reason);

/* Whether a file was there and could not be read, so that it may say something. error is what reading it returned: 0 or a
 * negative errno. */
static inline bool conf_file_may_have_more(int error)
{
        return error < 0 && error != -EINVAL && error != -ENOENT;
}
