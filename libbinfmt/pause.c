/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pause.h"

#include <errno.h>
#include <fcntl.h>

#include "util.h"

#define PAUSE_FILE "60-update-binfmts.conf"

static int pause_dir(const struct paths *paths, const char *name, char **ret)
{
        size_t n = paths->n_confdirs;

        return string_format(ret, "%s/%s.conf.d", paths->confdirs[n > 1 ? n - 2 : 0], name);
}

int pause_write(const struct paths *paths, const char *name)
{
        _cleanup_free_ char *dir = NULL;

        int r = pause_dir(paths, name, &dir);
        if (r >= 0)
                r = mkdir_parents(dir);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        return file_write_at(fd, PAUSE_FILE, "# Written by update-binfmts --disable.\n[Format]\nEnabled=no\n");
}

int pause_remove(const struct paths *paths, const char *name)
{
        _cleanup_free_ char *dir = NULL;

        int r = pause_dir(paths, name, &dir);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        if (unlinkat(fd, PAUSE_FILE, 0) < 0)
                return errno == ENOENT ? 0 : -errno;
        (void)rmdir(dir); /* stays if there is anything else in it */
        return 0;
}
