/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The administrator's choices for a format, which survive reload and reboot: drop-ins in NAME.conf.d in the
 * administrator's directory, 50-binfmtctl.conf (enabled or not) and 51-binfmtctl.conf (which interpreter), and beside
 * them the interpreters that were chosen before. Whoever changes them holds the lock (lock.h). */
#pragma once

#include <stdbool.h>

#include "catalog.h"

/* Write and delete a file beside the drop-ins. Deleting returns 0 also where there was none. Return 0 or a negative
 * errno. */
int override_put(const struct paths *paths, const char *name, const char *file, const char *text);
int override_delete(const struct paths *paths, const char *name, const char *file);

/* Writes whether the format is enabled. Returns 0 or a negative errno. */
int override_write(const struct paths *paths, const char *name, bool enabled);

/* Takes that back, and that update-binfmts(8) has disabled it for now (pause.h). Returns 0, also where nothing was
 * chosen, or a negative errno. */
int override_remove(const struct paths *paths, const char *name);

/* Makes the choice for a format as the catalog has it, with as little written as possible: one that is enabled without
 * any choice needs none. Returns 0 or a negative errno. */
int override_choose(const struct paths *paths, const struct format *f, bool enabled);

/* The same for all formats of a catalog. Returns 0, or a negative errno with the one it failed for in *ret_failed. */
int override_choose_all(const struct paths *paths, const struct catalog *catalog, bool enabled, const char **ret_failed);

/* How many choices of an interpreter are kept, so that they can be taken back. */
#define OVERRIDE_HISTORY_MAX 100

/* Chooses an interpreter, or leaves that to the priorities again where path is NULL. What was chosen before is kept.
 * Returns 0 or a negative errno. */
int override_use(const struct paths *paths, const struct format *f, const char *path);

/* Finds what was chosen before what is chosen now; NULL: it was left to the priorities. Returns 0, -ENOENT where
 * nothing was chosen before, or another negative errno. */
int override_previous(const struct paths *paths, const struct format *f, char **ret);

/* Chooses that again, and forgets what is chosen now. Returns as override_previous. */
int override_rollback(const struct paths *paths, const struct format *f);
