/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The administrator's choices for a format, which survive reload and reboot: drop-ins in NAME.conf.d in the
 * administrator's directory, 50-binfmtctl.conf (enabled or not) and 51-binfmtctl.conf (which interpreter), and beside
 * them the interpreters that were chosen before. Whoever changes them holds the lock (lock.h). */
#pragma once

#include <stdbool.h>

#include "catalog.h"

/* Write and delete a file beside the drop-ins. Deleting returns 0 even where the file was not there. Return 0 or a negative
 * errno. */
int override_put(const struct paths *paths, const char *name, const char *file, const char *text);
int override_delete(const struct paths *paths, const char *name, const char *file);

/* Writes whether the format is enabled. Returns 0 or a negative errno. */
int override_write(const struct paths *paths, const char *name, bool enabled);

/* Deletes the choice whether the format is enabled, and the note that update-binfmts(8) has disabled it for now (pause.h).
 * Returns 0, even where neither was there, or a negative errno. */
int override_remove(const struct paths *paths, const char *name);

/* Chooses whether a format of the catalog is enabled, and writes no more than necessary: nothing for a format that is enabled
 * without any choice. Returns 0 or a negative errno. */
int override_choose(const struct paths *paths, const struct format *f, bool enabled);

/* Chooses for all formats of a catalog whether they are enabled, as override_choose does. Returns 0, or a negative errno with the
 * name of the format for which it failed in *ret_failed. */
int override_choose_all(const struct paths *paths, const struct catalog *catalog, bool enabled, const char **ret_failed);

/* How many choices of an interpreter are kept, so that they can be taken back. */
#define OVERRIDE_HISTORY_MAX 100

/* Chooses an interpreter; where path is NULL, leaves the choice to the priorities again. The choice before it is kept in the
 * history. Returns 0 or a negative errno. */
int override_use(const struct paths *paths, const struct format *f, const char *path);

/* Finds the choice before the present one; NULL: it had been left to the priorities. Returns 0, -ENOENT where nothing was chosen
 * before, or another negative errno. */
int override_previous(const struct paths *paths, const struct format *f, char **ret);

/* Chooses again what override_previous finds, and forgets the present choice. Returns like override_previous. */
int override_rollback(const struct paths *paths, const struct format *f);
