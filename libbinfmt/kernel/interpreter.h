/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "entry.h"

/* Checks an interpreter's file as the kernel will, but says why it will not do: the kernel notices some of this only when a
 * program is run, and then blames the program. format is the entry of the format that it is to run. Returns 0; -ENOENT where it
 * is not installed; or another negative errno. On failure *ret_reason is a constant string. */
int interpreter_check(const char *path, const struct entry *format, const char **ret_reason);

/* Makes *ret a text that identifies an interpreter's file. It changes when the file is replaced or written to: then an entry that
 * the F flag pinned has become stale. Returns 0 or a negative errno. */
int interpreter_fingerprint(const char *path, char **ret);
