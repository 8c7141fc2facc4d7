/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of binfmtctl that change the database of update-binfmts(8), or look into it. */
#include <fcntl.h>

#include "cli.h"
#include "base/config.h"
#include "debian/debian-db.h"
#include "debian.h"
#include "rights.h"

/* Checks that this user may change the database. Returns an exit status, with a line printed where it may not. */
static int begin(const struct call *call)
{
        return check_may_write(call, call->paths.admindir);
}

static struct debian make(const struct call *call)
{
        const char *const *option = call->option;

        return (struct debian){
                .program = "binfmtctl",
                .paths = &call->paths,
                .importdir = option[OPTION_IMPORTDIR] ? option[OPTION_IMPORTDIR] : DEFAULT_IMPORTDIR,
                .package = option[OPTION_PACKAGE] ? option[OPTION_PACKAGE] : DEBIAN_LOCAL_PACKAGE,
                .test = option[OPTION_DRY_RUN] != NULL,
        };
}

/* Makes the directory of the database, which otherwise comes with the package that has update-binfmts. Where this fails,
 * storing the format says so. */
static void make_database(const struct debian *d)
{
        if (!d->test)
                (void)mkdir_parents(d->paths->admindir);
}

static int status_of(enum result result)
{
        return result == RESULT_OK ? EXIT_OK : EXIT_FAILED;
}

static const char *argument(const struct call *call, int i)
{
        return call->n_args > i ? call->args[i] : NULL;
}

/* What each option of install sets. */
static const struct {
        enum option_number option;
        enum debian_field field;
} fields[] = {
        { OPTION_MAGIC, DEBIAN_MAGIC },       { OPTION_EXTENSION, DEBIAN_MAGIC },
        { OPTION_MASK, DEBIAN_MASK },         { OPTION_OFFSET, DEBIAN_OFFSET },
        { OPTION_DETECTOR, DEBIAN_DETECTOR }, { OPTION_CREDENTIALS, DEBIAN_CREDENTIALS },
        { OPTION_PRESERVE, DEBIAN_PRESERVE }, { OPTION_FIX_BINARY, DEBIAN_FIX_BINARY },
};

static int fill(const struct call *call, const char *package, struct debian_format *f)
{
        if (string_set(&f->name, call->args[0]) < 0 || debian_format_set(f, DEBIAN_INTERPRETER, call->args[1]) < 0 ||
            debian_format_set(f, DEBIAN_PACKAGE, package) < 0 ||
            debian_format_set(f, DEBIAN_TYPE, call->option[OPTION_MAGIC] ? "magic" : "extension") < 0)
                return fail("out of memory");
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
                const char *value = call->option[fields[i].option];
                if (value && debian_format_set(f, fields[i].field, value) < 0)
                        return fail("out of memory");
        }
        return EXIT_OK;
}

int verb_install(const struct call *call)
{
        _cleanup_(debian_format_done) struct debian_format f = {};
        const struct debian d = make(call);
        const char *reason = entry_name_reason(call->args[0]);

        if (!call->option[OPTION_MAGIC] == !call->option[OPTION_EXTENSION])
                return usage("a format has either --magic or --extension", "");
        if (reason)
                return fail("%s: %s", call->args[0], reason);
        int status = begin(call);
        if (status != EXIT_OK)
                return status;
        make_database(&d);
        status = fill(call, d.package, &f);
        return status == EXIT_OK ? status_of(debian_install(&d, &f)) : status;
}

/* True when the database does not have the format but another source describes it; that is printed then. */
static bool is_of_another_source(const struct call *call)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_close_ int fd = debian_db_open(call->paths.admindir);
        const char *name = call->args[0];

        if ((fd >= 0 && faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) ||
            catalog_load(&call->paths, &catalog, &ignored) < 0)
                return false;
        const struct format *f = catalog_find(&catalog, name);
        if (f)
                fail("%s: not in the database of update-binfmts (%s) but described by %s; to switch it off: binfmtctl disable %s",
                     name, call->paths.admindir, f->file, name);
        return f;
}

int verb_remove(const struct call *call)
{
        const struct debian d = make(call);

        if (is_of_another_source(call) || begin(call) != EXIT_OK)
                return EXIT_FAILED;
        return status_of(debian_remove(&d, call->args[0]));
}

int verb_import(const struct call *call)
{
        const struct debian d = make(call);

        if (begin(call) != EXIT_OK)
                return EXIT_FAILED;
        make_database(&d);
        return status_of(debian_import(&d, argument(call, 0)));
}

int verb_unimport(const struct call *call)
{
        const struct debian d = make(call);

        if (begin(call) != EXIT_OK)
                return EXIT_FAILED;
        return status_of(debian_unimport(&d, argument(call, 0)));
}

int verb_find(const struct call *call)
{
        const struct debian d = make(call);

        return status_of(debian_find(&d, call->args[0]));
}
