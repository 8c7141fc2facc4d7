/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files in the directory of a format's drop-ins, NAME.conf.d in a directory of formats. */
#pragma once

/* Writes such a file, and makes the directory where it is not there yet. Returns 0 or a negative errno. */
int drop_in_write(const char *confdir, const char *name, const char *file, const char *text);

/* Deletes such a file, and the directory if nothing else is in it. Returns 0, even where the file was not there, or a negative
 * errno. */
int drop_in_delete(const char *confdir, const char *name, const char *file);
