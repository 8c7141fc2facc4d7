/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out whether a dynamically linked program has all that it needs: its dynamic linker, its libraries, and theirs. */
#pragma once

#include "finding.h"
#include "base/root.h"

/* Examines an ELF program that is open; path is its real path in the root. What is missing is added to the findings. Returns 0,
 * even where something is missing, and where the program needs nothing; -EBADMSG or -ENOEXEC like elf_file_read; or another
 * negative errno. */
int libraries_check(const struct root *root, int fd, const char *path, struct findings *findings);
