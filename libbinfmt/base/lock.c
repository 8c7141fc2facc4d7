/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "sweep.h"
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

/* Takes a lock on a file by an operation of flock(2), and holds it until the descriptor that is returned is closed. The file and
 * the directories above it are made where they are missing; nobody else may open the file, so nobody else can hold the lock.
 * Returns a file descriptor or a negative errno. */
static int take(const char *path, int operation)
{
        int r = make_directory_of(path);

        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        while (flock(fd, operation) < 0)
                if (errno != EINTR)
                        return -errno;
        return TAKE_FD(fd);
}

static int take_changes(const struct paths *paths, int operation)
{
        _cleanup_free_ char *path = NULL;

        int r = string_format(&path, LOCK_FORMAT, paths->statedir);
        if (r >= 0)
                r = take(path, operation);
        if (r >= 0)
                sweep_temporaries(paths);
        return r;
}

int lock_daemon(const struct paths *paths)
{
        _cleanup_free_ char *path = NULL;

        int r = string_format(&path, LOCK_DAEMON_FORMAT, paths->statedir);
        return r < 0 ? r : take(path, LOCK_EX | LOCK_NB);
}

int lock_changes(const struct paths *paths)
{
        return take_changes(paths, LOCK_EX);
}

int lock_try_changes(const struct paths *paths)
{
        return take_changes(paths, LOCK_EX | LOCK_NB);
}

int lock_changes_within(const struct paths *paths, unsigned milliseconds)
{
        const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
        int fd = lock_try_changes(paths);

        for (unsigned waited = 0; fd == -EWOULDBLOCK && waited < milliseconds; waited += 50) {
                (void)nanosleep(&pause, NULL);
                fd = lock_try_changes(paths);
        }
        return fd;
}
