/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verify.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>

#include "binfmt-d.h"
#include "catalog.h"
#include "base/config.h"
#include "daemon-config.h"
#include "debian/debian-db.h"
#include "format-file.h"

/* As much of a file as is read to see what it is. */
#define TEXT_MAX (16 * 1024 * 1024)

struct checking {
        const struct paths *paths;
        const char *path;
        char *name;      /* the file's */
        char *directory; /* where it is, without symbolic links */
        char *text;
        struct problems *problems;
};

const char *file_kind_to_string(enum file_kind k)
{
        static const char *const names[FILE_KIND_COUNT] = {
                [FILE_FORMAT] = N_("a format"),
                [FILE_DROP_IN] = N_("a drop-in for a format"),
                [FILE_DAEMON] = N_("the daemon's configuration"),
                [FILE_BINFMT_D] = N_("lines as in binfmt.d"),
                [FILE_DEBIAN_FORMAT] = N_("a format file of update-binfmts"),
                [FILE_DEBIAN_DATABASE] = N_("a file of update-binfmts' database"),
        };
        return names[k];
}

static bool ends_with(const char *s, const char *suffix)
{
        size_t n = strlen(s), m = strlen(suffix);

        return n > m && streq(s + n - m, suffix);
}

static bool is_in(const struct checking *c, const char *directory)
{
        _cleanup_free_ char *real = realpath(directory, NULL);

        return real && streq(real, c->directory);
}

static bool is_in_any(const struct checking *c, char *const *directories, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (is_in(c, directories[i]))
                        return true;
        return false;
}

/* The first line that is neither empty nor a comment. */
static const char *first_line(const char *text)
{
        for (text += strspn(text, " \t\r\n"); *text == '#' || *text == ';'; text += strspn(text, " \t\r\n"))
                text += strcspn(text, "\n");
        return text;
}

static bool starts_with_debian_key(const char *line)
{
        for (enum debian_field f = 0; f < DEBIAN_FIELD_COUNT; f++) {
                const char *key = debian_field_to_string(f);
                size_t n = strlen(key);
                if (strncasecmp(line, key, n) == 0 && (line[n] == ' ' || line[n] == '\t'))
                        return true;
        }
        return false;
}

static enum file_kind find_kind(const struct checking *c)
{
        const char *line = first_line(c->text);

        if (is_in_any(c, c->paths->binfmt_d, c->paths->n_binfmt_d))
                return FILE_BINFMT_D;
        if (is_in(c, DEFAULT_IMPORTDIR))
                return FILE_DEBIAN_FORMAT;
        if (is_in(c, c->paths->admindir))
                return FILE_DEBIAN_DATABASE;
        if (strncmp(line, "[Daemon]", strlen("[Daemon]")) == 0)
                return FILE_DAEMON;
        if (ends_with(c->directory, ".conf.d"))
                return FILE_DROP_IN;
        if (*line == '[' || is_in_any(c, c->paths->confdirs, c->paths->n_confdirs))
                return FILE_FORMAT;
        return starts_with_debian_key(line) ? FILE_DEBIAN_FORMAT : FILE_BINFMT_D;
}

/* The format's name: the file's without .conf, which is missing only where the file is not in its place yet. */
static char *format_name(const char *name)
{
        return ends_with(name, ".conf") ? strndup(name, strlen(name) - strlen(".conf")) : strdup(name);
}

static int check_format(const struct checking *c)
{
        _cleanup_free_ char *name = format_name(c->name);
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_(format_done) struct format f = {};

        int r = name ? format_file_load(c->path, name, &f, c->problems) : -ENOMEM;
        if (r < 0 || !f.follows)
                return r;
        r = catalog_load(c->paths, &catalog, &ignored);
        return r < 0 ? r : catalog_check_follows(c->paths, &catalog, &f, c->problems);
}

