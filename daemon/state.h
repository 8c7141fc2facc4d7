/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is at one moment: what is configured, what the kernel has, and how they differ. */
#pragma once

#include "formats/catalog.h"
#include "reconcile/reconcile.h"

/* The same for one format. */
struct format_state {
        const struct format *format;
        const struct entry *entry; /* of the kernel, or NULL */
        enum reconcile_drift drift;
        char **files; /* for each candidate what identifies its file (interpreter.h), NULL where there is none */
        size_t n_files;
        bool paused; /* it drifted, and is left alone because something else keeps changing it */
};

struct state {
        struct catalog catalog;
        struct entries kernel;
        struct reconcile_report plan; /* what reconciling would do, by name */
        struct format_state *formats; /* as many as the catalog has, and in its order */
        size_t n_formats;             /* the same number, also where the catalog was given away */
};

/* Compares a catalog, which it takes over also where it fails, with the kernel's entries at fd. What keeps a format
 * from being registered is noted in problems. Returns 0 or a negative errno. */
int state_read(const struct paths *paths, int fd, struct catalog *catalog, struct state *ret, struct problems *problems);

/* How the format of this name differs from what the kernel has; a name that is not known does not. */
enum reconcile_drift state_drift(const struct state *s, const char *name);

/* Finds a format by name; NULL where there is none. */
const struct format_state *state_find(const struct state *s, const char *name);

/* Whether an entry of the kernel is nothing that we have or had registered. */
bool state_is_foreign(const struct state *s, const char *name);

void state_done(struct state *s);
