/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "entry.h"

/* Looks at an interpreter's file as the kernel will, but says why: the kernel notices some of this only when a program
 * is run, and then blames the program. Returns 0; -ENOENT where it is not installed; or another negative errno. On
 * failure *ret_reason is a constant string. The entry is that of the format it is to run. */
int interpreter_check(const char *path, const struct entry *format, const char **ret_reason);

/* What identifies an interpreter's file, as text: it changes when the file is replaced or written to, which is when an
 * entry that the F flag pinned has become stale. Returns 0 or a negative errno. */
int interpreter_fingerprint(const char *path, char **ret);
