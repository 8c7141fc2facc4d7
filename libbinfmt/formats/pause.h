/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps a format from being registered until it is enabled again or the machine is started again: this is what update-binfmts(8)
 * means by disabling. It is a drop-in NAME.conf.d/60-update-binfmts.conf in the directory before the administrator's, which is
 * emptied when the machine starts. */
#pragma once

#include "base/paths.h"

/* Writes the drop-in. Returns 0 or a negative errno. */
int pause_write(const struct paths *paths, const char *name);

/* Deletes the drop-in. Returns 0, even where there was none, or a negative errno. */
int pause_remove(const struct paths *paths, const char *name);
