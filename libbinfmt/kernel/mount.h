/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/problem.h"

/* Opens the directory where binfmt_misc is mounted; an automount there is triggered. Where it is not mounted, it is mounted if
 * may_mount is set, even over an automount that mounts nothing. Returns a file descriptor, or notes the problem and returns a
 * negative errno: -ENODEV where it is not mounted and was not to be. */
int binfmt_misc_open(const char *path, bool may_mount, struct problems *problems);

/* Whether there is an automount on the path that has nothing mounted on it. This does not trigger it. */
bool mount_is_automount(const char *path);

/* Mounts binfmt_misc on this directory, over whatever is there. In a new user namespace it starts without entries.
 * Returns 0; -EPERM where the kernel has but one, which is before Linux 6.7; or another negative errno. */
int binfmt_misc_mount(const char *directory);
