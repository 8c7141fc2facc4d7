/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalog.h"

#include <errno.h>

#include "catalog-internal.h"
#include "format-file.h"

static int compare_formats(const void *a, const void *b)
{
        return strcmp(((const struct format *)a)->entry.name, ((const struct format *)b)->entry.name);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_broken(struct catalog *c, const char *name)
{
        if (array_grow(&c->broken, c->n_broken, sizeof(*c->broken)) < 0)
                return -ENOMEM;
        c->broken[c->n_broken] = strdup(name);
        return c->broken[c->n_broken++] ? 0 : -ENOMEM;
}

/* Reads one format and adds it, or its name to those that are broken. Returns 0 or -ENOMEM. */
static int load_format(const struct conf_file *file, struct catalog *c, struct problems *problems)
{
        _cleanup_free_ char *name = strndup(file->name, strlen(file->name) - strlen(".conf"));

        if (!name || array_grow(&c->formats, c->n, sizeof(*c->formats)) < 0)
                return -ENOMEM;
        int r = format_file_load(file->path, name, &c->formats[c->n], problems);
        if (r < 0)
                return r == -ENOMEM ? r : add_broken(c, name);
        c->n++;
        return 0;
}

void catalog_sort(struct catalog *c)
{
        if (c->n > 1)
                qsort(c->formats, c->n, sizeof(*c->formats), compare_formats);
        if (c->n_broken > 1)
                qsort(c->broken, c->n_broken, sizeof(*c->broken), compare_names);
}

static int load_own(const struct paths *paths, struct catalog *c, struct problems *problems)
{
        _cleanup_(conf_files_done) struct conf_files files = {};

        int r = conf_files_list(paths->confdirs, paths->n_confdirs, ".conf", CONF_FILES, &files, problems);
        c->incomplete = files.incomplete;
        for (size_t i = 0; i < files.n && r >= 0; i++)
                if (!files.items[i].masked)
                        r = load_format(&files.items[i], c, problems);
        catalog_sort(c);
        return r;
}

/* Adds a format of which only another source knows. */
static int add_format(struct catalog *c, const char *name, const struct candidate *candidate)
{
        _cleanup_(format_done) struct format f = { .enabled = true };
        struct candidate own = *candidate;

        own.spec = NULL;
        if (array_grow(&c->formats, c->n, sizeof(*c->formats)) < 0 || entry_copy(candidate->spec, &f.entry) < 0 ||
            string_set(&f.entry.name, name) < 0 || string_set(&f.package, candidate->package) < 0 ||
            string_set(&f.file, candidate->file) < 0 || format_add_candidate(&f, &own) < 0)
                return -ENOMEM;
        c->formats[c->n++] = f;
        f = (struct format){};
        return 0;
}

/* Adds an alternative to a format, unless it is there already. */
static int add_alternative(struct format *f, const struct candidate *candidate)
{
        const struct candidate *same = format_find_candidate(f, candidate->path);
        struct candidate c = *candidate;

        if (same && streq_null(same->helper, c.helper) && entry_matches_alike(format_spec(f, same), c.spec))
                return 0;
        if (entry_matches_alike(&f->entry, c.spec))
                c.spec = NULL;
        return format_add_candidate(f, &c);
}

int catalog_add_candidate(struct catalog *c, size_t n, const char *name, const struct candidate *candidate)
{
        const struct catalog known = { .formats = c->formats, .n = n };
        struct format *f = catalog_find(&known, name);

        if (f)
                return add_alternative(f, candidate);
        return catalog_is_broken(c, name) ? 0 : add_format(c, name, candidate);
}

int catalog_list_drop_ins(const struct paths *paths, const char *name, struct conf_files *ret, struct problems *problems)
{
        char **directories = calloc(paths->n_confdirs, sizeof(*directories));
        size_t n = 0;
        int r = directories ? 0 : -ENOMEM;

        while (n < paths->n_confdirs && r >= 0) {
                r = string_format(&directories[n], "%s/%s.conf.d", paths->confdirs[n], name);
                n += r >= 0;
        }
        if (r >= 0)
                r = conf_files_list(directories, n, ".conf", CONF_FILES, ret, problems);
        while (n > 0)
                free(directories[--n]);
        free(directories);
        return r;
}

int catalog_apply_drop_ins(const struct paths *paths, struct format *f, struct problems *problems)
{
        _cleanup_(conf_files_done) struct conf_files files = {};

        int r = catalog_list_drop_ins(paths, f->entry.name, &files, problems);
        if (r >= 0 && files.incomplete)
                r = -EIO;
        for (size_t i = 0; i < files.n && r >= 0; i++) {
                int error = files.items[i].masked ? 0 : format_file_apply(files.items[i].path, f, problems);
                if (error == -ENOMEM || conf_file_may_have_more(error))
                        r = error;
        }
        return r;
}

int catalog_drop(struct catalog *c, struct format *f, bool broken)
{
        int r = broken ? add_broken(c, f->entry.name) : 0;

        if (r < 0)
                return r;
        format_done(f);
        memmove(f, f + 1, (size_t)(c->formats + --c->n - f) * sizeof(*f));
        catalog_sort(c);
        return 0;
}

/* Applies the drop-ins of all formats, whichever source these come from. Returns 0 or -ENOMEM. */
static int load_drop_ins(const struct paths *paths, struct catalog *c, struct problems *problems)
{
        _cleanup_(conf_files_done) struct conf_files directories = {};

        int r = conf_files_list(paths->confdirs, paths->n_confdirs, ".conf.d", CONF_DIRECTORIES, &directories, problems);
        for (size_t i = 0; i < directories.n && r >= 0; i++) {
                const char *directory = directories.items[i].name;
                _cleanup_free_ char *name = strndup(directory, strlen(directory) - strlen(".conf.d"));
                if (!name)
                        return -ENOMEM;
                struct format *f = catalog_find(c, name);
                if (f)
                        r = catalog_apply_drop_ins(paths, f, problems);
                if (r < 0 && r != -ENOMEM)
                        r = catalog_drop(c, f, true);
        }
        return r;
}

int catalog_load(const struct paths *paths, struct catalog *ret, struct problems *problems)
{
        _cleanup_(catalog_done) struct catalog c = {};

        int r = load_own(paths, &c, problems);
        if (r >= 0)
                r = catalog_load_debian(paths, &c, problems);
        if (r >= 0)
                r = catalog_load_binfmt_d(paths, &c, problems);
        if (r >= 0)
                r = load_drop_ins(paths, &c, problems);
        if (r >= 0)
                r = catalog_follow(paths, &c, problems);
        if (r < 0)
                return r;
        *ret = c;
        c = (struct catalog){};
        return 0;
}

struct format *catalog_find(const struct catalog *c, const char *name)
{
        const struct format key = { .entry.name = (char *)name };

        return c->n > 0 ? bsearch(&key, c->formats, c->n, sizeof(*c->formats), compare_formats) : NULL;
}

bool catalog_is_broken(const struct catalog *c, const char *name)
{
        return c->n_broken > 0 && bsearch(&name, c->broken, c->n_broken, sizeof(*c->broken), compare_names);
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
