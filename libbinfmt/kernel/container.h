/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries that apply to another process, which may be in a container. From Linux 6.7 on each user namespace may have entries
 * of its own. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "entry.h"
#include "base/paths.h"

struct container {
        pid_t pid;
        bool same;      /* it is in our user namespace: our entries apply */
        char *statedir; /* the directory of records for the namespace of the process */
        int fd;         /* binfmt_misc with the entries of that namespace; negative where it has none, and those above it apply */
        char *procdir;  /* /proc/self/fd/N for fd, a path that the container cannot lead anywhere else; or NULL */
};

/* Finds out which entries apply to a process. paths are those of this process. Returns 0, or a negative errno with *ret_reason, a
 * constant string: -ESRCH where there is no such process, -EACCES where we may not look. */
int container_open(pid_t pid, const struct paths *paths, struct container *ret, const char **ret_reason);

/* Mounts a binfmt_misc in the process's mount namespace, where it has none of its own, so that from now on its user
 * namespace has entries of its own; at first those that applied until now, which are in inherited. Interpreters with
 * the flag F are opened here, not in the container. An entry that cannot be registered there is left out, and its
 * name added to *ret_lost, separated by spaces. Returns 0 or a negative errno with *ret_reason. */
int container_make_own(struct container *c, const struct paths *paths, const struct entries *inherited, char **ret_lost,
                       const char **ret_reason);

void container_done(struct container *c);
