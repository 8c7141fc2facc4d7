/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where everything is. Nothing in the library assumes a place; it is told. */
#pragma once

#include <stddef.h>

struct paths {
        char *procdir;   /* where binfmt_misc is mounted */
        char **confdirs; /* directories with formats, lowest priority first; the last one is the administrator's */
        size_t n_confdirs;
        char **binfmt_d; /* directories of binfmt.d(5), lowest priority first */
        size_t n_binfmt_d;
        char *admindir;      /* the database of update-binfmts(8), or NULL */
        char *run_detectors; /* the program that asks detectors for the kernel */
        char *config;        /* the daemon's own configuration */
        char *statedir;      /* what was registered since boot */
        char *cachedir;      /* translations that the daemon has made */
        char *translator;    /* the program that makes them */
};

/* The places of this build, or what BINFMTD_PROCDIR, BINFMTD_CONFDIRS and BINFMTD_BINFMT_D (separated by colons),
 * BINFMTD_ADMINDIR, BINFMTD_CONFIG, BINFMTD_RUN_DETECTORS, BINFMTD_STATEDIR, BINFMTD_CACHEDIR and BINFMTD_TRANSLATOR say instead; those
 * are ignored in a set-uid program. Returns 0 or -ENOMEM. */
int paths_init(struct paths *ret);

/* Replaces the directories by a list that is separated by colons. Returns 0, -EINVAL where it is empty, or -ENOMEM. */
int paths_set_confdirs(struct paths *p, const char *list);

/* Replaces the directories of binfmt.d by a list that is separated by colons and may be empty. Returns 0 or -ENOMEM. */
int paths_set_binfmt_d(struct paths *p, const char *list);

/* The directory for the administrator's own choices. */
static inline const char *paths_admin_dir(const struct paths *p)
{
        return p->confdirs[p->n_confdirs - 1];
}

void paths_done(struct paths *p);
