/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "kernel.h"
#include "mount.h"

/* Where a container's binfmt_misc is mounted: programs there look nowhere else. */
#define MOUNT_POINT "/proc/sys/fs/binfmt_misc"

/* The longest mountinfo that is read. */
#define MOUNTINFO_MAX (16 << 20)

void container_done(struct container *c)
{
        closep(&c->fd);
        free(c->procdir);
        free(c->statedir);
        *c = (struct container){ .fd = -1 };
}

static int refuse(int error, const char *reason, const char **ret_reason)
{
        *ret_reason = reason;
        return error;
}

static int find_namespace(struct container *c, const char *statedir, const char **ret_reason)
{
        struct stat theirs, ours;
        char path[64];

        snprintf(path, sizeof(path), "/proc/%d/ns/user", c->pid);
        if (stat("/proc/self/ns/user", &ours) < 0)
                return refuse(-errno, _("/proc is not mounted, or this kernel has no user namespaces"), ret_reason);
        if (stat(path, &theirs) < 0)
                return errno == ENOENT
                               ? refuse(-ESRCH, _("there is no such process"), ret_reason)
                               : refuse(-errno, _("its namespaces cannot be seen: only its user and root may look"), ret_reason);
        c->same = ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
        int r = string_format(&c->statedir, "%s.userns-%ju", statedir, (uintmax_t)theirs.st_ino);
        return r < 0 ? refuse(r, "out of memory", ret_reason) : 0;
}

/* In mountinfo, space, tab, newline and backslash are written as three octal digits. */
static void decode(char *text)
{
        char *out = text;

        for (; *text; text++) {
                if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
                        *out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
                        text += 3;
                } else {
                        *out++ = *text;
                }
        }
        *out = '\0';
}

/* The mount point of a line of mountinfo that is about a binfmt_misc, or NULL. The line is changed. See proc(5). */
static char *mount_point(char *line)
{
        char *type = strstr(line, " - binfmt_misc "), *field = line;

        if (!type)
                return NULL;
        for (int i = 0; i < 4 && field; i++) {
                field = strchr(field, ' ');
                if (field)
                        field++;
        }
        if (!field || field > type)
                return NULL;
        field[strcspn(field, " ")] = '\0';
        decode(field);
        return field;
}

/* Opens a directory, if a binfmt_misc is mounted on it. Returns a descriptor, and which binfmt_misc it is as a device number in
 * *ret; or -1. */
static int open_device(const char *path, dev_t *ret)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct statfs fs;
        struct stat st;

        if (fd < 0 || fstatfs(fd, &fs) < 0 || (unsigned long)fs.f_type != BINFMTFS_MAGIC || fstat(fd, &st) < 0)
                return -1;
        *ret = st.st_dev;
        return TAKE_FD(fd);
}

/* Whether the binfmt_misc of this device is mounted here too: then the process that is looked at only has it because it was
 * started with our mounts. */
static bool is_mounted_here(dev_t device)
{
        _cleanup_free_ char *text = NULL;
        char *state = NULL;

        if (file_read_at(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &text, NULL) < 0)
                return false;
        for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
                unsigned major, minor;
                if (sscanf(line, "%*u %*u %u:%u", &major, &minor) == 2 && makedev(major, minor) == device)
                        return true;
        }
        return false;
}

/* Makes fd the container's binfmt_misc, in the place of one that was found before. Returns 0 or -ENOMEM. */
static int hold(struct container *c, int fd)
{
        closep(&c->fd);
        c->fd = fd;
        free(c->procdir);
        c->procdir = NULL;
        return string_format(&c->procdir, "/proc/self/fd/%d", fd);
}

/* Looks through the container's mounts for a binfmt_misc that is not ours. Of several the last one is on top. The descriptor that
 * was looked at is the one that is used: a path in the container could lead somewhere else the next time. */
static int find_own(struct container *c, const char *procdir, const char **ret_reason)
{
        _cleanup_free_ char *text = NULL;
        char name[64], *state = NULL;
        dev_t ours = 0, theirs;
        _cleanup_close_ int our_fd = open_device(procdir, &ours);

        snprintf(name, sizeof(name), "/proc/%d/mountinfo", c->pid);
        int r = file_read_at(AT_FDCWD, name, MOUNTINFO_MAX, &text, NULL);
        if (r == -EINVAL) /* the process has ended, and its parent has not waited for it yet */
                return refuse(-ESRCH, _("it has ended"), ret_reason);
        if (r < 0)
                return refuse(r, _("its mounts cannot be seen: only its user and root may look"), ret_reason);
        for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
                _cleanup_free_ char *path = NULL;
                const char *point = mount_point(line);
                if (!point)
                        continue;
                r = string_format(&path, "/proc/%d/root%s", c->pid, point);
                if (r < 0)
                        return refuse(r, "out of memory", ret_reason);
                _cleanup_close_ int fd = open_device(path, &theirs);
                if (fd < 0 || (our_fd >= 0 && ours == theirs) || is_mounted_here(theirs))
                        continue;
                r = hold(c, TAKE_FD(fd));
                if (r < 0)
                        return refuse(r, "out of memory", ret_reason);
        }
        return 0;
}

