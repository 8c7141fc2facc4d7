/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What state the machine's binfmt_misc is in, for those who only look. */
#pragma once

#include <stdbool.h>

#include "entry.h"

enum misc_mount {
        MISC_MOUNTED,
        MISC_NOT_MOUNTED,
        MISC_DEAD_AUTOMOUNT, /* not mounted: an automount is there, and whoever serves it mounts nothing that can be seen here */
        MISC_ABSENT,         /* not even the directory is there */
        MISC_UNREADABLE,     /* the directory is there, and we may not read it */
};

/* Whose entries these are. From Linux 6.7 on a user namespace has entries of its own where it has mounted binfmt_misc. */
enum misc_owner {
        MISC_OWNER_MACHINE,  /* we are in the machine's first user namespace */
        MISC_OWNER_SELF,     /* our namespace has entries of its own */
        MISC_OWNER_ANCESTOR, /* our namespace has none, and those of an ancestor apply */
        MISC_OWNER_UNKNOWN,  /* we are in a namespace of which that cannot be told */
};

struct misc_state {
        enum misc_mount mount;
        int error;   /* why it is unreadable, a negative errno */
        bool autofs; /* it was an automount that nothing had touched before */
        bool enabled;
        enum misc_owner owner;
        struct entries entries; /* as the directory lists them: the one that the kernel tries first is the first */
};

/* Reads the state of the binfmt_misc at procdir. This triggers an automount. Returns 0 or a negative errno. */
int misc_state_read(const char *procdir, struct misc_state *ret);

const char *misc_mount_to_string(enum misc_mount m);
const char *misc_owner_to_string(enum misc_owner o);

void misc_state_done(struct misc_state *s);
