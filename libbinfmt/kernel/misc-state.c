/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "misc-state.h"

#include <errno.h>
#include <sys/stat.h>

#include "kernel.h"
#include "mount.h"
#include "namespace.h"

const char *misc_mount_to_string(enum misc_mount m)
{
        static const char *const names[] = { [MISC_MOUNTED] = N_("mounted"),
                                             [MISC_NOT_MOUNTED] = N_("not-mounted"),
                                             [MISC_DEAD_AUTOMOUNT] = N_("dead-automount"),
                                             [MISC_ABSENT] = N_("absent"),
                                             [MISC_UNREADABLE] = N_("unreadable") };

        return names[m];
}

const char *misc_owner_to_string(enum misc_owner o)
{
        static const char *const names[] = { [MISC_OWNER_MACHINE] = "machine",
                                             [MISC_OWNER_SELF] = "self",
                                             [MISC_OWNER_ANCESTOR] = "ancestor",
                                             [MISC_OWNER_UNKNOWN] = "unknown" };

        return names[o];
}

void misc_state_done(struct misc_state *s)
{
        entries_done(&s->entries);
        *s = (struct misc_state){};
}

/* Whether the user 0 of this namespace is the machine's root. Returns 1 or 0, or a negative errno. */
static int root_is_machine_root(void)
{
        unsigned long outside, count;
        int r = namespace_find_root(&outside, &count);

        return r < 0 ? r : outside == 0;
}

/* Finds out whose entries these are: the files in a binfmt_misc belong to the root of the user namespace that mounted it. */
static enum misc_owner find_owner(int fd)
{
        struct stat file;

        if (namespace_is_first())
                return MISC_OWNER_MACHINE;
        if (fd < 0 || root_is_machine_root() != 0 || fstatat(fd, "register", &file, 0) < 0)
                return MISC_OWNER_UNKNOWN;
        return file.st_uid == 0 ? MISC_OWNER_SELF : MISC_OWNER_ANCESTOR;
}

static int read_mounted(int fd, struct misc_state *s)
{
        int r = kernel_enabled(fd);

        if (r >= 0) {
                s->enabled = r;
                r = kernel_list(fd, &s->entries);
        }
        if (r < 0 && r != -ENOMEM) {
                s->mount = MISC_UNREADABLE;
                s->error = r;
                return 0;
        }
        return r;
}

static enum misc_mount why_not_mounted(const char *procdir, int error)
{
        if (mount_is_automount(procdir))
                return MISC_DEAD_AUTOMOUNT;
        return error == -ENOENT ? MISC_ABSENT : error == -ENODEV ? MISC_NOT_MOUNTED : MISC_UNREADABLE;
}

int misc_state_read(const char *procdir, struct misc_state *ret)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(misc_state_done) struct misc_state s = { .autofs = mount_is_automount(procdir) };

        _cleanup_close_ int fd = binfmt_misc_open(procdir, false, &ignored);
        if (fd == -ENOMEM)
                return fd;
        s.owner = find_owner(fd);
        if (fd >= 0) {
                int r = read_mounted(fd, &s);
                if (r < 0)
                        return r;
        } else {
                s.mount = why_not_mounted(procdir, fd);
                s.error = fd;
        }
        *ret = s;
        s = (struct misc_state){};
        return 0;
}
