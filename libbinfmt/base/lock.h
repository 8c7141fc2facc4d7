/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks between processes: files in the directory of records. */
#pragma once

#include "paths.h"

/* Takes the lock that everybody holds who changes the configuration or makes the kernel follow it: whoever holds it reads,
 * decides and writes with nobody in between. Waits for the lock, and holds it until the descriptor is closed. Temporary files of
 * processes that were killed while they held it are removed (sweep.h). Returns a file descriptor or a negative errno. */
int lock_changes(const struct paths *paths);

/* Takes the lock of lock_changes without waiting: returns -EWOULDBLOCK where another process has it. */
int lock_try_changes(const struct paths *paths);

/* Takes the lock of lock_changes, and waits for it at most so many milliseconds: returns -EWOULDBLOCK after them. */
int lock_changes_within(const struct paths *paths, unsigned milliseconds);

/* Takes the lock that a daemon holds as long as it runs, in the same directory. Returns a file descriptor, -EWOULDBLOCK where
 * another has it, or another negative errno. */
int lock_daemon(const struct paths *paths);

/* The names of both locks, as formats of printf(3) for the path of the directory of records. No entry's record can have such a
 * name. */
#define LOCK_FORMAT "%s/.#lock"
#define LOCK_DAEMON_FORMAT "%s/.#daemon"
