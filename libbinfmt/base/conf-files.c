/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conf-files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define FILE_SIZE_MAX (16 * 1024 * 1024)

static void conf_file_done(struct conf_file *f)
{
        free(f->name);
        free(f->path);
}

void conf_files_done(struct conf_files *l)
{
        for (size_t i = 0; i < l->n; i++)
                conf_file_done(&l->items[i]);
        free(l->items);
        *l = (struct conf_files){};
}

static bool is_null_device(const struct stat *st)
{
        return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static bool leads_to_null_device(const char *path)
{
        struct stat st;

        return stat(path, &st) == 0 && is_null_device(&st);
}

static bool is_wanted(const struct dirent *de, const char *suffix, enum conf_kind kind)
{
        size_t n = strlen(de->d_name), m = strlen(suffix);
        /* What a symbolic link leads to is found out when it is opened. */
        bool right_kind =
                (de->d_type == DT_DIR) == (kind == CONF_DIRECTORIES) || de->d_type == DT_UNKNOWN || de->d_type == DT_LNK;

        bool hidden = de->d_name[0] == '.' && kind == CONF_FILES;

        return right_kind && !hidden && n > m && streq(de->d_name + n - m, suffix);
}

static int add(struct conf_files *l, const char *directory, const struct dirent *de)
{
        if (array_grow(&l->items, l->n, sizeof(*l->items)) < 0)
                return -ENOMEM;

        struct conf_file *f = &l->items[l->n];
        *f = (struct conf_file){ .name = strdup(de->d_name) };
        if (!f->name || string_format(&f->path, "%s/%s", directory, de->d_name) < 0) {
                conf_file_done(f);
                return -ENOMEM;
        }
        f->masked = (de->d_type == DT_LNK || de->d_type == DT_UNKNOWN) && leads_to_null_device(f->path);
        l->n++;
        return 0;
}

static int scan(struct conf_files *l, const char *directory, const char *suffix, enum conf_kind kind, struct problems *problems)
{
        _cleanup_closedir_ DIR *d = opendir(directory);
        struct dirent *de;

        if (!d && errno == ENOENT)
                return 0;
        while (d && (errno = 0, de = readdir(d)))
                if (is_wanted(de, suffix, kind) && add(l, directory, de) < 0)
                        return -ENOMEM;
        if (errno) {
                l->incomplete = errno != ENOTDIR;
                (void)problems_add(problems, -errno, directory, 0, "%s", strerror(errno));
        }
        return 0;
}

static int compare(const void *a, const void *b)
{
        return strcmp(((const struct conf_file *)a)->name, ((const struct conf_file *)b)->name);
}

static void sort(struct conf_files *l)
{
        if (l->n > 1)
                qsort(l->items, l->n, sizeof(*l->items), compare);
}

/* Merges the files of a directory into those of the directories before it; both lists are sorted. Of two files with the same name
 * the directory's own stays. Returns 0 or -ENOMEM. */
static int merge(struct conf_files *l, struct conf_files *more)
{
        struct conf_files merged = { .items = calloc(l->n + more->n + 1, sizeof(*merged.items)),
                                     .incomplete = l->incomplete || more->incomplete };
        size_t i = 0, j = 0;

        if (!merged.items)
                return -ENOMEM;
        while (i < l->n || j < more->n) {
                int order = i == l->n ? 1 : j == more->n ? -1 : compare(&l->items[i], &more->items[j]);
                if (order < 0) {
                        merged.items[merged.n++] = l->items[i++];
                        continue;
                }
                if (order == 0)
                        conf_file_done(&l->items[i++]);
                merged.items[merged.n++] = more->items[j++];
        }
        free(l->items);
        free(more->items);
        *more = (struct conf_files){};
        *l = merged;
        return 0;
}

int conf_files_list(char *const *directories, size_t n, const char *suffix, enum conf_kind kind, struct conf_files *ret,
                    struct problems *problems)
{
        _cleanup_(conf_files_done) struct conf_files all = {};

        for (size_t i = 0; i < n; i++) {
                _cleanup_(conf_files_done) struct conf_files some = {};
                int r = scan(&some, directories[i], suffix, kind, problems);
                if (r >= 0) {
                        sort(&some);
                        r = merge(&all, &some);
                }
                if (r < 0)
                        return r;
        }
        *ret = all;
        all = (struct conf_files){};
        return 0;
}

const struct conf_file *conf_files_find(const struct conf_files *l, const char *name)
{
        const struct conf_file key = { .name = (char *)name };

        return l->n > 0 ? bsearch(&key, l->items, l->n, sizeof(*l->items), compare) : NULL;
}

static int refuse(int error, const char *reason, const char **ret_reason)
{
        *ret_reason = reason;
        return error;
}

int conf_file_open(const char *path, FILE **ret, const char **ret_reason)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return refuse(-errno, strerror(errno), ret_reason);
        if (!S_ISREG(st.st_mode) && !is_null_device(&st))
                return refuse(-EINVAL, S_ISDIR(st.st_mode) ? strerror(EISDIR) : _("it is not a regular file"), ret_reason);
        if (st.st_size > FILE_SIZE_MAX)
                return refuse(-EINVAL, _("it is larger than 16 MiB"), ret_reason);
        FILE *f = fdopen(fd, "r");
        if (!f)
                return refuse(-errno, strerror(errno), ret_reason);
        TAKE_FD(fd);
        *ret = f;
        return 0;
}
