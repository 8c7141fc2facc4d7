/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the container image's program does. */
#pragma once

#include "formats/catalog.h"

/* Registers the translators for a list of platforms that is separated by commas, or for all that the image has one for,
 * and tries each. fd is binfmt_misc. Says on standard error what was done. Returns 0, or a negative errno where any of
 * them could not be. */
int install(int fd, const struct catalog *catalog, const char *list);

/* Removes entries by a list of names, patterns of names (glob(7)) and platforms that is separated by commas. Returns 0,
 * or a negative errno where one could not be, or a name is not there. With an entry go those of formats that follow it. */
int uninstall(int fd, const struct catalog *catalog, const char *list);

/* Prints what programs this machine runs, as JSON; without emulators where fd is -1. Returns 0 or a negative errno. */
int print_status(int fd);
