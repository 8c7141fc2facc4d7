/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removing entries. binfmtd has to know which are to stay away, and may have another interpreter to register in their place. */
#include "internal.h"

#include "kernel/kernel.h"
#include "formats/pause.h"

void debian_allow(const struct debian *d, const char *name)
{
        int r = d->test ? 0 : pause_remove(d->paths, name);

        if (r < 0)
                debian_warn(d, "%s: the choice to disable it cannot be taken back: %s", name, strerror(-r));
}

/* Removes an entry until the format is enabled again or the machine is started again. If binfmtd knows the format, it is told
 * not to register it. */
static enum result disable(const struct debian *d, int kernel, const struct catalog *catalog, const char *name)
{
        _cleanup_(entry_done) struct entry have = {};
        const struct format *f = catalog_find(catalog, name);

        if (kernel_read(kernel, name, &have) < 0)
                return RESULT_OK;
        if (d->test) {
                printf(_("disable %s\n"), name);
                return RESULT_OK;
        }
        int r = f && f->enabled ? pause_write(d->paths, name) : 0;
        if (r < 0)
                debian_warn(d, "%s: binfmtd will enable it again: %s", name, strerror(-r));
        return debian_unregister(d, kernel, name);
}

enum result debian_disable(const struct debian *d, const char *name)
{
        _cleanup_(debian_formats_done) struct debian_formats formats = {};
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_close_ int lock = debian_lock(d), kernel = debian_kernel_open(d);
        enum result result = name ? RESULT_OK : debian_load(d, &formats);

        if (result == RESULT_FATAL || kernel < 0)
                return result;
        if (name && (streq(name, "register") || streq(name, "status")))
                return debian_warn(d, "binary format name '%s' is reserved", name);
        if (!d->test)
                (void)catalog_load(d->paths, &catalog, &ignored);
        if (name)
                result = disable(d, kernel, &catalog, name);
        for (size_t i = 0; i < formats.n; i++)
                if (disable(d, kernel, &catalog, formats.items[i].name) != RESULT_OK)
                        result = RESULT_FAILED;
        debian_follow(d, name);
        return result;
}

/* Finds the entry that other sources than the database want under this name. Returns whether there is one. */
static bool find_successor(const struct debian *d, const char *name, struct entry *ret)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        struct paths others = *d->paths;
        const struct candidate *c;

        others.admindir = NULL;
        if (catalog_load(&others, &catalog, &ignored) < 0)
                return false;
        const struct format *f = catalog_find(&catalog, name);
        return f && f->enabled && format_choose_to_register(f, &c, &ignored) >= 0 && format_make_entry(f, c, ret) >= 0;
}

enum result debian_deactivate(const struct debian *d, const char *name)
{
        _cleanup_close_ int kernel = debian_kernel_open(d);
        _cleanup_(entry_done) struct entry have = {}, next = {};

        debian_allow(d, name);
        if (kernel < 0 || kernel_read(kernel, name, &have) < 0)
                return RESULT_OK;
        if (!find_successor(d, name, &next))
                return debian_unregister(d, kernel, name);
        return entry_equal(&have, &next) ? RESULT_OK : debian_register(d, kernel, &next, true);
}
