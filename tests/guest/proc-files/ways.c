/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways to open a file of /proc. Each is a function that gets the name of a folder and the name of a file in it. It returns a
 * descriptor or -1. */
#include "parts.h"
#include <linux/openat2.h>
#include <sys/syscall.h>

static int by_name(const char *d, const char *f)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "%s/%s", d, f);
        return open(name, O_RDONLY);
}

static int by_crooked_name(const char *d, const char *f)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "//proc/./self/..//..%s//%s", d, f);
        return open(name, O_RDONLY);
}

static int by_root(const char *d, const char *f)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "/proc/self/root%s/%s", d, f);
        return open(name, O_RDONLY);
}

static int by_directory(const char *d, const char *f)
{
        int dirfd = open(d, O_RDONLY | O_DIRECTORY), fd = openat(dirfd, f, O_RDONLY);
        close(dirfd);
        return fd;
}

static int by_cwd(const char *d, const char *f)
{
        if (chdir(d))
                return -1;
        int fd = open(f, O_RDONLY);
        return chdir("/") ? -1 : fd;
}

static int with_openat2(const char *d, const char *f, uint64_t resolve)
{
        struct open_how how = { .flags = O_RDONLY, .resolve = resolve };
        int dirfd = open(d, O_PATH), fd = (int)syscall(SYS_openat2, dirfd, f, &how, sizeof(how));
        close(dirfd);
        return fd;
}

static int by_openat2(const char *d, const char *f)
{
        return with_openat2(d, f, 0);
}

static int by_openat2_beneath(const char *d, const char *f)
{
        return with_openat2(d, f, RESOLVE_BENEATH);
}

static int by_links(const char *d, const char *f)
{
        char target[PATH_MAX], link[2][PATH_MAX];
        snprintf(target, sizeof(target), "%s/%s", d, f);
        for (int k = 0; k < 2; k++)
                snprintf(link[k], PATH_MAX, "%s/link%d", dir, k);
        if (symlink(target, link[0]) || symlink("link0", link[1]))
                return -1;
        int fd = open(link[1], O_RDONLY);
        unlink(link[0]), unlink(link[1]);
        return fd;
}

static int by_link_to_directory(const char *d, const char *f)
{
        char name[PATH_MAX], link[PATH_MAX];
        snprintf(link, sizeof(link), "%s/link", dir);
        snprintf(name, sizeof(name), "%.4000s/%s", link, f);
        if (symlink(d, link))
                return -1;
        int fd = open(name, O_RDONLY);
        unlink(link);
        return fd;
}

static int by_path_descriptor(const char *d, const char *f)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "%s/%s", d, f);
        int path = open(name, O_PATH);
        snprintf(name, sizeof(name), "/proc/self/fd/%d", path);
        int fd = open(name, O_RDONLY);
        close(path);
        return fd;
}

static const struct {
        const char *name;
        int (*open)(const char *d, const char *f);
} ways[] = {
        { "name", by_name },
        { "crooked name", by_crooked_name },
        { "root", by_root },
        { "directory", by_directory },
        { "working directory", by_cwd },
        { "openat2", by_openat2 },
        { "openat2 beneath", by_openat2_beneath },
        { "links", by_links },
        { "link to directory", by_link_to_directory },
        { "O_PATH descriptor", by_path_descriptor },
};

void each(const char *d, const char *what, bool of_process)
{
        for (unsigned k = 0; k < n_files; k++)
                for (unsigned j = 0; files[k].of_process == of_process && j < sizeof(ways) / sizeof(ways[0]); j++) {
                        int fd = ways[j].open(d, files[k].name);
                        if (fd < 0)
                                printf("%s/%s by %s: %s\n", what, files[k].name, ways[j].name, strerror(errno));
                        else
                                fact(files[k].right(fd), "%s/%s by %s", what, files[k].name, ways[j].name);
                        close(fd);
                }
}
