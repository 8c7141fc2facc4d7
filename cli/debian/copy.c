/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy of the database beside it. Purging Debian's binfmt-support deletes the database also when another package has
 * taken its place; that package then puts back what is in the copy. Only where it has made one is there one to keep. */
#include "internal.h"

#include <errno.h>

/* Returns a descriptor, or -ENOENT where no copy is kept. */
static int open_copy(const struct debian *d)
{
        _cleanup_free_ char *path = NULL;

        int r = string_format(&path, "%s.copy", d->paths->admindir);
        return r < 0 ? r : debian_db_open(path);
}

static void check(const struct debian *d, const char *name, int error)
{
        if (error < 0 && error != -ENOENT)
                debian_warn(d, "%s.copy/%s: %s: it could not be put back if the database was deleted", d->paths->admindir, name,
                            strerror(-error));
}

void debian_copy_store(const struct debian *d, const struct debian_format *f)
{
        _cleanup_close_ int fd = open_copy(d);

        check(d, f->name, fd < 0 ? fd : debian_db_write(fd, f));
}

void debian_copy_forget(const struct debian *d, const char *name)
{
        _cleanup_close_ int fd = open_copy(d);

        check(d, name, fd < 0 ? fd : debian_db_remove(fd, name));
}
