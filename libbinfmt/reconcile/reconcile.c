/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reconcile.h"

#include <errno.h>

#include "kernel/kernel.h"
#include "kernel/match.h"
#include "record.h"

/* Which formats are reconciled. */
struct scope {
        const char *name; /* NULL: all */
        bool followers;   /* not the format of the name itself, only those that follow it; without a name, all that follow any */
};

struct context {
        int fd;     /* binfmt_misc */
        int record; /* the directory of records, or negative */
        const struct entries *kernel;
        const struct entry **others; /* the kernel's entries that no format is for */
        size_t n_others;
        const struct catalog *catalog;
        const struct scope *scope;
        bool plan; /* nothing is to be changed */
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
                [RECONCILE_NOTHING] = N_("unchanged"), [RECONCILE_REGISTER] = N_("registered"),
                [RECONCILE_REPLACE] = N_("replaced"),  [RECONCILE_ENABLE] = N_("enabled"),
                [RECONCILE_REMOVE] = N_("removed"),
        };
        return names[a];
}

const char *reconcile_drift_to_string(enum reconcile_drift d)
{
        static const char *const names[DRIFT_COUNT] = {
                [DRIFT_NONE] = N_("as wanted"),      [DRIFT_MISSING] = N_("missing"),   [DRIFT_CHANGED] = N_("changed"),
                [DRIFT_STALE] = N_("stale"),         [DRIFT_DISABLED] = N_("disabled"), [DRIFT_SHADOWED] = N_("shadowed"),
                [DRIFT_LEFT_OVER] = N_("left over"),
        };
        return names[d];
}

enum reconcile_drift reconcile_find_drift(const struct situation *s)
{
        if (!s->want)
                return s->have && s->ours && !s->keep ? DRIFT_LEFT_OVER : DRIFT_NONE;
        if (!s->have)
                return DRIFT_MISSING;
        if (!entry_equal(s->want, s->have))
                return DRIFT_CHANGED;
        /* The F flag has pinned the interpreter's file, and only our record tells which one that was. Another program that
         * registers the same entry has to notice a new file itself. */
        if (s->want->flags & ENTRY_FIX_BINARY && !s->fresh && !s->shared)
                return DRIFT_STALE;
        if (s->have->enabled)
                return s->shadowed ? DRIFT_SHADOWED : DRIFT_NONE;
        /* An entry that is registered switched off is for another program to switch on. */
        return s->want->flags & ENTRY_START_DISABLED ? DRIFT_NONE : DRIFT_DISABLED;
}

enum reconcile_action reconcile_decide(const struct situation *s)
{
        static const enum reconcile_action actions[DRIFT_COUNT] = {
                [DRIFT_NONE] = RECONCILE_NOTHING,     [DRIFT_MISSING] = RECONCILE_REGISTER, [DRIFT_CHANGED] = RECONCILE_REPLACE,
                [DRIFT_STALE] = RECONCILE_REPLACE,    [DRIFT_DISABLED] = RECONCILE_ENABLE,  [DRIFT_SHADOWED] = RECONCILE_REPLACE,
                [DRIFT_LEFT_OVER] = RECONCILE_REMOVE,
        };
        return actions[reconcile_find_drift(s)];
}

/* Changes the kernel's entry. Returns 0 or a negative errno with *ret_reason. */
static int act(const struct context *c, enum reconcile_action action, const struct situation *s, const char *name,
               const char **ret_reason)
{
        int r = 0;

        *ret_reason = NULL;
        switch (action) {
        case RECONCILE_REGISTER: r = kernel_register(c->fd, s->want, ret_reason); break;
        case RECONCILE_REPLACE: r = kernel_replace(c->fd, s->want, ret_reason); break;
        case RECONCILE_ENABLE: r = kernel_set_enabled(c->fd, name, true); break;
        case RECONCILE_REMOVE: r = kernel_remove(c->fd, name); break;
        default: break;
        }
        if (r < 0 && !*ret_reason)
                *ret_reason = strerror(-r);
        return r;
}

/* Makes the record say what was done. */
static int remember(const struct context *c, enum reconcile_action action, const struct situation *s, const char *name)
{
        if (action == RECONCILE_REGISTER || action == RECONCILE_REPLACE)
                return record_write(c->record, s->want);
        if (s->want || s->keep)
                return 0;
        return s->absent ? record_set_vanished(c->record, name) : record_forget(c->record, name);
}

