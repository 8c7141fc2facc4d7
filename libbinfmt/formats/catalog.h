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

/* Reads all formats: NAME.conf and NAME.conf.d/?*.conf of each directory. A file replaces one of the same name in a directory
 * before it; a link to /dev/null has the effect that there is no file of that name. Then come the alternatives that the database
 * of update-binfmts and binfmt.d name, and the formats that only these name, to which drop-ins apply as well. What is wrong is
 * noted in problems, and the rest is still read. A format whose file cannot be read is one of those that are broken. Returns 0,
 * or -ENOMEM. */
int catalog_load(const struct paths *paths, struct catalog *ret, struct problems *problems);

/* Sorts the formats, so that catalog_find finds them. */
void catalog_sort(struct catalog *c);

/* Lists the drop-ins of a format, in the order in which they are applied. Returns 0 or -ENOMEM. */
int catalog_list_drop_ins(const struct paths *paths, const char *name, struct conf_files *ret, struct problems *problems);

/* Changes a format by its drop-ins. A drop-in that is wrong is noted in problems and has no effect. Returns 0; -ENOMEM; or, with
 * a problem noted, the negative errno of a drop-in that cannot be read: then it is not known what the format is to be. */
int catalog_apply_drop_ins(const struct paths *paths, struct format *f, struct problems *problems);

/* Gives each format that follows another what that one has: interpreters, flags, the choice among them, and whether it is
 * enabled. A format that cannot follow is taken out, with a problem noted. catalog_load calls this; so must whoever changes a
 * format of the catalog. Returns 0 or -ENOMEM. */
int catalog_follow(const struct paths *paths, struct catalog *c, struct problems *problems);

/* Checks that a format, which need not be in the catalog yet, can follow what it names. Returns 0, also where it names nothing;
 * -EINVAL or -ENOENT, with a problem noted; or -ENOMEM. */
int catalog_check_follows(const struct paths *paths, const struct catalog *c, const struct format *f, struct problems *problems);

/* Whether a format follows the format of this name, directly or by way of others. */
bool catalog_follows(const struct catalog *c, const struct format *f, const char *name);

/* Finds a format by name; NULL where there is none. */
struct format *catalog_find(const struct catalog *c, const char *name);

/* Whether there is a file for this format that cannot be used. */
bool catalog_is_broken(const struct catalog *c, const char *name);
