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

/* Lists what the directories (lowest priority first) have whose names end with suffix and are longer than that, except hidden
 * files; the name of a directory begins with what somebody has called a format. A directory that does not exist has nothing; one
 * that cannot be read is noted in problems, and makes the list incomplete. Returns 0 or -ENOMEM. */
int conf_files_list(char *const *directories, size_t n, const char *suffix, enum conf_kind kind, struct conf_files *ret,
                    struct problems *problems);

/* Finds one by its name; NULL where there is none. */
const struct conf_file *conf_files_find(const struct conf_files *l, const char *name);

/* Opens one for reading. Only a regular file of a sensible size is one, or the null device, which is as good as empty: a
 * FIFO would be waited for, and other devices never end. Returns 0, or with *ret_reason, a constant string, -EINVAL for
 * what is no such file, or another negative errno for what cannot be opened now. */
int conf_file_open(const char *path, FILE **ret, const char **ret_reason);

/* Whether a file may say something although reading it returned error, a negative errno, or 0: it was there, and could
 * not be read. */
static inline bool conf_file_may_have_more(int error)
{
        return error < 0 && error != -EINVAL && error != -ENOENT;
}
