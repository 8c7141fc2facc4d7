/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>

#include "cli.h"

static void say(const struct debian *d, const char *kind, const char *format, va_list ap)
{
        fflush(stdout);
        fprintf(stderr, "%s: %s", d->program, kind);
        vfprintf(stderr, _(format), ap);
        fputc('\n', stderr);
}

enum result debian_warn(const struct debian *d, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        say(d, _("warning: "), format, ap);
        va_end(ap);
        return RESULT_FAILED;
}

enum result debian_die(const struct debian *d, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        say(d, "", format, ap);
        va_end(ap);
        return RESULT_FATAL;
}

void debian_print_problems(const struct debian *d, const struct problems *problems)
{
        for (size_t i = 0; i < problems->n; i++) {
                _cleanup_free_ char *text = problem_to_string(&problems->items[i]);
                debian_die(d, "%s", text ? text : _("out of memory"));
        }
}

int debian_lock(const struct debian *d)
{
        return d->test ? -1 : wait_for_lock(d->paths);
}

enum result debian_open(const struct debian *d, int *ret)
{
        int fd = debian_db_open(d->paths->admindir);

        if (fd < 0)
                return debian_die(d, "unable to open %s: %s", d->paths->admindir, strerror(-fd));
        *ret = fd;
        return RESULT_OK;
}

enum result debian_load(const struct debian *d, struct debian_formats *ret)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_close_ int fd = -1;

        enum result result = debian_open(d, &fd);
        if (result != RESULT_OK)
                return result;
        int r = debian_db_list(fd, d->paths->admindir, ret, &problems);
        if (r < 0)
                return debian_die(d, "unable to read %s: %s", d->paths->admindir, strerror(-r));
        for (size_t i = 0; i < problems.n; i++) {
                _cleanup_free_ char *text = problem_to_string(&problems.items[i]);
                result = debian_warn(d, "%s", text ? text : _("out of memory"));
        }
        return result;
}

enum result debian_read_old(const struct debian *d, const char *name, struct debian_format *ret, const char **ret_missing)
{
        _cleanup_close_ int fd = debian_db_open(d->paths->admindir);
        enum debian_field missing = DEBIAN_PACKAGE;

        *ret_missing = NULL;
        int r = fd < 0 ? fd : debian_db_read(fd, name, ret, &missing);
        if (r == -EBADMSG)
                *ret_missing = debian_field_to_string(missing);
        if (r >= 0 || r == -ENOENT || r == -EBADMSG)
                return RESULT_OK;
        return debian_die(d, "unable to open %s/%s: %s", d->paths->admindir, name, strerror(-r));
}

enum result debian_read(const struct debian *d, const char *name, struct debian_format *ret)
{
        const char *missing;

        enum result result = debian_read_old(d, name, ret, &missing);
        if (missing)
                return debian_die(d, "%s/%s corrupt: out of binfmt data reading %s", d->paths->admindir, name, missing);
        return result;
}
