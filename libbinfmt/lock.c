/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "util.h"

static int make_directory_of(const char *path)
{
        _cleanup_free_ char *directory = strdup(path);
        char *slash = directory ? strrchr(directory, '/') : NULL;

        if (!directory)
                return -ENOMEM;
        if (!slash || slash == directory)
                return 0;
        *slash = '\0';
        return mkdir_parents(directory);
}

int lock_take(const char *path)
{
        int r = make_directory_of(path);

        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        while (flock(fd, LOCK_EX) < 0)
                if (errno != EINTR)
                        return -errno;
        return TAKE_FD(fd);
}

int lock_changes(const struct paths *paths)
{
        _cleanup_free_ char *path = NULL;

        /* Not a name that an entry's record can have. */
        int r = string_format(&path, "%s/.#lock", paths->statedir);
        return r < 0 ? r : lock_take(path);
}
