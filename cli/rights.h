/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli.h"

/* Whether this user may write to a directory, or make it where it is missing; of root that is not asked. Returns EXIT_OK, also
 * where nothing is to be written (--dry-run), or EXIT_FAILED with a line printed that says what it takes. */
int check_may_write(const struct call *call, const char *directory);
