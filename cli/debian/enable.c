/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registering entries. binfmtd registers the same formats, so the interpreter that it would prefer is registered here too. */
#include "internal.h"

#include <errno.h>

#include "kernel/kernel.h"
#include "kernel/mount.h"
#include "formats/override.h"
#include "reconcile/record.h"

/* What is known when formats are enabled. */
struct enabler {
        const struct debian *d;
        int kernel;                           /* binfmt_misc, or negative */
        const struct debian_formats *formats; /* the database, or NULL where it was not read */
        struct catalog catalog;
};

static void enabler_done(struct enabler *e)
{
        if (e->kernel >= 0)
                close(e->kernel);
        catalog_done(&e->catalog);
}

/* Mounts binfmt_misc and switches it on as a whole. Returns whether it is there. Where it cannot be mounted, as in a chroot,
 * nothing has failed: the formats are registered at the next start. */
static bool enabler_init(struct enabler *e, const struct debian *d, const struct debian_formats *formats)
{
        _cleanup_(problems_done) struct problems problems = {}, ignored = {};

        *e = (struct enabler){ .d = d, .formats = formats };
        (void)catalog_load(d->paths, &e->catalog, &ignored);
        if (d->test)
                puts(_("load binfmt_misc"));
        e->kernel = binfmt_misc_open(d->paths->procdir, !d->test, &problems);
        if (e->kernel < 0 && !d->test) {
                debian_print_problems(d, &problems);
                debian_warn(d, "Couldn't mount the binfmt_misc filesystem on %s.", d->paths->procdir);
                return false;
        }
        int r = d->test ? 0 : kernel_enable_all(e->kernel);
        if (r < 0)
                debian_warn(d, "unable to open %s/status for writing: %s", d->paths->procdir, strerror(-r));
        return true;
}

static const struct candidate *find_stored(const struct format *f)
{
        for (size_t i = 0; i < f->n_candidates; i++)
                if (f->candidates[i].source == SOURCE_DEBIAN)
                        return &f->candidates[i];
        return NULL;
}

/* Finds the interpreter that the catalog wants for a format: another source's may be preferred, and one that is not installed
 * is registered all the same. Returns NULL where the catalog does not have the format. */
static const struct candidate *find_wanted(const struct enabler *e, const struct format *known)
{
        _cleanup_(problems_done) struct problems ignored = {};
        const struct candidate *c;

        if (!known)
                return NULL;
        if (format_choose(known, &c, &ignored) < 0)
                c = find_stored(known);
        /* With --test the format is not in the catalog yet. */
        return c && c->source == SOURCE_DEBIAN && e->d->test ? NULL : c;
}

/* Makes the entry of a format that the catalog does not have. */
static int make_entry(const struct enabler *e, const struct debian_format *f, struct entry *ret, enum debian_field *ret_field,
                      const char **ret_reason)
{
        _cleanup_(debian_formats_done) struct debian_formats formats = {};

        /* Formats that cannot be read are no part of a group. */
        if (!e->formats)
                (void)debian_load(e->d, &formats);
        return debian_formats_make_entry(e->formats ? e->formats : &formats, f, e->d->paths->run_detectors, ret, ret_field,
                                         ret_reason);
}

/* Makes the entry that is to be registered for a format. */
static enum result choose(const struct enabler *e, const struct debian_format *f, struct entry *ret)
{
        const struct format *known = catalog_find(&e->catalog, f->name);
        const struct candidate *c = find_wanted(e, known);
        enum debian_field field;
        const char *reason;

        int r = c ? format_make_entry(known, c, ret) : make_entry(e, f, ret, &field, &reason);
        if (r == -EINVAL)
                return debian_warn(e->d, "unable to enable binary format %s: %s: %s", f->name, debian_field_to_string(field),
                                   reason);
        return r < 0 ? debian_die(e->d, "%s", strerror(-r)) : RESULT_OK;
}

/* Registers a format. What the kernel has under its name is replaced, or left alone. */
static enum result enable(const struct enabler *e, const struct debian_format *f, bool replace)
{
        const struct debian *d = e->d;
        _cleanup_(entry_done) struct entry have = {}, want = {};
        bool there = e->kernel >= 0 && kernel_read(e->kernel, f->name, &have) >= 0;

