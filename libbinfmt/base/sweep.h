/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "paths.h"

/* Removes the temporary files that processes left behind which were killed while they wrote (file_write_at). They are looked for
 * where files are written: in the directory of records, in the database of update-binfmts, and among the administrator's formats
 * and drop-ins. No other file is removed, and none from a directory to which others may write. A file that cannot be removed
 * stays. */
void sweep_temporaries(const struct paths *paths);
