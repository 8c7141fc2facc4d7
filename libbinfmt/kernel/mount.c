/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/vfs.h>

/* Opens a directory, which triggers an automount on it. The kernel tells the automount's server through a pipe; where the server
 * is gone, the caller gets SIGPIPE, which is taken off here. */
static int open_directory(const char *path)
{
        const struct timespec at_once = {};
        sigset_t pipe, before, pending;

        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        sigpending(&pending);
        sigprocmask(SIG_BLOCK, &pipe, &before);
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r = fd < 0 ? -errno : fd;
        if (!sigismember(&pending, SIGPIPE))
                (void)sigtimedwait(&pipe, NULL, &at_once);
        sigprocmask(SIG_SETMASK, &before, NULL);
        return r;
}

bool mount_is_automount(const char *path)
{
        _cleanup_close_ int fd = open(path, O_PATH | O_CLOEXEC);
        struct statfs fs;

        return fd >= 0 && fstatfs(fd, &fs) == 0 && (unsigned long)fs.f_type == AUTOFS_SUPER_MAGIC;
}

/* Opens path if binfmt_misc is there. Returns a file descriptor, -ENODEV where something else is, or another negative
 * errno. */
static int open_mounted(const char *path)
{
        _cleanup_close_ int fd = open_directory(path);
        struct statfs fs;

        if (fd < 0)
                return fd;
        if (fstatfs(fd, &fs) < 0)
                return -errno;
        if ((unsigned long)fs.f_type != BINFMTFS_MAGIC)
                return -ENODEV;
        return TAKE_FD(fd);
}

/* Notes why binfmt_misc is not there; error says why it could not be opened. An automount that is still one has mounted nothing.
 * Opening its directory fails with ENOENT where its server is gone, or works; it fails with ELOOP where the server mounts in
 * another mount namespace, and with whatever error the server answers. */
static int refuse_unmounted(const char *path, int error, bool automount, struct problems *problems)
{
        if (automount)
                return problems_add(
                        problems, -ENODEV, path, 0,
                        "an automount is here, and nothing gets mounted: the process that serves it is gone or out of reach");
        return problems_add(problems, error, path, 0, "binfmt_misc is not mounted here");
}

static const char *mount_hint(int error)
{
        switch (error) {
        case EPERM:
        case EACCES: return _("; that takes root (and CAP_SYS_ADMIN, which containers often lack)");
        case ENODEV: return _("; this kernel has no binfmt_misc (modprobe binfmt_misc)");
        default: return "";
        }
}

int binfmt_misc_mount(const char *directory)
{
        return mount("binfmt_misc", directory, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ? -errno : 0;
}

int binfmt_misc_open(const char *path, bool may_mount, struct problems *problems)
{
        int fd = open_mounted(path);

        if (fd >= 0)
                return fd;
        bool automount = mount_is_automount(path);
        if (fd == -ENOENT && !automount)
                return problems_add(problems, fd, path, 0,
                                    "it does not exist: is this kernel built with binfmt_misc, and /proc mounted?");
        if (fd != -ENODEV && !automount)
                return problems_add(problems, fd, path, 0, "cannot be opened: %s", strerror(-fd));
        if (!may_mount)
                return refuse_unmounted(path, fd, automount, problems);

        /* This hides an automount that is there. */
        int r = binfmt_misc_mount(path);
        if (r < 0 && r != -EBUSY)
                return problems_add(problems, r, path, 0, "binfmt_misc is not mounted and cannot be: %s%s", strerror(-r),
                                    mount_hint(-r));
        fd = open_mounted(path);
        if (fd < 0)
                return problems_add(problems, fd, path, 0, "cannot be opened after mounting: %s", strerror(-fd));
        return fd;
}
