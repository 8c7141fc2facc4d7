/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli.h"

/* Checks that this user may write to a directory, or make it where it is missing. Root is taken to be allowed to, and with
 * --dry-run nothing is written. Returns EXIT_OK, or EXIT_FAILED with a line printed that says how to call this as root. */
int check_may_write(const struct call *call, const char *directory);
