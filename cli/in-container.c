/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binfmtctl --container PID shows or changes the entries that apply to another process. The configuration is that of the
 * system on which binfmtctl runs, and so are interpreters that the kernel opens when they are registered (the flag F). */
#include "cli.h"

#include <errno.h>

#include "kernel/container.h"
#include "kernel/kernel.h"
#include "kernel/mount.h"
#include "reconcile/record.h"

static int parse_pid(const char *text, pid_t *ret)
{
        char *end;

        errno = 0;
        long pid = strtol(text, &end, 10);
        if (errno || end == text || *end || pid <= 0 || pid != (pid_t)pid)
                return -EINVAL;
        *ret = (pid_t)pid;
        return 0;
}

int container_enter(struct call *call, struct container *ret)
{
        const char *text = call->option[OPTION_CONTAINER], *reason;
        pid_t pid;

        if (parse_pid(text, &pid) < 0) {
                fail("--container=%s: this is the number of a process", text);
                return EXIT_USAGE;
        }
        int r = container_open(pid, &call->paths, ret, &reason);
        if (r < 0)
                return fail("process %d: %s: %s", pid, reason, strerror(-r));
        call->container = ret;
        if (!ret->procdir)
                fprintf(stderr, _("binfmtctl: process %d has no entries of its own: those of this user namespace apply\n"), pid);
        else if (string_set(&call->paths.procdir, ret->procdir) < 0 || string_set(&call->paths.statedir, ret->statedir) < 0)
                return fail("out of memory");
        return EXIT_OK;
}

/* Copies the records of inherited entries into the container: those that binfmtd registered outside count as binfmtd's in
 * there. */
static void copy_records(const struct call *call, const struct entries *inherited)
{
        _cleanup_close_ int from = record_open_existing(call->paths.statedir), to = record_open(call->container->statedir);

        for (size_t i = 0; i < inherited->n; i++)
                if (record_is_ours(from, &inherited->items[i]))
                        (void)record_write(to, &inherited->items[i]);
}

static int refuse_same(const struct container *c)
{
        return fail("process %d is in this user namespace: change its entries without --container", c->pid);
}

/* Gives the namespace entries of its own where it has none yet. */
static int make_own(const struct call *call)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(entries_done) struct entries inherited = {};
        struct container *c = call->container;
        _cleanup_free_ char *lost = NULL;
        const char *reason;

        if (c->same)
                return refuse_same(c);
        if (c->procdir)
                return EXIT_OK;
        _cleanup_close_ int fd = binfmt_misc_open(call->paths.procdir, false, &problems);
        int r = fd < 0 ? 0 : kernel_list(fd, &inherited);
        if (r < 0)
                return fail("%s: %s", call->paths.procdir, strerror(-r));
        r = container_make_own(c, &call->paths, &inherited, &lost, &reason);
        if (r < 0)
                return fail("process %d: %s: %s", c->pid, reason, strerror(-r));
        if (lost)
                fprintf(stderr, _("binfmtctl: these applied to process %d, and cannot be registered for it: %s\n"), c->pid, lost);
        copy_records(call, &inherited);
        return EXIT_OK;
}

/* Where a change is made: the container's binfmt_misc, and the records of what binfmtd has registered there. A record that
 * cannot be written is no failure, because only status uses it. */
struct place {
        int misc, record;
};

static int enable_one(const struct place *p, const struct format *f, bool named)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(entry_done) struct entry want = {}, have = {};
        const struct candidate *c;
        const char *reason = _("out of memory");

        int r = format_choose_to_register(f, &c, &problems);
        print_problems(&problems);
        if (r == -ENOENT && !named)
                return EXIT_OK;
        if (r < 0)
                return fail("%s: not registered, because no interpreter of it can be used here", f->entry.name);
        r = format_make_entry(f, c, &want);
        if (r >= 0)
                r = kernel_read(p->misc, f->entry.name, &have) >= 0 ? kernel_replace(p->misc, &want, &reason)
                                                                    : kernel_register(p->misc, &want, &reason);
        if (r < 0)
                return fail("%s: not registered: %s", f->entry.name, reason);
        (void)record_write(p->record, &want);
        return EXIT_OK;
}

static int disable_one(const struct place *p, const char *name)
{
        int r = kernel_remove(p->misc, name);

        if (r < 0)
                return fail("%s: not removed: %s", name, strerror(-r));
        (void)record_forget(p->record, name);
        return EXIT_OK;
}

/* Whether a format is among those that are enabled or disabled: without a name, all formats are disabled, but only those
 * enabled that are to be registered; with a name, that one is enabled, and what follows it goes with it. An entry of that
 * name may belong to no format, and so it is disabled elsewhere. */
static bool is_meant(const struct catalog *catalog, const struct format *f, const char *name, bool enable)
{
        if (!name)
                return !enable || f->enabled;
        if (streq(name, f->entry.name))
                return enable;
        return catalog_follows(catalog, f, name) && (!enable || format_is_chosen(f));
}

static int switch_all(const struct place *p, const struct catalog *catalog, const char *name, bool enable)
{
        int result = EXIT_OK;

        for (size_t i = 0; i < catalog->n; i++) {
                const struct format *f = &catalog->formats[i];
                if (!is_meant(catalog, f, name, enable))
                        continue;
                int status = enable ? enable_one(p, f, name && streq(name, f->entry.name)) : disable_one(p, f->entry.name);
                if (status != EXIT_OK)
                        result = status;
        }
        return result;
}

/* Prints what container_switch would do, for --dry-run. Returns an exit status. */
static int say_all(const struct call *call, const struct catalog *catalog, const char *name, bool enable)
{
        const struct container *c = call->container;

        if (c->same)
                return refuse_same(c);
        if (!c->procdir)
                printf(_("process %d: would have entries of its own, at first those that apply now\n"), c->pid);
        if (name && !enable)
                printf(_("%s: would be removed\n"), name);
        for (size_t i = 0; i < catalog->n; i++) {
                const struct format *f = &catalog->formats[i];
                _cleanup_(problems_done) struct problems ignored = {};
                const struct candidate *chosen;
                if (!is_meant(catalog, f, name, enable))
                        continue;
                if (enable && format_choose_to_register(f, &chosen, &ignored) >= 0)
                        printf(_("%s: would be registered with %s\n"), f->entry.name, chosen->path);
                else if (!enable)
                        printf(_("%s: would be removed\n"), f->entry.name);
        }
        return EXIT_OK;
}

int container_switch(const struct call *call, const char *name, bool enable)
{
        _cleanup_(catalog_done) struct catalog catalog = {};

        int status = read_formats(&call->paths, &catalog, NULL);
        if (status != EXIT_OK)
                return status;
        if (name && enable && !catalog_find(&catalog, name))
                return fail_unknown(&call->paths, &catalog, name);
        if (call->option[OPTION_DRY_RUN])
                return say_all(call, &catalog, name, enable);
        status = make_own(call);
        if (status != EXIT_OK)
                return status;
        _cleanup_(problems_done) struct problems unreachable = {};
        _cleanup_close_ int fd = binfmt_misc_open(call->container->procdir, false, &unreachable);
        print_problems(&unreachable);
        if (fd < 0)
                return EXIT_FAILED;
        _cleanup_close_ int record = record_open(call->container->statedir);
        const struct place place = { .misc = fd, .record = record };
        /* The entry that is removed need not be that of a format of ours. */
        status = name && !enable ? disable_one(&place, name) : EXIT_OK;
        return status == EXIT_OK ? switch_all(&place, &catalog, name, enable) : status;
}