        if (there && have.enabled && !replace) {
                debian_warn(d, "%s already enabled in kernel.", f->name);
                return RESULT_OK;
        }
        enum result result = choose(e, f, &want);
        if (result != RESULT_OK)
                return result;
        if (d->test)
                return debian_show_line(d, f, &want);
        if (there && !replace) {
                int r = kernel_set_enabled(e->kernel, f->name, true);
                return r < 0 ? debian_warn(d, "unable to enable binary format %s: %s", f->name, strerror(-r)) : RESULT_OK;
        }
        return debian_register(d, e->kernel, &want, there);
}

/* True when binfmtd is told not to register a format. With --test it is not asked, because that may be different after the
 * change. */
static bool is_disabled(const struct enabler *e, const char *name)
{
        const struct format *f = catalog_find(&e->catalog, name);

        return !e->d->test && f && !f->enabled;
}

/* Whether what the kernel has under this name was registered by one of our programs. */
static bool is_ours(const struct enabler *e, const char *name)
{
        _cleanup_(entry_done) struct entry have = {};
        _cleanup_close_ int record = record_open_existing(e->d->paths->statedir);

        return kernel_read(e->kernel, name, &have) >= 0 && record_is_ours(record, &have);
}

enum result debian_activate(const struct debian *d, const struct debian_format *f, bool replace)
{
        _cleanup_(enabler_done) struct enabler e = { .kernel = -1 };

        debian_allow(d, f->name);
        if (!enabler_init(&e, d, NULL))
                return RESULT_OK;
        if (is_disabled(&e, f->name)) {
                debian_warn(d, "%s is not enabled, because the administrator has disabled it (binfmtctl enable %s).", f->name,
                            f->name);
                return RESULT_OK;
        }
        return enable(&e, f, !d->test && (replace || is_ours(&e, f->name)));
}

static enum result enable_all(const struct debian *d, const struct debian_formats *formats)
{
        _cleanup_(enabler_done) struct enabler e = { .kernel = -1 };
        enum result result = RESULT_OK;

        for (size_t i = 0; i < formats->n; i++)
                debian_allow(d, formats->items[i].name);
        if (!enabler_init(&e, d, formats))
                return RESULT_OK;
        for (size_t i = 0; i < formats->n; i++) {
                const struct debian_format *f = &formats->items[i];
                _cleanup_(entry_done) struct entry have = {};
                if (is_disabled(&e, f->name) || (e.kernel >= 0 && kernel_read(e.kernel, f->name, &have) >= 0 && have.enabled))
                        continue;
                if (d->test)
                        puts(_("load binfmt_misc"));
                if (enable(&e, f, false) != RESULT_OK)
                        result = RESULT_FAILED;
        }
        return result;
}

static enum result enable_one(const struct debian *d, const struct debian_formats *formats, const struct debian_format *f)
{
        const char *name = f->name;
        _cleanup_(enabler_done) struct enabler e = { .kernel = -1 };

        debian_allow(d, name);
        if (!enabler_init(&e, d, formats))
                return RESULT_OK;
        if (is_disabled(&e, name)) {
                int r = override_choose(d->paths, catalog_find(&e.catalog, name), true);
                if (r < 0)
                        debian_warn(d, "%s: binfmtd will disable it again: %s", name, strerror(-r));
        }
        return enable(&e, f, false);
}

enum result debian_enable(const struct debian *d, const char *name)
{
        _cleanup_(debian_formats_done) struct debian_formats formats = {};
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_close_ int lock = debian_lock(d);

        enum result result = name ? debian_read(d, name, &f) : RESULT_OK;
        if (result != RESULT_OK)
                return result;
        if (name && !f.name)
                return debian_warn(d, "%s not in database of installed binary formats.", name);
        /* The whole database is read for one format too, because other formats can be for the same files. */
        enum result loaded = debian_load(d, &formats);
        if (loaded == RESULT_FATAL)
                return loaded;
        result = name ? enable_one(d, &formats, &f) : enable_all(d, &formats);
        debian_follow(d, name);
        if (name)
                return result;
        return result == RESULT_OK ? loaded : result;
}
