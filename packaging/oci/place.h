/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binfmt_misc as a container sees it: in a /proc of its own, where nobody has mounted it. */
#pragma once

#include <stdbool.h>

#include "base/problem.h"

struct place {
        const char *procdir;
        int fd;    /* the directory; -1 where it is better left unmounted */
        bool ours; /* mounted by place_open, for as long as the container lasts */
};

/* Opens binfmt_misc, mounting it where that is needed, and with `change`, where the machine's first process is visible, for that
 * one too. Says on standard error whose entries they are, if not the machine's. Returns 0, or notes the problem and returns a
 * negative errno. */
int place_open(const char *procdir, bool change, struct place *ret, struct problems *problems);

/* Is called after entries were registered: unmounts the container's own binfmt_misc and mounts it again, so that only entries
 * are seen from now on that will stay. Returns 0, -ESTALE where the entries are gone because nobody else has binfmt_misc
 * mounted, or another negative errno. */
int place_settle(struct place *p, struct problems *problems);

/* Whether the processes of the machine's other containers are seen here. */
bool place_sees_processes(void);

void place_close(struct place *p);