/* Changes the kernel's entry and its record. Returns 0, or a negative errno with a problem noted. */
static int act_and_remember(const struct context *c, enum reconcile_action action, const struct situation *s, const char *name)
{
        const char *reason;

        /* The record is written before the entry is replaced: an entry that is stale only because it has no record would
         * otherwise be replaced again and again as long as none can be written. */
        int r = reconcile_find_drift(s) == DRIFT_STALE ? record_begin(c->record, s->want) : 0;
        int error = r < 0 ? r : act(c, action, s, name, &reason);
        if (error < 0)
                c->report->n_failed++;
        if (r >= 0 && error < 0)
                return problems_add(c->problems, error, NULL, 0, "%s: not %s: %s", name, _(reconcile_action_to_string(action)),
                                    reason);
        if (r >= 0)
                r = remember(c, action, s, name);
        if (r < 0)
                (void)problems_add(c->problems, r, NULL, 0, "%s: its record cannot be kept: %s", name, strerror(-r));
        return error;
}

static int settle(const struct context *c, const struct situation *s, const char *name)
{
        enum reconcile_action action = reconcile_decide(s);
        _cleanup_free_ char *copy = strdup(name);
        struct reconcile_report *report = c->report;

        if (!copy || array_grow(&report->items, report->n, sizeof(*report->items)) < 0)
                return -ENOMEM;

        int error = c->plan ? 0 : act_and_remember(c, action, s, name);
        bool had = s->have && s->have->enabled;
        bool unchanged = c->plan || error < 0 || action == RECONCILE_NOTHING;
        bool active = unchanged ? had : action != RECONCILE_REMOVE;
        report->n_active += active && (!c->scope->name || c->scope->followers || streq(c->scope->name, name));
        report->items[report->n++] = (struct reconcile_result){ .name = TAKE_PTR(copy),
                                                                .drift = reconcile_find_drift(s),
                                                                .action = action,
                                                                .error = error,
                                                                .absent = s->absent,
                                                                .active = active };
        return 0;
}

/* Whether the kernel never comes to this entry, because another one that no format is for takes all its files. One that takes
 * only some of them is taken for meant to be tried first. So is the entry of a format, or two formats for the same files would
 * take turns for ever. */
static bool is_shadowed(const struct context *c, const struct entry *have)
{
        for (size_t i = 0; i < c->n_others; i++)
                if (c->others[i]->rank < have->rank && entry_covers(c->others[i], have) &&
                    !record_is_ours(c->record, c->others[i]))
                        return true;
        return false;
}

/* Whether a format is to be reconciled: what is decided for a format is decided for those that follow it too. */
static bool is_meant(const struct context *c, const struct format *f)
{
        const struct scope *s = c->scope;

        if (!s->name)
                return !s->followers || f->follows;
        return catalog_follows(c->catalog, f, s->name) || (!s->followers && streq(s->name, f->entry.name));
}

/* Whether what is wrong with an interpreter is said already, of the format that this one follows. */
static bool is_said(const struct context *c, const struct format *f)
{
        const struct format *leader = f->follows ? catalog_find(c->catalog, f->followed.name) : NULL;
        _cleanup_(problems_done) struct problems theirs = {};
        const struct candidate *candidate;

        if (!leader || !is_meant(c, leader))
                return false;
        (void)format_choose_to_register(leader, &candidate, &theirs);
        return theirs.n > 0;
}

/* Finds out which entry should be registered for a format. Returns 0, or a negative errno. */
static int find_wanted(const struct context *c, const struct format *f, struct entry *want, struct situation *s)
{
        _cleanup_(problems_done) struct problems ignored = {};
        const struct candidate *candidate;

        int r = format_choose_to_register(f, &candidate, is_said(c, f) ? &ignored : c->problems);
        s->absent = r == -ENOENT || (r >= 0 && format_is_missing(f, candidate));
        if (r < 0)
                return r;
        r = format_make_entry(f, candidate, want);
        if (r < 0)
                return r;
        s->want = want;
        s->fresh = record_is_fresh(c->record, want);
        s->shared = candidate->source != SOURCE_OWN && !f->follows && s->have && !record_is_ours(c->record, s->have);
        s->shadowed = s->have && !s->shared && is_shadowed(c, s->have);
        return 0;
}

static int reconcile_format(const struct context *c, const struct format *f)
{
        _cleanup_(entry_done) struct entry want = {};
        const char *name = f->entry.name;
        struct situation s = { .have = entries_find(c->kernel, name) };

        if (f->enabled) {
                int r = find_wanted(c, f, &want, &s);
                if (r == -ENOMEM)
                        return r;
                /* Where no interpreter is installed the entry goes. Where one is, and cannot be used just now, the entry
                 * stays. */
                s.keep = r < 0 && r != -ENOENT;
                c->report->n_failed += s.keep;
        }
        s.ours = s.have && ((c->scope->name && !f->enabled) || record_is_ours(c->record, s.have));
        return settle(c, &s, name);
}

