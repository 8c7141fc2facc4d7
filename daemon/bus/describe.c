/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Register and Unregister: the files that describe formats in the administrator's directory. */
#include "methods.h"

#include <errno.h>
#include <fcntl.h>

#include "formats/override.h"

/* Finds out what registering a format takes: what the new format takes, with the drop-ins that are there for its name, and what
 * the format of that name takes which it replaces. Returns an enum auth_action or a negative errno. */
static int action_of_new(const struct manager *m, const struct catalog *c, const struct format *f)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(format_done) struct format changed = {};
        const struct format *old = catalog_find(c, f->entry.name);

        int r = format_copy(f, &changed);
        if (r >= 0)
                r = catalog_apply_drop_ins(&m->paths, &changed, &ignored);
        if (r < 0)
                return r;
        enum auth_action action = bus_action_of(m, &changed);
        return old && bus_action_of(m, old) > action ? (int)bus_action_of(m, old) : (int)action;
}

static int needs_register(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        _cleanup_(format_done) struct format f = {};
        _cleanup_free_ char *text = NULL;
        bool replace;

        int r = bus_read_register(call, &f, &text, &replace, error);
        return r < 0 ? r : action_of_new(m, &m->state.catalog, &f);
}

static int open_admin_dir(const struct manager *m)
{
        int r = mkdir_parents(paths_admin_dir(&m->paths));

        if (r < 0)
                return r;
        int fd = open(paths_admin_dir(&m->paths), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

static int write_format(struct manager *m, const char *name, const char *text, sd_bus_error *error)
{
        const struct problems none = {};
        _cleanup_free_ char *file = NULL;
        _cleanup_close_ int dir = open_admin_dir(m);

        int r = dir < 0 ? dir : string_format(&file, "%s.conf", name);
        if (r >= 0)
                r = file_write_at(dir, file, text);
        return r < 0 ? method_failed(error, paths_admin_dir(&m->paths), &none, r) : 0;
}

static int register_format(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                           sd_bus_error *error)
{
        _cleanup_(format_done) struct format f = {};
        _cleanup_free_ char *text = NULL;
        bool replace;

        int r = bus_read_register(call, &f, &text, &replace, error);
        if (r < 0)
                return r;
        const char *name = f.entry.name;
        r = action_of_new(m, c, &f);
        if (r < 0)
                return r;
        if (r > (int)action)
                return method_changed_meanwhile(error);
        if (!replace && (catalog_find(c, name) || catalog_is_broken(c, name)))
                return sd_bus_error_setf(error, BUS_ERROR_FORMAT_EXISTS, "There is a format %s", name);
        r = write_format(m, name, text, error);
        if (r < 0)
                return r;
        const struct names one = { .items = { name }, .n = 1 };
        return method_apply_names(m, &one, f.enabled, error);
}

/* Finds out what unregistering a format takes: what the format takes, and what the format of that name takes which counts again
 * without the administrator's file. Returns an enum auth_action or a negative errno. */
static int action_of_gone(const struct manager *m, const struct format *f)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog others = {};
        struct paths without = m->paths;

        without.n_confdirs--;
        int r = catalog_load(&without, &others, &ignored);
        if (r < 0)
                return r;
        struct format *again = catalog_find(&others, f->entry.name);
        r = again ? catalog_apply_drop_ins(&m->paths, again, &ignored) : 0;
        if (r < 0)
                return r;
        return again && bus_action_of(m, again) > bus_action_of(m, f) ? (int)bus_action_of(m, again) : (int)bus_action_of(m, f);
}

static int needs_unregister(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        const struct format *f;

        int r = method_read_format(call, &m->state.catalog, &f, error);
        return r < 0 ? r : action_of_gone(m, f);
}

static int remove_format(const struct manager *m, const char *name, sd_bus_error *error)
{
        const struct problems none = {};
        _cleanup_free_ char *file = NULL;
        _cleanup_close_ int dir = open(paths_admin_dir(&m->paths), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        int r = dir < 0 ? -errno : string_format(&file, "%s.conf", name);
        if (r >= 0)
                r = file_remove_at(dir, file);
        return r < 0 ? method_failed(error, paths_admin_dir(&m->paths), &none, r) : 0;
}

static int unregister(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                      sd_bus_error *error)
{
        const struct problems none = {};
        _cleanup_free_ char *path = NULL;
        const struct format *f;

        int r = method_find_format(m, call, c, action, &f, error);
        if (r >= 0)
                r = string_format(&path, "%s/%s.conf", paths_admin_dir(&m->paths), f->entry.name);
        if (r >= 0)
                r = action_of_gone(m, f);
        if (r < 0)
                return r;
        if (r > (int)action)
                return method_changed_meanwhile(error);
        if (!f->file || !streq(f->file, path))
                return sd_bus_error_setf(error, BUS_ERROR_NOT_OURS,
                                         "%s is described by %s, which belongs to somebody else; Disable it instead",
                                         f->entry.name, f->file ? f->file : "another source");
        r = remove_format(m, f->entry.name, error);
        if (r < 0)
                return r;
        r = override_remove(&m->paths, f->entry.name);
        return r < 0 ? method_failed(error, "The choice cannot be removed", &none, r) : 0;
}

const struct method bus_methods_describe[] = {
        { .name = "Register", .needs = needs_register, .change = register_format },
        { .name = "Unregister", .needs = needs_unregister, .change = unregister },
        {},
};
