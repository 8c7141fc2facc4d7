/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

#include <errno.h>

#include "mount.h"
#include "override.h"
#include "reconcile.h"

static int choose_all(const struct paths *paths, const struct catalog *catalog, const char *only, bool enable)
{
        for (size_t i = 0; i < catalog->n; i++) {
                const struct format *f = &catalog->formats[i];
                if (only && !streq(only, f->entry.name))
                        continue;
                int r = override_choose(paths, f, enable);
                if (r < 0)
                        return fail("%s: the choice cannot be written to %s: %s", f->entry.name, paths_admin_dir(paths),
                                    strerror(-r));
        }
        return EXIT_OK;
}

static int print_missing(const struct format *f)
{
        fprintf(stderr, "binfmtctl: %s: not registered, because no interpreter is installed:", f->entry.name);
        for (size_t i = 0; i < f->n_candidates; i++)
                fprintf(stderr, " %s", f->candidates[i].path);
        fputc('\n', stderr);
        return EXIT_FAILED;
}

/* Makes the kernel follow, and says why a format that was named is not there afterwards. */
static int apply(const struct paths *paths, int fd, const char *only, bool enable)
{
        _cleanup_(problems_done) struct problems problems = {}, ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};

        /* What is wrong with the files was printed when they were read the first time. */
        int r = catalog_load(paths, &catalog, &ignored);
        if (r >= 0)
                r = reconcile(paths, fd, &catalog, only, &report, &problems);
        print_problems(&problems);
        if (r < 0)
                return fail("%s", strerror(-r));
        if (report.n_failed > 0)
                return EXIT_FAILED;

        const struct format *f = only ? catalog_find(&catalog, only) : NULL;
        if (f && enable && report.n_active == 0)
                return print_missing(f);
        return EXIT_OK;
}

int switch_formats(const struct paths *paths, const char *name, bool enable)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        int r = catalog_load(paths, &catalog, &problems);
        print_problems(&problems);
        if (r < 0)
                return fail("%s", strerror(-r));
        if (name && catalog_is_broken(&catalog, name))
                return fail("%s: its file cannot be used", name);
        if (name && !catalog_find(&catalog, name))
                return fail("%s: no such format (binfmtctl list shows those that are known)", name);

        _cleanup_(problems_done) struct problems unmounted = {};
        _cleanup_close_ int fd = binfmt_misc_open(paths->procdir, enable, &unmounted);
        /* In a chroot there is nothing to remove, but the choice can still be made. */
        if (fd < 0 && (enable || (fd != -ENODEV && fd != -ENOENT))) {
                print_problems(&unmounted);
                return EXIT_FAILED;
        }
        r = choose_all(paths, &catalog, name, enable);
        if (r != EXIT_OK || fd < 0)
                return r;
        return apply(paths, fd, name, enable);
}
