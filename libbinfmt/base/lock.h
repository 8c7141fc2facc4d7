/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One process at a time. */
#pragma once

#include "paths.h"

/* Takes the one lock of everybody who changes the configuration or makes the kernel follow it, in the directory of records:
 * whoever holds it reads, decides and writes without anybody in between. Waits for it, and holds it until the descriptor is
 * closed. What others that were killed while they held it have left is swept away (sweep.h). Returns a file descriptor or a
 * negative errno. */
int lock_changes(const struct paths *paths);

/* The same without waiting: returns -EWOULDBLOCK where somebody else has it. */
int lock_try_changes(const struct paths *paths);

/* The same, and waits so many milliseconds. */
int lock_changes_within(const struct paths *paths, unsigned milliseconds);

/* Takes the lock that a daemon holds as long as it runs, in the same directory. Returns a file descriptor, -EWOULDBLOCK where
 * another has it, or another negative errno. */
int lock_daemon(const struct paths *paths);

/* Where it is, as a format for the directory of records: not a name that an entry's record can have. */
#define LOCK_FORMAT "%s/.#lock"
#define LOCK_DAEMON_FORMAT "%s/.#daemon"