int container_open(pid_t pid, const struct paths *paths, struct container *ret, const char **ret_reason)
{
        _cleanup_(container_done) struct container c = { .pid = pid, .fd = -1 };

        int r = find_namespace(&c, paths->statedir, ret_reason);
        if (r >= 0 && !c.same)
                r = find_own(&c, paths->procdir, ret_reason);
        if (r < 0)
                return r;
        *ret = c;
        c = (struct container){ .fd = -1 };
        return 0;
}

static int open_of(pid_t pid, const char *name, int flags)
{
        char path[64];

        snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
        int fd = open(path, flags | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

/* Enters the process's namespaces and its root directory, and mounts binfmt_misc there. Returns 0 or a negative errno. */
static int enter_and_mount(pid_t pid)
{
        _cleanup_close_ int user = open_of(pid, "ns/user", O_RDONLY), mounts = open_of(pid, "ns/mnt", O_RDONLY),
                            root = open_of(pid, "root", O_PATH | O_DIRECTORY);

        if (user < 0 || mounts < 0 || root < 0)
                return user < 0 ? user : mounts < 0 ? mounts : root;
        if (setns(user, CLONE_NEWUSER) < 0 || setns(mounts, CLONE_NEWNS) < 0 || fchdir(root) < 0 || chroot(".") < 0)
                return -errno;
        return binfmt_misc_mount(MOUNT_POINT);
}

/* Mounts binfmt_misc where the process is. A child does it, because there is no way back out of namespaces; its exit status is
 * the errno. Returns 0 or a negative errno. */
static int mount_there(pid_t pid)
{
        int status;

        pid_t child = fork();
        if (child < 0)
                return -errno;
        if (child == 0)
                _exit(-enter_and_mount(pid));
        while (waitpid(child, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

static const char *mount_reason(int error)
{
        switch (-error) {
        case EPERM:
                return _("binfmt_misc cannot be mounted in it: that takes its user or root, and Linux 6.7, where a "
                         "user namespace may have entries of its own");
        case ENOENT: return _("binfmt_misc cannot be mounted in it: it has no /proc/sys/fs/binfmt_misc");
        default: return _("binfmt_misc cannot be mounted in it");
        }
}

/* Registers the entries in the order in which they were registered here, so that the same ones are tried first. The names of
 * those that could not be registered are added to *lost. Returns 0 or -ENOMEM. */
static int copy_entries(int fd, const struct entries *entries, char **lost)
{
        for (size_t i = entries->n; i-- > 0;) {
                const struct entry *e = &entries->items[i];
                const char *reason;
                char *longer;
                int r = kernel_register(fd, e, &reason);
                if (r >= 0 && !e->enabled)
                        r = kernel_set_enabled(fd, e->name, false);
                if (r >= 0)
                        continue;
                r = string_format(&longer, "%s%s%s", *lost ? *lost : "", *lost ? " " : "", e->name);
                if (r < 0)
                        return r;
                free(*lost);
                *lost = longer;
        }
        return 0;
}

int container_make_own(struct container *c, const struct paths *paths, const struct entries *inherited, char **ret_lost,
                       const char **ret_reason)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(entries_done) struct entries there = {};
        _cleanup_free_ char *lost = NULL;

        int r = mount_there(c->pid);
        if (r < 0)
                return refuse(r, mount_reason(r), ret_reason);
        /* The new binfmt_misc is found among the mounts and not by its path, because symbolic links in the container could lead
         * from there to our entries. */
        r = find_own(c, paths->procdir, ret_reason);
        if (r < 0)
                return r;
        *ret_reason = _("its binfmt_misc cannot be reached");
        if (!c->procdir)
                return -ENOENT;
        _cleanup_close_ int fd = binfmt_misc_open(c->procdir, false, &ignored);
        if (fd < 0)
                return fd;
        /* The namespace may have had a binfmt_misc already, mounted somewhere else: then there may be entries. */
        r = kernel_list(fd, &there);
        if (r >= 0 && there.n == 0)
                r = copy_entries(fd, inherited, &lost);
        if (r < 0)
                return r;
        *ret_lost = TAKE_PTR(lost);
        return 0;
}
