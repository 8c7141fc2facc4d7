/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"
#include "base/conf-files.h"
#include "ui/print-file.h"

/* Prints the files with this suffix in a list of directories. */
static int print_directories(char *const *directories, size_t n, const char *suffix, bool *first)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(conf_files_done) struct conf_files files = {};

        int r = conf_files_list(directories, n, suffix, CONF_FILES, &files, &problems);
        print_problems(&problems);
        if (r < 0)
                return fail("%s", strerror(-r));
        return print_files(&files, first) == EXIT_OK && problems.n == 0 ? EXIT_OK : EXIT_FAILED;
}

static int print_drop_ins(const struct paths *paths, bool *first)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(conf_files_done) struct conf_files directories = {};
        int status = EXIT_OK;

        int r = conf_files_list(paths->confdirs, paths->n_confdirs, ".conf.d", CONF_DIRECTORIES, &directories, &problems);
        for (size_t i = 0; i < directories.n && r >= 0; i++) {
                _cleanup_(conf_files_done) struct conf_files files = {};
                const char *name = directories.items[i].name;
                _cleanup_free_ char *format = strndup(name, strlen(name) - strlen(".conf.d"));
                if (!format)
                        return fail("out of memory");
                r = catalog_list_drop_ins(paths, format, &files, &problems);
                if (r >= 0 && print_files(&files, first) != EXIT_OK)
                        status = EXIT_FAILED;
        }
        print_problems(&problems);
        return r < 0 ? fail("%s", strerror(-r)) : problems.n > 0 ? EXIT_FAILED : status;
}

int verb_cat_config(const struct call *call)
{
        const struct paths *paths = &call->paths;
        bool first = true;
        int status = EXIT_OK;

        /* In the order in which they are read. */
        status |= print_directories(paths->confdirs, paths->n_confdirs, ".conf", &first);
        status |= print_directories(&paths->admindir, 1, "", &first);
        status |= print_directories(paths->binfmt_d, paths->n_binfmt_d, ".conf", &first);
        status |= print_drop_ins(paths, &first);
        return status;
}
