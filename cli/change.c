/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "change.h"

#include <errno.h>

#include "kernel/mount.h"
#include "reconcile/reconcile.h"
#include "rights.h"

void change_done(struct change *c)
{
        catalog_done(&c->catalog);
        closep(&c->fd);
        closep(&c->lock);
}

static int find_named(struct change *c)
{
        if (!c->name)
                return EXIT_OK;
        c->format = catalog_find(&c->catalog, c->name);
        return c->format ? EXIT_OK : fail_unknown(&c->call->paths, &c->catalog, c->name);
}

static int open_misc(struct change *c, bool needed)
{
        _cleanup_(problems_done) struct problems problems = {};

        c->fd = binfmt_misc_open(c->call->paths.procdir, needed && !c->dry, &problems);
        /* In a chroot there is nothing to remove, but the choice can still be made. */
        if (c->fd >= 0 || (!needed && (c->fd == -ENODEV || c->fd == -ENOENT)))
                return EXIT_OK;
        print_problems(&problems);
        return EXIT_FAILED;
}

int change_begin(const struct call *call, const char *name, bool needs_kernel, struct change *ret)
{
        _cleanup_(change_done) struct change c = {
                .call = call, .name = name, .dry = call->option[OPTION_DRY_RUN] != NULL, .lock = -1, .fd = -1
        };

        int status = check_may_write(call, call->paths.statedir);
        if (status != EXIT_OK)
                return status;
        /* Without a lock the change goes on: where there can be none, records cannot be written either, and that is reported
         * then. */
        if (!c.dry)
                c.lock = wait_for_lock(&call->paths);
        status = read_formats(&call->paths, &c.catalog, &c.n_problems);
        if (status == EXIT_OK)
                status = find_named(&c);
        if (status == EXIT_OK)
                status = open_misc(&c, needs_kernel);
        if (status != EXIT_OK)
                return status;
        *ret = c;
        c = (struct change){ .lock = -1, .fd = -1 };
        return EXIT_OK;
}

static int print_missing(const struct format *f)
{
        if (f->held)
                return fail("%s: not registered, because it follows %s, which is not enabled (binfmtctl enable %s)",
                            f->entry.name, f->follows, f->follows);
        _cleanup_free_ char *list = format_list_candidates(f);
        return fail("%s: not registered, because no interpreter is installed: %s", f->entry.name, list ? list : "?");
}

static void print_planned(const struct change *c, const struct reconcile_result *result)
{
        const struct format *f = catalog_find(&c->catalog, result->name);
        bool new = result->action == RECONCILE_REGISTER || result->action == RECONCILE_REPLACE;

        printf(_("%s: would be %s%s%s\n"), result->name, _(reconcile_action_to_string(result->action)),
               new &&f ? _(", with ") : "", new &&f ? view_interpreter(f) : "");
}

/* Makes the kernel's entries follow the formats, or only plans that with --dry-run. */
static int reconcile_or_plan(const struct change *c, struct reconcile_report *ret, struct problems *problems)
{
        if (c->dry)
                return reconcile_plan(&c->call->paths, c->fd, &c->catalog, c->name, ret, problems);
        return reconcile(&c->call->paths, c->fd, &c->catalog, c->name, ret, problems);
}

static int reload(struct change *c)
{
        /* What is wrong with the files was printed when they were read the first time. */
        _cleanup_(problems_done) struct problems ignored = {};
        struct catalog catalog = {};

        int r = catalog_load(&c->call->paths, &catalog, &ignored);
        if (r < 0)
                return r;
        catalog_done(&c->catalog);
        c->catalog = catalog;
        c->format = c->name ? catalog_find(&c->catalog, c->name) : NULL;
        return 0;
}

/* Prints what was or would be done, and why a format that was named is not registered afterwards. Returns an exit status. */
static int check_report(const struct change *c, const struct reconcile_report *report, bool wanted)
{
        if (report->n_failed > 0)
                return EXIT_FAILED;
        for (size_t i = 0; i < report->n && c->dry; i++) {
                if (report->items[i].action != RECONCILE_NOTHING)
                        print_planned(c, &report->items[i]);
                if (report->items[i].active || report->items[i].action != RECONCILE_NOTHING)
                        wanted = false;
        }
        return c->format && wanted && report->n_active == 0 ? print_missing(c->format) : EXIT_OK;
}

int change_reconcile(struct change *c, bool wanted)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};

        if (c->fd < 0)
                return EXIT_OK;
        int r = reconcile_or_plan(c, &report, &problems);
        print_problems(&problems);
        if (r < 0)
                return fail("%s", strerror(-r));
        c->off = report.off;
        return check_report(c, &report, wanted);
}

int check_working(const struct paths *paths)
{
        _cleanup_(problems_done) struct problems ignored = {}, problems = {};
        _cleanup_close_ int fd = binfmt_misc_open(paths->procdir, false, &ignored);

        if (fd < 0 || !reconcile_is_off(paths, fd, &problems))
                return EXIT_OK;
        print_problems(&problems);
        return EXIT_FAILED;
}

/* With --dry-run a format has been changed in the catalog only: brings the formats that follow it up to date with that. */
static int follow(struct change *c)
{
        _cleanup_(problems_done) struct problems ignored = {};

        return catalog_follow(&c->call->paths, &c->catalog, &ignored);
}

int change_apply(struct change *c, bool wanted)
{
        int r = c->dry ? follow(c) : reload(c);

        return r < 0 ? fail("%s", strerror(-r)) : change_reconcile(c, wanted);
}
