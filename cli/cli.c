/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>

#include "base/elf-machine.h"
#include "kernel/kernel.h"
#include "base/lock.h"
#include "kernel/mount.h"

void print_problems(const struct problems *p)
{
        for (size_t i = 0; i < p->n; i++) {
                _cleanup_free_ char *text = problem_to_string(&p->items[i]);
                fprintf(stderr, "binfmtctl: %s\n", text ? text : _("out of memory"));
        }
}

int read_formats(const struct paths *paths, struct catalog *ret, size_t *ret_problems)
{
        _cleanup_(problems_done) struct problems problems = {};

        int r = catalog_load(paths, ret, &problems);
        print_problems(&problems);
        if (ret_problems)
                *ret_problems = problems.n;
        return r < 0 ? fail("%s", strerror(-r)) : EXIT_OK;
}

/* How long to wait for the lock before saying so; a change takes less. */
#define SILENT_MSEC 2000

int wait_for_lock(const struct paths *paths)
{
        int fd = lock_changes_within(paths, SILENT_MSEC);

        if (fd != -EWOULDBLOCK)
                return fd;
        fail("waiting for another program, which is changing formats and holds the lock %s/.#lock", paths->statedir);
        return lock_changes(paths);
}

int fail(const char *format, ...)
{
        va_list ap;

        fputs("binfmtctl: ", stderr);
        va_start(ap, format);
        vfprintf(stderr, _(format), ap);
        va_end(ap);
        fputc('\n', stderr);
        return EXIT_FAILED;
}

const struct format *find_format(const struct catalog *catalog, const char *name)
{
        const struct elf_machine *m = elf_machine_by_name(name);
        const struct format *f = catalog_find(catalog, name);
        uint8_t head[ELF_HEAD_SIZE];

        if (f || !m)
                return f;
        elf_machine_make_head(m, head);
        for (size_t i = 0; i < catalog->n; i++)
                if (entry_matches(&catalog->formats[i].entry, head, sizeof(head)))
                        return &catalog->formats[i];
        return NULL;
}

void view_done(struct view *v)
{
        catalog_done(&v->catalog);
        entries_done(&v->kernel);
}

static int load_kernel(const struct paths *paths, struct entries *ret, struct problems *problems)
{
        _cleanup_close_ int fd = binfmt_misc_open(paths->procdir, false, problems);

        if (fd == -ENOMEM)
                return fd;
        if (fd < 0)
                return 0;
        int r = kernel_list(fd, ret);
        if (r >= 0)
                entries_sort(ret);
        return r;
}

int view_load(const struct paths *paths, struct view *ret)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(view_done) struct view v = {};

        int r = catalog_load(paths, &v.catalog, &problems);
        if (r >= 0)
                r = load_kernel(paths, &v.kernel, &problems);
        print_problems(&problems);
        if (r < 0) {
                fail("%s: %s", paths->procdir, strerror(-r));
                return r;
        }
        *ret = v;
        v = (struct view){};
        return 0;
}

const struct candidate *view_candidate(const struct format *f)
{
        _cleanup_(problems_done) struct problems ignored = {};
        const struct candidate *c;

        return format_choose_to_register(f, &c, &ignored) >= 0 ? c : &f->candidates[0];
}

const char *view_interpreter(const struct format *f)
{
        return view_candidate(f)->path;
}

const struct candidate *view_registered(const struct format *f, const struct entry *e)
{
        for (size_t i = 0; i < f->n_candidates; i++) {
                const struct candidate *c = &f->candidates[i];
                if (streq(c->helper ? c->helper : c->path, e->interpreter) && entry_matches_alike(format_spec(f, c), e))
                        return c;
        }
        return NULL;
}
