/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binfmtctl --container PID: the entries that apply to another process. The configuration, and interpreters that F has the kernel open
 * beforehand, are those of where binfmtctl runs. */
#include "cli.h"

#include <errno.h>

#include "container.h"
#include "kernel.h"
#include "mount.h"

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
        int r = container_open(pid, call->paths.procdir, ret, &reason);
        if (r < 0)
                return fail("process %d: %s: %s", pid, reason, strerror(-r));
        call->container = ret;
        if (!ret->procdir)
                fprintf(stderr, "binfmtctl: process %d has no entries of its own: those of this user namespace apply\n", pid);
        else if (string_set(&call->paths.procdir, ret->procdir) < 0)
                return fail("out of memory");
        return EXIT_OK;
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
                return fail("process %d is in this user namespace: change its entries without --container", c->pid);
        if (c->procdir)
                return EXIT_OK;
        _cleanup_close_ int fd = binfmt_misc_open(call->paths.procdir, false, &problems);
        int r = fd < 0 ? 0 : kernel_list(fd, &inherited);
        if (r < 0)
                return fail("%s: %s", call->paths.procdir, strerror(-r));
        r = container_make_own(c, &inherited, &lost, &reason);
        if (r < 0)
                return fail("process %d: %s: %s", c->pid, reason, strerror(-r));
        if (lost)
                fprintf(stderr, "binfmtctl: these applied to process %d, and cannot be registered for it: %s\n", c->pid, lost);
        return EXIT_OK;
}

static int enable_one(int fd, const struct format *f, bool named)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(entry_done) struct entry want = {}, have = {};
        const struct candidate *c;
        const char *reason = "out of memory";

        int r = format_choose(f, &c, &problems);
        print_problems(&problems);
        if (r == -ENOENT && !named)
                return EXIT_OK;
        if (r < 0)
                return fail("%s: not registered, because no interpreter of it can be used here", f->entry.name);
        r = format_make_entry(f, c, &want);
        if (r >= 0)
                r = kernel_read(fd, f->entry.name, &have) >= 0 ? kernel_replace(fd, &want, &reason)
                                                                : kernel_register(fd, &want, &reason);
        return r < 0 ? fail("%s: not registered: %s", f->entry.name, reason) : EXIT_OK;
}

static int disable_one(int fd, const char *name)
{
        int r = kernel_remove(fd, name);

        return r < 0 ? fail("%s: not removed: %s", name, strerror(-r)) : EXIT_OK;
}

static int switch_all(int fd, const struct catalog *catalog, const char *name, bool enable)
{
        int result = EXIT_OK;

        for (size_t i = 0; i < catalog->n; i++) {
                const struct format *f = &catalog->formats[i];
                int status = EXIT_OK;
                if (name ? !streq(name, f->entry.name) : enable && !f->enabled)
                        continue;
                status = enable ? enable_one(fd, f, name != NULL) : disable_one(fd, f->entry.name);
                if (status != EXIT_OK)
                        result = status;
        }
        return result;
}

int container_switch(const struct call *call, const char *name, bool enable)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        if (call->option[OPTION_DRY_RUN])
                return fail("--dry-run is not for another process");
        int r = catalog_load(&call->paths, &catalog, &problems);
        print_problems(&problems);
        if (r < 0)
                return fail("%s", strerror(-r));
        if (name && enable && !catalog_find(&catalog, name))
                return fail("%s: no such format (binfmtctl list shows those that are known)", name);
        int status = make_own(call);
        if (status != EXIT_OK)
                return status;
        _cleanup_(problems_done) struct problems unreachable = {};
        _cleanup_close_ int fd = binfmt_misc_open(call->container->procdir, false, &unreachable);
        print_problems(&unreachable);
        if (fd < 0)
                return EXIT_FAILED;
        if (name && !enable)
                return disable_one(fd, name);
        return switch_all(fd, &catalog, name, enable);
}
