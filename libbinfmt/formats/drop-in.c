/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "drop-in.h"

#include <errno.h>
#include <fcntl.h>

#include "base/util.h"

static int drop_in_dir(const char *confdir, const char *name, char **ret)
{
        return string_format(ret, "%s/%s.conf.d", confdir, name);
}

int drop_in_write(const char *confdir, const char *name, const char *file, const char *text)
{
        _cleanup_free_ char *dir = NULL;

        int r = drop_in_dir(confdir, name, &dir);
        if (r >= 0)
                r = mkdir_parents(dir);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        return file_write_at(fd, file, text);
}

int drop_in_delete(const char *confdir, const char *name, const char *file)
{
        _cleanup_free_ char *dir = NULL;

        int r = drop_in_dir(confdir, name, &dir);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) /* a name may be so long that there can be no such directory */
                return errno == ENOENT || errno == ENAMETOOLONG ? 0 : -errno;
        r = file_remove_at(fd, file);
        (void)rmdir(dir); /* stays if there is anything else in it */
        return r == -ENOENT ? 0 : r;
}
