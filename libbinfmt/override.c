/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "override.h"

#include <errno.h>
#include <fcntl.h>

#include "catalog.h"
#include "util.h"

#define OVERRIDE_FILE "50-binfmtctl.conf"

static int override_dir(const struct paths *paths, const char *name, char **ret)
{
        return string_format(ret, "%s/%s.conf.d", paths_admin_dir(paths), name);
}

int override_write(const struct paths *paths, const char *name, bool enabled)
{
        _cleanup_free_ char *dir = NULL, *text = NULL;

        int r = override_dir(paths, name, &dir);
        if (r < 0)
                return r;
        r = string_format(&text, "# Written by binfmtctl --%s.\n[Format]\nEnabled=%s\n", enabled ? "enable" : "disable",
                          enabled ? "yes" : "no");
        if (r < 0)
                return r;
        r = mkdir_parents(dir);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        return file_write_at(fd, OVERRIDE_FILE, text);
}

int override_remove(const struct paths *paths, const char *name)
{
        _cleanup_free_ char *dir = NULL;

        int r = override_dir(paths, name, &dir);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        if (unlinkat(fd, OVERRIDE_FILE, 0) < 0 && errno != ENOENT)
                return -errno;
        (void)rmdir(dir); /* stays if there is anything else in it */
        return 0;
}

int override_choose(const struct paths *paths, const struct format *f, bool enabled)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        const char *name = f->entry.name;

        if (!enabled)
                return f->enabled ? override_write(paths, name, false) : 0;

        int r = override_remove(paths, name);
        if (r >= 0)
                r = catalog_load(paths, &catalog, &ignored);
        if (r < 0)
                return r;
        const struct format *now = catalog_find(&catalog, name);
        return now && now->enabled ? 0 : override_write(paths, name, true);
}
