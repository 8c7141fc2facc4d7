/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>

/* Opens path if binfmt_misc is there. Returns a file descriptor, -ENODEV where something else is, or another negative
 * errno. */
static int open_mounted(const char *path)
{
        /* Opening a directory triggers an automount on it. */
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct statfs fs;

        if (fd < 0 || fstatfs(fd, &fs) < 0)
                return -errno;
        if ((unsigned long)fs.f_type != BINFMTFS_MAGIC)
                return -ENODEV;
        return TAKE_FD(fd);
}

static const char *mount_hint(int error)
{
        switch (error) {
        case EPERM:
        case EACCES:
                return _("; that takes root (and CAP_SYS_ADMIN, which containers often lack)");
        case ENODEV:
                return _("; this kernel has no binfmt_misc (modprobe binfmt_misc)");
        default:
                return "";
        }
}

int binfmt_misc_open(const char *path, bool may_mount, struct problems *problems)
{
        int fd = open_mounted(path);

        if (fd >= 0)
                return fd;
        if (fd == -ENOENT)
                return problems_add(problems, fd, path, 0,
                                    "it does not exist: is this kernel built with binfmt_misc, and /proc mounted?");
        if (fd != -ENODEV)
                return problems_add(problems, fd, path, 0, "cannot be opened: %s", strerror(-fd));
        if (!may_mount)
                return problems_add(problems, fd, path, 0, "binfmt_misc is not mounted here");

        if (mount("binfmt_misc", path, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 && errno != EBUSY) {
                int error = errno;
                return problems_add(problems, -error, path, 0, "binfmt_misc is not mounted and cannot be: %s%s",
                                    strerror(error), mount_hint(error));
        }
        fd = open_mounted(path);
        if (fd < 0)
                return problems_add(problems, fd, path, 0, "cannot be opened after mounting: %s", strerror(-fd));
        return fd;
}
