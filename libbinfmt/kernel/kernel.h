/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads and changes what is in binfmt_misc. fd is always the directory that binfmt_misc_open gave. */
#pragma once

#include <stdbool.h>

#include "entry.h"

/* Reads all entries, in no particular order. Returns 0 or a negative errno. */
int kernel_list(int fd, struct entries *ret);

/* Reads one entry. Returns 0, -ENOENT where there is none, or another negative errno. */
int kernel_read(int fd, const char *name, struct entry *ret);

/* Whether binfmt_misc as a whole is enabled. Returns 0 or 1, or a negative errno. */
int kernel_enabled(int fd);

/* Enables binfmt_misc as a whole, where it is disabled. Returns 0, or a negative errno where that is not permitted, even if it is
 * enabled already. */
int kernel_enable_all(int fd);

/* Registers an entry; the checks of entry_check are made first. Returns 0 or a negative errno, with a reason, a
 * constant string, in *ret_reason; -EEXIST where an entry of that name exists. */
int kernel_register(int fd, const struct entry *e, const char **ret_reason);

/* Removes an entry. Returns 0, also where it was gone already, or a negative errno. */
int kernel_remove(int fd, const char *name);

/* Enables or disables an entry. Returns 0 or a negative errno. */
int kernel_set_enabled(int fd, const char *name, bool enabled);

/* Registers an entry in the place of one of the same name, so that at every moment one of the two is there, and so that
 * nothing has changed when the new one is refused. Returns like kernel_register. */
int kernel_replace(int fd, const struct entry *e, const char **ret_reason);

/* The same, but the kernel opens the interpreter in the place that set_up, called in a process of its own, makes its root (chroot(2)):
 * the entry shows the interpreter's path, and the flag F, which it must have, pins what is there at that path. set_up returns 0 or
 * a negative errno. Where there is no entry to be replaced any more, because somebody who has no lock has removed it, none is
 * registered, and -ESTALE returned. */
int kernel_replace_from(int fd, const struct entry *e, int (*set_up)(void *userdata), void *userdata, const char **ret_reason);
