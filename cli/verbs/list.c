/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/list-json.h"
#include "ui/output.h"
#include "ui/rows.h"

/* Prints the row of a format or entry, with the name of the format that it follows or the number of its interpreters. */
static void print_row(const struct view *v, const struct status_row *row, const int widths[3])
{
        const struct format *f = catalog_find(&v->catalog, row->name);
        const struct entry *e = list_entry(v, row->name);
        char flags[ENTRY_FLAGS_MAX] = "";

        print_cell(row->name, widths[0]);
        print_coloured_cell(row_colour(row), row_state(row), widths[1]);
        print_cell(e ? entry_format_flags(e->flags, flags) : "", widths[2]);
        print_name(row->interpreter ? row->interpreter : "");
        if (f && f->follows)
                print_follows(f->follows);
        else if (f && f->n_candidates > 1)
                printf(ngettext(" (%zu alternative)", " (%zu alternatives)", f->n_candidates), f->n_candidates);
        putchar('\n');
}

static void print_table(const struct view *v, const struct status *s, const struct list_filter *filter)
{
        const char *titles[] = { _("NAME"), _("STATE"), _("FLAGS") };
        const int widths[] = { rows_width(s, row_name, titles[0]), rows_width(s, row_state, titles[1]), columns(titles[2]) };

        for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
                print_cell(titles[i], widths[i]);
        puts(_("INTERPRETER"));
        for (size_t i = 0; i < s->n; i++)
                if (list_takes(v, filter, s->rows[i].name))
                        print_row(v, &s->rows[i], widths);
}

static void print_line(const char *name)
{
        print_name(name);
        putchar('\n');
}

static bool print_if_taken(const struct view *v, const struct list_filter *filter, const char *name)
{
        bool taken = list_takes(v, filter, name);

        if (taken)
                print_line(name);
        return taken;
}

static int make_filter(const struct call *call, struct list_filter *ret)
{
        const char *arch = call->option[OPTION_ARCH];

        *ret = (struct list_filter){ .name = call->n_args > 0 ? call->args[0] : NULL };
        if (!arch)
                return EXIT_OK;
        ret->machine = elf_machine_by_name(arch);
        if (!ret->machine)
                return fail("%s: no machine of that name is known; names are those of uname -m and Debian's", arch);
        elf_machine_make_head(ret->machine, ret->head);
        return EXIT_OK;
}

/* Nothing was listed: that is a failure where a name or a machine was asked for. Returns an exit status, with a line printed. */
static int fail_none(const struct call *call, const struct view *v, const struct list_filter *filter)
{
        if (filter->name && !list_entry(v, filter->name))
                return fail_unknown(&call->paths, &v->catalog, filter->name);
        return filter->machine ? fail("no format or entry is for programs of %s", call->option[OPTION_ARCH]) : EXIT_OK;
}

/* Prints the names alone, for the shells' completion and for scripts. The states are not found out for that. */
static int list_names(const struct call *call, const struct list_filter *filter)
{
        _cleanup_(view_done) struct view v = {};
        bool any = false;

        if (view_load(&call->paths, &v) < 0)
                return EXIT_FAILED;
        for (size_t i = 0; i < v.catalog.n; i++)
                any |= print_if_taken(&v, filter, v.catalog.formats[i].entry.name);
        for (size_t i = 0; i < v.kernel.n; i++)
                if (!catalog_find(&v.catalog, v.kernel.items[i].name))
                        any |= print_if_taken(&v, filter, v.kernel.items[i].name);
        return any ? EXIT_OK : fail_none(call, &v, filter);
}

static int list_rows(const struct call *call, const struct list_filter *filter)
{
        _cleanup_(status_done) struct status s = {};
        bool any = false;

        int r = status_read(&call->paths, &s);
        if (r < 0)
                return fail("%s", strerror(-r));
        print_problems(&s.problems);
        /* The view borrows from the status, which frees it. */
        const struct view v = { .catalog = s.catalog, .kernel = s.kernel };
        for (size_t i = 0; i < s.n && !any; i++)
                any = list_takes(&v, filter, s.rows[i].name);
        int status = any ? EXIT_OK : fail_none(call, &v, filter);
        if (status != EXIT_OK)
                return status;
        if (call->option[OPTION_JSON])
                return list_print_json(&v, &s, filter);
        print_table(&v, &s, filter);
        return EXIT_OK;
}

int verb_list(const struct call *call)
{
        struct list_filter filter;

        int status = make_filter(call, &filter);
        if (status != EXIT_OK)
                return status;
        return call->option[OPTION_NAMES] ? list_names(call, &filter) : list_rows(call, &filter);
}
