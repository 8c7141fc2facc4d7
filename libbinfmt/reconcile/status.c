/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "status.h"

#include <errno.h>
#include <fnmatch.h>

#include "formats/daemon-config.h"
#include "kernel/match.h"
#include "kernel/mount.h"
#include "record.h"

struct reading {
        const struct paths *paths;
        int record;
        struct status *status;
};

void status_done(struct status *s)
{
        for (size_t i = 0; i < s->n; i++) {
                free(s->rows[i].name);
                free(s->rows[i].follows);
                free(s->rows[i].interpreter);
        }
        free(s->rows);
        free(s->overlaps);
        misc_state_done(&s->misc);
        catalog_done(&s->catalog);
        entries_done(&s->kernel);
        problems_done(&s->problems);
        *s = (struct status){};
}

/* What some programs' entries look like. */
static const struct {
        const char *name, *interpreter, *owner;
} habits[] = {
        { "WSLInterop*", "*", N_("Windows Subsystem for Linux") },
        { "qemu-*", "/usr/bin/qemu-*", N_("a container image or package of QEMU's") },
        { "*", "*/run-detectors", "update-binfmts" },
};

const char *status_guess_owner(const struct entry *e)
{
        for (size_t i = 0; i < ARRAY_SIZE(habits); i++)
                if (fnmatch(habits[i].name, e->name, 0) == 0 && fnmatch(habits[i].interpreter, e->interpreter, 0) == 0)
                        return habits[i].owner;
        return N_("unknown");
}

/* Finds out who registered an entry: we, where our record says so; or else a source that wants this very entry; or else the
 * program whose entries look like it. */
static const char *find_owner(const struct reading *r, const struct format *f, const struct entry *e)
{
        if (record_is_ours(r->record, e))
                return source_to_string(SOURCE_OWN);
        for (size_t i = 0; f && !f->follows && i < f->n_candidates; i++) {
                _cleanup_(entry_done) struct entry wanted = {};
                if (f->candidates[i].source != SOURCE_OWN && format_make_entry(f, &f->candidates[i], &wanted) >= 0 &&
                    entry_equal(&wanted, e))
                        return source_to_string(f->candidates[i].source);
        }
        return status_guess_owner(e);
}

static bool is_of_admin(const struct reading *r, const struct format *f)
{
        const char *admin = paths_admin_dir(r->paths);
        size_t n = strlen(admin);

        return strncmp(f->file, admin, n) == 0 && f->file[n] == '/';
}

/* Whether it is no fault that no interpreter of a format is installed. Packages come with formats for the interpreters of other
 * packages, which nobody may want. It is a fault where the administrator, update-binfmts or binfmt.d names the format, and where
 * the format has been registered since boot: its entry is still there, or was removed because its interpreter was. */
static bool may_be_absent(const struct reading *r, const struct format *f)
{
        for (size_t i = 0; i < f->n_candidates; i++)
                if (f->candidates[i].source != SOURCE_OWN)
                        return false;
        return !is_of_admin(r, f) && !record_is_vanished(r->record, f->entry.name);
}

const struct status_row *status_find_row(const struct status *s, const char *name)
{
        for (size_t i = 0; i < s->n; i++)
                if (streq(s->rows[i].name, name))
                        return &s->rows[i];
        return NULL;
}

/* Whether it is a fault of this row's format that no interpreter is installed. Where the format follows another, it is the
 * other's fault, because the other names the interpreter; unless this format is the administrator's and the other is without
 * fault. */
static bool is_fault(const struct reading *r, const struct status_row *row)
{
        const struct format *f = row ? catalog_find(&r->status->catalog, row->name) : NULL;

        if (!f || !row->absent)
                return false;
        if (f->follows)
                return is_of_admin(r, f) && !is_fault(r, status_find_row(r->status, f->followed.name));
        return row->drift != DRIFT_NONE || !may_be_absent(r, f);
}

/* Notes the formats that lack an interpreter and should not. All rows must be there. */
static int note_absent(const struct reading *r)
{
        int e = 0;

        for (size_t i = 0; i < r->status->n && e >= 0; i++) {
                if (!is_fault(r, &r->status->rows[i]))
                        continue;
                const struct format *f = catalog_find(&r->status->catalog, r->status->rows[i].name);
                _cleanup_free_ char *list = format_list_candidates(f);
                e = list ? problems_add(&r->status->problems, 0, NULL, 0,
                                        "%s: no interpreter is installed: %s (if it is not wanted: binfmtctl disable %s)",
                                        f->entry.name, list, f->entry.name)
                         : -ENOMEM;
        }
        return e;
}

