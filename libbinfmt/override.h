/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The administrator's choice to enable or disable a format, which survives reload and reboot: a drop-in file
 * NAME.conf.d/50-binfmtctl.conf in the administrator's directory. */
#pragma once

#include <stdbool.h>

#include "format.h"
#include "paths.h"

/* Writes the choice. Returns 0 or a negative errno. */
int override_write(const struct paths *paths, const char *name, bool enabled);

/* Takes the choice back. Returns 0, also where there was none, or a negative errno. */
int override_remove(const struct paths *paths, const char *name);

/* Makes the choice for a format as the catalog has it, with as little written as possible: one that is enabled without any
 * choice needs none. Returns 0 or a negative errno. */
int override_choose(const struct paths *paths, const struct format *f, bool enabled);
