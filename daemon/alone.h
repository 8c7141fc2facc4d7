/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes sure that this process is the only daemon, and has the rights that the daemon needs. */
#pragma once

#include "log.h"
#include "base/paths.h"

/* Makes sure that no other daemon keeps its records in the same directory, until the descriptor *ret is closed. Where that fails
 * for another reason than permissions, the daemon does without, and *ret is negative. Returns 0; or, with a message logged,
 * -EBUSY where there is another daemon, or -EACCES where this one is not allowed what it needs. */
int alone_begin(const struct paths *paths, const struct log *log, int *ret);

/* Checks that entries may be registered in the binfmt_misc that is mounted. Where none is mounted, nothing is known yet. Returns
 * 0, or -EACCES with a message logged. */
int alone_check_rights(const struct paths *paths, const struct log *log);
