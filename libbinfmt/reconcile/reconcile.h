/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the kernel have the entries that the configuration wants. Boot, reload, enable, disable, and an interpreter that was
 * replaced all come down to this one call. */
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

/* How the kernel's entry differs from what is wanted. */
enum reconcile_drift {
        DRIFT_NONE,
        DRIFT_MISSING,   /* the kernel has no such entry */
        DRIFT_CHANGED,   /* it has another entry under the name */
        DRIFT_STALE,     /* the F flag has pinned a file of the interpreter that has been replaced */
        DRIFT_DISABLED,  /* it has the entry, switched off */
        DRIFT_SHADOWED,  /* it has the entry, and another program's that was registered later and takes all its files */
        DRIFT_LEFT_OVER, /* it has an entry of ours that is not wanted any more */
        DRIFT_COUNT,
};

/* What is known of one format when it is decided what to do about it. */
struct situation {
        const struct entry *want; /* what should be registered, or NULL */
        const struct entry *have; /* what the kernel has under this name, or NULL */
        bool keep;                /* it could not be found out what should be registered: the kernel's entry stays */
        bool fresh;               /* want is what we registered, with the interpreter's file that it has now */
        bool shared;              /* another program is asked to register want too, and have is not ours */
        bool ours;                /* we registered have, or it is to go whoever registered it */
        bool absent;              /* no interpreter of the format is installed, though it may be registered all the same */
        bool shadowed;            /* an entry that no format is for is tried before have, and takes all its files */
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
        size_t n_active; /* how many formats are registered; where one was named, only that one counts */
        size_t n_failed;
};

void reconcile_report_done(struct reconcile_report *r);

/* Find out what is wrong and what to do about it: nothing else in here decides. */
enum reconcile_drift reconcile_find_drift(const struct situation *s);
enum reconcile_action reconcile_decide(const struct situation *s);

/* The drift as a word: "missing", "stale" and so on. */
const char *reconcile_drift_to_string(enum reconcile_drift d);

/* The action as a word: "registered", "removed" and so on. */
const char *reconcile_action_to_string(enum reconcile_action a);

/* Whether binfmt_misc at fd is disabled as a whole, which is noted in problems then. */
bool reconcile_is_off(const struct paths *paths, int fd, struct problems *problems);

/* Reconciles all formats of the catalog; where only is not NULL, the format of that name and those that follow it. The entry of a
 * format that was named and is disabled goes even where another program registered it. Entries that we registered and that the
 * catalog does not know any more are removed. Other programs' entries are left alone, except that one with the name of a format
 * is replaced where it differs. What an interrupted replacement left is removed. fd is binfmt_misc. An action that fails is noted
 * in problems and in the report, and the rest is still done. Returns 0, or a negative errno where nothing could be done. */
int reconcile(const struct paths *paths, int fd, const struct catalog *catalog, const char *only, struct reconcile_report *ret,
              struct problems *problems);

/* Reconciles only the formats that follow the format of this name, but not that one itself; where name is NULL, all that follow
 * any. For a caller that has already registered what they follow. Otherwise like reconcile(). */
int reconcile_followers(const struct paths *paths, int fd, const struct catalog *catalog, const char *name,
                        struct reconcile_report *ret, struct problems *problems);

/* Finds out what reconcile() would do, and changes nothing: the report has the actions that would be taken, and active is what
 * the kernel has now. This needs no privileges. */
int reconcile_plan(const struct paths *paths, int fd, const struct catalog *catalog, const char *only,
                   struct reconcile_report *ret, struct problems *problems);
