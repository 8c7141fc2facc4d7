/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"
#include "base/conf-files.h"
#include "ui/print-file.h"

/* Prints the format's own file, if it has one. */
static int print_own(const struct paths *paths, const char *name, bool *first, struct problems *problems)
{
        _cleanup_(conf_files_done) struct conf_files files = {};
        _cleanup_free_ char *file = NULL;

        int r = conf_files_list(paths->confdirs, paths->n_confdirs, ".conf", CONF_FILES, &files, problems);
        if (r < 0 || string_format(&file, "%s.conf", name) < 0)
                return fail("out of memory");
        const struct conf_file *own = conf_files_find(&files, file);
        return own ? print_file(own->path, own->masked, first) : EXIT_OK;
}

static bool seen_before(const struct format *f, size_t i)
{
        for (size_t j = 0; j < i; j++)
                if (streq(f->candidates[j].file, f->candidates[i].file))
                        return true;
        return false;
}

/* Prints the files of other sources that name one of the format's interpreters. */
static int print_foreign(const struct format *f, bool *first)
{
        int status = EXIT_OK;

        for (size_t i = 0; i < f->n_candidates; i++)
                if (f->candidates[i].source != SOURCE_OWN && !seen_before(f, i))
                        status |= print_file(f->candidates[i].file, false, first);
        return status;
}

int verb_cat(const struct call *call)
{
        _cleanup_(problems_done) struct problems problems = {}, ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_(conf_files_done) struct conf_files drop_ins = {};
        const char *name = call->args[0];
        bool first = true;

        if (catalog_load(&call->paths, &catalog, &ignored) < 0 ||
            catalog_list_drop_ins(&call->paths, name, &drop_ins, &problems) < 0)
                return fail("out of memory");
        const struct format *f = catalog_find(&catalog, name);
        int status = print_own(&call->paths, name, &first, &problems);
        if (f)
                status |= print_foreign(f, &first);
        status |= print_files(&drop_ins, &first);
        print_problems(&problems);
        if (first)
                return fail("%s: no such format (binfmtctl list shows those that are known)", name);
        return status;
}
