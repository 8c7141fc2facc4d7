/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "list-json.h"
#include "output.h"

static void print_row(int width, const char *name, enum colour c, const char *state, const char *flags,
                      const char *interpreter)
{
        printf("%-*s  %s%-8s%s  %-5s  %s", width, name, colour(c), state, colour(COLOUR_NONE), flags, interpreter);
}

static void print_entry_row(int width, const struct entry *e, const char *name, const char *interpreter, bool enabled)
{
        char flags[ENTRY_FLAGS_MAX];

        print_row(width, name, enabled ? COLOUR_GREEN : COLOUR_DIM, enabled ? "enabled" : "disabled",
                  entry_format_flags(e->flags, flags), interpreter);
}

/* What the kernel has, or would get; and how many other interpreters there are. */
static void print_format_row(int width, const struct view *v, const struct format *f)
{
        const struct entry *e = entries_find(&v->kernel, f->entry.name);
        const struct candidate *c = e ? NULL : view_candidate(f);

        if (e)
                print_entry_row(width, e, e->name, e->interpreter, e->enabled);
        else
                print_entry_row(width, format_spec(f, c), f->entry.name, c->path, false);
        if (f->n_candidates > 1)
                printf(" (%zu alternatives)", f->n_candidates);
        putchar('\n');
}

static int name_width(const struct view *v)
{
        size_t width = strlen("NAME");

        for (size_t i = 0; i < v->catalog.n; i++)
                if (strlen(v->catalog.formats[i].entry.name) > width)
                        width = strlen(v->catalog.formats[i].entry.name);
        for (size_t i = 0; i < v->kernel.n; i++)
                if (strlen(v->kernel.items[i].name) > width)
                        width = strlen(v->kernel.items[i].name);
        return (int)width;
}

/* For the shells' completion, and for scripts. */
static void print_names(const struct view *v)
{
        for (size_t i = 0; i < v->catalog.n; i++)
                puts(v->catalog.formats[i].entry.name);
        for (size_t i = 0; i < v->kernel.n; i++)
                if (!catalog_find(&v->catalog, v->kernel.items[i].name))
                        puts(v->kernel.items[i].name);
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
        int width = name_width(&v);
        print_row(width, "NAME", COLOUR_NONE, "STATE", "FLAGS", "INTERPRETER");
        putchar('\n');
        for (size_t i = 0; i < v.catalog.n; i++)
                print_format_row(width, &v, &v.catalog.formats[i]);
        /* After our own, what others registered. */
        for (size_t i = 0; i < v.kernel.n; i++) {
                const struct entry *e = &v.kernel.items[i];
                if (catalog_find(&v.catalog, e->name))
                        continue;
                print_entry_row(width, e, e->name, e->interpreter, e->enabled);
                putchar('\n');
        }
        return EXIT_OK;
}