static int add_row(struct reading *r, const char *name, const struct reconcile_result *result)
{
        struct status *s = r->status;
        const struct format *f = catalog_find(&r->status->catalog, name);
        const struct entry *e = entries_find(&r->status->kernel, name);
        const struct candidate *c = f ? &f->candidates[0] : NULL;
        _cleanup_(problems_done) struct problems ignored = {};

        if (array_grow(&s->rows, s->n, sizeof(*s->rows)) < 0)
                return -ENOMEM;
        if (f && !e && format_choose(f, &c, &ignored) == -ENOMEM)
                return -ENOMEM;

        struct status_row *row = &s->rows[s->n];
        *row = (struct status_row){ .configured = f != NULL,
                                    .wanted = f && f->enabled,
                                    .active = e && e->enabled && s->misc.enabled };
        row->owner = e ? find_owner(r, f, e) : NULL;
        if (result) {
                row->drift = result->drift;
                row->action = result->action;
                row->absent = result->absent;
        }
        if (string_set(&row->name, name) < 0 || string_set(&row->follows, f ? f->follows : NULL) < 0 ||
            string_set(&row->interpreter, e   ? e->interpreter
                                          : c ? c->path
                                              : NULL) < 0) {
                free(row->name);
                free(row->follows);
                return -ENOMEM;
        }
        s->n++;
        return 0;
}

/* Adds the formats as reconciling finds them. */
static int add_planned(struct reading *r, int fd)
{
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};

        int e = reconcile_plan(r->paths, fd, &r->status->catalog, NULL, &report, &r->status->problems);
        for (size_t i = 0; i < report.n && e >= 0; i++)
                if (catalog_find(&r->status->catalog, report.items[i].name) || report.items[i].drift != DRIFT_NONE)
                        e = add_row(r, report.items[i].name, &report.items[i]);
        return e < 0 ? e : note_absent(r);
}

/* Adds the formats where there is no binfmt_misc to compare with. */
static int add_unplanned(struct reading *r)
{
        int e = 0;

        for (size_t i = 0; i < r->status->catalog.n && e >= 0; i++)
                e = add_row(r, r->status->catalog.formats[i].entry.name, NULL);
        return e;
}

/* Adds the kernel's other entries. Entries of ours that were left over are there already. */
static int add_foreign(struct reading *r)
{
        int e = 0;

        for (size_t i = 0; i < r->status->kernel.n && e >= 0; i++) {
                const char *name = r->status->kernel.items[i].name;
                if (!catalog_find(&r->status->catalog, name) && !status_find_row(r->status, name))
                        e = add_row(r, name, NULL);
        }
        return e;
}

static int find_overlaps(struct status *s)
{
        const struct entries *e = &s->misc.entries;

        for (size_t i = 0; i < e->n; i++)
                for (size_t j = i + 1; j < e->n && e->items[i].enabled; j++) {
                        if (!e->items[j].enabled || !entries_overlap(&e->items[i], &e->items[j]))
                                continue;
                        if (array_grow(&s->overlaps, s->n_overlaps, sizeof(*s->overlaps)) < 0)
                                return -ENOMEM;
                        s->overlaps[s->n_overlaps++] = (struct status_overlap){ .winner = i, .loser = j };
                }
        return 0;
}

static int fill(struct reading *r)
{
        struct status *s = r->status;
        struct config config;

        /* What is wrong with a line is noted, and the other lines count all the same. */
        (void)config_load(r->paths->config, &config, &s->problems);
        int e = misc_state_read(r->paths->procdir, &s->misc);
        if (e >= 0)
                e = catalog_load(r->paths, &r->status->catalog, &s->problems);
        _cleanup_close_ int fd = e < 0 ? -1 : binfmt_misc_open(r->paths->procdir, false, &s->problems);
        for (size_t i = 0; i < s->misc.entries.n && e >= 0; i++) {
                e = array_grow(&r->status->kernel.items, r->status->kernel.n, sizeof(*r->status->kernel.items));
                if (e >= 0)
                        e = entry_copy(&s->misc.entries.items[i], &r->status->kernel.items[r->status->kernel.n]);
                r->status->kernel.n += e >= 0;
        }
        entries_sort(&r->status->kernel);
        if (e >= 0)
                e = fd >= 0 ? add_planned(r, fd) : add_unplanned(r);
        if (e >= 0)
                e = add_foreign(r);
        return e < 0 ? e : find_overlaps(s);
}

int status_read(const struct paths *paths, struct status *ret)
{
        _cleanup_(status_done) struct status s = {};
        struct reading r = { .paths = paths, .status = &s, .record = record_open_existing(paths->statedir) };

        int e = fill(&r);
        closep(&r.record);
        if (e < 0)
                return e;
        *ret = s;
        s = (struct status){};
        return 0;
}

bool status_row_is_registered(const struct status_row *row)
{
        return row->drift == DRIFT_NONE && row->configured && row->active && !row->absent;
}

const char *status_row_state(const struct status_row *row)
{
        if (status_row_is_registered(row))
                return N_("registered");
        if (row->drift != DRIFT_NONE)
                return reconcile_drift_to_string(row->drift);
        if (!row->configured)
                return row->active ? N_("foreign") : N_("foreign, disabled");
        if (row->absent)
                return N_("unavailable");
        /* "disabled" is a format that is not to be registered, or an entry that is switched off, by itself or with all of
         * binfmt_misc. */
        return row->wanted && !row->owner ? N_("unavailable") : N_("disabled");
}

bool status_is_good(const struct status *s)
{
        for (size_t i = 0; i < s->n; i++)
                if (s->rows[i].drift != DRIFT_NONE)
                        return false;
        return s->problems.n == 0 && s->misc.mount == MISC_MOUNTED && s->misc.enabled;
}