/* Removes what we registered for formats that there are no more. A format whose file could not be read is not one of these. */
static int reconcile_orphans(const struct context *c)
{
        _cleanup_(record_names_done) struct record_names names = {};

        if (c->catalog->incomplete)
                return 0;
        int r = record_list(c->record, &names);
        if (r < 0)
                return r;
        for (size_t i = 0; i < names.n; i++) {
                if (catalog_find(c->catalog, names.items[i]) || catalog_is_broken(c->catalog, names.items[i]))
                        continue;
                struct situation s = { .have = entries_find(c->kernel, names.items[i]) };
                s.ours = s.have && record_is_ours(c->record, s.have);
                r = settle(c, &s, names.items[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int open_records(const struct paths *paths, bool plan, struct problems *problems)
{
        int fd = plan ? record_open_existing(paths->statedir) : record_open(paths->statedir);

        /* Without records everything works, but no entry is known to be ours. */
        if (fd < 0 && !(plan && fd == -ENOENT))
                (void)problems_add(problems, fd, paths->statedir, 0, "records cannot be kept: %s", strerror(-fd));
        return fd;
}

/* Removes the temporary entry that an interrupted replacement has left, as it would go on to match first. It stays where an
 * action has failed: programs may depend on it, because their format could not be registered. */
static void clear_temporary(const struct context *c)
{
        if (c->plan || c->report->n_failed > 0 || !entries_find(c->kernel, ENTRY_TEMPORARY_NAME))
                return;
        int r = kernel_remove(c->fd, ENTRY_TEMPORARY_NAME);
        if (r < 0)
                (void)problems_add(c->problems, r, NULL, 0, "%s: cannot be removed: %s", ENTRY_TEMPORARY_NAME, strerror(-r));
}

static int reconcile_all(const struct context *c)
{
        int r;

        for (size_t i = 0; i < c->catalog->n; i++) {
                if (!is_meant(c, &c->catalog->formats[i]))
                        continue;
                r = reconcile_format(c, &c->catalog->formats[i]);
                if (r < 0)
                        return r;
        }
        if (c->scope->name || c->scope->followers)
                return 0;
        r = reconcile_orphans(c);
        if (r >= 0)
                clear_temporary(c);
        return r;
}

/* Lists the kernel's enabled entries that no format is for. Returns 0 or -ENOMEM. */
static int find_others(struct context *c)
{
        c->others = calloc(c->kernel->n + 1, sizeof(*c->others));
        if (!c->others)
                return -ENOMEM;
        for (size_t i = 0; i < c->kernel->n; i++) {
                const struct entry *e = &c->kernel->items[i];
                if (e->enabled && !catalog_find(c->catalog, e->name) && !catalog_is_broken(c->catalog, e->name) &&
                    !streq(e->name, ENTRY_TEMPORARY_NAME))
                        c->others[c->n_others++] = e;
        }
        return 0;
}

bool reconcile_is_off(const struct paths *paths, int fd, struct problems *problems)
{
        if (kernel_enabled(fd) != 0)
                return false;
        (void)problems_add(problems, 0, paths->procdir, 0,
                           "binfmt_misc is disabled as a whole: until \"echo 1 > %s/status\", no entry works", paths->procdir);
        return true;
}

static int run(const struct paths *paths, int fd, const struct catalog *catalog, const struct scope *scope, bool plan,
               struct reconcile_report *ret, struct problems *problems)
{
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};
        _cleanup_(entries_done) struct entries kernel = {};
        _cleanup_close_ int record = open_records(paths, plan, problems);
        int r;

        r = kernel_list(fd, &kernel);
        if (r < 0)
                return problems_add(problems, r, paths->procdir, 0, "cannot be read: %s", strerror(-r));
        entries_sort(&kernel);
        report.off = reconcile_is_off(paths, fd, problems);

        struct context c = { .fd = fd,
                             .record = record,
                             .kernel = &kernel,
                             .catalog = catalog,
                             .scope = scope,
                             .plan = plan,
                             .report = &report,
                             .problems = problems };
        r = find_others(&c);
        if (r >= 0)
                r = reconcile_all(&c);
        free(c.others);
        if (r < 0)
                return r;
        *ret = report;
        report = (struct reconcile_report){};
        return 0;
}

int reconcile(const struct paths *paths, int fd, const struct catalog *catalog, const char *only, struct reconcile_report *ret,
              struct problems *problems)
{
        return run(paths, fd, catalog, &(struct scope){ .name = only }, false, ret, problems);
}

int reconcile_plan(const struct paths *paths, int fd, const struct catalog *catalog, const char *only,
                   struct reconcile_report *ret, struct problems *problems)
{
        return run(paths, fd, catalog, &(struct scope){ .name = only }, true, ret, problems);
}

int reconcile_followers(const struct paths *paths, int fd, const struct catalog *catalog, const char *name,
                        struct reconcile_report *ret, struct problems *problems)
{
        return run(paths, fd, catalog, &(struct scope){ .name = name, .followers = true }, false, ret, problems);
}
