/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

#include "base/escape.h"
#include "ui/output.h"

/* Prints the lines of "update-binfmts --display", which scripts parse, and the flags after them. */
static int print_entry(const struct entry *e, const char *package, const char *detector, const char *follows, bool enabled)
{
        _cleanup_free_ char *magic = NULL, *mask = NULL;
        char flags[ENTRY_FLAGS_MAX];

        magic = e->type == ENTRY_MAGIC ? escape_all(e->magic, e->magic_size) : strdup(e->extension ? e->extension : "");
        mask = e->mask ? escape_all(e->mask, e->magic_size) : strdup("");
        if (!magic || !mask)
                return fail("out of memory");
        string_make_printable(magic);

        printf("%s%s%s (%s%s%s):\n", colour(COLOUR_BOLD), e->name, colour(COLOUR_NONE),
               colour(enabled ? COLOUR_GREEN : COLOUR_DIM), enabled ? "enabled" : "disabled", colour(COLOUR_NONE));
        printf("     package = %s\n", package ? package : "<local>");
        printf("        type = %s\n", entry_type_to_string(e->type));
        printf("      offset = %u\n", e->offset);
        printf("       magic = %s\n", magic);
        printf("        mask = %s\n", mask);
        fputs(" interpreter = ", stdout);
        print_name(e->interpreter);
        printf("\n    detector = %s\n", detector ? detector : "");
        printf("       flags = %s\n", entry_format_flags(e->flags, flags));
        if (follows) {
                fputs("     follows = ", stdout);
                print_name(follows);
                putchar('\n');
        }
        return EXIT_OK;
}

/* Prints a format as the kernel has it, or where the kernel has no entry of it, as it is configured. */
static int print_format(const struct view *v, const struct format *f)
{
        const struct entry *e = entries_find(&v->kernel, f->entry.name);
        const struct candidate *c = e ? view_registered(f, e) : view_candidate(f);
        const char *package = c && c->package ? c->package : f->package, *detector = c ? c->detector : NULL;
        _cleanup_(entry_done) struct entry wanted = {};

        if (!e && format_make_entry(f, c, &wanted) < 0)
                return fail("out of memory");
        return print_entry(e ? e : &wanted, package, detector, f->follows, e && e->enabled);
}

static int display_one(const struct paths *paths, const struct view *v, const char *name)
{
        const struct format *f = catalog_find(&v->catalog, name);
        const struct entry *e = entries_find(&v->kernel, name);

        if (f)
                return print_format(v, f);
        if (e)
                return print_entry(e, NULL, NULL, NULL, e->enabled);
        return fail_unknown(paths, &v->catalog, name);
}

int verb_display(const struct call *call)
{
        _cleanup_(view_done) struct view v = {};

        if (view_load(&call->paths, &v) < 0)
                return EXIT_FAILED;
        if (call->n_args > 0)
                return display_one(&call->paths, &v, call->args[0]);
        for (size_t i = 0; i < v.catalog.n; i++)
                if (print_format(&v, &v.catalog.formats[i]) != EXIT_OK)
                        return EXIT_FAILED;
        return EXIT_OK;
}
