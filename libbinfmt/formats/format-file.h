/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A format's file; see binfmtd.conf(5) for what is in it. */
#pragma once

#include "format.h"

/* Reads the file at path, for the format with this name. Everything wrong with it is noted in problems, each with its
 * line. Returns 0; -EINVAL where problems make the format unusable; or another negative errno. */
int format_file_load(const char *path, const char *name, struct format *ret, struct problems *problems);

/* Applies a drop-in: what it sets replaces what the format had. A drop-in with an error is not applied at all. A format that
 * follows another is left without what catalog_follow gives it, which is to be called again. Returns like format_file_load. */
int format_file_apply(const char *path, struct format *f, struct problems *problems);
