/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alone.h"

#include <errno.h>
#include <fcntl.h>

#include "base/lock.h"
#include "kernel/mount.h"

/* How much of the lock's file is read: it has a process id in it. */
#define PID_MAX 32

#define AS_ROOT "binfmtd has to be root: \"systemctl start binfmtd\", or sudo"

static int refuse_second(const struct paths *paths, const struct log *log)
{
        _cleanup_free_ char *path = NULL, *pid = NULL;

        if (string_format(&path, LOCK_DAEMON_FORMAT, paths->statedir) >= 0)
                (void)file_read_at(AT_FDCWD, path, PID_MAX, &pid, NULL);
        size_t digits = pid ? strspn(pid, "0123456789") : 0;
        log_message(log, LOG_ERR,
                    "another binfmtd is running already, process %.*s, and keeps its records in %s; "
                    "\"systemctl status binfmtd\" tells of the service, "
                    "\"systemctl reload binfmtd\" has it read everything anew",
                    digits ? (int)digits : 1, digits ? pid : "?", paths->statedir);
        return -EBUSY;
}

int alone_begin(const struct paths *paths, const struct log *log, int *ret)
{
        int fd = lock_daemon(paths);

        if (fd == -EWOULDBLOCK)
                return refuse_second(paths, log);
        if (fd == -EACCES || fd == -EPERM) {
                log_message(log, LOG_ERR, "%s: what is registered cannot be noted: %s; " AS_ROOT, paths->statedir, strerror(-fd));
                return -EACCES;
        }
        if (fd >= 0 && ftruncate(fd, 0) == 0)
                (void)dprintf(fd, "%d\n", (int)getpid());
        *ret = fd;
        return 0;
}

int alone_check_rights(const struct paths *paths, const struct log *log)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_close_ int fd = binfmt_misc_open(paths->procdir, false, &ignored);

        if (fd < 0 || faccessat(fd, "register", W_OK, AT_EACCESS) == 0 || (errno != EACCES && errno != EPERM))
                return 0;
        log_message(log, LOG_ERR, "%s: nothing can be registered here: %s; " AS_ROOT, paths->procdir, strerror(errno));
        return -EACCES;
}
