/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User namespaces of our own: in one, anybody can do what takes root outside. See user_namespaces(7). */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Whether this process is in the machine's first user namespace; false where that cannot be told. */
bool namespace_is_first(void);

/* Whether this process sees the same mounts as process 1: 1, or 0 where it is in another mount namespace. -ENODATA where the
 * kernel (before Linux 5.8) does not tell, or another negative errno where what process 1 sees cannot be read. */
int namespace_has_mounts_of_init(void);

/* Finds out which user of the namespace above is the user 0 of this one, and of how many users in a row that is the first.
 * Returns 0, -ENOENT where there is none, or another negative errno. */
int namespace_find_root(unsigned long *ret_outside, unsigned long *ret_count);

/* Moves this process, which must have one thread, into a new user namespace and the other new namespaces of flags
 * (CLONE_NEW...). There its user and group have these numbers. Returns 0 or a negative errno. */
int namespace_enter(int flags, uid_t uid, gid_t gid);

/* Moves this process, which must have one thread, into the new namespaces of flags: without a user namespace where it has the
 * right to, and otherwise as the root of a new one. Returns 0; 1 where it took a user namespace; or a negative errno. */
int namespace_enter_if_needed(int flags);

/* Why making a user namespace failed with this negative errno, and what can be done, as a constant string. */
const char *namespace_reason(int error);
