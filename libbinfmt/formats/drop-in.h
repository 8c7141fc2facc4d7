/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files beside a format's drop-ins, in NAME.conf.d of a directory of formats. */
#pragma once

/* Writes one, and the directory where that is not there yet. Returns 0 or a negative errno. */
int drop_in_write(const char *confdir, const char *name, const char *file, const char *text);

/* Deletes one, and the directory where nothing else is in it. Returns 0, also where there was none, or a negative errno. */
int drop_in_delete(const char *confdir, const char *name, const char *file);
