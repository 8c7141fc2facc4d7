/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration files as "systemd-binfmt --cat-config" shows them: "# PATH", the text, and an empty line between two
 * files. */
#pragma once

#include <stdbool.h>

#include "base/conf-files.h"

/* Print a file, or several; *first is true before the first one, and false afterwards. A file that is masked has no text.
 * Return an exit status, with a line printed where a file cannot be read. */
int print_file(const char *path, bool masked, bool *first);
int print_files(const struct conf_files *files, bool *first);
