/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes what the kernel has follow what the configuration wants. Boot, reload, enable, disable, and an interpreter that
 * was replaced are all this one call. */
#pragma once

#include <stdbool.h>

#include "formats/catalog.h"

enum reconcile_action {
        RECONCILE_NOTHING,
        RECONCILE_REGISTER,
        RECONCILE_REPLACE,
        RECONCILE_ENABLE,
        RECONCILE_REMOVE,
        RECONCILE_ACTION_COUNT,
};

/* How what the kernel has differs from what is wanted. */
enum reconcile_drift {
        DRIFT_NONE,
        DRIFT_MISSING,   /* the kernel has no such entry */
        DRIFT_CHANGED,   /* it has another one under the name */
        DRIFT_STALE,     /* the F flag has pinned a file of the interpreter that was replaced since */
        DRIFT_DISABLED,  /* it has the entry, switched off */
        DRIFT_SHADOWED,  /* it has the entry, and one of somebody else's that was registered later and takes all its files */
        DRIFT_LEFT_OVER, /* it has an entry of ours that is not wanted any more */
        DRIFT_COUNT,
};

/* What is known of one format when it is decided what to do about it. */
struct situation {
        const struct entry *want; /* what should be registered, or NULL */
        const struct entry *have; /* what the kernel has under this name, or NULL */
        bool keep;                /* what should be registered could not be found out: leave what is there */
        bool fresh;               /* want is what we registered, with the interpreter's file that it has now */
        bool shared;              /* want is what somebody else is asked to register too, and have is not ours */
        bool ours;                /* have is what we registered, or it is to go whoever registered it */
        bool absent;              /* no interpreter of the format is installed, though it may be registered all the same */
        bool shadowed;            /* an entry that no format is for is tried before have, and takes all that have would */
};

struct reconcile_result {
        char *name;
        enum reconcile_drift drift; /* what was found */
        enum reconcile_action action;
        int error;   /* 0, or the negative errno of an action that failed (with a problem noted) */
        bool absent; /* the format is to be registered, and no interpreter of it is installed */
        bool active; /* whether the kernel now has an entry of the name that is enabled */
};

struct reconcile_report {
        struct reconcile_result *items;
        size_t n;
        bool off;        /* binfmt_misc is disabled as a whole (with a problem noted): what is registered does not work */
        size_t n_active; /* where one format was named, only of that */
        size_t n_failed;
};

void reconcile_report_done(struct reconcile_report *r);

/* What is wrong, and so what to do: nothing else in here decides. */
enum reconcile_drift reconcile_find_drift(const struct situation *s);
enum reconcile_action reconcile_decide(const struct situation *s);

/* "missing", "stale" and so on. */
const char *reconcile_drift_to_string(enum reconcile_drift d);

/* "registered", "removed" and so on. */
const char *reconcile_action_to_string(enum reconcile_action a);

/* Whether binfmt_misc at fd is disabled as a whole, which is noted in problems then. */
bool reconcile_is_off(const struct paths *paths, int fd, struct problems *problems);

/* The result for the format or entry of this name; NULL where there is none. */
const struct reconcile_result *reconcile_find(const struct reconcile_report *r, const char *name);

/* Reconciles all formats of the catalog, or, where only is not NULL, the one of that name and those that follow it; of those that
 * are disabled, the entry goes even where it is somebody else's. Entries that we registered and that the catalog does not know
 * any more are removed; other people's entries are left alone, except that one of the same name as a format of ours is replaced
 * where it differs. What a replacement that was interrupted left behind is cleared away. fd is binfmt_misc. An action that fails
 * is noted in problems and in the report, and the rest still done. Returns 0, or a negative errno where nothing could be done. */
int reconcile(const struct paths *paths, int fd, const struct catalog *catalog, const char *only, struct reconcile_report *ret,
              struct problems *problems);

/* The same of those formats alone that follow the one of this name, or any where that is NULL: somebody else has seen to that. */
int reconcile_followers(const struct paths *paths, int fd, const struct catalog *catalog, const char *name,
                        struct reconcile_report *ret, struct problems *problems);

/* The same without changing anything: the report has the actions that would be taken, and active is what the kernel has
 * now. Needs no privileges. */
int reconcile_plan(const struct paths *paths, int fd, const struct catalog *catalog, const char *only,
                   struct reconcile_report *ret, struct problems *problems);
