/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternatives.h"
#include "bus.h"
#include "change.h"
#include "ui/output.h"
#include "formats/override.h"

#include <errno.h>

static int print_alternatives_of(const struct call *call)
{
        _cleanup_(view_done) struct view v = {};

        if (view_load(&call->paths, &v) < 0)
                return EXIT_FAILED;
        const struct format *f = catalog_find(&v.catalog, call->args[0]);
        if (!f)
                return fail_unknown(&call->paths, &v.catalog, call->args[0]);
        print_alternatives(&v, f);
        return EXIT_OK;
}

/* Whether the interpreter is one that can be used. */
static int check_path(const struct format *f, const char *path)
{
        _cleanup_(problems_done) struct problems problems = {};
        const struct candidate *c = format_find_candidate(f, path);

        if (!c)
                return fail("%s: %s is none of its interpreters (binfmtctl use %s shows them)", f->entry.name, path,
                            f->entry.name);
        int r = format_check_candidate(f, c, &problems);
        print_problems(&problems);
        if (r == -ENOENT)
                return fail("%s: %s is not installed", f->entry.name, path);
        return r < 0 ? EXIT_FAILED : EXIT_OK;
}

static int say(struct change *c, const char *path)
{
        printf(_("%s: would be left to %s from now on\n"), c->name, path ? path : _("the priorities"));
        if (string_set(&c->format->use, path) < 0)
                return fail("out of memory");
        return change_apply(c, c->format->enabled);
}

static int write_choice(struct change *c, const char *path, bool rollback)
{
        const struct paths *paths = &c->call->paths;

        int r = rollback ? override_rollback(paths, c->format) : override_use(paths, c->format, path);
        if (r < 0)
                return fail("%s: the choice cannot be written to %s: %s", c->name, paths_admin_dir(paths), strerror(-r));
        return EXIT_OK;
}

/* Writes the choice and registers the interpreter. A choice that the kernel refuses is taken back, and the kernel keeps the
 * entry that it has. Returns an exit status. */
static int use(struct change *c, const char *path, bool rollback)
{
        int status = write_choice(c, path, rollback);
        if (status != EXIT_OK)
                return status;
        status = change_apply(c, c->format->enabled);
        if (status != EXIT_OK && path && !rollback && c->format && override_rollback(&c->call->paths, c->format) >= 0)
                return fail("%s: everything is as it was", c->name);
        if (status == EXIT_OK && c->format && !streq_null(c->format->use, path))
                return fail("%s: this choice has no effect, because %s:%u says what is to be used", c->name,
                            c->format->use_file ? c->format->use_file : c->format->file, c->format->use_line);
        return status;
}

/* Has the daemon make the choice, where that is wanted and possible. Returns as bus_try does. */
static int try_bus(const struct call *call, const char *path, bool rollback)
{
        if (!bus_wanted(call))
                return BUS_NOT_ASKED;
        return rollback ? bus_try(call, "Rollback", "s", call->args[0])
                        : bus_try(call, "Use", "ss", call->args[0], path ? path : "");
}

int verb_use(const struct call *call)
{
        _cleanup_(change_done) struct change c = { .lock = -1, .fd = -1 };
        _cleanup_free_ char *previous = NULL;
        const char *path = call->n_args > 1 ? call->args[1] : NULL;
        bool rollback = call->option[OPTION_ROLLBACK], automatic = call->option[OPTION_AUTO];

        if ((path != NULL) + rollback + automatic > 1)
                return usage("only one of these: PATH, --rollback, --auto", "");
        if (!path && !rollback && !automatic)
                return print_alternatives_of(call);

        int status = try_bus(call, path, rollback);
        if (status != BUS_NOT_ASKED)
                return status;
        status = change_begin(call, call->args[0], false, &c);
        if (status != EXIT_OK)
                return status;
        if (c.format->follows)
                return fail("%s: it follows %s, and has the same interpreter: binfmtctl use %s", c.name, c.format->follows,
                            c.format->follows);
        int r = rollback ? override_previous(&call->paths, c.format, &previous) : 0;
        if (r == -ENOENT)
                return fail("%s: nothing was chosen before", c.name);
        if (r < 0)
                return fail("%s: what was chosen before cannot be read: %s", c.name, strerror(-r));
        path = rollback ? previous : path;
        status = path ? check_path(c.format, path) : EXIT_OK;
        if (status != EXIT_OK)
                return status;
        return c.dry ? say(&c, path) : use(&c, path, rollback);
}
