/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "list-json.h"
#include "output.h"

/* How wide the columns are. */
struct widths {
        int name, state, flags;
};

static void print_row(const struct widths *w, const char *name, enum colour c, const char *state, const char *flags,
                      const char *interpreter)
{
        print_cell(name, w->name);
        print_coloured_cell(c, state, w->state);
        print_cell(flags, w->flags);
        print_name(interpreter);
}

static void print_entry_row(const struct widths *w, const struct entry *e, const char *name, const char *interpreter,
                            bool enabled)
{
        char flags[ENTRY_FLAGS_MAX];

        print_row(w, name, enabled ? COLOUR_GREEN : COLOUR_DIM, enabled ? _("enabled") : _("disabled"),
                  entry_format_flags(e->flags, flags), interpreter);
}

/* What the kernel has, or would get; and how many other interpreters there are. */
static void print_format_row(const struct widths *w, const struct view *v, const struct format *f)
{
        const struct entry *e = entries_find(&v->kernel, f->entry.name);
        const struct candidate *c = e ? NULL : view_candidate(f);

        if (e)
                print_entry_row(w, e, e->name, e->interpreter, e->enabled);
        else
                print_entry_row(w, format_spec(f, c), f->entry.name, c->path, false);
        if (f->n_candidates > 1)
                printf(ngettext(" (%zu alternative)", " (%zu alternatives)", f->n_candidates), f->n_candidates);
        putchar('\n');
}

static struct widths find_widths(const struct view *v)
{
        struct widths w = { .name = columns(_("NAME")), .state = columns(_("STATE")), .flags = columns(_("FLAGS")) };

        w.state = wider(w.state, _("enabled"));
        w.state = wider(w.state, _("disabled"));
        for (size_t i = 0; i < v->catalog.n; i++)
                w.name = wider(w.name, v->catalog.formats[i].entry.name);
        for (size_t i = 0; i < v->kernel.n; i++)
                w.name = wider(w.name, v->kernel.items[i].name);
        return w;
}

static void print_line(const char *name)
{
        print_name(name);
        putchar('\n');
}

/* For the shells' completion, and for scripts. */
static void print_names(const struct view *v)
{
        for (size_t i = 0; i < v->catalog.n; i++)
                print_line(v->catalog.formats[i].entry.name);
        for (size_t i = 0; i < v->kernel.n; i++)
                if (!catalog_find(&v->catalog, v->kernel.items[i].name))
                        print_line(v->kernel.items[i].name);
}

int verb_list(const struct call *call)
{
        _cleanup_(view_done) struct view v = {};

        if (view_load(&call->paths, &v) < 0)
                return EXIT_FAILED;
        if (call->option[OPTION_NAMES]) {
                print_names(&v);
                return EXIT_OK;
        }

        if (call->option[OPTION_JSON])
                return list_print_json(&v);
        const struct widths w = find_widths(&v);
        print_row(&w, _("NAME"), COLOUR_NONE, _("STATE"), _("FLAGS"), _("INTERPRETER"));
        putchar('\n');
        for (size_t i = 0; i < v.catalog.n; i++)
                print_format_row(&w, &v, &v.catalog.formats[i]);
        /* After our own, what others registered. */
        for (size_t i = 0; i < v.kernel.n; i++) {
                const struct entry *e = &v.kernel.items[i];
                if (catalog_find(&v.catalog, e->name))
                        continue;
                print_entry_row(&w, e, e->name, e->interpreter, e->enabled);
                putchar('\n');
        }
        return EXIT_OK;
}
