/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeping a format away until it is enabled again or the machine is started again, which is what update-binfmts(8)
 * means by disabling: a drop-in file NAME.conf.d/60-update-binfmts.conf in the directory for such choices, the last
 * but one. */
#pragma once

#include "base/paths.h"

/* Keeps it away. Returns 0 or a negative errno. */
int pause_write(const struct paths *paths, const char *name);

/* Takes that back. Returns 0, also where there was nothing to take back, or a negative errno. */
int pause_remove(const struct paths *paths, const char *name);
