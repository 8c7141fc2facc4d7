/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes the database by the rules for who may do so: a package may change what it has installed itself, and the
 * administrator what no package has installed. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>

static const char *owner(const char *package)
{
        return streq(package, DEBIAN_LOCAL_PACKAGE) ? "<local>" : package;
}

/* Checks that a format can be registered before it is stored: a field may hold anything that fits into a line. */
static enum result check(const struct debian *d, const struct debian_format *f)
{
        _cleanup_(entry_done) struct entry e = {};
        enum debian_field field;
        const char *reason = debian_db_name_reason(f->name);

        if (reason)
                return debian_warn(d, "%s: %s", f->name, reason);
        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++)
                if (strchr(f->fields[i], '\n'))
                        return debian_die(d, "newlines prohibited in binfmt files (%s)", f->fields[i]);
        if (streq(f->fields[DEBIAN_TYPE], "extension") && *f->fields[DEBIAN_MASK])
                return debian_warn(d, "%s: can't use --mask with --extension", f->name);
        if (streq(f->fields[DEBIAN_TYPE], "extension") && !streq(f->fields[DEBIAN_OFFSET], "0"))
                return debian_warn(d, "%s: can't use --offset with --extension", f->name);
        int r = debian_format_make_entry(f, &e, &field, &reason);
        if (r == -EINVAL)
                return debian_warn(d, "%s: %s: %s", f->name, debian_field_to_string(field), reason);
        return r < 0 ? debian_die(d, "%s", strerror(-r)) : RESULT_OK;
}

static enum result store(const struct debian *d, const struct debian_format *f)
{
        int fd = debian_db_open(d->paths->admindir);
        int r = fd < 0 ? fd : debian_db_write(fd, f);

        if (fd >= 0)
                close(fd);
        if (r < 0)
                return debian_warn(d, "unable to open %s/%s.tmp for writing: %s", d->paths->admindir, f->name, strerror(-r));
        debian_copy_store(d, f);
        return RESULT_OK;
}

/* Prints what would be stored. */
static void show(const struct debian_format *f)
{
        puts(_("install the following binary format description:"));
        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++)
                printf("%12s = %s\n", debian_field_to_string(i), f->fields[i]);
}

static bool is_registered(const struct debian *d, const char *name)
{
        _cleanup_close_ int kernel = debian_kernel_open(d);

        return kernel >= 0 && faccessat(kernel, name, F_OK, 0) == 0;
}

enum result debian_install(const struct debian *d, struct debian_format *f)
{
        _cleanup_(debian_format_done) struct debian_format old = {};
        _cleanup_close_ int lock = debian_lock(d);
        const char *missing;

        if (debian_format_complete(f) < 0)
                return debian_die(d, "out of memory");
        enum result result = debian_read_old(d, f->name, &old, &missing);
        if (result != RESULT_OK)
                return result;
        const char *package = f->fields[DEBIAN_PACKAGE];
        if (old.name && !streq(old.fields[DEBIAN_PACKAGE], package)) {
                debian_warn(d, "current package is %s, but binary format already installed by %s", owner(package),
                            owner(old.fields[DEBIAN_PACKAGE]));
                return RESULT_DECLINED;
        }
        result = check(d, f);
        if (result != RESULT_OK)
                return result;
        if (missing)
                debian_warn(d, "%s/%s corrupt: out of binfmt data reading %s; replacing it", d->paths->admindir, f->name,
                            missing);
        if (d->test) {
                if (old.name && is_registered(d, f->name))
                        printf(_("disable %s\n"), f->name);
                show(f);
        } else {
                result = store(d, f);
                if (result != RESULT_OK)
                        return result;
        }
        result = debian_activate(d, f, old.name != NULL);
        debian_follow(d, f->name);
        if (result == RESULT_OK)
                return RESULT_OK;
        debian_warn(d, "unable to enable binary format %s", f->name);
        return RESULT_DECLINED;
}

static enum result forget(const struct debian *d, const char *name)
{
        _cleanup_close_ int fd = debian_db_open(d->paths->admindir);
        int r = fd < 0 ? fd : debian_db_remove(fd, name);

        if (r < 0)
                return debian_warn(d, "unable to remove %s/%s: %s", d->paths->admindir, name, strerror(-r));
        debian_copy_forget(d, name);
        return RESULT_OK;
}

enum result debian_drop(const struct debian *d, const char *name, const char *missing)
{
        if (missing)
                debian_warn(d, "%s/%s corrupt: out of binfmt data reading %s; removing it", d->paths->admindir, name, missing);
        if (d->test) {
                if (is_registered(d, name))
                        printf(_("disable %s\n"), name);
                printf(_("remove %s/%s"), d->paths->admindir, name);
                return RESULT_OK;
        }
        /* The entry goes first, so that all of this can be tried again where it fails. */
        if (debian_deactivate(d, name) != RESULT_OK)
                return debian_warn(d, "unable to disable binary format %s", name);
        enum result result = forget(d, name);
        debian_follow(d, name);
        return result;
}

enum result debian_remove_format(const struct debian *d, const struct debian_format *f, const char *package)
{
        const char *theirs = f->fields[DEBIAN_PACKAGE];

        if (!streq(theirs, package)) {
                debian_warn(d, "current package is %s, but binary format already installed by %s; not removing.", owner(package),
                            owner(theirs));
                return RESULT_OK;
        }
        return debian_drop(d, f->name, NULL);
}

enum result debian_remove(const struct debian *d, const char *name)
{
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_close_ int lock = debian_lock(d);
        const char *missing;

        enum result result = debian_read_old(d, name, &f, &missing);
        if (result != RESULT_OK)
                return result;
        if (missing)
                return debian_drop(d, name, missing);
        if (f.name)
                return debian_remove_format(d, &f, d->package);
        debian_warn(d, "%s/%s does not exist; nothing to do!", d->paths->admindir, name);
        return RESULT_OK;
}
