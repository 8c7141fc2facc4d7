/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which package of this machine's distribution has an interpreter, for messages that say what to install. */
#pragma once

/* Makes *ret the package that has this path in the distribution that os_release names, the text of an os-release(5); NULL where
 * none is known. Returns 0 or -ENOMEM. */
int package_find_for(const char *os_release, const char *path, char **ret);

/* "PATH (package NAME)" for this machine's distribution, or only "PATH". Returns a new string, NULL without memory. */
char *package_describe(const char *path);
