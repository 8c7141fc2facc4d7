/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enable, Disable, Use and Rollback: what the administrator chooses of the formats that there are. */
#include "methods.h"

#include "formats/override.h"

/* Finds out what changing the formats of these names takes; all must be known, and no name means all formats. Returns an enum
 * auth_action or a negative errno. */
static int action_of_names(const struct manager *m, const struct catalog *c, const struct names *names, sd_bus_error *error)
{
        enum auth_action action = AUTH_MANAGE;

        for (size_t i = 0; i < names->n; i++) {
                const struct format *f = catalog_find(c, names->items[i]);
                if (!f)
                        return method_no_such_format(error, names->items[i]);
                if (bus_action_of(m, f) > action)
                        action = bus_action_of(m, f);
        }
        for (size_t i = 0; names->n == 0 && i < c->n; i++)
                if (bus_action_of(m, &c->formats[i]) > action)
                        action = bus_action_of(m, &c->formats[i]);
        return (int)action;
}

static int needs_of_names(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        struct names names;

        int r = method_read_names(call, &names, error);
        return r < 0 ? r : action_of_names(m, &m->state.catalog, &names, error);
}

static bool is_among(const struct names *names, const char *name)
{
        for (size_t i = 0; i < names->n; i++)
                if (streq(names->items[i], name))
                        return true;
        return names->n == 0;
}

static int choose(struct manager *m, const struct catalog *c, const struct names *names, bool enable, sd_bus_error *error)
{
        const struct problems none = {};

        for (size_t i = 0; i < c->n; i++) {
                if (!is_among(names, c->formats[i].entry.name))
                        continue;
                int r = override_choose(&m->paths, &c->formats[i], enable);
                if (r < 0)
                        return method_failed(error, "The choice cannot be written", &none, r);
        }
        return 0;
}

static int switch_names(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action, bool enable,
                        sd_bus_error *error)
{
        struct names names;

        int r = method_read_names(call, &names, error);
        if (r >= 0)
                r = action_of_names(m, c, &names, error);
        if (r < 0)
                return r;
        if (r > (int)action)
                return method_changed_meanwhile(error);
        r = choose(m, c, &names, enable, error);
        return r < 0 ? r : method_apply_names(m, &names, enable, error);
}

static int enable(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action, sd_bus_error *error)
{
        return switch_names(m, call, c, action, true, error);
}

static int disable(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action, sd_bus_error *error)
{
        return switch_names(m, call, c, action, false, error);
}

/* Finds out what a method takes that has the name of a format for its first argument. */
static int needs_of_name(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        const struct format *f;

        int r = method_read_format(call, &m->state.catalog, &f, error);
        return r < 0 ? r : (int)bus_action_of(m, f);
}

/* Makes the kernel follow a choice of an interpreter. Where the kernel refuses it, the choice is taken back. */
static int apply_use(struct manager *m, const struct format *f, sd_bus_error *error)
{
        const struct names one = { .items = { f->entry.name }, .n = 1 };

        int r = method_apply_names(m, &one, f->enabled, error);
        if (r < 0)
                (void)override_rollback(&m->paths, f);
        return r;
}

static int refuse_follower(const struct format *f, sd_bus_error *error)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s follows %s, and has the same interpreter", f->entry.name,
                                 f->follows);
}

static int use(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action, sd_bus_error *error)
{
        _cleanup_(problems_done) struct problems problems = {};
        const struct format *f;
        const char *path;

        int r = method_find_format(m, call, c, action, &f, error);
        if (r >= 0)
                r = sd_bus_message_read(call, "s", &path);
        if (r < 0)
                return r;
        if (f->follows)
                return refuse_follower(f, error);
        const struct candidate *candidate = format_find_candidate(f, path);
        if (*path && !candidate)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s is none of the interpreters of %s", path,
                                         f->entry.name);
        r = candidate ? format_check_candidate(f, candidate, &problems) : 0;
        if (r < 0)
                return method_failed(error, path, &problems, r);
        r = override_use(&m->paths, f, *path ? path : NULL);
        return r < 0 ? method_failed(error, "The choice cannot be written", &problems, r) : apply_use(m, f, error);
}

static int roll_back(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                     sd_bus_error *error)
{
        const struct problems none = {};
        const struct format *f;

        int r = method_find_format(m, call, c, action, &f, error);
        if (r < 0)
                return r;
        if (f->follows)
                return refuse_follower(f, error);
        r = override_rollback(&m->paths, f);
        if (r == -ENOENT)
                return sd_bus_error_setf(error, BUS_ERROR_FAILED, "%s: nothing was chosen before", f->entry.name);
        if (r < 0)
                return method_failed(error, "The choice cannot be written", &none, r);
        const struct names one = { .items = { f->entry.name }, .n = 1 };
        return method_apply_names(m, &one, f->enabled, error);
}

const struct method bus_methods_choose[] = {
        { .name = "Enable", .needs = needs_of_names, .change = enable },
        { .name = "Disable", .needs = needs_of_names, .change = disable },
        { .name = "Use", .needs = needs_of_name, .change = use },
        { .name = "Rollback", .needs = needs_of_name, .change = roll_back },
        {},
};
