/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of everything at one moment: what is configured, what the kernel has, and how they differ. */
#pragma once

#include "formats/catalog.h"
#include "reconcile/reconcile.h"

/* The state of one format. */
struct format_state {
        const struct format *format;
        const struct entry *entry; /* the kernel's entry, or NULL */
        enum reconcile_drift drift;
        char **files; /* what identifies the file of each candidate (interpreter.h); NULL where there is no file */
        size_t n_files;
        bool paused; /* it drifted, and is not repaired for now, because another program keeps changing it */
};

struct state {
        struct catalog catalog;
        struct entries kernel;
        struct reconcile_report plan; /* what reconciling would do, by name */
        struct format_state *formats; /* as many as the catalog has, and in its order */
        size_t n_formats;             /* as many as that, even where the catalog was given away */
};

/* Compares a catalog with the kernel's entries at fd. It takes the catalog over, even where it fails. What keeps a format from
 * being registered is noted in problems. Returns 0 or a negative errno. */
int state_read(const struct paths *paths, int fd, struct catalog *catalog, struct state *ret, struct problems *problems);

/* How the entry of this name differs from what the kernel should have; DRIFT_NONE for a name that is not known. */
enum reconcile_drift state_drift(const struct state *s, const char *name);

/* Finds a format by name; NULL where there is none. */
const struct format_state *state_find(const struct state *s, const char *name);

/* Whether an entry of the kernel is one that we neither have registered nor are to register. */
bool state_is_foreign(const struct state *s, const char *name);

void state_done(struct state *s);
