/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include "base/util.h"

/* The inode number of the first user namespace, PROC_USER_INIT_INO of the kernel. */
#define FIRST_USER_NAMESPACE 0xeffffffdU

bool namespace_is_first(void)
{
        struct stat st;

        return stat("/proc/self/ns/user", &st) == 0 && st.st_ino == FIRST_USER_NAMESPACE;
}

/* Each mount has a number, and its copy in another mount namespace has another one: so only those who see the same mounts find
 * the number of their root directory in the mountinfo of process 1. Any process may read that file (proc(5)); to compare ns/mnt
 * takes the right to trace process 1. */
int namespace_has_mounts_of_init(void)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/1/mountinfo", "re");
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        struct statx root;

        if (!f || statx(AT_FDCWD, "/", AT_NO_AUTOMOUNT, STATX_MNT_ID, &root) < 0)
                return -errno;
        if (!(root.stx_mask & STATX_MNT_ID))
                return -ENODATA;
        while (getline(&line, &size, f) >= 0)
                if (strtoull(line, NULL, 10) == root.stx_mnt_id)
                        return 1;
        return ferror(f) ? -EIO : 0;
}

int namespace_find_root(unsigned long *ret_outside, unsigned long *ret_count)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/self/uid_map", "re");
        unsigned long inside;

        if (!f)
                return -errno;
        while (fscanf(f, "%lu %lu %lu", &inside, ret_outside, ret_count) == 3)
                if (inside == 0)
                        return 0;
        return -ENOENT;
}

/* The kernel takes a map in one write. */
static int write_map(const char *path, const char *text)
{
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -errno;
}

int namespace_enter(int flags, uid_t uid, gid_t gid)
{
        char users[64], groups[64];

        snprintf(users, sizeof(users), "%u %u 1", uid, geteuid());
        snprintf(groups, sizeof(groups), "%u %u 1", gid, getegid());
        if (unshare(CLONE_NEWUSER | flags) < 0)
                return -errno;
        /* Without this an unprivileged process may not map its group. Kernels before 3.19 do not have the file. */
        int r = write_map("/proc/self/setgroups", "deny");
        if (r < 0 && r != -ENOENT)
                return r;
        r = write_map("/proc/self/gid_map", groups);
        return r < 0 ? r : write_map("/proc/self/uid_map", users);
}

int namespace_enter_if_needed(int flags)
{
        if (unshare(flags) == 0)
                return 0;
        if (errno != EPERM)
                return -errno;
        int r = namespace_enter(flags, 0, 0);
        return r < 0 ? r : 1;
}

const char *namespace_reason(int error)
{
        switch (-error) {
        case EPERM:
        case EACCES:
                return _("this machine does not let unprivileged users make user namespaces (see sysctl "
                         "kernel.unprivileged_userns_clone and the rules of AppArmor or SELinux)");
        case ENOSPC:
        case EUSERS:
                return _("there are too many user namespaces, or nested too deep (see sysctl "
                         "user.max_user_namespaces)");
        case EINVAL: return _("this kernel has no user namespaces");
        default: return strerror(-error);
        }
}
