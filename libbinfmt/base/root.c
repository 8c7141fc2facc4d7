/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "util.h"

int root_open(const char *path, struct root *ret)
{
        _cleanup_(root_done) struct root r = { .fd = -1 };
        int e;

        if (path) {
                r.fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (r.fd < 0)
                        return -errno;
                e = fd_path(r.fd, &r.path);
        } else {
                e = string_set(&r.path, "");
        }
        if (e < 0)
                return e;
        /* The root itself needs no other way of opening files. */
        if (streq(r.path, "/")) {
                close(r.fd);
                r.fd = -1;
                r.path[0] = '\0';
        }
        *ret = r;
        r = (struct root){ .fd = -1 };
        return 0;
}

void root_done(struct root *r)
{
        if (r->fd >= 0)
                close(r->fd);
        free(r->path);
        *r = (struct root){ .fd = -1 };
}

int root_open_file(const struct root *r, const char *path, int flags)
{
        struct open_how how = { .flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT };
        long fd;

        if (r->fd < 0)
                fd = open(path, flags | O_CLOEXEC);
        else
                fd = syscall(SYS_openat2, r->fd, path, &how, sizeof(how));
        return fd < 0 ? read_errno() : (int)fd;
}

int root_read_file(const struct root *r, const char *path, size_t max, char **ret)
{
        _cleanup_free_ char *name = NULL;
        _cleanup_close_ int fd = root_open_file(r, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);

        if (fd < 0)
                return fd;
        if (string_format(&name, "/proc/self/fd/%d", fd) < 0)
                return -ENOMEM;
        return file_read_at(AT_FDCWD, name, max, ret, NULL);
}

int root_real_path(const struct root *r, int fd, char **ret)
{
        _cleanup_free_ char *path = NULL;

        int e = fd_path(fd, &path);
        if (e < 0)
                return e;
        size_t n = strlen(r->path);
        if (strncmp(path, r->path, n) != 0 || (path[n] != '/' && path[n] != '\0'))
                return -EXDEV;
        return string_set(ret, path[n] ? path + n : "/");
}
