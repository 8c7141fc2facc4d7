/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "paths.h"

/* Removes what processes that were killed while they wrote (file_write_at) have left, from where files are written: the directory
 * of records, the database of update-binfmts, and the administrator's drop-ins. Nothing else is touched, and nothing in a
 * directory that is not this user's alone. What cannot be removed stays. */
void sweep_temporaries(const struct paths *paths);