static int check_drop_in(const struct checking *c)
{
        const char *directory = strrchr(c->directory, '/') + 1;
        _cleanup_free_ char *name = strndup(directory, strlen(directory) - strlen(".conf.d"));
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        if (!name || catalog_load(c->paths, &catalog, &ignored) < 0)
                return -ENOMEM;
        struct format *f = catalog_find(&catalog, name);
        int r = f ? format_file_apply(c->path, f, c->problems) : 0;
        if (f)
                return r < 0 ? r : catalog_check_follows(c->paths, &catalog, f, c->problems);
        return problems_add(c->problems, -EINVAL, c->path, 0, "there is no format %s that it could change%s", name,
                            catalog_is_broken(&catalog, name) ? _(", because its file cannot be used") : "");
}

static int check_daemon(const struct checking *c)
{
        struct config config;

        return config_load(c->path, &config, c->problems);
}

static int check_binfmt_d(const struct checking *c)
{
        _cleanup_(binfmt_d_done) struct binfmt_d lines = {};

        return binfmt_d_read(c->path, &lines, c->problems);
}

static int check_debian_format(const struct checking *c)
{
        _cleanup_(debian_format_done) struct debian_format f = {};

        return debian_format_load(c->path, c->name, &f, c->problems);
}

static int check_debian_database(const struct checking *c)
{
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_(entry_done) struct entry e = {};
        enum debian_field field;
        const char *reason = _("the file ends before it");

        int r = debian_db_parse(c->text, c->name, &f, &field);
        if (r >= 0)
                r = debian_format_make_entry(&f, &e, &field, &reason);
        if (r == -EBADMSG || r == -EINVAL)
                return problems_add(c->problems, -EINVAL, c->path, field + 1, "%s: %s", debian_field_to_string(field), reason);
        return r;
}

static int check(const struct checking *c, enum file_kind kind)
{
        static int (*const checks[FILE_KIND_COUNT])(const struct checking *c) = {
                [FILE_FORMAT] = check_format,
                [FILE_DROP_IN] = check_drop_in,
                [FILE_DAEMON] = check_daemon,
                [FILE_BINFMT_D] = check_binfmt_d,
                [FILE_DEBIAN_FORMAT] = check_debian_format,
                [FILE_DEBIAN_DATABASE] = check_debian_database,
        };
        bool needs_suffix = kind == FILE_DROP_IN ||
                            (kind == FILE_FORMAT && is_in_any(c, c->paths->confdirs, c->paths->n_confdirs)) ||
                            (kind == FILE_BINFMT_D && is_in_any(c, c->paths->binfmt_d, c->paths->n_binfmt_d));
        size_t before = c->problems->n;

        if (needs_suffix && !ends_with(c->name, ".conf"))
                return problems_add(c->problems, -EINVAL, c->path, 0, "it is not read, because its name does not end with .conf");
        int r = checks[kind](c);
        return r >= 0 && c->problems->n > before ? -EINVAL : r;
}

static void checking_done(struct checking *c)
{
        free(c->name);
        free(c->directory);
        free(c->text);
}

int verify_file(const struct paths *paths, const char *path, enum file_kind *ret_kind, struct problems *problems)
{
        _cleanup_(checking_done) struct checking c = { .paths = paths, .path = path, .problems = problems };
        _cleanup_free_ char *copy = strdup(path), *copy2 = strdup(path);

        if (!copy || !copy2 || string_set(&c.name, basename(copy2)) < 0)
                return -ENOMEM;
        int r = file_read_at(AT_FDCWD, path, TEXT_MAX, &c.text, NULL);
        c.directory = realpath(dirname(copy), NULL);
        if (r >= 0 && !c.directory)
                r = -errno;
        if (r < 0)
                return problems_add(problems, r, path, 0, "%s", strerror(-r));
        *ret_kind = find_kind(&c);
        return check(&c, *ret_kind);
}

int verify_all(const struct paths *paths, struct problems *problems)
{
        _cleanup_(catalog_done) struct catalog catalog = {};
        struct config config;
        size_t before = problems->n;

        int r = catalog_load(paths, &catalog, problems);
        if (r >= 0)
                r = config_load(paths->config, &config, problems);
        return r >= 0 && problems->n > before ? -EINVAL : r;
}
