/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All formats that are known: those that binfmtd's own directories describe, and those that only other sources name. */
#pragma once

#include "base/conf-files.h"
#include "format.h"
#include "base/paths.h"

struct catalog {
        struct format *formats; /* by name */
        size_t n;
        char **broken; /* names of formats whose files cannot be used */
        size_t n_broken;
        bool incomplete; /* something could not be read: there may be more formats */
};

void catalog_done(struct catalog *c);

/* Reads NAME.conf and NAME.conf.d/?*.conf of each directory. A file replaces one of the same name in a directory before
 * it, and a link to /dev/null makes it as if there was none. Then come the alternatives that the database of
 * update-binfmts and binfmt.d name, and the formats that only these name, to which drop-ins apply as well. What is
 * wrong is noted in problems; it never keeps the rest from being read. A format with a file that cannot be read is one
 * of those that are broken. Returns 0, or a negative errno where nothing
 * could be read at all (memory). */
int catalog_load(const struct paths *paths, struct catalog *ret, struct problems *problems);

/* Sorts what there is, so that it is found. */
void catalog_sort(struct catalog *c);

/* Lists the drop-ins of a format, in the order in which they are applied. Returns 0 or -ENOMEM. */
int catalog_list_drop_ins(const struct paths *paths, const char *name, struct conf_files *ret, struct problems *problems);

/* Changes a format by its drop-ins, as catalog_load does. One that is wrong is noted and has no effect. Returns 0, -ENOMEM,
 * or, with a problem noted, the negative errno of one that cannot be read: what the format is to be is not known then. */
int catalog_apply_drop_ins(const struct paths *paths, struct format *f, struct problems *problems);

/* Gives formats that follow another what that one has: interpreters, flags, which is to be used, and whether it is enabled. Those
 * that cannot are taken out, with a problem noted. catalog_load does this; so must who changes a format of the catalog. Returns 0
 * or -ENOMEM. */
int catalog_follow(const struct paths *paths, struct catalog *c, struct problems *problems);

/* Whether a format, which need not be in the catalog yet, has something to follow there, if it follows anything. Returns 0, or
 * notes the problem and returns -EINVAL or -ENOENT; or -ENOMEM. */
int catalog_check_follows(const struct paths *paths, const struct catalog *c, const struct format *f, struct problems *problems);

/* Whether a format follows the one of this name, also by way of others. */
bool catalog_follows(const struct catalog *c, const struct format *f, const char *name);

/* Finds a format by name; NULL where there is none. */
struct format *catalog_find(const struct catalog *c, const char *name);

/* Whether there is a file for this format that cannot be used. */
bool catalog_is_broken(const struct catalog *c, const char *name);
