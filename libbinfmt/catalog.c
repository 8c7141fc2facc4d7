/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalog.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "format-file.h"

/* A file that was found, under the name that files of later directories replace it by. */
struct found {
        char *name;
        char *path;
};

struct found_list {
        struct found *items;
        size_t n;
};

static void found_list_done(struct found_list *l)
{
        for (size_t i = 0; i < l->n; i++) {
                free(l->items[i].name);
                free(l->items[i].path);
        }
        free(l->items);
        *l = (struct found_list){};
}

static int compare_found(const void *a, const void *b)
{
        return strcmp(((const struct found *)a)->name, ((const struct found *)b)->name);
}

static int add_found(struct found_list *l, const char *name, const char *directory)
{
        _cleanup_free_ char *path = NULL;

        if (string_format(&path, "%s/%s", directory, name) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < l->n; i++)
                if (streq(l->items[i].name, name)) {
                        free(l->items[i].path);
                        l->items[i].path = TAKE_PTR(path);
                        return 0;
                }

        _cleanup_free_ char *copy = strdup(name);
        if (!copy || array_grow(&l->items, l->n, sizeof(*l->items)) < 0)
                return -ENOMEM;
        l->items[l->n++] = (struct found){ .name = TAKE_PTR(copy), .path = TAKE_PTR(path) };
        return 0;
}

static bool is_conf_name(const char *name)
{
        size_t n = strlen(name);

        return name[0] != '.' && n > strlen(".conf") && streq(name + n - strlen(".conf"), ".conf");
}

/* Adds what a directory has; one that does not exist has nothing. */
static int scan(const char *directory, struct found_list *l, struct problems *problems)
{
        _cleanup_closedir_ DIR *d = opendir(directory);
        struct dirent *de;

        if (!d) {
                if (errno != ENOENT)
                        problems_add(problems, -errno, directory, 0, "%s", strerror(errno));
                return 0;
        }
        while ((de = readdir(d))) {
                if (!is_conf_name(de->d_name) || de->d_type == DT_DIR)
                        continue;
                int r = add_found(l, de->d_name, directory);
                if (r < 0)
                        return r;
        }
        return 0;
}

static bool is_masked(const char *path)
{
        struct stat st;

        return stat(path, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

static int apply_drop_ins(const struct paths *paths, const char *file_name, struct format *f, struct problems *problems)
{
        _cleanup_(found_list_done) struct found_list found = {};

        for (size_t i = 0; i < paths->n_confdirs; i++) {
                _cleanup_free_ char *directory = NULL;
                if (string_format(&directory, "%s/%s.d", paths->confdirs[i], file_name) < 0)
                        return -ENOMEM;
                int r = scan(directory, &found, problems);
                if (r < 0)
                        return r;
        }
        if (found.n > 0)
                qsort(found.items, found.n, sizeof(*found.items), compare_found);
        for (size_t i = 0; i < found.n; i++)
                if (!is_masked(found.items[i].path) && format_file_apply(found.items[i].path, f, problems) == -ENOMEM)
                        return -ENOMEM;
        return 0;
}

static int add_broken(struct catalog *c, const char *name)
{
        if (array_grow(&c->broken, c->n_broken, sizeof(*c->broken)) < 0)
                return -ENOMEM;
        c->broken[c->n_broken] = strdup(name);
        return c->broken[c->n_broken++] ? 0 : -ENOMEM;
}

/* Reads one format and adds it, or its name to those that are broken. Returns 0 or -ENOMEM. */
static int load_format(const struct paths *paths, const struct found *found, struct catalog *c,
                       struct problems *problems)
{
        _cleanup_(format_done) struct format f = {};
        _cleanup_free_ char *name = strndup(found->name, strlen(found->name) - strlen(".conf"));

        if (!name || array_grow(&c->formats, c->n, sizeof(*c->formats)) < 0)
                return -ENOMEM;
        int r = format_file_load(found->path, name, &f, problems);
        if (r < 0)
                return r == -ENOMEM ? r : add_broken(c, name);
        r = apply_drop_ins(paths, found->name, &f, problems);
        if (r < 0)
                return r;
        c->formats[c->n++] = f;
        f = (struct format){};
        return 0;
}

int catalog_load(const struct paths *paths, struct catalog *ret, struct problems *problems)
{
        _cleanup_(found_list_done) struct found_list found = {};
        _cleanup_(catalog_done) struct catalog c = {};

        for (size_t i = 0; i < paths->n_confdirs; i++) {
                int r = scan(paths->confdirs[i], &found, problems);
                if (r < 0)
                        return r;
        }
        if (found.n > 0)
                qsort(found.items, found.n, sizeof(*found.items), compare_found);

        for (size_t i = 0; i < found.n; i++) {
                if (is_masked(found.items[i].path))
                        continue;
                int r = load_format(paths, &found.items[i], &c, problems);
                if (r < 0)
                        return r;
        }
        *ret = c;
        c = (struct catalog){};
        return 0;
}

struct format *catalog_find(const struct catalog *c, const char *name)
{
        for (size_t i = 0; i < c->n; i++)
                if (streq(c->formats[i].entry.name, name))
                        return &c->formats[i];
        return NULL;
}

bool catalog_is_broken(const struct catalog *c, const char *name)
{
        for (size_t i = 0; i < c->n_broken; i++)
                if (streq(c->broken[i], name))
                        return true;
        return false;
}

void catalog_done(struct catalog *c)
{
        for (size_t i = 0; i < c->n_broken; i++)
                free(c->broken[i]);
        free(c->broken);
        for (size_t i = 0; i < c->n; i++)
                format_done(&c->formats[i]);
        free(c->formats);
        *c = (struct catalog){};
}
