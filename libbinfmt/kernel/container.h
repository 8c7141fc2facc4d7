/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries that apply to another process: of a container, say. From Linux 6.7 on each user namespace may have its
 * own. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "entry.h"
#include "base/paths.h"

struct container {
        pid_t pid;
        bool same;      /* it is in our user namespace: our entries apply */
        char *statedir; /* for what is registered in its namespace */
        int fd;         /* its namespace's own entries, or negative: it has none, those above it apply */
        char *procdir;  /* that descriptor as a path, which the container cannot lead anywhere else, or NULL */
};

/* Finds out about a process. paths are those of here. Returns 0, or a negative errno with *ret_reason, a constant
 * string: -ESRCH where there is no such process, -EACCES where we may not look. */
int container_open(pid_t pid, const struct paths *paths, struct container *ret, const char **ret_reason);

/* Mounts a binfmt_misc in the process's mount namespace, where it has none of its own, so that from now on its user
 * namespace has entries of its own; at first those that applied until now, which are in inherited. Interpreters with
 * the flag F are opened here, not in the container. An entry that cannot be registered there is left out, and its
 * name added to *ret_lost, separated by spaces. Returns 0 or a negative errno with *ret_reason. */
int container_make_own(struct container *c, const struct paths *paths, const struct entries *inherited, char **ret_lost,
                       const char **ret_reason);

void container_done(struct container *c);
