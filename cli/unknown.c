/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says what is known about a name that no format has. */
#include "cli.h"
#include "kernel/kernel.h"
#include "kernel/mount.h"
#include "reconcile/status.h"
#include "suggest.h"

/* Prints that the name is that of somebody else's entry. Only who registered it can keep it away for good, so what is said
 * is how to switch it off until then. Returns EXIT_FAILED. */
static int fail_foreign(const struct paths *paths, const struct entry *e)
{
        return fail(
                "%s: not a format of binfmtd's, but an entry with the interpreter %s, registered by: %s. binfmtctl changes "
                "formats only; to switch the entry off until it is registered again: echo 0 >%s/%s (1: on again, -1: removed)",
                e->name, e->interpreter, _(status_guess_owner(e)), paths->procdir, e->name);
}

int fail_unknown(const struct paths *paths, const struct catalog *catalog, const char *name)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(entry_done) struct entry e = {};
        struct suggestion s = { .word = name };

        if (catalog_is_broken(catalog, name))
                return fail("%s: its file cannot be used (binfmtctl verify says what is wrong)", name);
        _cleanup_close_ int fd = binfmt_misc_open(paths->procdir, false, &ignored);
        if (fd >= 0 && kernel_read(fd, name, &e) >= 0)
                return fail_foreign(paths, &e);
        const struct format *f = find_format(catalog, name);
        for (size_t i = 0; i < catalog->n && !f; i++)
                suggestion_try(&s, catalog->formats[i].entry.name);
        if (f || s.best)
                return fail("%s: no such format; did you mean %s? (binfmtctl list shows those that are known)", name,
                            f ? f->entry.name : s.best);
        return fail("%s: no such format (binfmtctl list shows those that are known)", name);
}
