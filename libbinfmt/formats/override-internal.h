/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "override.h"

/* Writes the choice of an interpreter without touching the history, or deletes the choice where path is NULL. Returns 0 or a
 * negative errno. */
int override_put_use(const struct paths *paths, const char *name, const char *path);
