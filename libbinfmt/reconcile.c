/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reconcile.h"

#include <errno.h>

#include "kernel.h"
#include "record.h"

struct context {
        int fd;     /* binfmt_misc */
        int record; /* the directory of records, or negative */
        const struct entries *kernel;
        bool explicit; /* the user named the format */
        struct reconcile_report *report;
        struct problems *problems;
};

void reconcile_report_done(struct reconcile_report *r)
{
        for (size_t i = 0; i < r->n; i++)
                free(r->items[i].name);
        free(r->items);
        *r = (struct reconcile_report){};
}

const char *reconcile_action_to_string(enum reconcile_action a)
{
        static const char *const names[RECONCILE_ACTION_COUNT] = {
                [RECONCILE_NOTHING] = "unchanged", [RECONCILE_REGISTER] = "registered",
                [RECONCILE_REPLACE] = "replaced",  [RECONCILE_ENABLE] = "enabled",
                [RECONCILE_REMOVE] = "removed",
        };
        return names[a];
}

enum reconcile_action reconcile_decide(const struct situation *s)
{
        if (!s->want)
                return s->have && s->ours && !s->keep ? RECONCILE_REMOVE : RECONCILE_NOTHING;
        if (!s->have)
                return RECONCILE_REGISTER;
        /* The F flag has pinned the interpreter's file, and only our record tells which one that was. */
        if (!entry_equal(s->want, s->have) || (s->want->flags & ENTRY_FIX_BINARY && !s->fresh))
                return RECONCILE_REPLACE;
        return s->have->enabled ? RECONCILE_NOTHING : RECONCILE_ENABLE;
}

/* Does it. Returns 0 or a negative errno with *ret_reason. */
static int act(const struct context *c, enum reconcile_action action, const struct situation *s, const char *name,
               const char **ret_reason)
{
        int r = 0;

        *ret_reason = NULL;
        switch (action) {
        case RECONCILE_REGISTER:
                r = kernel_register(c->fd, s->want, ret_reason);
                break;
        case RECONCILE_REPLACE:
                r = kernel_replace(c->fd, s->want, ret_reason);
                break;
        case RECONCILE_ENABLE:
                r = kernel_set_enabled(c->fd, name, true);
                break;
        case RECONCILE_REMOVE:
                r = kernel_remove(c->fd, name);
                break;
        default:
                break;
        }
        if (r < 0 && !*ret_reason)
                *ret_reason = strerror(-r);
        return r;
}

/* Keeps the records in step with what was done. */
static int remember(const struct context *c, enum reconcile_action action, const struct situation *s, const char *name)
{
        if (action == RECONCILE_REGISTER || action == RECONCILE_REPLACE)
                return record_write(c->record, s->want);
        if (!s->want && !s->keep)
                return record_forget(c->record, name);
        return 0;
}

static int settle(const struct context *c, const struct situation *s, const char *name)
{
        enum reconcile_action action = reconcile_decide(s);
        _cleanup_free_ char *copy = strdup(name);
        struct reconcile_report *report = c->report;
        const char *reason;

        if (!copy || array_grow(&report->items, report->n, sizeof(*report->items)) < 0)
                return -ENOMEM;

        int error = act(c, action, s, name, &reason);
        if (error < 0) {
                report->n_failed++;
                (void)problems_add(c->problems, error, NULL, 0, "%s: not %s: %s", name,
                                   reconcile_action_to_string(action), reason);
        } else {
                int r = remember(c, action, s, name);
                if (r < 0)
                        (void)problems_add(c->problems, r, NULL, 0, "%s: its record cannot be kept: %s", name,
                                           strerror(-r));
        }

        bool had = s->have && s->have->enabled;
        bool active = error < 0 || action == RECONCILE_NOTHING ? had : action != RECONCILE_REMOVE;
        report->n_active += active;
        report->items[report->n++] =
                (struct reconcile_result){ .name = TAKE_PTR(copy), .action = action, .error = error, .active = active };
        return 0;
}

static int reconcile_format(const struct context *c, const struct format *f)
{
        _cleanup_(entry_done) struct entry want = {};
        const char *interpreter, *name = f->entry.name;
        struct situation s = { .have = entries_find(c->kernel, name) };
        int r;

        if (f->enabled) {
                r = format_choose(f, &interpreter, c->problems);
                if (r == -ENOMEM)
                        return r;
                if (r >= 0) {
                        r = format_make_entry(f, interpreter, &want);
                        if (r < 0)
                                return r;
                        s.want = &want;
                        s.fresh = record_is_fresh(c->record, &want);
                }
                /* An interpreter that is not installed is one thing, one that cannot be used just now another. */
                s.keep = r < 0 && r != -ENOENT;
                c->report->n_failed += s.keep;
        }
        s.ours = s.have && ((c->explicit && !f->enabled) || record_is_ours(c->record, s.have));
        return settle(c, &s, name);
}

/* Removes what we registered for formats that are no more; a file that has just become unreadable is none of them. */
static int reconcile_orphans(const struct context *c, const struct catalog *catalog)
{
        _cleanup_(record_names_done) struct record_names names = {};

        int r = record_list(c->record, &names);
        if (r < 0)
                return r;
        for (size_t i = 0; i < names.n; i++) {
                if (catalog_find(catalog, names.items[i]) || catalog_is_broken(catalog, names.items[i]))
                        continue;
                struct situation s = { .have = entries_find(c->kernel, names.items[i]) };
                s.ours = s.have && record_is_ours(c->record, s.have);
                r = settle(c, &s, names.items[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int open_records(const struct paths *paths, struct problems *problems)
{
        int fd = record_open(paths->statedir);

        /* Without records everything works, only that nothing can be told to be ours. */
        if (fd < 0)
                (void)problems_add(problems, fd, paths->statedir, 0, "records cannot be kept: %s", strerror(-fd));
        return fd;
}

int reconcile(const struct paths *paths, int fd, const struct catalog *catalog, const char *only,
              struct reconcile_report *ret, struct problems *problems)
{
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};
        _cleanup_(entries_done) struct entries kernel = {};
        _cleanup_close_ int record = open_records(paths, problems);
        int r;

        r = kernel_list(fd, &kernel);
        if (r < 0)
                return problems_add(problems, r, paths->procdir, 0, "cannot be read: %s", strerror(-r));
        if (kernel_enabled(fd) == 0)
                (void)problems_add(problems, 0, paths->procdir, 0,
                                   "binfmt_misc is disabled as a whole: until \"echo 1 > %s/status\", no entry works",
                                   paths->procdir);

        const struct context c = { .fd = fd,
                                   .record = record,
                                   .kernel = &kernel,
                                   .explicit = only != NULL,
                                   .report = &report,
                                   .problems = problems };
        for (size_t i = 0; i < catalog->n; i++) {
                if (only && !streq(only, catalog->formats[i].entry.name))
                        continue;
                r = reconcile_format(&c, &catalog->formats[i]);
                if (r < 0)
                        return r;
        }
        if (!only) {
                r = reconcile_orphans(&c, catalog);
                if (r < 0)
                        return r;
        }
        *ret = report;
        report = (struct reconcile_report){};
        return 0;
}
