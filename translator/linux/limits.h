/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RLIMIT_AS and RLIMIT_DATA, which count the translator's memory too on the host: where they hold, the host's limits are higher
 * than the guest's by as much as that is. Only the hard limit sets an end to this; with that reached the translator's memory
 * counts. */
#pragma once

/* Called once, before start-up maps anything. */
void limits_init(void);

/* In a forked child. */
void limits_after_fork(void);

/* What is executed next gets the guest's limits. Not where there is no file of that name (relative to dirfd), or none to execute:
 * taking it back, which `off` does when there was no exec, cannot raise a hard limit again. */
void limits_for_exec(int dirfd, const char *path);
void limits_for_exec_off(void);
