/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether this process is the one that is to do the daemon's work, and can. */
#pragma once

#include "log.h"
#include "base/paths.h"

/* Makes sure that no other daemon keeps its records in the same directory, until the descriptor *ret is closed. Where that cannot
 * be made sure of for another reason than permissions, it is done without, and *ret is negative. Returns 0, or with a message
 * logged -EBUSY where there is another daemon, -EACCES where this one is not allowed what it needs. */
int alone_begin(const struct paths *paths, const struct log *log, int *ret);

/* Whether entries may be registered in the binfmt_misc that is mounted; where none is, that shows when it is to be. Returns 0, or
 * -EACCES with a message logged. */
int alone_check_rights(const struct paths *paths, const struct log *log);
