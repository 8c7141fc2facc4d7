/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* The kernel can neither change nor rename an entry, but the entry that was registered last matches first. So the new entry is
 * registered under a temporary name first; if the kernel refuses it, it does so now, and nothing has changed. Then the old entry
 * is removed, the new one registered under its own name, and the temporary one removed. */
static int replace(int fd, const struct entry *e, bool only_present, const char **ret_reason)
{
        _cleanup_(entry_done) struct entry temporary = {}, present = {};
        int r;

        if (entry_copy(e, &temporary) < 0 || string_set(&temporary.name, ENTRY_TEMPORARY_NAME) < 0) {
                *ret_reason = _("out of memory");
                return -ENOMEM;
        }

        /* A process that was killed in the middle of a replacement may have left a temporary entry. */
        r = kernel_remove(fd, ENTRY_TEMPORARY_NAME);
        if (r >= 0)
                r = kernel_register(fd, &temporary, ret_reason);
        else
                *ret_reason = _("the temporary entry of an interrupted replacement cannot be removed");
        if (r < 0)
                return r;

        r = only_present && kernel_read(fd, e->name, &present) == -ENOENT ? -ESTALE : kernel_remove(fd, e->name);
        if (r < 0) {
                *ret_reason = _("the old entry cannot be removed");
                (void)kernel_remove(fd, ENTRY_TEMPORARY_NAME);
                return r;
        }

        /* Should this fail after all, the temporary entry stays: programs run, and the next attempt clears it away. */
        r = kernel_register(fd, e, ret_reason);
        if (r < 0)
                return r;
        return kernel_remove(fd, ENTRY_TEMPORARY_NAME);
}

int kernel_replace(int fd, const struct entry *e, const char **ret_reason)
{
        return replace(fd, e, false, ret_reason);
}

int kernel_replace_from(int fd, const struct entry *e, int (*set_up)(void *userdata), void *userdata, const char **ret_reason)
{
        int status;

        *ret_reason = _("an image of the interpreter cannot be registered");
        if (!(e->flags & ENTRY_FIX_BINARY))
                return -EINVAL;
        pid_t pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0) {
                const char *reason;
                (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
                int r = set_up(userdata);
                if (r >= 0)
                        r = replace(fd, e, true, &reason);
                _exit(r < 0 ? -r : 0);
        }
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}
