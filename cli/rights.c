/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rights.h"

#include <errno.h>
#include <fcntl.h>

/* Cuts a path down to the first directory on it, from its end, that is there. */
static void find_existing(char *path)
{
        char *slash;

        while (access(path, F_OK) < 0 && errno == ENOENT && (slash = strrchr(path, '/')))
                slash[slash == path] = '\0';
}

int check_may_write(const struct call *call, const char *directory)
{
        _cleanup_free_ char *path = strdup(directory);

        if (!path)
                return fail("out of memory");
        /* Root of a user namespace may be nobody here, and sudo no help. */
        if (geteuid() == 0)
                return EXIT_OK;
        find_existing(path);
        if (call->option[OPTION_DRY_RUN] || faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ||
            (errno != EACCES && errno != EPERM))
                return EXIT_OK;
        return fail("%s: this user may not write there; it takes root: sudo binfmtctl %s%s%s", directory, call->verb->name,
                    call->n_args > 0 ? " " : "", call->n_args > 0 ? call->args[0] : "");
}
