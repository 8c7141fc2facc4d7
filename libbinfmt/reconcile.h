/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes what the kernel has follow what the configuration wants. Boot, reload, enable, disable, and an interpreter that
 * was replaced are all this one call. */
#pragma once

#include <stdbool.h>

#include "catalog.h"

enum reconcile_action {
        RECONCILE_NOTHING,
        RECONCILE_REGISTER,
        RECONCILE_REPLACE,
        RECONCILE_ENABLE,
        RECONCILE_REMOVE,
        RECONCILE_ACTION_COUNT,
};

/* What is known of one format when it is decided what to do about it. */
struct situation {
        const struct entry *want; /* what should be registered, or NULL */
        const struct entry *have; /* what the kernel has under this name, or NULL */
        bool keep;                /* what should be registered could not be found out: leave what is there */
        bool fresh;               /* want is what we registered, with the interpreter's file that it has now */
        bool ours;                /* have is what we registered, or it is to go whoever registered it */
};

struct reconcile_result {
        char *name;
        enum reconcile_action action;
        int error;   /* 0, or the negative errno of an action that failed (with a problem noted) */
        bool active; /* whether the kernel now has an entry of the name that is enabled */
};

struct reconcile_report {
        struct reconcile_result *items;
        size_t n;
        size_t n_active;
        size_t n_failed;
};

void reconcile_report_done(struct reconcile_report *r);

/* What to do: nothing else in here decides. */
enum reconcile_action reconcile_decide(const struct situation *s);

/* "registered", "removed" and so on. */
const char *reconcile_action_to_string(enum reconcile_action a);

/* Reconciles all formats of the catalog, or, where only is not NULL, the one of that name; if that is
 * disabled, its entry goes even where it is somebody else's. Entries that we registered and that the catalog does not know any more are
 * removed; other people's entries are left alone, except that one of the same name as a format of ours is replaced.
 * fd is binfmt_misc. An action that fails is noted in problems and in the report, and the rest still done. Returns 0, or
 * a negative errno where nothing could be done. */
int reconcile(const struct paths *paths, int fd, const struct catalog *catalog, const char *only,
              struct reconcile_report *ret, struct problems *problems);
