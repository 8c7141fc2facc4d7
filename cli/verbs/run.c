/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binfmtctl run: executes a command in a user namespace that has a binfmt_misc of its own. Nobody needs to be root for that. */
#include "cli.h"

#include <errno.h>
#include <sched.h>

#include "kernel/kernel.h"
#include "kernel/mount.h"
#include "kernel/namespace.h"
#include "formats/package.h"

/* As env(1) and shells have it. */
enum { EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

/* Registers a format in this namespace. Returns 1, 0 where no interpreter of it is installed, or a negative errno,
 * with a line printed. */
static int add(int fd, const struct format *f, const char *interpreter)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(entry_done) struct entry e = {};
        const struct candidate named = { .path = (char *)interpreter }, *c = &named;
        const char *reason = _("out of memory");

        int r = interpreter ? 0 : format_choose(f, &c, &problems);
        print_problems(&problems);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        r = format_make_entry(f, c, &e);
        if (r >= 0)
                r = kernel_register(fd, &e, &reason);
        if (r < 0)
                fail("%s: interpreter %s: not registered: %s", f->entry.name, c->path, reason);
        return r < 0 ? r : 1;
}

static int add_one(int fd, const struct catalog *catalog, const char *name, const char *interpreter)
{
        const struct format *f = find_format(catalog, name);

        if (!f)
                return fail("%s: no such format, and none for a machine of that name (binfmtctl list shows the "
                            "formats)",
                            name);
        int r = add(fd, f, interpreter);
        if (r == 0) {
                _cleanup_free_ char *best = package_describe(f->candidates[0].path);
                return fail("%s: no interpreter is installed; install %s or name one with --interpreter", f->entry.name,
                            best ? best : f->candidates[0].path);
        }
        return r < 0 ? EXIT_FAILED : EXIT_OK;
}

/* Registers all formats that are enabled; one that cannot be registered does not prevent the others from being registered. */
static int add_all(int fd, const struct catalog *catalog)
{
        for (size_t i = 0; i < catalog->n; i++)
                if (catalog->formats[i].enabled)
                        (void)add(fd, &catalog->formats[i], NULL);
        return EXIT_OK;
}

/* Makes the namespaces that the entries belong to, with the caller as their root. */
static int make_namespace(const char *procdir)
{
        int r = namespace_enter(CLONE_NEWNS, 0, 0);

        if (r < 0)
                return fail("no user namespace can be made: %s", namespace_reason(r));
        r = binfmt_misc_mount(procdir);
        if (r == -EPERM)
                return fail("%s: in this kernel a user namespace cannot have entries of its own, which takes Linux "
                            "6.7; register them for the machine instead, as root: binfmtctl enable",
                            procdir);
        if (r < 0)
                return fail("%s: binfmt_misc cannot be mounted: %s", procdir,
                            r == -ENODEV ? _("this kernel does not have it (modprobe binfmt_misc)") : strerror(-r));
        return EXIT_OK;
}

static int register_formats(const struct call *call)
{
        const char *arch = call->option[OPTION_ARCH];
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_close_ int fd = binfmt_misc_open(call->paths.procdir, false, &problems);

        int r = fd < 0 ? fd : catalog_load(&call->paths, &catalog, &problems);
        print_problems(&problems);
        if (r < 0)
                return EXIT_FAILED;
        return arch ? add_one(fd, &catalog, arch, call->option[OPTION_INTERPRETER]) : add_all(fd, &catalog);
}

/* Gives the caller back the user and group that he has outside, by a second user namespace within the first, whose entries it
 * has. */
static int become(uid_t uid, gid_t gid)
{
        int r = namespace_enter(0, uid, gid);

        return r < 0 ? fail("no second user namespace can be made: %s", namespace_reason(r)) : EXIT_OK;
}

static int enter_root(const char *root)
{
        if (root && (chroot(root) < 0 || chdir("/") < 0))
                return fail("%s: it cannot become the root directory: %s", root, strerror(errno));
        return EXIT_OK;
}

int verb_run(const struct call *call)
{
        uid_t uid = geteuid();
        gid_t gid = getegid();

        if (call->option[OPTION_INTERPRETER] && !call->option[OPTION_ARCH]) {
                fail("--interpreter needs --arch, which says what programs it is for");
                return EXIT_USAGE;
        }
        int status = make_namespace(call->paths.procdir);
        if (status == EXIT_OK)
                status = register_formats(call);
        if (status == EXIT_OK)
                status = become(uid, gid);
        if (status == EXIT_OK)
                status = enter_root(call->option[OPTION_ROOT]);
        if (status != EXIT_OK)
                return status;
        execvp(call->args[0], call->args);
        status = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
        fail("%s: %s", call->args[0], strerror(errno));
        return status;
}
