/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "override.h"

/* Write and delete a file beside the drop-ins. Deleting returns 0 also where there was none. Return 0 or a negative errno. */
int override_put(const struct paths *paths, const char *name, const char *file, const char *text);
int override_delete(const struct paths *paths, const char *name, const char *file);

/* Writes the choice of an interpreter alone, or deletes it where path is NULL. Returns 0 or a negative errno. */
int override_put_use(const struct paths *paths, const char *name, const char *path);
