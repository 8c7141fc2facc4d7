/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out what the kernel has, what it should have, and what is wrong. This changes nothing and needs no privileges. */
#pragma once

#include "kernel/misc-state.h"
#include "reconcile.h"

/* A format, or an entry of the kernel that no format is for. */
struct status_row {
        char *name;
        bool configured; /* it is a format */
        bool wanted;     /* and is to be registered */
        bool absent;     /* and no interpreter of it is installed */
        bool active;     /* the kernel has an entry of the name that is enabled, and binfmt_misc is */
        enum reconcile_drift drift;
        enum reconcile_action action; /* what reconciling would do */
        bool paused;                  /* the daemon leaves it alone for now: set by who asks the daemon, not by status_read */
        char *follows;                /* the format that it follows, or NULL */
        char *interpreter;            /* the kernel's, or that which would be registered */
        const char *owner;            /* who has registered the kernel's entry, as far as can be told; NULL: there is none */
};

/* Two enabled entries that the same file can match, by their place in misc.entries. */
struct status_overlap {
        size_t winner, loser;
};

struct status {
        struct misc_state misc;
        struct catalog catalog;
        struct entries kernel;   /* the kernel's, by name */
        struct status_row *rows; /* formats by name, then other entries */
        size_t n;
        struct status_overlap *overlaps;
        size_t n_overlaps;
        struct problems problems;
};

void status_done(struct status *s);

/* Fills in all of *ret. Returns 0 or a negative errno. */
int status_read(const struct paths *paths, struct status *ret);

/* Who registers entries that look like this, as far as that can be told. */
const char *status_guess_owner(const struct entry *e);

/* Finds the row of a format or entry; NULL where there is none of this name. */
const struct status_row *status_find_row(const struct status *s, const char *name);

/* Whether the kernel has a format's entry as it should be, and enabled: whether its state is "registered". */
bool status_row_is_registered(const struct status_row *row);

/* The state of a row in words: "registered", "missing", "foreign" and so on. */
const char *status_row_state(const struct status_row *row);

/* Whether nothing is wrong: there is no drift and no problem, and binfmt_misc works. An overlap is nothing wrong. */
bool status_is_good(const struct status *s);
