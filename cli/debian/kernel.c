/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers and removes entries of the kernel. What is registered is recorded too, because binfmtd goes by the records. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "kernel/kernel.h"
#include "kernel/mount.h"
#include "reconcile/reconcile.h"
#include "reconcile/record.h"

int debian_kernel_open(const struct debian *d)
{
        _cleanup_(problems_done) struct problems ignored = {};

        return binfmt_misc_open(d->paths->procdir, false, &ignored);
}

/* Whether this is the database that binfmtd reads too. */
static bool is_shared(const struct debian *d)
{
        _cleanup_(paths_done) struct paths usual = {};
        struct stat a, b;

        return paths_init(&usual) >= 0 && stat(d->paths->admindir, &a) >= 0 && stat(usual.admindir, &b) >= 0 &&
               a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* An entry from another database must not be recorded: binfmtd would find that nothing wants it, and remove it. */
static void note(const struct debian *d, const struct entry *e)
{
        if (!is_shared(d))
                return;
        _cleanup_close_ int fd = record_open(d->paths->statedir);

        int r = fd < 0 ? fd : record_write(fd, e);
        if (r < 0)
                debian_warn(d, "%s: %s: binfmtd will not know who registered it: %s", d->paths->statedir, e->name, strerror(-r));
}

enum result debian_register(const struct debian *d, int kernel, const struct entry *e, bool replace)
{
        const char *reason, *procdir = d->paths->procdir;

        int r = replace ? kernel_replace(kernel, e, &reason) : kernel_register(kernel, e, &reason);
        if (r >= 0) {
                note(d, e);
                return RESULT_OK;
        }
        if (faccessat(kernel, "register", W_OK, AT_EACCESS) < 0)
                return debian_warn(d, "unable to open %s/register for writing: %s", procdir, strerror(errno));
        return debian_warn(d, "unable to close %s/register: %s", procdir, strerror(-r));
}

enum result debian_unregister(const struct debian *d, int kernel, const char *name)
{
        const char *procdir = d->paths->procdir;

        int r = kernel_remove(kernel, name);
        if (r < 0 && faccessat(kernel, name, W_OK, AT_EACCESS) < 0)
                return debian_warn(d, "unable to open %s/%s for writing: %s", procdir, name, strerror(errno));
        if (r < 0)
                return debian_warn(d, "unable to close %s/%s: %s", procdir, name, strerror(-r));
        _cleanup_close_ int record = record_open(d->paths->statedir);
        (void)record_forget(record, name);
        return RESULT_OK;
}

void debian_follow(const struct debian *d, const char *name)
{
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};
        _cleanup_(problems_done) struct problems problems = {}, ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        bool any = false;

        if (d->test || !is_shared(d) || catalog_load(d->paths, &catalog, &ignored) < 0)
                return;
        for (size_t i = 0; i < catalog.n; i++)
                any = any || (name ? catalog_follows(&catalog, &catalog.formats[i], name) : catalog.formats[i].follows != NULL);
        _cleanup_close_ int kernel = any ? debian_kernel_open(d) : -1;
        if (kernel < 0)
                return;
        int r = reconcile_followers(d->paths, kernel, &catalog, name, &report, &problems);
        if (r < 0 || report.n_failed > 0)
                debian_print_problems(d, &problems);
}

/* Makes the line that --test shows: the one that Debian's version would write, as the user wrote it, or ours where that one
 * would be wrong. Returns 0 or a negative errno. */
static int line_to_show(const struct debian_format *f, const struct entry *e, bool as_written, char **ret)
{
        const char *magic = f->fields[DEBIAN_MAGIC], *mask = f->fields[DEBIAN_MASK];
        const char *const texts[] = { f->name, magic, mask, e->interpreter };
        static const struct {
                enum entry_flag flag;
                char letter;
        } letters[] = {
                { ENTRY_OPEN_BINARY, 'O' }, { ENTRY_CREDENTIALS, 'C' }, { ENTRY_PRESERVE_ARGV0, 'P' }, { ENTRY_FIX_BINARY, 'F' }
        };
        char flags[ARRAY_SIZE(letters) + 1] = "", *end = flags;

        if (!as_written)
                return entry_to_line(e, ret);
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
                if (strchr(texts[i], ':'))
                        return entry_to_line(e, ret);
        for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
                if (e->flags & letters[i].flag)
                        *end++ = letters[i].letter;
        return string_format(ret, ":%s:%c:%s:%s:%s:%s:%s", f->name, e->type == ENTRY_MAGIC ? 'M' : 'E', f->fields[DEBIAN_OFFSET],
                             magic, mask, e->interpreter, flags);
}

enum result debian_show_line(const struct debian *d, const struct debian_format *f, const struct entry *e)
{
        _cleanup_(entry_done) struct entry own = {};
        _cleanup_free_ char *line = NULL;
        enum debian_field field;
        const char *reason;

        /* The entry e may be another source's. */
        int r = debian_format_make_entry(f, &own, &field, &reason);
        if (r >= 0)
                r = line_to_show(f, e, entry_same_files(&own, e), &line);
        if (r < 0)
                return debian_die(d, "%s", strerror(-r));
        printf(_("enable %s with the following format string:\n %s\n"), f->name, line);
        return RESULT_OK;
}
