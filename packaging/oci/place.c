/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From Linux 6.7 on, the entries of a user namespace are gone when binfmt_misc is mounted nowhere in it any more, and a
 * namespace that has mounted it once no longer sees its ancestor's entries. Neither may happen to somebody who merely runs
 * this container for a moment. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kernel/kernel.h"
#include "kernel/misc-state.h"
#include "kernel/mount.h"
#include "kernel/namespace.h"

/* Where the machine has binfmt_misc, whatever --mount says of the container. */
#define BINFMT_MISC "/proc/sys/fs/binfmt_misc"

/* The inode of the machine's own PID namespace (PROC_PID_INIT_INO in the kernel's include/linux/proc_ns.h). */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCU

/* True in a user namespace that an unprivileged user has made. Such a user can only make himself its root, so that one user id
 * is mapped, and it is not root's. */
static bool is_rootless(void)
{
        unsigned long outside, count;

        return namespace_find_root(&outside, &count) >= 0 && outside != 0 && count == 1;
}

/* Whether the first process that is seen has other mounts than this one: it is the machine's then, where the container shares its
 * processes (--pid=host). */
static bool sees_first_process(void)
{
        struct stat own, first;

        return stat("/proc/self/ns/mnt", &own) == 0 && stat("/proc/1/ns/mnt", &first) == 0 && own.st_ino != first.st_ino;
}

bool place_sees_processes(void)
{
        struct stat st;

        return sees_first_process() || (stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == FIRST_PID_NAMESPACE);
}

/* Mounts binfmt_misc in the mount namespace of the first process, unless it is there. An automount there does the same. Where this
 * fails, place_settle finds out. */
static void mount_for_first_process(void)
{
        _cleanup_(problems_done) struct problems ignored = {};

        if (!sees_first_process())
                return;
        pid_t child = fork();
        if (child == 0) {
                int namespace = open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC);
                if (namespace >= 0 && setns(namespace, CLONE_NEWNS) == 0)
                        (void)binfmt_misc_open(BINFMT_MISC, true, &ignored);
                _exit(0);
        }
        while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
                ;
}

/* Decides whether to mount binfmt_misc in a user namespace other than the machine's. Returns 1 or 0, or notes the problem and
 * returns -EOPNOTSUPP. */
static int may_mount_in_namespace(bool change, struct problems *problems)
{
        if (!change) {
                fputs("note: this container is in a user namespace, where mounting binfmt_misc could hide the machine's entries: "
                      "\"emulators\" is left empty\n",
                      stderr);
                return 0;
        }
        if (is_rootless())
                return problems_add(problems, -EOPNOTSUPP, NULL, 0,
                                    "this container is rootless: what it registered would end with it, and the machine's entries "
                                    "be hidden from containers like this one. Run the image as root, for all of them");
        return 1;
}

int place_open(const char *procdir, bool change, struct place *ret, struct problems *problems)
{
        _cleanup_(misc_state_done) struct misc_state state = {};
        struct place p = { .procdir = procdir, .fd = -1 };

        int r = misc_state_read(procdir, &state);
        if (r < 0)
                return r;
        p.ours = state.mount == MISC_NOT_MOUNTED || state.mount == MISC_DEAD_AUTOMOUNT;
        if (p.ours && state.owner != MISC_OWNER_MACHINE) {
                r = may_mount_in_namespace(change, problems);
                if (r == 0)
                        *ret = p;
                if (r <= 0)
                        return r;
        }
        if (p.ours && change)
                mount_for_first_process();
        p.fd = binfmt_misc_open(procdir, true, problems);
        if (p.fd < 0)
                return p.fd;
        if (change && state.owner != MISC_OWNER_MACHINE)
                fputs("note: this container is in a user namespace, so this concerns that namespace, not the machine\n", stderr);
        *ret = p;
        return 0;
}

static int has_entries(int fd)
{
        _cleanup_(entries_done) struct entries entries = {};
        int r = kernel_list(fd, &entries);

        return r < 0 ? r : entries.n > 0;
}

int place_settle(struct place *p, struct problems *problems)
{
        int before = p->ours ? has_entries(p->fd) : 0;

        if (before <= 0)
                return before;
        place_close(p);
        if (umount2(p->procdir, 0) < 0)
                return problems_add(problems, -errno, p->procdir, 0, "cannot be unmounted: %s", strerror(errno));
        p->fd = binfmt_misc_open(p->procdir, true, problems);
        if (p->fd < 0)
                return p->fd;
        int after = has_entries(p->fd);
        if (after != 0)
                return after < 0 ? after : 0;
        return problems_add(
                problems, -ESTALE, NULL, 0,
                "what was registered is gone with this container, because binfmt_misc is mounted nowhere else: on the "
                "machine, \"mount -t binfmt_misc binfmt_misc %s\" and repeat this, or give the container --pid=host, "
                "with which it does that itself",
                BINFMT_MISC);
}

void place_close(struct place *p)
{
        if (p->fd >= 0)
                close(p->fd);
        p->fd = -1;
}
