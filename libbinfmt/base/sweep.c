/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sweep.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "util.h"

/* In a directory to which others may write, a name says nothing about who has made the file. */
static bool is_ours_alone(int directory)
{
        struct stat st;

        return fstat(directory, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & 022);
}

/* Whoever writes the file holds a lock on it, so neither does a process id that was given again keep it, nor is one that lives in
 * another PID namespace taken for gone. */
static void remove_if_left(int directory, const char *name)
{
        _cleanup_close_ int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1 ||
            flock(fd, LOCK_EX | LOCK_NB) < 0 || !file_has_name(fd, directory, name))
                return;
        (void)unlinkat(directory, name, 0);
}

static void sweep_directory(const char *path)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *de;

        if (fd < 0 || !is_ours_alone(fd) || directory_open(fd, &d) < 0)
                return;
        while ((de = readdir(d)))
                if (file_is_temporary(de->d_name))
                        remove_if_left(fd, de->d_name);
}

static void sweep_drop_ins(const char *confdir)
{
        static const char suffix[] = ".conf.d";
        _cleanup_closedir_ DIR *d = opendir(confdir);
        struct dirent *de;

        while (d && (de = readdir(d))) {
                _cleanup_free_ char *path = NULL;
                size_t n = strlen(de->d_name);
                if (n > strlen(suffix) && streq(de->d_name + n - strlen(suffix), suffix) &&
                    string_format(&path, "%s/%s", confdir, de->d_name) >= 0)
                        sweep_directory(path);
        }
}

void sweep_temporaries(const struct paths *paths)
{
        sweep_directory(paths->statedir);
        if (paths->admindir)
                sweep_directory(paths->admindir);
        sweep_directory(paths_admin_dir(paths));
        sweep_drop_ins(paths_admin_dir(paths));
}
