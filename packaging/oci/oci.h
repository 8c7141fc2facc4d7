/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the container image's program does. */
#pragma once

#include "formats/catalog.h"

/* Registers and tries the translators for a list of platforms, separated by commas, or for "all" that the image has a
 * translator for. fd is binfmt_misc. Prints on standard error what was done. Returns 0, or a negative errno where one of them
 * could not be registered. */
int install(int fd, const struct catalog *catalog, const char *list);

/* Removes entries by a list of names, patterns of names (glob(7)) and platforms, separated by commas. The entries of formats
 * that follow a format are removed with its own. Returns 0, or a negative errno where an entry could not be removed or does
 * not exist. */
int uninstall(int fd, const struct catalog *catalog, const char *list);

/* Keeps the cache of translations for the entries of these formats that are registered, until SIGTERM or SIGINT, or until none of them is
 * registered any more: then all files of the cache are removed. What it lacks, it says, and returns: the entries work without. fd is
 * binfmt_misc. Returns 0 or a negative errno. */
int stay(int fd, const struct paths *paths, const struct catalog *catalog);

/* Prints as JSON which platforms' programs this machine runs, and the emulators that are registered; none where fd is -1.
 * Returns 0 or a negative errno. */
int print_status(int fd);
