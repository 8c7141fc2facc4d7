/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration files that several directories may have: a file replaces one of the same name in a directory of lower
 * priority. */
#pragma once

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
};

void conf_files_done(struct conf_files *l);

enum conf_kind {
        CONF_FILES,
        CONF_DIRECTORIES,
};

/* Lists what the directories (lowest priority first) have whose names end with suffix and are longer than that, except
 * hidden ones. A directory that does not exist has nothing, one that cannot be read is noted in problems. Returns 0 or
 * -ENOMEM. */
int conf_files_list(char *const *directories, size_t n, const char *suffix, enum conf_kind kind, struct conf_files *ret,
                    struct problems *problems);

/* Finds one by its name; NULL where there is none. */
const struct conf_file *conf_files_find(const struct conf_files *l, const char *name);
