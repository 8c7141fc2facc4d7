/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debian-db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

void debian_formats_done(struct debian_formats *f)
{
        for (size_t i = 0; i < f->n; i++)
                debian_format_done(&f->items[i]);
        free(f->items);
        *f = (struct debian_formats){};
}

int debian_db_open(const char *path)
{
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 ? read_errno() : fd;
}

int debian_db_parse(const char *text, const char *name, struct debian_format *ret, enum debian_field *ret_missing)
{
        struct debian_format f = { .name = strdup(name) };
        int r = f.name ? 0 : -ENOMEM;

        for (unsigned i = 0; i < DEBIAN_FIELD_COUNT && *text && r >= 0; i++) {
                size_t size = strcspn(text, "\n");
                f.fields[i] = strndup(text, size);
                f.lines[i] = i + 1;
                r = f.fields[i] ? 0 : -ENOMEM;
                text += size + (text[size] == '\n');
        }
        for (unsigned i = 0; i <= DEBIAN_INTERPRETER && r >= 0; i++)
                if (!f.fields[i]) {
                        *ret_missing = i;
                        r = -EBADMSG;
                }
        if (r >= 0)
                r = debian_format_complete(&f);
        if (r >= 0)
                *ret = f;
        else
                debian_format_done(&f);
        return r;
}

int debian_db_text(const struct debian_format *f, char **ret)
{
        size_t size = 1;

        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++) {
                if (!f->fields[i] || strchr(f->fields[i], '\n'))
                        return -EINVAL;
                size += strlen(f->fields[i]) + 1;
        }
        char *text = malloc(size), *p = text;
        if (!text)
                return -ENOMEM;
        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++) {
                p = stpcpy(p, f->fields[i]);
                *p++ = '\n';
        }
        *p = '\0';
        *ret = text;
        return 0;
}

/* Whether this name is none of a format: it is an editor's file, or one that is being written or was when the machine stopped, by
 * Debian's version or by ours (file_write_at). */
static bool is_no_format(const char *name)
{
        size_t n = strlen(name);

        return name[0] == '.' || (n > 4 && streq(name + n - 4, ".tmp"));
}

const char *debian_db_name_reason(const char *name)
{
        const char *reason = entry_name_reason(name);

        if (!reason && is_no_format(name))
                reason = _("a name that starts with a dot or ends in .tmp is that of a file being written");
        return reason;
}

int debian_db_read(int fd, const char *name, struct debian_format *ret, enum debian_field *ret_missing)
{
        _cleanup_free_ char *text = NULL;

        if (debian_db_name_reason(name))
                return -ENOENT;
        int r = file_read_at(fd, name, DEBIAN_FILE_MAX, &text, NULL);
        if (r < 0)
                return r == -EISDIR ? -ENOENT : r;
        return debian_db_parse(text, name, ret, ret_missing);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(((const struct debian_format *)a)->name, ((const struct debian_format *)b)->name);
}

/* Whether a file of the database may be a format's: a regular file with such a name. Returns 1 or 0, or a negative errno. */
static int is_candidate(int fd, const char *name)
{
        struct stat st;

        if (is_no_format(name))
                return 0;
        if (fstatat(fd, name, &st, 0) < 0)
                return errno == ENOENT ? 0 : read_errno();
        return S_ISREG(st.st_mode);
}

/* Reads a file and adds its format, if it is a format's file, or notes what is wrong with it. Returns 0 or -ENOMEM. */
static int add(int fd, const char *path, const char *name, struct debian_formats *list, struct problems *problems)
{
        _cleanup_free_ char *file = NULL;
        const char *reason = debian_db_name_reason(name);
        enum debian_field missing = DEBIAN_PACKAGE;

        int r = is_candidate(fd, name);
        if (r == 0)
                return 0;
        if (array_grow(&list->items, list->n, sizeof(*list->items)) < 0 || string_format(&file, "%s/%s", path, name) < 0)
                return -ENOMEM;
        if (r > 0 && reason) {
                (void)problems_add(problems, 0, file, 0, "%s", reason);
                return 0;
        }
        if (r > 0)
                r = debian_db_read(fd, name, &list->items[list->n], &missing);
        if (r == -ENOMEM)
                return r;
        if (r == -EBADMSG)
                (void)problems_add(problems, r, file, 0, "it is no format of the database: it ends before the %s",
                                   debian_field_to_string(missing));
        else if (r < 0)
                (void)problems_add(problems, r, file, 0, "%s", strerror(-r));
        else
                list->n++;
        list->incomplete = list->incomplete || (r < 0 && r != -EBADMSG && r != -ENOENT);
        return 0;
}

int debian_db_list(int fd, const char *path, struct debian_formats *ret, struct problems *problems)
{
        _cleanup_(debian_formats_done) struct debian_formats list = {};
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *de;

        int r = directory_open(fd, &d);
        if (r < 0)
                return r;
        while ((errno = 0, de = readdir(d))) {
                r = add(fd, path, de->d_name, &list, problems);
                if (r < 0)
                        return r;
        }
        if (errno)
                return -errno;
        if (list.n > 0)
                qsort(list.items, list.n, sizeof(*list.items), compare_names);
        *ret = list;
        list = (struct debian_formats){};
        return 0;
}

int debian_db_write(int fd, const struct debian_format *f)
{
        _cleanup_free_ char *text = NULL;

        if (debian_db_name_reason(f->name))
                return -EINVAL;
        int r = debian_db_text(f, &text);
        return r < 0 ? r : file_write_at(fd, f->name, text);
}

int debian_db_remove(int fd, const char *name)
{
        if (debian_db_name_reason(name))
                return -ENOENT;
        return file_remove_at(fd, name);
}
