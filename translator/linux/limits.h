/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RLIMIT_AS and RLIMIT_DATA, which count the translator's memory too on the host: where they hold, the host's limits are higher
 * than the guest's by as much as that is. Only the hard limit sets an end to this; with that reached the translator's memory
 * counts. */
#pragma once

/* Called once, before start-up maps anything. */
void limits_init(void);

/* Called in a forked child. */
void limits_after_fork(void);

/* Called before execve(2): gives the process the guest's limits, which the next program shall have. Does nothing where no file of
 * that name (relative to dirfd) can be executed, because a hard limit cannot be raised again afterwards. limits_for_exec_off()
 * raises the others again when the call has failed. */
void limits_for_exec(int dirfd, const char *path);
void limits_for_exec_off(void);
